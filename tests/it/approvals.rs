//! Approvals over HTTP and the chat socket.

use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::ADMIN_KEY,
    chat::{Socket, ended, scripted_with, start},
    client::Client,
};

const WRITE: &str = "@@tool file_write {\"path\":\"n.txt\",\"content\":\"x\"}\n@@turn\n@@reply ok";

async fn asking(client: &Client) -> Value {
    let manifest = json!({
        "capabilities": {"tools": ["file_write"], "file_write": ["**"]}, "tools": {"file_write": {"approval": "ask"}},
    });
    scripted_with(client, "desk", manifest).await
}

/// The one approval that waits.
async fn pending(client: &Client) -> Value {
    for _ in 0..400 {
        let list = client.call("list_approvals").query("status", "pending").ok(200).await;
        if list["pending_count"] == 1 {
            return list["approvals"][0].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("nothing waits for a decision");
}

fn gate(tool: &str) -> Value {
    json!({"agent_id": "deploy-bot", "tool_name": tool})
}

#[tokio::test]
async fn a_call_waits_over_a_restart() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = asking(&client).await;
    let run = start(&client, &agent, WRITE).await;
    let asked = pending(&client).await;
    assert_eq!(
        (&asked["kind"], &asked["tool_name"], &asked["run_id"], &asked["risk_level"]),
        (&json!("tool"), &json!("file_write"), &run["id"], &json!("high"))
    );
    assert_eq!(asked["arguments"], json!({"path": "n.txt", "content": "x"}));
    assert_eq!(client.call("get_run").id(&run["id"]).ok(200).await["status"], "waiting_approval");
    let app = app.restart().await;
    let client = app.admin();
    assert_eq!(client.call("get_approval").id(&asked["id"]).ok(200).await, asked);
    let decided = client.call("approve_request").id(&asked["id"]).json(json!({"reason": "fine"})).ok(200).await;
    assert_eq!((&decided["status"], &decided["decided_by"]), (&json!("approved"), &json!("config_key")));
    assert_eq!(client.call("approve_request").id(&asked["id"]).json(json!({})).ok(200).await["id"], asked["id"]);
    client.call("reject_request").id(&asked["id"]).json(json!({})).fails(409, "already_decided").await;
    assert_eq!(ended(&client, &run).await["response"], "ok");
    let steps = client.call("list_run_steps").id(&run["id"]).ok(200).await;
    assert_eq!(steps["steps"][2]["kind"], "approval");
    assert_eq!(steps["steps"][2]["approval_id"], asked["id"]);
}

#[tokio::test]
async fn a_rejected_call_is_told_to_the_agent() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = asking(&client).await;
    let run = start(&client, &agent, WRITE).await;
    let asked = pending(&client).await;
    client.call("reject_request").id(&asked["id"]).json(json!({"reason": "not today"})).ok(200).await;
    client.call("approve_request").id(&asked["id"]).json(json!({})).fails(409, "already_decided").await;
    ended(&client, &run).await;
    let steps = client.call("list_run_steps").id(&run["id"]).ok(200).await;
    assert_eq!((&steps["steps"][1]["status"], &steps["steps"][2]["status"]), (&json!("denied"), &json!("denied")));
    assert!(steps["steps"][1]["error"].as_str().unwrap().contains("not today"));
}

#[tokio::test]
async fn a_waiting_caller_gets_the_run() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = asking(&client).await;
    let body = json!({"message": WRITE, "wait_secs": 1});
    let answer = client.call("send_message").id(&agent["id"]).json(body).send().await;
    assert_eq!((answer.status, &answer.json["status"]), (202, &json!("waiting_approval")));
    assert!(answer.header("location").starts_with("/api/runs/"));
}

