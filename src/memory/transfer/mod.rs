//! All memory in one document: out of one server, into another.

mod import;
mod routes;
pub mod schema;
pub mod service;

pub use routes::router;
