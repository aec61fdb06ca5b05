//! The chat socket: frames, commands, limits and ends.

use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::ADMIN_KEY,
    chat::{Socket, ask, ended, scripted, scripted_with, start},
};

fn path(agent: &Value) -> String {
    format!("/api/agents/{}/ws", agent["id"].as_str().unwrap())
}

async fn open(app: &TestApp, agent: &Value) -> Socket {
    Socket::open(app, ADMIN_KEY, &path(agent)).await
}

fn types(frames: &[Value]) -> Vec<&str> {
    frames.iter().map(|f| f["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_conversation() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let mut socket = open(&app, &agent).await;
    let connected = socket.next().await.unwrap();
    assert_eq!((&connected["type"], &connected["agent_name"]), (&json!("connected"), &json!("desk")));
    let agents = socket.next().await.unwrap();
    assert_eq!((&agents["type"], &agents["agents"][0]["name"]), (&json!("agents_updated"), &json!("desk")));

    socket.send(json!({"type": "message", "content": "@@reply Hello there", "client_id": "c1"})).await;
    let (before, response) = socket.until("response").await;
    assert_eq!((&response["content"], &response["client_id"]), (&json!("Hello there"), &json!("c1")));
    assert_eq!(response["session_id"], connected["session_id"]);
    assert_eq!(types(&before).last(), Some(&"typing"));
    assert_eq!(before.iter().filter(|f| f["type"] == "text_delta").count(), 1, "gathered");
    assert_eq!(before[0]["status"], "running");
    socket.send_text("@@reply plain text").await;
    assert_eq!(socket.frame("response").await["content"], "plain text");
    socket.send(json!({"type": "ping"})).await;
    assert!(socket.frame("pong").await["time"].is_string());
    socket.send(json!({"type": "message", "content": "@@reply NO_REPLY"})).await;
    let silent = socket.frame("silent_complete").await;
    assert!(silent["input_tokens"].as_i64().unwrap() > 0);
    let run = client.call("get_run").id(&silent["run_id"]).ok(200).await;
    assert_eq!((&run["door"], &run["silent"]), (&json!("websocket"), &json!(true)));
}

#[tokio::test]
async fn what_goes_wrong_is_a_frame() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted_with(&client, "desk", json!({"fallback_models": []})).await;
    let mut socket = open(&app, &agent).await;
    for (frame, code) in [
        (json!({"type": "dance"}), "unknown_frame"),
        (json!({"type": "message"}), "invalid_request"),
        (json!({"type": "message", "content": " "}), "invalid_request"),
        (json!({"type": "message", "content": "x".repeat(70_000)}), "payload_too_large"),
        (json!({"type": "message", "content": "x", "attachments": [uuid::Uuid::now_v7()]}), "unknown_attachment"),
        (json!({"type": "command", "command": "fly"}), "unknown_command"),
        (json!({"type": "command", "command": "verbose", "args": "loud"}), "invalid_request"),
        (json!({"type": "cancel"}), "run_not_found"),
        (json!({"type": "resume", "run_id": uuid::Uuid::now_v7()}), "run_not_found"),
    ] {
        socket.send(frame.clone()).await;
        assert_eq!(socket.frame("error").await["code"], code, "{frame}");
    }
    socket.send_text(&"x".repeat(300_000)).await;
    assert_eq!(socket.frame("error").await["code"], "payload_too_large");
    socket.send(json!({"type": "message", "content": "@@error auth always", "client_id": "c2"})).await;
    let failed = socket.frame("error").await;
    assert_eq!((&failed["code"], &failed["client_id"]), (&json!("upstream_auth_failed"), &json!("c2")));
    assert!(failed["run_id"].is_string() && failed["event_id"].is_i64());
    socket.send_text(&"x".repeat((1 << 20) + 1)).await;
    assert_eq!(socket.close_code().await, Some(1009));
}

#[tokio::test]
async fn refusals_before_the_upgrade() {
    let app = TestApp::with(|config| config.websocket.max_per_ip = 2).await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    client.call("agent_ws").id(&agent["id"]).fails(400, "upgrade_required").await;
    app.anonymous().call("agent_ws").id(&agent["id"]).fails(401, "unauthorized").await;
    app.scoped(&["messages:read"]).await.call("agent_ws").id(&agent["id"]).fails(403, "insufficient_scope").await;
    let status = async |path: String| Socket::try_open(&app, ADMIN_KEY, &path).await.err();
    assert_eq!(status("/api/agents/nobody/ws".into()).await, Some(404));
    assert_eq!(status(format!("{}?session_id={}", path(&agent), uuid::Uuid::now_v7())).await, Some(404));
    assert_eq!(status(format!("{}?run_id={}", path(&agent), uuid::Uuid::now_v7())).await, Some(404));
    assert_eq!(status(format!("{}?verbose=loud", path(&agent))).await, Some(400));
    let one = open(&app, &agent).await;
    let _two = open(&app, &agent).await;
    assert_eq!(status(path(&agent)).await, Some(429));
    drop(one);
    // The place is free as soon as the server sees the end.
    let reopened = async {
        while Socket::try_open(&app, ADMIN_KEY, &path(&agent)).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), reopened).await.expect("a place becomes free");
}