#[tokio::test]
async fn gates_of_other_systems() {
    let app = TestApp::start().await;
    let client = app.admin();
    let answer = client.call("create_approval").json(gate("deploy")).send().await;
    let (id, approval) = (&answer.json["id"], &answer.json["approval"]);
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("location"), format!("/api/approvals/{}", id.as_str().unwrap()));
    assert_eq!(
        (&approval["kind"], &approval["agent_id"], &approval["description"], &approval["timeout_secs"]),
        (&json!("manual"), &json!("deploy-bot"), &json!("Manual approval request for deploy"), &json!(3600))
    );
    let waiting = tokio::spawn({
        let client = client.clone();
        let id = id.clone();
        async move { client.call("get_approval").id(&id).query("wait_secs", 30).ok(200).await }
    });
    client.call("approve_request").id(id).json(json!({"arguments": {}})).fails(400, "invalid_request").await;
    client.call("approve_request").id(id).json(json!({})).ok(200).await;
    assert_eq!(waiting.await.unwrap()["status"], "approved");
    for (body, field) in [
        (json!({"agent_id": "a"}), "tool_name"),
        (json!({"agent_id": "a", "tool_name": "no blanks"}), "tool_name"),
        (json!({"agent_id": "a", "tool_name": "t", "timeout_secs": 9}), "timeout_secs"),
        (json!({"agent_id": "a", "tool_name": "t", "risk_level": "extreme"}), "risk_level"),
    ] {
        let refused = client.call("create_approval").json(body).fails(400, "invalid_request").await;
        assert_eq!(refused["details"][0]["field"], field, "{refused}");
    }
    let agent = scripted_with(&client, "desk", json!({})).await;
    let known = client.call("create_approval").json(json!({"agent_id": "desk", "tool_name": "t"})).ok(201).await;
    assert_eq!((&known["approval"]["agent_id"], &known["approval"]["agent_name"]), (&agent["id"], &json!("desk")));
    client.call("delete_agent").id(&agent["id"]).ok(200).await;
    assert_eq!(client.call("get_approval").id(&known["id"]).ok(200).await["status"], "cancelled");
    client.call("get_approval").path("id", uuid::Uuid::now_v7().to_string()).fails(404, "approval_not_found").await;
}

#[tokio::test]
async fn the_list_shows_what_waits_first() {
    let app = TestApp::start().await;
    let client = app.admin();
    let mut ids = vec![];
    for n in 0..5 {
        let made = client.call("create_approval").json(gate(&format!("t{n}"))).ok(201).await;
        ids.push(made["id"].clone());
    }
    client.call("reject_request").id(&ids[4]).json(json!({})).ok(200).await;
    client.call("approve_request").id(&ids[1]).json(json!({})).ok(200).await;
    let (mut seen, mut cursor) = (vec![], None::<String>);
    loop {
        let mut call = client.call("list_approvals").query("limit", 2);
        if let Some(cursor) = &cursor {
            call = call.query("cursor", cursor);
        }
        let page = call.ok(200).await;
        assert_eq!((&page["total"], &page["pending_count"]), (&json!(5), &json!(3)));
        seen.extend(page["approvals"].as_array().unwrap().iter().map(|a| a["id"].clone()));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    let expected: Vec<Value> = [3, 2, 0, 4, 1].iter().map(|n: &usize| ids[*n].clone()).collect();
    assert_eq!(seen, expected);
    let some = client.call("list_approvals").query("status", "approved, Rejected").ok(200).await;
    assert_eq!(some["total"], 2);
    let none = client.call("list_approvals").query("agent_id", "nobody").ok(200).await;
    assert_eq!(none["total"], 0);
    client.call("list_approvals").query("status", "maybe").fails(400, "invalid_request").await;
}

#[tokio::test]
async fn the_policy_is_kept_and_counts_at_once() {
    let app = TestApp::start().await;
    let client = app.admin();
    let usual = client.call("get_approval_policy").ok(200).await;
    assert_eq!(
        usual,
        json!({"require_approval": ["shell_exec"], "timeout_secs": 3600, "auto_approve": false,
            "auto_approve_autonomous": false, "max_pending_per_agent": 20})
    );
    let body = json!({"require_approval": ["file_*"], "timeout_secs": 60, "max_pending_per_agent": 1});
    let changed = client.call("update_approval_policy").json(body).ok(200).await;
    let manifest = json!({"capabilities": {"tools": ["file_write"], "file_write": ["**"]}});
    let agent = scripted_with(&client, "desk", manifest).await;
    let run = start(&client, &agent, WRITE).await;
    let asked = pending(&client).await;
    assert_eq!(asked["timeout_secs"], 60);
    client
        .call("create_approval")
        .json(json!({"agent_id": "desk", "tool_name": "t"}))
        .fails(429, "too_many_pending")
        .await;
    let app = app.restart().await;
    let client = app.admin();
    assert_eq!(client.call("get_approval_policy").ok(200).await, changed);
    client.call("approve_request").id(&asked["id"]).json(json!({})).ok(200).await;
    ended(&client, &run).await;
    let all = client.call("update_approval_policy").json(json!({"auto_approve": true})).ok(200).await;
    assert_eq!((&all["require_approval"], &all["auto_approve"]), (&json!([]), &json!(true)));
    let back =
        json!({"require_approval": true, "timeout_secs": null, "auto_approve": null, "max_pending_per_agent": null});
    assert_eq!(client.call("update_approval_policy").json(back).ok(200).await, usual);
    for body in [
        json!({"timeout_secs": 5}),
        json!({"max_pending_per_agent": 0}),
        json!({"require_approval": ["a b"]}),
        json!({"x": 1}),
    ] {
        client.call("update_approval_policy").json(body).fails(400, "invalid_request").await;
    }
}

#[tokio::test]
async fn remembering_as_a_rule_needs_more() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let key = admin.call("create_api_key").json(json!({"name": "ops", "scopes": ["approvals:write"]})).ok(201).await;
    let client = app.client(key["key"].as_str());
    let made = client.call("create_approval").json(gate("deploy")).ok(201).await;
    let refused = client.call("approve_request").id(&made["id"]).json(json!({"remember": "rule"}));
    refused.fails(403, "insufficient_scope").await;
    let decided = client.call("approve_request").id(&made["id"]).json(json!({"remember": "Session"})).ok(200).await;
    assert_eq!(decided["decided_by"], "key:ops");
}

