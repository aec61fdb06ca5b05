//! Exports and imports over the API.

use serde_json::{Value, json};

use super::new_agent;
use crate::support::{TestApp, client::Client};

async fn fill(admin: &Client, agent: &Value) {
    for (key, user) in [("plan", None), ("shared.color", None), ("user.pet", Some("anna"))] {
        let call = admin.call("set_agent_kv").id(agent).path("key", key);
        let call = user.into_iter().fold(call, |call, user| call.query("user", user));
        call.json(json!({"value": {"of": key}})).ok(200).await;
    }
    for (content, user) in [("Fridays are short", None), ("Anna likes tea", Some("anna"))] {
        let body =
            json!({"content": content, "user": user, "metadata": {"n": 1}, "confidence": 0.5, "source": "document"});
        admin.call("create_memory").id(agent).json(body).ok(201).await;
    }
}

async fn export(admin: &Client, query: &[(&str, &str)]) -> Value {
    let call = admin.call("export_memory");
    query.iter().fold(call, |call, (name, value)| call.query(name, value)).ok(200).await
}

/// What there is, without what differs from server to server.
async fn everything(admin: &Client, agent: &Value) -> Value {
    let mut kv = admin.call("list_agent_kv").id(agent).query("user", "anna").ok(200).await["kv_pairs"].take();
    let memories = admin.call("list_memories").id(agent).query("user", "anna").query("include_embedding", "1");
    let mut memories = memories.ok(200).await["memories"].take();
    for row in kv.as_array_mut().unwrap().iter_mut().chain(memories.as_array_mut().unwrap()) {
        row.as_object_mut().unwrap().remove("agent_id");
    }
    let mut memories: Vec<Value> = memories.as_array().unwrap().clone();
    memories.sort_by_key(|row| row["content"].to_string());
    json!([kv, memories])
}

#[tokio::test]
async fn a_document_carries_everything_to_another_server() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    fill(&admin, &agent).await;
    let answer = admin.call("export_memory").query("embeddings", "true").send().await;
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"openfang-memory-20"));
    let document = answer.json;
    assert_eq!((document["kv"].as_array().unwrap().len(), document["memories"].as_array().unwrap().len()), (3, 2));
    assert_eq!(document["embedding_model"], "builtin/embed");

    let other = TestApp::start().await;
    let there = other.admin();
    there.call("import_memory").json(document.clone()).fails(404, "agent_not_found").await;
    let desk = new_agent(&there, "desk").await;
    let tried = there.call("import_memory").query("dry_run", "1").json(document.clone()).ok(200).await;
    assert_eq!((&tried["kv_imported"], &tried["dry_run"]), (&json!(3), &json!(true)));
    assert_eq!(export(&there, &[]).await["kv"], json!([]));
    let done = there.call("import_memory").json(document.clone()).ok(200).await;
    assert_eq!(done, json!({"kv_imported": 3, "memories_imported": 2, "skipped": 0, "errors": [], "dry_run": false}));
    assert_eq!(everything(&there, &desk).await, everything(&admin, &agent).await);
    let found = there.call("search_memories").json(json!({"query": "fridays", "agent": "desk"})).ok(200).await;
    assert_eq!(found["results"][0]["memory"]["content"], "Fridays are short");
    let skipped = there.call("import_memory").query("mode", "skip").json(document.clone()).ok(200).await;
    assert_eq!((&skipped["skipped"], &skipped["kv_imported"]), (&json!(5), &json!(0)));
    there.call("set_agent_kv").id(&desk).path("key", "plan").json(json!({"value": "changed"})).ok(200).await;
    there.call("set_agent_kv").id(&desk).path("key", "extra").json(json!({"value": 1})).ok(200).await;
    let read = |key: &'static str| there.call("get_agent_kv").id(&desk).path("key", key);
    there.call("import_memory").query("mode", "merge").json(document.clone()).ok(200).await;
    assert_eq!(read("plan").ok(200).await["value"], json!({"of": "plan"}), "what comes in wins");
    read("extra").ok(200).await;
    there.call("import_memory").query("mode", "replace").json(document).ok(200).await;
    read("extra").fails(404, "key_not_found").await;
    assert_eq!(everything(&there, &desk).await[1], everything(&admin, &agent).await[1]);
}

#[tokio::test]
async fn a_part_may_be_exported_and_put_under_another_agent() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let (desk, other) = (new_agent(&admin, "desk").await, new_agent(&admin, "other").await);
    fill(&admin, &desk).await;
    admin.call("set_agent_kv").id(&other).path("key", "own").json(json!({"value": 1})).ok(200).await;
    let part = export(&admin, &[("agent", "desk")]).await;
    assert_eq!(part["kv"].as_array().unwrap().len(), 2, "neither shared ones nor those of others");
    let kinds = export(&admin, &[("include", "memories")]).await;
    assert!(kinds.get("kv").is_none() && kinds["memories"][0].get("embedding").is_none());
    admin.call("export_memory").query("include", "dreams").fails(400, "invalid_request").await;
    admin.call("export_memory").query("agent", "nobody").fails(404, "agent_not_found").await;
    let done = admin.call("import_memory").query("agent", "other").json(part).ok(200).await;
    assert_eq!((&done["kv_imported"], &done["memories_imported"]), (&json!(2), &json!(2)));
    assert_eq!(admin.call("list_memories").id(&other).ok(200).await["total"], 1);
    assert_eq!(admin.call("list_memories").id(&desk).ok(200).await["total"], 1, "the first agent keeps its own");
}

#[tokio::test]
async fn records_at_fault_are_named_and_nothing_is_written() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    let document = json!({"format_version": 1, "exported_at": "2026-01-31T12:00:00Z",
        "agents": [{"id": agent, "name": "desk"}],
        "kv": [
            {"agent_id": agent, "namespace": "self", "user": null, "key": "good", "value": 1},
            {"agent_id": agent, "namespace": "self", "user": null, "key": "", "value": 1},
            {"agent_id": agent, "namespace": "user", "user": null, "key": "a", "value": 1},
            {"agent_id": null, "namespace": "self", "user": null, "key": "a", "value": 1}],
        "memories": [
            {"id": uuid::Uuid::now_v7(), "agent_id": agent, "user": null, "content": "good"},
            {"id": uuid::Uuid::now_v7(), "agent_id": agent, "user": null, "content": ""},
            {"id": uuid::Uuid::now_v7(), "agent_id": agent, "user": null, "content": "x", "confidence": 2},
            {"id": "x"}]});
    let import = |document: &Value| admin.call("import_memory").json(document.clone());
    let refused = import(&document).fails(400, "invalid_import").await;
    let fields: Vec<&str> =
        refused["details"].as_array().unwrap().iter().map(|d| d["field"].as_str().unwrap()).collect();
    let expected = ["kv[1].key", "kv[2].user", "kv[3].agent_id", "memories[1].content", "memories[2].confidence"];
    assert_eq!(fields[..5], expected);
    assert!(fields[5].starts_with("memories[3]"), "{fields:?}");
    assert_eq!(admin.call("list_agent_kv").id(&agent).ok(200).await["total"], 0);
    let done = import(&document).query("on_error", "skip").ok(200).await;
    assert_eq!((&done["kv_imported"], &done["memories_imported"], &done["skipped"]), (&json!(1), &json!(1), &json!(6)));
    assert_eq!(done["errors"].as_array().unwrap().len(), 6);
    let mut newer = document;
    newer["format_version"] = json!(2);
    import(&newer).fails(400, "invalid_request").await;
}