#[tokio::test]
async fn runs_that_were_started_elsewhere_are_shown() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let mut socket = open(&app, &agent).await;
    socket.frame("connected").await;
    ask(&client, &agent, "@@reply from REST").await;
    let (_, message) = socket.until("message").await;
    assert_eq!((&message["content"], &message["source"]), (&json!("@@reply from REST"), &json!("api")));
    let (_, response) = socket.until("response").await;
    assert_eq!((&response["content"], &response["run_id"]), (&json!("from REST"), &message["run_id"]));

    let mut late = open(&app, &agent).await;
    let waiting = start(&client, &agent, "@@delay 100ms\n@@reply shared").await;
    for socket in [&mut socket, &mut late] {
        let response = socket.frame("response").await;
        assert_eq!((&response["content"], &response["run_id"]), (&json!("shared"), &waiting["id"]));
    }
}

#[tokio::test]
async fn queueing_cancelling_and_resuming() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let mut socket = open(&app, &agent).await;
    socket.send(json!({"type": "message", "content": "@@hang", "client_id": "a"})).await;
    socket.frame("typing").await;
    socket.send(json!({"type": "message", "content": "@@reply next", "client_id": "b"})).await;
    let queued = socket.frame("run").await;
    assert_eq!(
        (&queued["status"], &queued["queue_position"], &queued["client_id"]),
        (&json!("queued"), &json!(0), &json!("b"))
    );
    let list = socket.command("/QUEUE", "").await;
    assert_eq!(list["message"].as_str().unwrap().lines().count(), 2, "{list}");
    socket.send(json!({"type": "cancel"})).await;
    let first = socket.frame("response").await;
    assert_eq!((&first["stop_reason"], &first["client_id"]), (&json!("cancelled"), &json!("a")));
    let second = socket.frame("response").await;
    assert_eq!((&second["content"], &second["client_id"]), (&json!("next"), &json!("b")));

    socket.send(json!({"type": "resume", "run_id": second["run_id"]})).await;
    let (replayed, again) = socket.until("response").await;
    assert_eq!(again["content"], "next");
    assert!(types(&replayed).contains(&"text_delta"));
    let query = format!("{}?run_id={}&last_event_id=0", path(&agent), second["run_id"].as_str().unwrap());
    let mut other = Socket::open(&app, ADMIN_KEY, &query).await;
    assert_eq!(other.frame("response").await["run_id"], second["run_id"]);
}

