//! Key-values: private per agent, with a namespace for each person and one that all agents share.

mod entity;
mod key;
mod routes;
pub mod schema;
pub mod service;

use serde_json::{Value, json};

use crate::ids::Id;

pub use entity::Model as KvRow;
pub use key::{Address, Key};
pub use routes::router;

/// The event that tells of a change. It never holds the value.
pub fn event(agent: Id, row: &KvRow, operation: &str) -> (&'static str, Value) {
    let name = match operation {
        "created" => "memory.created",
        "deleted" => "memory.deleted",
        _ => "memory.updated",
    };
    let payload = json!({"agent_id": agent, "namespace": row.namespace(), "key": row.key, "memory_id": null,
        "operation": operation});
    (name, payload)
}
