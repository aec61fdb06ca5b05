//! The knowledge graph, one for the whole server: entities found by id, name or alias, and relations between them. What is
//! `shared` all agents see, what is `self` only the agent that it belongs to. A shared relation joins shared entities.

mod entity;
mod kinds;
mod names;
mod routes;
pub mod schema;
pub mod service;

#[cfg(test)]
mod tests;

pub use entity::{entities::Model as EntityRow, relations::Model as RelationRow, scope::GraphScope};
pub use routes::router;
