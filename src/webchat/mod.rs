//! The chat page at `/` and its files, embedded in the binary from `web/dist`. What the page does stands in `web/`.

mod files;
mod routes;
pub mod schema;

pub use routes::router;
