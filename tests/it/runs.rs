//! Runs: starting, reading, following and cancelling them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    TestApp,
    chat::{Events, ask, ended, joined, scripted, scripted_with, start, stream},
    client::Client,
};

async fn follow(client: &Client, run: &str, after: Option<i64>) -> Events {
    let mut call = client.call("stream_run").path("id", run);
    if let Some(after) = after {
        call = call.header("Last-Event-ID", after);
    }
    Events::open(call.request()).await
}

#[tokio::test]
async fn a_run_from_start_to_end() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted_with(&client, "desk", json!({"profile": "full"})).await;
    let text = "@@tool system_time {}\n@@tool nope {}\n@@turn\n@@reply Done.";
    let body = json!({"message": text, "metadata": {"ticket": 7}, "sender_id": "ann"});
    let answer = client.call("create_run").id(&agent["id"]).json(body).send().await;
    assert_eq!(answer.header("location"), format!("/api/runs/{}", answer.json["id"].as_str().unwrap()));
    let run = ended(&client, &answer.json).await;
    assert_eq!(
        (&run["status"], &run["stop_reason"], &run["response"]),
        (&json!("completed"), &json!("end_turn"), &json!("Done."))
    );
    assert_eq!((&run["door"], &run["attempt"], &run["iterations"]), (&json!("api"), &json!(1), &json!(2)));
    assert_eq!((&run["agent_name"], &run["caller"]["kind"]), (&json!("desk"), &json!("config_key")));
    assert_eq!((&run["input"], &run["metadata"]), (&json!(text), &json!({"ticket": 7})));

    let steps = client.call("list_run_steps").id(&run["id"]).ok(200).await;
    let kinds: Vec<_> = steps["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["kind"].as_str().unwrap(), s["status"].as_str().unwrap()))
        .collect();
    let expected =
        [("model_call", "completed"), ("tool_call", "completed"), ("tool_call", "failed"), ("model_call", "completed")];
    assert_eq!(kinds, expected, "{steps:#}");
    let calls = client.call("list_run_steps").id(&run["id"]).query("kind", "TOOL_CALL").query("limit", 1).ok(200).await;
    assert_eq!((&calls["total"], calls["steps"].as_array().unwrap().len()), (&json!(2), 1));
    let next = calls["next_cursor"].as_str().unwrap();
    let last = client
        .call("list_run_steps")
        .id(&run["id"])
        .query("kind", "tool_call")
        .query("limit", 1)
        .query("cursor", next)
        .ok(200)
        .await;
    assert_eq!((&last["steps"][0]["name"], &last["next_cursor"]), (&json!("nope"), &Value::Null));

    let app = app.restart().await;
    assert_eq!(app.admin().call("get_run").id(&run["id"]).ok(200).await, run, "as before the restart");
}

#[tokio::test]
async fn a_refused_call_is_a_denied_step() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted_with(&client, "desk", json!({"profile": "minimal"})).await;
    let reply = ask(&client, &agent, "@@tool docker_exec {}\n@@turn\n@@reply No.").await;
    let steps = client.call("list_run_steps").id(&reply["run_id"]).query("kind", "tool_call").ok(200).await;
    assert_eq!(steps["steps"][0]["status"], "denied", "{steps:#}");
}

