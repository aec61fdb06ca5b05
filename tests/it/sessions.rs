//! Sessions: who owns them, which one is active, and how a conversation is shown.

use serde_json::{Value, json};

use crate::support::{
    TestApp,
    chat::{ask, ended, scripted, scripted_with, start},
    client::Client,
};

async fn active(client: &Client, agent: &Value) -> Value {
    client.call("get_agent_session").id(&agent["id"]).ok(200).await
}

fn texts(conversation: &Value) -> Vec<&str> {
    conversation["messages"].as_array().unwrap().iter().map(|m| m["content"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_session_lives_from_creation_to_deletion() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let first = active(&client, &agent).await;
    assert_eq!((&first["active"], &first["kind"], &first["message_count"]), (&json!(true), &json!("main"), &json!(0)));
    ask(&client, &agent, "@@reply one").await;

    let call = client.call("create_agent_session").id(&agent["id"]).json(json!({"label": " draft 2 "})).send().await;
    let second = call.json.clone();
    assert_eq!((call.status, &second["label"], &second["active"]), (201, &json!("draft 2"), &json!(true)));
    assert_eq!(call.header("location"), format!("/api/sessions/{}", second["id"].as_str().unwrap()));
    client
        .call("create_agent_session")
        .id(&agent["id"])
        .json(json!({"label": "draft 2"}))
        .fails(409, "session_label_taken")
        .await;
    client
        .call("create_agent_session")
        .id(&agent["id"])
        .json(json!({"label": "a/b"}))
        .fails(400, "invalid_request")
        .await;
    let reply = ask(&client, &agent, "@@reply two").await;
    assert_eq!(reply["session_id"], second["id"], "the new session gets the next message");

    let by_label = client.call("find_session_by_label").id(&agent["id"]).path("label", "draft 2").ok(200).await;
    assert_eq!(by_label["id"], second["id"]);
    client.call("find_session_by_label").id(&agent["id"]).path("label", "none").fails(404, "session_not_found").await;

    let switched = client
        .call("switch_agent_session")
        .id(&agent["id"])
        .path("session_id", first["id"].as_str().unwrap())
        .ok(200)
        .await;
    assert_eq!((&switched["session_id"], &switched["previous_session_id"]), (&first["id"], &second["id"]));
    assert_eq!(switched["session"]["active"], true);
    assert_eq!(active(&client, &agent).await["id"], first["id"]);

    let named = client.call("set_session_label").id(&first["id"]).json(json!({"label": "main line"})).ok(200).await;
    assert_eq!(named["label"], "main line");
    client
        .call("set_session_label")
        .id(&first["id"])
        .json(json!({"label": "draft 2"}))
        .fails(409, "session_label_taken")
        .await;
    client.call("set_session_label").id(&first["id"]).json(json!({"label": "?"})).fails(400, "invalid_request").await;
    client.call("set_session_label").id(&first["id"]).json(json!({})).fails(400, "invalid_request").await;
    assert_eq!(
        client.call("set_session_label").id(&second["id"]).json(json!({"label": null})).ok(200).await["label"],
        Value::Null
    );

    let app = app.restart().await;
    let client = app.admin();
    let read = client.call("get_session").id(&first["id"]).ok(200).await;
    assert_eq!((&read["label"], &read["active"]), (&json!("main line"), &json!(true)));
    assert_eq!(texts(&read)[1], "one");

    let gone = client.call("delete_session").id(&first["id"]).ok(200).await;
    assert_eq!(active(&client, &agent).await["id"], gone["new_session_id"], "a fresh one takes its place");
    client.call("get_session").id(&first["id"]).fails(404, "session_not_found").await;
    assert_eq!(client.call("delete_session").id(&second["id"]).ok(200).await["new_session_id"], Value::Null);
}

#[tokio::test]
async fn starting_over_cancels_and_keeps_or_erases() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let running = start(&client, &agent, "@@hang").await;
    let queued = start(&client, &agent, "@@reply never").await;
    let reset = client.call("reset_agent_session").id(&agent["id"]).ok(200).await;
    assert_eq!((&reset["old_session_id"], &reset["deleted"]), (&running["session_id"], &json!(false)));
    for run in [&running, &queued] {
        assert_eq!(ended(&client, run).await["status"], "cancelled");
    }
    let old = client.call("get_session").id(&reset["old_session_id"]).ok(200).await;
    assert_eq!(old["active"], false);
    assert_eq!(active(&client, &agent).await["id"], reset["new_session_id"]);

    let body = json!({"delete_old": true, "session_id": reset["old_session_id"]});
    assert_eq!(client.call("reset_agent_session").id(&agent["id"]).json(body).ok(200).await["deleted"], true);
    client.call("get_session").id(&reset["old_session_id"]).fails(404, "session_not_found").await;

    ask(&client, &agent, "@@reply kept").await;
    let cleared = client.call("clear_agent_history").id(&agent["id"]).ok(200).await;
    let list = client.call("list_agent_sessions").id(&agent["id"]).ok(200).await;
    assert_eq!((&list["total"], &list["sessions"][0]["id"]), (&json!(1), &cleared["new_session_id"]));
    let run = client.call("list_runs").query("session_id", reset["old_session_id"].as_str().unwrap()).ok(200).await;
    assert_eq!(
        (&run["total"], &run["runs"][0]["input"]),
        (&json!(2), &json!("")),
        "runs stay, what was said in them not"
    );
}

#[tokio::test]
async fn unknown_things_are_named() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let other = scripted(&client, "other").await;
    let foreign = active(&client, &other).await["id"].as_str().unwrap().to_owned();
    let nobody = uuid::Uuid::now_v7();
    for operation in ["get_session", "list_session_messages", "delete_session", "set_session_label"] {
        let call = |id: String| client.call(operation).path("id", id).json(json!({"label": null}));
        call("nonsense".into()).fails(400, "invalid_id").await;
        call(nobody.to_string()).fails(404, "session_not_found").await;
    }
    for operation in ["get_agent_session", "list_agent_sessions", "get_agent_context", "clear_agent_history"] {
        client.call(operation).path("id", "nobody").fails(404, "agent_not_found").await;
    }
    for operation in ["create_agent_session", "reset_agent_session"] {
        client.call(operation).path("id", nobody).json(json!({})).fails(404, "agent_not_found").await;
    }
    client.call("find_session_by_label").path("id", "nobody").path("label", "x").fails(404, "agent_not_found").await;
    let switch = |id: &str| client.call("switch_agent_session").id(&agent["id"]).path("session_id", id);
    switch(&foreign).fails(404, "session_not_found").await;
    switch("nonsense").fails(400, "invalid_id").await;
    client
        .call("get_agent_session")
        .id(&agent["id"])
        .query("session_id", &foreign)
        .fails(404, "session_not_found")
        .await;
    client
        .call("get_agent_context")
        .id(&agent["id"])
        .query("session_id", &foreign)
        .fails(404, "session_not_found")
        .await;
    client
        .call("reset_agent_session")
        .id(&agent["id"])
        .json(json!({"session_id": foreign}))
        .fails(404, "session_not_found")
        .await;
    client.call("list_sessions").query("agent", "nobody").fails(404, "agent_not_found").await;
    client.call("list_sessions").query("kind", "odd").fails(400, "invalid_request").await;
    client.call("list_sessions").query("limit", 0).fails(400, "invalid_request").await;
    client.call("list_sessions").query("cursor", "abc").fails(400, "invalid_cursor").await;
    client.call("list_agent_sessions").id(&agent["id"]).query("cursor", "abc").fails(400, "invalid_cursor").await;
    client.call("get_agent_session").id(&agent["id"]).query("cursor", "abc").fails(400, "invalid_cursor").await;
    let weak = app.scoped(&["messages:write"]).await;
    weak.call("list_sessions").fails(403, "insufficient_scope").await;
    app.anonymous().call("get_session").path("id", &foreign).fails(401, "unauthorized").await;
}

