//! Tools: what an agent could be given, and one call of a tool as an agent, without a model.

mod routes;
pub mod schema;

pub use routes::router;
