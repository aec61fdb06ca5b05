//! Semantic memories of agents: found by meaning and by words, each with its person, confidence and time to live.

mod duplicates;
pub mod embedder;
mod entity;
pub mod filter;
mod matrix;
mod routes;
pub mod schema;
pub mod search;
pub mod service;
mod vectors;
pub(super) mod words;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::ids::Id;

pub use embedder::Embedder;
pub use entity::Model as MemoryRow;
pub use routes::router;
pub use service::Incomer;

/// Where a memory comes from.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum MemorySource {
    Conversation,
    Document,
    Observation,
    Inference,
    #[default]
    UserProvided,
    System,
}

/// The vector of a memory, if this embedder made it.
pub fn vector_of(row: &MemoryRow, model: &str) -> Option<Vec<f32>> {
    let bytes = row.embedding.as_deref().filter(|_| row.embedding_model.as_deref() == Some(model));
    bytes.map(matrix::from_bytes)
}

/// The event that tells of a change. It never holds the content.
pub fn event(agent: Id, person: &str, memory: Option<Id>, operation: &str) -> (&'static str, Value) {
    let name = match operation {
        "created" => "memory.created",
        "deleted" => "memory.deleted",
        _ => "memory.updated",
    };
    let namespace = if person.is_empty() { "self" } else { "user" };
    let payload = json!({"agent_id": agent, "namespace": namespace, "key": null, "memory_id": memory,
        "operation": operation});
    (name, payload)
}