#[tokio::test]
async fn a_conversation_is_folded_for_display_and_raw_on_request() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted_with(&client, "desk", json!({"profile": "full"})).await;
    ask(&client, &agent, "@@reply zero").await;
    let text = "@@tool system_time {}\n@@tool nope {}\n@@reply Looking.\n@@turn\n@@reply Part one\n@@stop length\n@@turn\n@@reply  and two.";
    ask(&client, &agent, text).await;
    let shown = active(&client, &agent).await;
    let messages = shown["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 5, "{shown:#}");
    assert_eq!(shown["message_count"], 5);
    assert_eq!(
        messages.iter().map(|m| m["role"].as_str().unwrap()).collect::<Vec<_>>(),
        ["User", "Assistant", "User", "Assistant", "Assistant"]
    );
    let tools = messages[3]["tools"].as_array().unwrap();
    assert_eq!((tools.len(), &tools[0]["running"], &tools[1]["is_error"]), (2, &json!(false), &json!(true)));
    assert_eq!(messages[4]["content"], "Part one and two.");
    assert!(messages.iter().all(|m| m.get("blocks").is_none()));
    assert_eq!(shown["context_pressure"], "low");

    let raw = client.call("list_session_messages").id(&shown["id"]).ok(200).await;
    assert_eq!((&raw["total"], &shown["raw_message_count"]), (&json!(8), &json!(8)));
    let kinds: Vec<&str> = raw["messages"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|k| **k == "Tool").count(), 2);
    assert_eq!(raw["messages"][3]["blocks"][1]["type"], "tool_use");
    let results = client
        .call("list_session_messages")
        .id(&shown["id"])
        .query("role", "Tool")
        .query("order", "desc")
        .ok(200)
        .await;
    assert_eq!((&results["total"], &results["messages"][0]["seq"]), (&json!(2), &json!(6)));
    let later = client.call("list_session_messages").id(&shown["id"]).query("after_seq", 6).ok(200).await;
    assert_eq!(later["total"], 2);

    let newest = client.call("get_session").id(&shown["id"]).query("limit", 2).ok(200).await;
    assert_eq!((texts(&newest), &newest["has_more"]), (vec!["Looking.", "Part one and two."], &json!(true)));
    let older = client
        .call("get_session")
        .id(&shown["id"])
        .query("limit", 3)
        .query("cursor", newest["next_cursor"].as_str().unwrap())
        .ok(200)
        .await;
    assert_eq!((older["messages"].as_array().unwrap().len(), &older["has_more"]), (3, &json!(false)));
    assert_eq!(texts(&older)[1], "zero");

    let report = client.call("get_agent_context").id(&agent["id"]).ok(200).await;
    let parts = ["system_prompt_tokens", "message_tokens", "tool_definition_tokens"]
        .map(|p| report["breakdown"][p].as_i64().unwrap());
    assert_eq!(report["estimated_tokens"].as_i64().unwrap(), parts.iter().sum::<i64>());
    assert!(parts.iter().all(|tokens| *tokens > 0), "{report:#}");
    assert_eq!((&report["context_window"], &report["pressure"]), (&json!(32_768), &json!("low")));
}

