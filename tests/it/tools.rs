//! Tools over the API: the list, and single calls under the same policy as in a conversation.

use serde_json::{Value, json};

use crate::support::TestApp;

async fn agent(app: &TestApp, extra: Value) -> Value {
    let mut manifest = json!({
        "name": "desk", "model": {"provider": "builtin", "model": "script"},
        "capabilities": {"tools": ["system_time", "file_read", "file_write", "shell_exec"], "file_read": ["**"],
            "file_write": ["out/**"]},
    });
    manifest.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    app.admin().call("create_agent").json(json!({"manifest": manifest})).ok(201).await["id"].clone()
}

fn parsed(invoked: &Value) -> Value {
    serde_json::from_str(invoked["result"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn tools_are_listed_by_name_in_pages_and_by_filter() {
    let app = TestApp::start().await;
    let reader = app.scoped(&["agents:read"]).await;
    let all = reader.call("list_tools").ok(200).await;
    let rows = all["tools"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert!(
        names.is_sorted() && ["file_read", "shell_exec", "web_fetch"].iter().all(|n| names.contains(n)),
        "{names:?}"
    );
    assert_eq!(all["total"], rows.len());
    let mut seen = vec![];
    let mut cursor: Option<String> = None;
    loop {
        let mut call = reader.call("list_tools").query("limit", 4);
        if let Some(cursor) = &cursor {
            call = call.query("cursor", cursor);
        }
        let page = call.ok(200).await;
        seen.extend(page["tools"].as_array().unwrap().iter().map(|row| row["name"].clone()));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(json!(seen), json!(names));
    let found = reader.call("list_tools").query("q", "FILE_RE").ok(200).await;
    assert_eq!(found["tools"].as_array().unwrap().len(), 1);
    assert_eq!(reader.call("list_tools").query("source", "mcp").ok(200).await["total"], 0);
    agent(&app, json!({"mode": "assist"})).await;
    let usable = reader.call("list_tools").query("agent", "desk").ok(200).await;
    let usable: Vec<&str> = usable["tools"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert_eq!(usable, ["file_read", "system_time"]);
    reader.call("list_tools").query("agent", "nobody").fails(404, "agent_not_found").await;
    reader.call("list_tools").query("cursor", "x").fails(400, "invalid_cursor").await;
}

#[tokio::test]
async fn a_tool_and_what_is_known_of_it() {
    let app = TestApp::start().await;
    let tool = app.admin().call("get_tool").path("name", "shell_exec").ok(200).await;
    assert_eq!(
        (&tool["effect"], &tool["side_effects"], &tool["assist_mode"]),
        (&json!("exec"), &json!(true), &json!(false))
    );
    assert_eq!((&tool["requires_approval"], &tool["source"]), (&json!(true), &json!("builtin")));
    assert_eq!(tool["input_schema"]["required"], json!(["command"]));
    app.admin().call("get_tool").path("name", "teleport").fails(404, "tool_not_found").await;
}

#[tokio::test]
async fn a_call_is_a_run_with_one_step_and_no_message() {
    let app = TestApp::start().await;
    let id = agent(&app, json!({})).await;
    let admin = app.admin();
    let invoke = |tool: &str| admin.call("invoke_tool").path("name", tool);
    let body = json!({"agent": "desk", "arguments": {"tz": "Europe/Vienna"}});
    let invoked = invoke("system_time").json(body).ok(200).await;
    assert_eq!((&invoked["tool"], &invoked["is_error"]), (&json!("system_time"), &json!(false)));
    assert_eq!(parsed(&invoked)["timezone"], "Europe/Vienna");
    let run = admin.call("get_run").id(&invoked["run_id"]).ok(200).await;
    assert_eq!((&run["status"], &run["door"]), (&json!("completed"), &json!("tool")));
    let steps = admin.call("list_run_steps").id(&invoked["run_id"]).ok(200).await;
    assert_eq!(steps["steps"].as_array().unwrap().len(), 1);
    assert_eq!(steps["steps"][0]["id"], invoked["step_id"]);
    let messages = admin.call("list_session_messages").id(&run["session_id"]).ok(200).await;
    assert_eq!(messages["total"], 0);

    // The same as by the old name, and a tool that fails is no failure of the operation.
    let missing = json!({"agent_id": id, "arguments": {"path": "none.txt"}});
    let failed = invoke("file_read").json(missing).ok(200).await;
    assert_eq!((&failed["is_error"], &parsed(&failed)["error"]["code"]), (&json!(true), &json!("not_found")));
    let session = json!({"agent": "desk", "session_id": run["session_id"]});
    assert_eq!(invoke("system_time").json(session).ok(200).await["is_error"], false);

    // What was said before and afterwards is not disturbed.
    admin.call("send_message").id(&id).json(json!({"message": "@@reply fine"})).ok(200).await;
    let messages = admin.call("list_session_messages").id(&run["session_id"]).ok(200).await;
    assert_eq!(messages["total"], 2);
}

#[tokio::test]
async fn calls_that_are_refused_leave_no_run() {
    let app = TestApp::start().await;
    let id = agent(&app, json!({"resources": {"max_tool_calls_per_minute": 1}})).await;
    let admin = app.admin();
    let invoke = |tool: &str, arguments: Value| {
        admin.call("invoke_tool").path("name", tool).json(json!({"agent": "desk", "arguments": arguments}))
    };
    invoke("teleport", json!({})).fails(404, "tool_not_found").await;
    invoke("file_read", json!({"file": "a"})).fails(400, "invalid_arguments").await;
    invoke("file_copy", json!({"from": "a", "to": "b"})).fails(403, "tool_denied").await;
    invoke("file_write", json!({"path": "a.txt", "content": "x"})).fails(403, "tool_denied").await;
    invoke("file_read", json!({"path": "../a"})).fails(403, "tool_denied").await;
    invoke("shell_exec", json!({"command": "sudo true"})).fails(403, "tool_denied").await;
    let nobody = json!({"agent": "nobody", "arguments": {}});
    admin.call("invoke_tool").path("name", "system_time").json(nobody).fails(404, "agent_not_found").await;
    let elsewhere = json!({"agent": "desk", "session_id": uuid::Uuid::now_v7()});
    admin.call("invoke_tool").path("name", "system_time").json(elsewhere).fails(404, "session_not_found").await;
    let unknown = json!({"agent": "desk", "tool": "x"});
    admin.call("invoke_tool").path("name", "system_time").json(unknown).fails(400, "invalid_request").await;
    assert_eq!(admin.call("list_runs").ok(200).await["total"], 0);

    invoke("system_time", json!({})).ok(200).await;
    invoke("system_time", json!({})).fails(429, "quota_exceeded").await;
    admin.call("suspend_agent").id(&id).json(json!({})).ok(200).await;
    invoke("system_time", json!({})).fails(409, "agent_not_running").await;
}

#[tokio::test]
async fn a_call_that_outlasts_its_wait_goes_on() {
    let app = TestApp::start().await;
    agent(&app, json!({})).await;
    let admin = app.admin();
    let body = json!({"agent": "desk", "arguments": {"command": "sleep 2"}, "timeout_secs": 1});
    let run = admin.call("invoke_tool").path("name", "shell_exec").json(body).ok(202).await;
    let ended = admin.call("get_run").id(&run["id"]).query("wait_secs", 20).ok(200).await;
    assert_eq!(ended["status"], "completed");
}
