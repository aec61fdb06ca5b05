//! Agent templates, built in or of the user, and the named tool profiles.

mod routes;
pub mod schema;
pub mod service;

#[cfg(test)]
mod tests;

pub use routes::router;