#[tokio::test]
async fn two_callers_never_meet() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = scripted(&admin, "desk").await;
    let (ann, bob) = (
        app.scoped(&["messages:write", "messages:read"]).await,
        app.scoped(&["messages:write", "messages:read"]).await,
    );
    ann.call("get_agent_session").id(&agent["id"]).fails(404, "session_not_found").await;
    let one = ask(&ann, &agent, "@@expect history lacks \"of bob\"\n@@reply of ann").await;
    let two = ask(&bob, &agent, "@@expect history lacks \"of ann\"\n@@reply of bob").await;
    assert_ne!(one["session_id"], two["session_id"]);
    assert_eq!(texts(&active(&ann, &agent).await)[1], "of ann");
    assert_eq!(texts(&active(&bob, &agent).await)[1], "of bob");
    assert_eq!(active(&admin, &agent).await["raw_message_count"], 0, "nor does the operator's session");

    let ids = json!({"message": "x", "session_id": one["session_id"]});
    bob.call("send_message").id(&agent["id"]).json(ids).fails(403, "insufficient_scope").await;
    bob.call("delete_session").id(&one["session_id"]).fails(403, "insufficient_scope").await;
    bob.call("set_session_label")
        .id(&one["session_id"])
        .json(json!({"label": "mine"}))
        .fails(403, "insufficient_scope")
        .await;
    bob.call("clear_agent_history").id(&agent["id"]).fails(403, "insufficient_scope").await;
    let switch =
        bob.call("switch_agent_session").id(&agent["id"]).path("session_id", one["session_id"].as_str().unwrap());
    switch.fails(403, "insufficient_scope").await;
    let reset = bob.call("reset_agent_session").id(&agent["id"]).json(json!({"session_id": one["session_id"]}));
    reset.fails(403, "insufficient_scope").await;
    assert_eq!(texts(&active(&ann, &agent).await)[1], "of ann");
}

#[tokio::test]
async fn lists_are_paged_filtered_and_take_three_statements() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    for n in 0..5 {
        client
            .call("create_agent_session")
            .id(&agent["id"])
            .json(json!({"label": format!("Draft {n}"), "activate": n == 4}))
            .ok(201)
            .await;
    }
    ask(&client, &agent, "@@reply hi").await;
    let list = client.call("list_sessions").query("q", "DRAFT").ok(200).await;
    assert_eq!(list["total"], 5);
    assert_eq!(list["sessions"][0]["label"], "Draft 4", "latest activity first");
    assert_eq!(list["sessions"][0]["message_count"], 2);
    assert!(list["sessions"][0]["usage"]["input_tokens"].as_i64().unwrap() > 0);
    assert_eq!(client.call("list_sessions").query("active", "yes").query("agent", "desk").ok(200).await["total"], 1);
    assert_eq!(client.call("list_sessions").query("active", "0").ok(200).await["total"], 5);
    assert_eq!(client.call("list_agent_sessions").id(&agent["id"]).query("label", "Draft 1").ok(200).await["total"], 1);
    assert_eq!(client.call("list_agent_sessions").id(&agent["id"]).query("kind", "Hook").ok(200).await["total"], 0);

    let mut seen = vec![];
    let mut cursor: Option<String> = None;
    loop {
        let mut call = client.call("list_agent_sessions").id(&agent["id"]).query("limit", 4);
        if let Some(cursor) = &cursor {
            call = call.query("cursor", cursor);
        }
        let page = call.ok(200).await;
        assert_eq!(page["total"], 6);
        seen.extend(page["sessions"].as_array().unwrap().iter().map(|s| s["id"].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6);

    let session = seen[0].as_str().unwrap();
    for name in ["list_sessions", "list_agent_sessions", "list_session_messages", "list_runs"] {
        let mut fewest = u64::MAX;
        // The server's own loops send statements too, seldom between these.
        for _ in 0..3 {
            let call = client.call(name);
            let call = match name {
                "list_agent_sessions" => call.id(&agent["id"]),
                "list_session_messages" => call.path("id", session),
                _ => call.query("agent", "desk"),
            };
            let begin = app.state.db.statements();
            call.ok(200).await;
            fewest = fewest.min(app.state.db.statements() - begin);
        }
        assert!(fewest <= 3, "{name}: {fewest} statements");
    }
}