#[tokio::test]
async fn runs_are_listed_newest_first_and_filtered() {
    let app = TestApp::start().await;
    let client = app.admin();
    let (one, two) = (scripted(&client, "one").await, scripted(&client, "two").await);
    let long = "x".repeat(300);
    let first = ask(&client, &one, &format!("@@reply {long}")).await;
    stream(&client, &two, "@@reply b").await.rest().await;
    let running = start(&client, &two, "@@hang").await;
    let list = client.call("list_runs").ok(200).await;
    assert_eq!((&list["total"], &list["runs"][0]["id"]), (&json!(3), &running["id"]));
    assert_eq!(list["runs"][2]["response"].as_str().unwrap().len(), 256);
    let total =
        async |name: &str, value: &str| client.call("list_runs").query(name, value).ok(200).await["total"].clone();
    assert_eq!(total("agent", "two").await, 2);
    assert_eq!(total("agent", one["id"].as_str().unwrap()).await, 1);
    assert_eq!(total("status", "Completed,failed").await, 2);
    assert_eq!(total("status", "running").await, 1);
    assert_eq!(total("door", "stream").await, 1);
    assert_eq!(total("session_id", first["session_id"].as_str().unwrap()).await, 1);
    assert_eq!(total("parent_run_id", first["run_id"].as_str().unwrap()).await, 0);
    assert_eq!(total("after", "2099-01-01T00:00:00Z").await, 0);
    assert_eq!(total("before", "2099-01-01T00:00:00Z").await, 3);
    let page = client.call("list_runs").query("limit", 2).ok(200).await;
    let rest =
        client.call("list_runs").query("limit", 2).query("cursor", page["next_cursor"].as_str().unwrap()).ok(200).await;
    assert_eq!(
        (&rest["runs"][0]["id"], &rest["next_cursor"], &rest["total"]),
        (&first["run_id"], &Value::Null, &json!(3))
    );
    for (name, value) in
        [("status", "odd"), ("door", "window"), ("limit", "501"), ("after", "soon"), ("session_id", "x")]
    {
        client.call("list_runs").query(name, value).fails(400, "invalid_request").await;
    }
    client.call("list_runs").query("cursor", "abc").fails(400, "invalid_cursor").await;
    client.call("list_runs").query("agent", "nobody").fails(404, "agent_not_found").await;
}

#[tokio::test]
async fn unknown_runs_are_named() {
    let app = TestApp::start().await;
    let client = app.admin();
    let nobody = uuid::Uuid::now_v7();
    for operation in ["get_run", "list_run_steps", "stream_run", "cancel_run"] {
        client.call(operation).path("id", "nonsense").fails(400, "invalid_id").await;
        client.call(operation).path("id", nobody).fails(404, "run_not_found").await;
        app.anonymous().call(operation).path("id", nobody).fails(401, "unauthorized").await;
    }
    client.call("get_run").path("id", nobody).query("wait_secs", 1).fails(404, "run_not_found").await;
    client.call("get_run").path("id", nobody).query("wait_secs", 61).fails(400, "invalid_request").await;
    client.call("list_run_steps").path("id", nobody).query("cursor", "abc").fails(404, "run_not_found").await;
    let agent = scripted(&client, "desk").await;
    let run = ask(&client, &agent, "@@reply x").await["run_id"].clone();
    client.call("list_run_steps").id(&run).query("cursor", "abc").fails(400, "invalid_cursor").await;
    client.call("list_run_steps").id(&run).query("kind", "odd").fails(400, "invalid_request").await;
    client.call("stream_run").id(&run).header("Last-Event-ID", "soon").fails(400, "invalid_request").await;
    client.call("stream_run").id(&run).query("after", -1).fails(400, "invalid_request").await;
    client.call("cancel_run").id(&run).json(json!({"reason": "x".repeat(257)})).fails(400, "invalid_request").await;
    client.call("cancel_run").id(&run).json(json!({"color": "red"})).fails(400, "invalid_request").await;
    app.scoped(&["messages:read"]).await.call("cancel_run").id(&run).fails(403, "insufficient_scope").await;
    app.scoped(&["messages:write"]).await.call("get_run").id(&run).fails(403, "insufficient_scope").await;
}

#[tokio::test]
async fn cancelling_reaches_running_and_queued_runs() {
    let app = TestApp::with(|config| config.builtin.word_delay_ms = 5).await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let words = "word ".repeat(2_000);
    let mut events = stream(&client, &agent, &format!("@@reply {words}")).await;
    let queued = start(&client, &agent, "@@reply never").await;
    assert_eq!(events.next().await.unwrap().name, "text_delta");

    let cancelled = client.call("cancel_run").id(&queued["id"]).json(json!({"reason": "not needed"})).ok(202).await;
    assert_eq!((&cancelled["status"], &cancelled["cancel_requested"]), (&json!("cancelled"), &json!(true)));
    let run = events.run_id();
    client.call("cancel_run").path("id", &run).ok(202).await;
    let rest = events.rest().await;
    let done = &rest.last().unwrap().data;
    assert_eq!((&done["status"], &done["stop_reason"]), (&json!("cancelled"), &json!("cancelled")));
    let written = done["response"].as_str().unwrap();
    assert!(!written.is_empty() && written.len() < words.len());
    let over = client.call("cancel_run").path("id", &run).ok(200).await;
    assert_eq!(over["response"], json!(written), "what was written is kept");
    let session = client.call("get_agent_session").id(&agent["id"]).ok(200).await;
    assert_eq!(session["messages"][1]["content"], json!(written));
    assert_eq!(session["messages"][1]["flags"], json!(["truncated"]));
}

