//! Acting on sessions of another caller; repeats while the first call runs; members that clients send in odd ways.

use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::ADMIN_KEY,
    chat::{Socket, ask, ended, scripted, start, stream},
    process::Process,
};

#[tokio::test]
async fn cancelling_runs_of_another_caller_needs_agents_write() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = scripted(&admin, "desk").await;
    let foreign = start(&admin, &agent, "@@hang").await;
    let created =
        admin.call("create_api_key").json(json!({"name": "w", "scopes": ["messages:write", "messages:read"]}));
    let key = created.ok(201).await["key"].as_str().unwrap().to_owned();
    let writer = app.client(Some(&key));
    writer.call("cancel_run").id(&foreign["id"]).fails(403, "insufficient_scope").await;
    let session = json!({"session_id": foreign["session_id"]});
    writer.call("stop_agent").id(&agent["id"]).json(session.clone()).fails(403, "insufficient_scope").await;
    let path = format!(
        "/api/agents/{}/ws?session_id={}",
        agent["id"].as_str().unwrap(),
        foreign["session_id"].as_str().unwrap()
    );
    let mut socket = Socket::open(&app, &key, &path).await;
    for frame in [
        json!({"type": "cancel"}),
        json!({"type": "cancel", "run_id": foreign["id"]}),
        json!({"type": "command", "command": "stop"}),
    ] {
        socket.send(frame.clone()).await;
        assert_eq!(socket.frame("error").await["code"], "insufficient_scope", "{frame}");
    }

    let own = start(&writer, &agent, "@@hang").await;
    let stopped = writer.call("stop_agent").id(&agent["id"]).ok(200).await;
    assert_eq!(stopped["cancelled_runs"], json!([own["id"]]), "only the caller's own");
    assert_eq!(admin.call("get_run").id(&foreign["id"]).ok(200).await["cancel_requested"], false);
    let own = start(&writer, &agent, "@@hang").await;
    writer.call("cancel_run").id(&own["id"]).ok(202).await;
    ended(&writer, &own).await;

    let manager = app.scoped(&["messages:write", "agents:write"]).await;
    manager.call("cancel_run").id(&foreign["id"]).ok(202).await;
    ended(&admin, &foreign).await;
    let foreign = start(&admin, &agent, "@@hang").await;
    let stopped = manager.call("stop_agent").id(&agent["id"]).json(session).ok(200).await;
    assert_eq!(stopped["cancelled_runs"], json!([foreign["id"]]));
}

#[tokio::test]
async fn a_repeat_after_a_crash_attaches() {
    let server = Process::start(40).await;
    let client = server.client();
    let agent = scripted(&client, "desk").await;
    let body = json!({"message": "@@reply one two three four five six seven eight nine ten eleven twelve"});
    let call =
        client.call("send_message").id(&agent["id"]).header("Idempotency-Key", "k1").json(body.clone()).request();
    let first = tokio::spawn(call.send());
    let run = loop {
        let list = client.call("list_runs").query("status", "running").ok(200).await;
        if let Some(run) = list["runs"].as_array().unwrap().first() {
            break run["id"].clone();
        }
    };
    let server = server.kill_and_restart().await;
    assert!(first.await.unwrap().is_err());
    let client = server.client();
    let again = loop {
        let call = client.call("send_message").id(&agent["id"]).header("Idempotency-Key", "k1");
        let again = call.json(body.clone()).send().await;
        if again.status != 409 {
            break again;
        }
        // On Postgres only its silence tells that a server is gone.
        assert_eq!(again.header("retry-after"), "1");
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    };
    assert_eq!((again.status, &again.json["run_id"]), (200, &run), "{}", again.text());
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(client.call("list_runs").ok(200).await["total"], 1);
}

#[tokio::test]
async fn words_in_any_case_and_content_beside_message() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let send = |body: Value| client.call("send_message").id(&agent["id"]).json(body);
    let reply = send(json!({"message": "@@reply a", "content": 5, "thinking": "ON"})).ok(200).await;
    assert_eq!(reply["response"], "a");
    assert_eq!(send(json!({"content": "@@reply b", "thinking": null})).ok(200).await["response"], "b");
    for (body, field) in [
        (json!({}), "message"),
        (json!({"message": "", "content": "@@reply c"}), "message"),
        (json!({"message": "x", "thinking": "loud"}), "thinking"),
        (json!({"message": "x", "max_iterations": "5"}), "max_iterations"),
    ] {
        let error = send(body).fails(400, "invalid_request").await;
        assert_eq!(error["details"][0]["field"], field, "{error}");
    }
    send(json!({"content": 5})).fails(400, "invalid_request").await;

    let session = &reply["session_id"];
    let newest = client.call("list_session_messages").id(session).query("order", "DESC").ok(200).await;
    assert_eq!(newest["messages"][0]["content"], "b");
    assert_eq!(client.call("list_commands").query("surface", "Web").ok(200).await["surface"], "web");
    assert_eq!(client.call("list_sessions").query("kind", "MAIN").ok(200).await["total"], 1);
    let path = format!("/api/agents/{}/ws?verbose=OFF", agent["id"].as_str().unwrap());
    let mut socket = Socket::open(&app, ADMIN_KEY, &path).await;
    socket.send(json!({"type": "message", "content": "@@reply d", "message": "@@reply e", "thinking": "Off"})).await;
    assert_eq!(socket.frame("response").await["content"], "e");
}

#[tokio::test]
async fn frames_that_hold_nul_are_refused() {
    let app = TestApp::start().await;
    let agent = scripted(&app.admin(), "desk").await;
    let path = format!("/api/agents/{}/ws", agent["id"].as_str().unwrap());
    let mut socket = Socket::open(&app, ADMIN_KEY, &path).await;
    for frame in [
        json!({"type": "message", "content": "x", "sender_id": "a\u{0}"}),
        json!({"type": "message", "content": "x", "sender_name": "a\u{0}"}),
        json!({"type": "message", "content": "x", "metadata": {"a": [{"b\u{0}": 1}]}}),
        json!({"type": "message", "content": "x", "client_id": "c\u{0}"}),
        json!({"type": "message", "content": "x", "client_id": "c".repeat(65)}),
        json!({"type": "command", "command": "model", "args": "\u{0}"}),
    ] {
        socket.send(frame.clone()).await;
        assert_eq!(socket.frame("error").await["code"], "invalid_request", "{frame}");
    }
    // In the content itself control characters are left out.
    socket.send(json!({"type": "message", "content": "@@reply a\u{0}b"})).await;
    assert_eq!(socket.frame("response").await["content"], "ab");
}

#[tokio::test]
async fn streams_are_not_stored_by_proxies() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    stream(&client, &agent, "@@reply x").await.rest().await;
    let run = ask(&client, &agent, "@@reply y").await;
    let answer = client.call("stream_run").path("id", run["run_id"].as_str().unwrap()).request().send().await.unwrap();
    assert_eq!(answer.headers().get_all("cache-control").iter().collect::<Vec<_>>(), ["no-store"]);
}