#[tokio::test]
async fn over_the_socket() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = asking(&client).await;
    let path = format!("/api/agents/{}/ws", agent["id"].as_str().unwrap());
    let mut socket = Socket::open(&app, ADMIN_KEY, &path).await;
    socket.send(json!({"type": "message", "content": WRITE})).await;
    let asked = socket.frame("approval_required").await;
    assert_eq!((&asked["tool_name"], &asked["done"]), (&json!("file_write"), &json!(false)));
    assert!(asked["session_id"].is_string() && asked["event_id"].is_i64());
    for (frame, code) in [
        (json!({"type": "approval", "approval_id": uuid::Uuid::now_v7(), "decision": "approve"}), "approval_not_found"),
        (json!({"type": "approval", "approval_id": asked["approval_id"], "decision": "perhaps"}), "invalid_request"),
        (
            json!({"type": "approval", "approval_id": asked["approval_id"], "decision": "reject",
            "reason": "x".repeat(1001)}),
            "invalid_request",
        ),
    ] {
        socket.send(frame.clone()).await;
        assert_eq!(socket.frame("error").await["code"], code, "{frame}");
    }
    socket.send(json!({"type": "approval", "approval_id": asked["approval_id"], "decision": "approve"})).await;
    let (before, response) = socket.until("response").await;
    assert_eq!(response["content"], "ok");
    assert!(before.iter().any(|f| f["type"] == "run" && f["status"] == "running"));
}

#[tokio::test]
async fn the_stream_tells_of_it() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = asking(&client).await;
    let run = start(&client, &agent, WRITE).await;
    let asked = pending(&client).await;
    client.call("approve_request").id(&asked["id"]).json(json!({})).ok(200).await;
    ended(&client, &run).await;
    let path = format!("/api/runs/{}/stream", run["id"].as_str().unwrap());
    let text = client.raw("GET", &path).send().await.unwrap().text().await.unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let events: Vec<Value> = data.map(|data| serde_json::from_str(data).unwrap()).collect();
    let told = events.iter().find(|e| e["type"] == "approval_required").expect("the question is in the stream");
    assert_eq!((&told["approval_id"], told.get("tool")), (&asked["id"], None));
}