/// G41 and G56.
#[tokio::test]
async fn g41_g56_a_follower_that_hangs_up_gets_the_rest_once() {
    let app = TestApp::with(|config| config.builtin.word_delay_ms = 10).await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let text: String = (0..60).map(|n| format!("word{n} ")).collect();
    let mut events = stream(&client, &agent, &format!("@@reply {text}")).await;
    let run = events.run_id();
    let first = events.next().await.unwrap();
    drop(events);
    let mut got = first.data["delta"].as_str().unwrap().to_owned();
    let rest = follow(&client, &run, Some(first.id)).await.rest().await;
    assert!(rest.iter().all(|e| e.id > first.id));
    got.push_str(&joined(&rest));
    let done = &rest.last().unwrap().data;
    assert_eq!(done["status"], "completed", "hanging up stopped nothing");
    assert_eq!(json!(got), done["response"]);

    // A replay may be cut at any character.
    let all = follow(&client, &run, None).await.rest().await;
    let delta = all.iter().find(|e| e.name == "text_delta").unwrap();
    assert_eq!(joined(&all), got);
    let begin = delta.id - i64::try_from(delta.data["delta"].as_str().unwrap().chars().count()).unwrap();
    let tail = follow(&client, &run, Some(begin + 7)).await.rest().await;
    assert_eq!(joined(&tail), got.chars().skip(7).collect::<String>());

    let last = all.last().unwrap().id;
    let answer = client.call("stream_run").path("id", &run).header("Last-Event-ID", last).send().await;
    assert_eq!(answer.status, 204);
    let answer = client.call("stream_run").path("id", &run).query("after", last).send().await;
    assert_eq!(answer.status, 204);
}

#[tokio::test]
async fn any_number_follow_and_get_the_same() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let run = start(&client, &agent, "@@delay 100ms\n@@reply one two three").await;
    let id = run["id"].as_str().unwrap();
    let mut streams = vec![];
    for _ in 0..5 {
        streams.push(follow(&client, id, None).await);
    }
    for mut events in streams {
        let events = events.rest().await;
        assert_eq!(joined(&events), "one two three");
        assert_eq!(events.last().unwrap().name, "done");
    }
}

#[tokio::test]
async fn a_stream_ends_with_a_remark_when_the_server_stops_and_the_run_goes_on_afterwards() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let mut events = stream(&client, &agent, "@@delay 3s\n@@reply after all").await;
    let run = events.run_id();
    let reader = tokio::spawn(async move {
        let rest = events.rest().await;
        (rest, events.comments)
    });
    let app = app.restart().await;
    let (rest, comments) = reader.await.unwrap();
    assert!(rest.iter().all(|e| e.name != "done" && e.name != "error"), "{rest:?}");
    assert!(comments.iter().any(|c| c == "server stopping"), "{comments:?}");
    let run = ended(&app.admin(), &json!({"id": run})).await;
    assert_eq!(run["response"], "after all");
}

#[tokio::test]
async fn a_revoked_key_loses_its_streams() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = scripted(&admin, "desk").await;
    let run = start(&admin, &agent, "@@hang").await;
    let key = admin.call("create_api_key").json(json!({"name": "reader", "scopes": ["messages:read"]})).ok(201).await;
    let mut events = follow(&app.client(key["key"].as_str()), run["id"].as_str().unwrap(), None).await;
    admin.call("delete_api_key").id(&key["id"]).send().await;
    let rest = tokio::time::timeout(Duration::from_secs(10), events.rest()).await.expect("the stream ends");
    assert_eq!(rest, []);
    assert_eq!(events.comments.last().unwrap(), "credential no longer valid");
}