#[tokio::test]
async fn what_is_typed_behind_a_slash() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted_with(&client, "desk", json!({"profile": "full"})).await;
    let mut socket = open(&app, &agent).await;
    let session = socket.frame("connected").await["session_id"].clone();
    assert!(socket.command("help", "").await["message"].as_str().unwrap().contains("`/new`"));
    socket.send(json!({"type": "message", "content": "@@reply hi"})).await;
    socket.frame("response").await;
    assert!(socket.command("usage", "").await["message"].as_str().unwrap().contains("| 1 |"));
    assert_eq!(socket.command("context", "").await["context_pressure"], "low");
    assert_eq!(socket.command("model", "").await["model"], agent["model_name"]);
    assert!(socket.command("models", "").await["message"].as_str().unwrap().contains("builtin/echo"));
    assert!(socket.command("providers", "").await["message"].as_str().unwrap().contains("needs no key"));
    assert_eq!(socket.command("verbose", "").await["verbose"], "off", "the next after full");
    socket.send(json!({"type": "message", "content": "@@tool system_time {}\n@@turn\n@@reply ok"})).await;
    let (frames, _) = socket.until("response").await;
    assert!(types(&frames).contains(&"tool_start") && !types(&frames).contains(&"tool_end"));
    let result = frames.iter().find(|f| f["type"] == "tool_result").unwrap();
    assert!(result.get("result").is_none());

    socket.command("think", "stream").await;
    socket.send(json!({"type": "message", "content": "@@think hm\n@@reply so"})).await;
    assert!(types(&socket.until("response").await.0).contains(&"thinking_delta"));

    // A command typed as a message, by its alias.
    socket.send(json!({"type": "message", "content": "/reset now"})).await;
    let fresh = socket.frame("command_result").await;
    assert_eq!(fresh["command"], "new");
    assert_ne!(fresh["session_id"], session);
    socket.send(json!({"type": "message", "content": "@@reply fresh"})).await;
    assert_eq!(socket.frame("response").await["session_id"], fresh["session_id"]);
    socket.send(json!({"type": "message", "content": "@@hang"})).await;
    socket.frame("typing").await;
    socket.command("stop", "").await;
    assert_eq!(socket.frame("response").await["stop_reason"], "cancelled");

    let switched = socket.command("model", "builtin/echo").await;
    assert!(switched["message"].as_str().unwrap().contains("uses builtin/echo"), "{switched}");
    let read = client.call("get_agent").id(&agent["id"]).ok(200).await;
    assert_eq!((&read["model_name"], &read["model_provider"]), (&switched["model"], &switched["provider"]));
    let writer = client.call("create_api_key").json(json!({"name": "w", "scopes": ["messages:write"]})).ok(201).await;
    let mut weak = Socket::open(&app, writer["key"].as_str().unwrap(), &path(&agent)).await;
    assert_eq!(weak.frame("connected").await["session_id"], Value::Null, "before the first message");
    weak.send(json!({"type": "command", "command": "model", "args": "builtin/script"})).await;
    let (before, refused) = weak.until("error").await;
    assert_eq!(refused["code"], "insufficient_scope");
    assert!(!types(&before).contains(&"agents_updated"), "that needs agents:read");
}

#[tokio::test]
async fn messages_are_limited_per_connection_and_by_cost() {
    let app = TestApp::with(|config| {
        config.websocket.max_messages_per_minute = 2;
    })
    .await;
    let agent = scripted(&app.admin(), "desk").await;
    let mut socket = open(&app, &agent).await;
    for _ in 0..2 {
        socket.send(json!({"type": "message", "content": "@@reply ok"})).await;
        socket.frame("response").await;
    }
    socket.send(json!({"type": "message", "content": "@@reply ok"})).await;
    let limited = socket.frame("error").await;
    assert_eq!((&limited["code"], &limited["retryable"]), (&json!("rate_limited"), &json!(true)));
    assert!((1..=60).contains(&limited["retry_after"].as_i64().unwrap()));
    socket.command("help", "").await;

    let app = TestApp::with(|config| {
        config.rate_limit.enabled = true;
        config.rate_limit.tokens_per_minute = 1;
        config.rate_limit.burst = 100;
    })
    .await;
    // 50 for the agent, 5 for the socket, 30 for each message.
    let agent = scripted(&app.admin(), "desk").await;
    let mut socket = open(&app, &agent).await;
    socket.send(json!({"type": "message", "content": "@@reply ok"})).await;
    socket.frame("response").await;
    socket.send(json!({"type": "message", "content": "@@reply ok"})).await;
    assert_eq!(socket.frame("error").await["code"], "rate_limited");
}

#[tokio::test]
async fn how_a_connection_ends() {
    let app = TestApp::with(|config| config.websocket.idle_timeout_secs = 1).await;
    let agent = scripted(&app.admin(), "desk").await;
    let mut idle = open(&app, &agent).await;
    assert_eq!(idle.frame("error").await["code"], "idle_timeout");
    assert_eq!(idle.close_code().await, Some(4408));

    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = scripted(&admin, "desk").await;
    let key = admin.call("create_api_key").json(json!({"name": "w", "scopes": ["messages:write"]})).ok(201).await;
    let mut revoked = Socket::open(&app, key["key"].as_str().unwrap(), &path(&agent)).await;
    admin.call("delete_api_key").id(&key["id"]).send().await;
    assert_eq!(revoked.close_code().await, Some(1008));

    let mut socket = open(&app, &agent).await;
    socket.frame("connected").await;
    let run = start(&admin, &agent, "@@reply kept").await;
    ended(&admin, &run).await;
    let ends = tokio::spawn(async move { socket.close_code().await });
    let app = app.restart().await;
    assert_eq!(ends.await.unwrap(), Some(1001));
    assert_eq!(app.admin().call("get_run").id(&run["id"]).ok(200).await["response"], "kept");
}
