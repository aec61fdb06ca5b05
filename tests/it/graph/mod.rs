//! The knowledge graph: its operations, its searches against a model, taking it out and in.

mod entities;
mod query;
mod relations;
mod transfer;
mod walks;

use serde_json::{Value, json};

use crate::support::client::Client;

async fn agent(client: &Client, name: &str) -> Value {
    client.call("create_agent").json(json!({"name": name, "model": "builtin/echo"})).ok(201).await["id"].clone()
}

async fn entity(client: &Client, name: &str) -> Value {
    client.call("create_entity").json(json!({"name": name, "entity_type": "concept"})).ok(201).await
}

async fn relation(client: &Client, source: &str, kind: &str, target: &str) -> Value {
    let body = json!({"source": source, "relation": kind, "target": target});
    client.call("create_relation").json(body).ok(201).await
}

/// Texts of one member of each row.
fn column(rows: &Value, member: &str) -> Vec<String> {
    let rows = rows.as_array().expect("rows");
    rows.iter().map(|row| row[member].as_str().expect("a text").to_owned()).collect()
}

/// Names that the refusal names as fields.
fn fields(error: &Value) -> Vec<String> {
    column(&error["details"], "field")
}
