//! Persona documents.

use serde_json::{Value, json};

use super::{create, read};
use crate::support::{
    TestApp,
    client::{Call, Client},
};

fn call(client: &Client, operation: &str, agent: &Value, name: &str) -> Call {
    client.call(operation).id(&agent["id"]).path("filename", name)
}

#[tokio::test]
async fn documents_are_written_read_and_deleted() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk"})).await;
    let list = admin.call("list_agent_files").id(&agent["id"]).ok(200).await;
    let names: Vec<&str> = list["files"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["SOUL.md", "IDENTITY.md", "USER.md", "TOOLS.md", "MEMORY.md", "AGENTS.md", "BOOTSTRAP.md", "HEARTBEAT.md"]
    );
    let exists = |list: &Value, name: &str| {
        list["files"].as_array().unwrap().iter().find(|f| f["name"] == name).unwrap()["exists"].clone()
    };
    assert_eq!((exists(&list, "SOUL.md"), exists(&list, "HEARTBEAT.md")), (json!(true), json!(false)));

    let written = call(&admin, "set_agent_file", &agent, "SOUL.md").json(json!({"content": "Grüße"})).ok(200).await;
    assert_eq!((&written["status"], &written["size_bytes"]), (&json!("ok"), &json!(7)));
    let app = app.restart().await;
    let admin = app.admin();
    let file = call(&admin, "get_agent_file", &agent, "SOUL.md").ok(200).await;
    assert_eq!((&file["content"], &file["updated_at"]), (&json!("Grüße"), &written["updated_at"]));
    call(&admin, "set_agent_file", &agent, "USER.md").json(json!({"content": "x".repeat(32_768)})).ok(200).await;
    let long = call(&admin, "set_agent_file", &agent, "USER.md").json(json!({"content": "ü".repeat(16_385)}));
    long.fails(413, "payload_too_large").await;
    call(&admin, "set_agent_file", &agent, "USER.md").json(json!({})).fails(400, "invalid_request").await;
    assert_eq!(call(&admin, "delete_agent_file", &agent, "SOUL.md").send().await.status, 204);
    call(&admin, "delete_agent_file", &agent, "SOUL.md").fails(404, "file_not_found").await;
    call(&admin, "get_agent_file", &agent, "SOUL.md").fails(404, "file_not_found").await;
    for name in ["soul.md", "../SOUL.md", "NOTES.md"] {
        call(&admin, "get_agent_file", &agent, name).fails(400, "invalid_filename").await;
        call(&admin, "delete_agent_file", &agent, name).fails(400, "invalid_filename").await;
        call(&admin, "set_agent_file", &agent, name).json(json!({"content": "x"})).fails(400, "invalid_filename").await;
    }
    let reader = app.scoped(&["agents:read"]).await;
    call(&reader, "set_agent_file", &agent, "SOUL.md")
        .json(json!({"content": "x"}))
        .fails(403, "insufficient_scope")
        .await;
}

#[tokio::test]
async fn onboarding_lasts_as_long_as_bootstrap_says_something() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk"})).await;
    let set = |text: &str| call(&admin, "set_agent_file", &agent, "BOOTSTRAP.md").json(json!({"content": text}));
    set("Ask for the name.").ok(200).await;
    assert_eq!(read(&admin, &agent).await["onboarding_completed"], false);
    let emptied = set(" \n").ok(200).await;
    let now = read(&admin, &agent).await;
    assert_eq!((&now["onboarding_completed"], &now["onboarding_completed_at"]), (&json!(true), &emptied["updated_at"]));
}

#[tokio::test]
async fn starters_come_only_when_asked_for() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let none = create(&admin, json!({"manifest": {"name": "bare", "generate_identity_files": false}})).await;
    let list = admin.call("list_agent_files").id(&none["id"]).ok(200).await;
    assert!(list["files"].as_array().unwrap().iter().all(|f| f["exists"] == false && f["size_bytes"] == 0));
    let alone = create(&admin, json!({"manifest": {"name": "alone", "autonomous": {}}})).await;
    call(&admin, "get_agent_file", &alone, "HEARTBEAT.md").ok(200).await;
}
