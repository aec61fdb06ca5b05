//! What was configured stays configured: every writable resource reads back the same after a restart.

use serde_json::{Value, json};

use crate::support::TestApp;

/// Without what changes by being looked at.
fn settled(mut value: Value) -> Value {
    if let Some(map) = value.as_object_mut() {
        map.remove("last_used_at");
        map.remove("last_used_ip");
    }
    value
}

#[tokio::test]
async fn api_keys_read_back_the_same() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let created = admin
        .call("create_api_key")
        .json(json!({"name": "ci", "role": "viewer", "scopes": ["config:read"], "expires_in_days": 9}))
        .ok(201)
        .await;
    admin
        .call("update_api_key")
        .id(&created["id"])
        .json(json!({"name": "ci-2", "role": null, "scopes": ["audit:read", "usage:write"],
            "expires_at": "2040-01-31T12:00:00.000Z", "rate_limit": {"quota_per_hour": 1234, "burst": 56}}))
        .ok(200)
        .await;
    let before = admin.call("get_api_key").id(&created["id"]).ok(200).await;
    assert_eq!(before["scopes"], json!(["audit:read", "usage:write"]));
    let app = app.restart().await;
    let after = app.admin().call("get_api_key").id(&created["id"]).ok(200).await;
    assert_eq!(settled(after), settled(before));
    let client = app.client(created["key"].as_str());
    assert_eq!(client.call("get_caller").ok(200).await["name"], "ci-2", "the secret still works");
}

#[tokio::test]
async fn budgets_read_back_the_same() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = admin.call("create_agent").json(json!({"name": "desk", "model": "builtin/echo"})).ok(201).await;
    let key = admin.call("create_api_key").json(json!({"name": "ci", "role": "viewer"})).ok(201).await;
    let set = json!({"max_hourly_usd": 1.25, "max_daily_usd": 2.5, "max_monthly_usd": 30, "alert_threshold": 0.75,
        "default_max_llm_tokens_per_hour": 1_000_000});
    admin.call("update_budget").json(set).ok(200).await;
    let set = json!({"max_cost_per_hour_usd": 0.000_001, "max_cost_per_day_usd": 999_999.999_999,
        "max_cost_per_month_usd": 0, "max_llm_tokens_per_hour": 0});
    admin.call("update_agent_budget").id(&agent["id"]).json(set.clone()).ok(200).await;
    admin.call("update_key_budget").id(&key["id"]).json(set).ok(200).await;
    let read = async |app: &TestApp| {
        let admin = app.admin();
        let global = admin.call("get_budget").ok(200).await;
        let of_agent = admin.call("get_agent_budget").id(&agent["id"]).ok(200).await;
        let of_key = admin.call("get_key_budget").id(&key["id"]).ok(200).await;
        [global, of_agent, of_key]
    };
    let before = read(&app).await;
    assert_eq!(before[1]["daily"]["limit"], 999_999.999_999);
    let app = app.restart().await;
    assert_eq!(read(&app).await, before);
}

#[tokio::test]
async fn agents_and_sessions_read_back_the_same() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = admin
        .call("create_agent")
        .json(json!({"name": "desk", "model": "builtin/echo", "tags": ["a"], "mode": "assist"}))
        .ok(201)
        .await;
    let change = |operation: &str, body: Value| admin.call(operation).id(&agent["id"]).json(body).send();
    for (operation, body) in [
        ("update_agent", json!({"description": "d", "tags": ["b", "c"], "system_prompt": "p", "stable": false})),
        ("update_agent_identity", json!({"emoji": "🦊", "color": "#2b6cb0", "vibe": "calm"})),
        ("set_agent_mode", json!({"mode": "observe"})),
        ("set_agent_tools", json!({"tool_allowlist": ["file_*"], "tool_blocklist": ["file_delete"]})),
        ("set_agent_model", json!({"model": "builtin/echo"})),
    ] {
        let answer = change(operation, body).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text());
    }
    let file = admin.call("set_agent_file").id(&agent["id"]).path("filename", "SOUL.md");
    file.json(json!({"content": "Grüße\n"})).ok(200).await;
    let reply = admin.call("send_message").id(&agent["id"]).json(json!({"message": "2 + 2"})).ok(200).await;
    let session = reply["session_id"].as_str().unwrap();
    admin.call("set_session_label").path("id", session).json(json!({"label": "first"})).ok(200).await;
    let other = admin.call("create_agent_session").id(&agent["id"]).json(json!({"label": "second"})).ok(201).await;

    let before = everything(&app, &agent, &reply, &other).await;
    assert_eq!(before[0]["description"], "d");
    let app = app.restart().await;
    let after = everything(&app, &agent, &reply, &other).await;
    for (before, after) in before.into_iter().zip(after) {
        assert_eq!(settled(after), settled(before));
    }
}

async fn everything(app: &TestApp, agent: &Value, reply: &Value, other: &Value) -> Vec<Value> {
    let admin = app.admin();
    let mut read = vec![];
    for operation in [
        "get_agent",
        "get_agent_manifest",
        "get_agent_tools",
        "list_agent_files",
        "list_agent_sessions",
        "get_agent_session",
    ] {
        read.push(admin.call(operation).id(&agent["id"]).ok(200).await);
    }
    read.push(admin.call("get_agent_file").id(&agent["id"]).path("filename", "SOUL.md").ok(200).await);
    read.push(admin.call("get_session").id(&reply["session_id"]).ok(200).await);
    read.push(admin.call("get_session").id(&other["id"]).ok(200).await);
    read.push(admin.call("list_session_messages").id(&reply["session_id"]).ok(200).await);
    read.push(admin.call("get_run").id(&reply["run_id"]).ok(200).await);
    read.push(admin.call("list_run_steps").id(&reply["run_id"]).ok(200).await);
    read
}
