//! What agents remember, over the API and by their tools.

mod embedder;
mod kv;
mod leaks;
mod semantic;
mod tools;
mod transfer;

use serde_json::{Value, json};

use crate::support::client::Client;

async fn new_agent(admin: &Client, name: &str) -> Value {
    admin.call("create_agent").json(json!({"name": name, "model": "builtin/echo"})).ok(201).await["id"].clone()
}
