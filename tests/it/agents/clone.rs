//! Copies of agents.

use serde_json::{Value, json};

use super::{create, names, read};
use crate::support::TestApp;

const TOML: &str = r#"
name = "desk"
description = "Answers questions"

[model]
max_tokens = 2048
"#;

#[tokio::test]
async fn a_clone_is_independent() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let original = create(&admin, json!({"manifest_toml": TOML, "identity": {"emoji": "🦊"}})).await;
    for (name, text) in [("SOUL.md", "my soul"), ("MEMORY.md", "my secrets"), ("BOOTSTRAP.md", "begin")] {
        admin
            .call("set_agent_file")
            .id(&original["id"])
            .path("filename", name)
            .json(json!({"content": text}))
            .ok(200)
            .await;
    }
    admin.call("set_agent_mode").id(&original["id"]).json(json!({"mode": "observe"})).ok(200).await;
    let mut events = app.state.events.subscribe();
    let answer = admin.call("clone_agent").id(&original["id"]).send().await;
    assert_eq!(answer.status, 201);
    let copy = answer.json.clone();
    assert_eq!(answer.header("location"), format!("/api/agents/{}", copy["id"].as_str().unwrap()));
    assert_eq!(names(&mut events), ["agent.spawned", "agent.started"]);
    assert_eq!((&copy["name"], &copy["mode"]), (&json!("desk-copy"), &json!("observe")));
    assert_eq!(copy["identity"]["emoji"], "🦊");
    assert_ne!(copy["workspace"], original["workspace"]);
    assert_ne!(copy["session_id"], original["session_id"]);
    let text = |agent: Value, name: &'static str| {
        let call = admin.call("get_agent_file").id(&agent["id"]).path("filename", name);
        async move { call.ok(200).await["content"].clone() }
    };
    assert_eq!(text(copy.clone(), "SOUL.md").await, "my soul");
    assert_eq!(text(copy.clone(), "BOOTSTRAP.md").await, "begin");
    let memory = admin.call("get_agent_file").id(&copy["id"]).path("filename", "MEMORY.md");
    memory.fails(404, "file_not_found").await;

    let body =
        json!({"new_name": "other", "overrides": {"name": "ignored", "model": {"temperature": 0.1}, "tags": ["t"]}});
    let other = admin.call("clone_agent").path("id", "desk").json(body).ok(201).await;
    assert_eq!((&other["name"], &other["tags"]), (&json!("other"), &json!(["t"])));
    assert_eq!(other["manifest"]["model"]["temperature"], 0.1);
    assert_eq!(other["manifest"]["model"]["max_tokens"], 2048);
    let failure = admin
        .call("clone_agent")
        .path("id", "desk")
        .json(json!({"new_name": "OTHER"}))
        .fails(409, "duplicate_name")
        .await;
    assert!(failure["error"].as_str().unwrap().contains("already exists"));
    let bad = json!({"overrides": {"model": {"temperature": 7}}});
    admin.call("clone_agent").path("id", "desk").json(bad).fails(400, "invalid_manifest").await;
    admin.call("update_agent").id(&copy["id"]).json(json!({"description": "changed"})).ok(200).await;
    assert_eq!(read(&admin, &original).await["description"], "Answers questions");
}

#[tokio::test]
async fn a_copys_mode_can_be_another() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let original = create(&admin, json!({"name": "desk"})).await;
    admin.call("set_agent_mode").id(&original["id"]).json(json!({"mode": "assist"})).ok(200).await;
    for (overrides, mode, stable) in [
        (json!({}), "assist", false),
        (json!({"mode": "Observe"}), "observe", false),
        (json!({"mode": null}), "full", false),
        (json!({"mode": "stable"}), "full", true),
    ] {
        let body = json!({"overrides": overrides});
        let copy = admin.call("clone_agent").id(&original["id"]).json(body).ok(201).await;
        assert_eq!((&copy["mode"], &copy["stable"]), (&json!(mode), &json!(stable)), "{overrides}");
        assert_eq!(copy["effective"]["mode"], mode, "{overrides}");
    }
    let bad = json!({"overrides": {"mode": "wild"}});
    admin.call("clone_agent").id(&original["id"]).json(bad).fails(400, "invalid_manifest").await;
}

#[tokio::test]
async fn a_copy_has_no_document_that_the_original_lacks() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let original = create(&admin, json!({"name": "desk"})).await;
    admin.call("delete_agent_file").id(&original["id"]).path("filename", "SOUL.md").ok(204).await;
    let copy = admin.call("clone_agent").id(&original["id"]).ok(201).await;
    let list = admin.call("list_agent_files").id(&copy["id"]).ok(200).await;
    let there: Vec<&str> = list["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| file["exists"] == true)
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    assert_eq!(there, ["IDENTITY.md", "USER.md", "TOOLS.md", "AGENTS.md"]);
}

#[tokio::test]
async fn a_copy_with_another_model_is_not_pinned_to_the_old_one() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let original = create(&admin, json!({"name": "desk", "model": "gpt-4o"})).await;
    admin.call("set_agent_mode").id(&original["id"]).json(json!({"mode": "stable"})).ok(200).await;
    let body = json!({"overrides": {"model": {"provider": "groq", "model": "llama-3.3-70b-versatile"}}});
    let copy = admin.call("clone_agent").id(&original["id"]).json(body).ok(201).await;
    assert_eq!((&copy["stable"], &copy["model_name"]), (&json!(true), &json!("llama-3.3-70b-versatile")));
    let same = admin.call("clone_agent").id(&original["id"]).ok(201).await;
    assert_eq!((&same["stable"], &same["model_name"]), (&json!(true), &json!("gpt-4o")));
}
