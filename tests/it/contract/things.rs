//! Things that exist, one for each path parameter, so that a request is not refused for lack of them.

use serde_json::{Value, json};

use crate::support::{
    client::{Call, Client},
    document::Operation,
};

pub struct Things {
    key: String,
    agent: String,
    session: String,
    run: String,
    relation: String,
    approval: String,
    memory: String,
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

impl Things {
    pub async fn make(admin: &Client) -> Self {
        let key = admin.call("create_api_key").json(json!({"name": "thing", "role": "viewer"})).ok(201).await;
        let agent = admin.call("create_agent").json(json!({"name": "thing", "model": "builtin/echo"})).ok(201).await;
        let reply = admin.call("send_message").id(&agent["id"]).json(json!({"message": "2 + 2"})).ok(200).await;
        let session = text(&reply["session_id"]);
        admin.call("set_session_label").path("id", &session).json(json!({"label": "thing"})).ok(200).await;
        let entity = json!({"id": "thing", "name": "thing", "entity_type": "concept"});
        admin.call("create_entity").json(entity).ok(201).await;
        let relation = json!({"source": "thing", "relation": "uses", "target": "thing"});
        let relation = admin.call("create_relation").json(relation).ok(201).await;
        let gate = json!({"agent_id": "thing", "tool_name": "thing"});
        let approval = admin.call("create_approval").json(gate).ok(201).await;
        admin.call("set_agent_kv").id(&agent["id"]).path("key", "thing").json(json!({"value": 1})).ok(200).await;
        let memory = admin.call("create_memory").id(&agent["id"]).json(json!({"content": "thing"})).ok(201).await;
        Self {
            key: text(&key["id"]),
            agent: text(&agent["id"]),
            session,
            run: text(&reply["run_id"]),
            relation: text(&relation["id"]),
            approval: text(&approval["id"]),
            memory: text(&memory["id"]),
        }
    }

    /// A call with its path filled in.
    pub fn call(&self, client: &Client, operation: &Operation) -> Call {
        operation
            .parameters("path")
            .into_iter()
            .fold(client.call(&operation.id), |call, name| call.path(&name, self.find(operation, &name)))
    }

    fn find(&self, operation: &Operation, name: &str) -> String {
        match (operation.path.split('/').nth(2), name) {
            (_, "session_id") | (Some("sessions"), "id") => self.session.clone(),
            (Some("agents" | "memory"), "id") => self.agent.clone(),
            (Some("runs"), "id") => self.run.clone(),
            (Some("approvals"), "id") => self.approval.clone(),
            (Some("auth"), "id") => self.key.clone(),
            (Some("budget"), "id") if operation.path.contains("/keys/") => self.key.clone(),
            (Some("budget"), "id") => self.agent.clone(),
            (_, "relation_id") => self.relation.clone(),
            (_, "memory_id") => self.memory.clone(),
            (_, "label" | "entity_id" | "key") => "thing".into(),
            (_, "filename") => "SOUL.md".into(),
            (_, "name") => "assistant".into(),
            _ => uuid::Uuid::now_v7().to_string(),
        }
    }
}
