//! Agents: named workers made of a manifest, with a workspace, sessions and memory.

pub mod capabilities;
mod entity;
mod file_entity;
pub mod manifest;
pub mod model_choice;
mod routes;
pub mod rules;
pub mod schema;
pub mod service;

pub use entity::{AgentState, Model as AgentRow};
pub use file_entity::Model as AgentFileRow;
pub use routes::router;
