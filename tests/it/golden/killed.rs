//! Real server processes, killed at the worst moment.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{client::Client, process::Process};

async fn agent(client: &Client, tools: &[&str]) -> Value {
    let manifest = json!({
        "name": "desk", "model": {"provider": "builtin", "model": "script"},
        "capabilities": {"tools": tools, "file_read": ["**"], "file_write": ["**"]},
    });
    client.call("create_agent").json(json!({"manifest": manifest})).ok(201).await["id"].clone()
}

/// Starts a run and returns its id.
async fn start(client: &Client, agent: &Value, script: &str) -> Value {
    client.call("create_run").id(agent).json(json!({"message": script})).ok(202).await["id"].clone()
}

async fn run(client: &Client, id: &Value) -> Value {
    client.call("get_run").id(id).ok(200).await
}

/// The run once it is over.
async fn ended(client: &Client, id: &Value) -> Value {
    for _ in 0..12 {
        let run = client.call("get_run").id(id).query("wait_secs", 5).ok(200).await;
        if !run["finished_at"].is_null() {
            return run;
        }
    }
    panic!("the run does not end: {}", run(client, id).await);
}

async fn steps(client: &Client, id: &Value) -> Vec<Value> {
    client.call("list_run_steps").id(id).ok(200).await["steps"].as_array().expect("steps").clone()
}

fn statuses(steps: &[Value]) -> Vec<(&str, &str)> {
    steps.iter().map(|s| (s["kind"].as_str().unwrap(), s["status"].as_str().unwrap())).collect()
}

async fn until(client: &Client, id: &Value, is: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    for _ in 0..400 {
        let steps = steps(client, id).await;
        if is(&steps) {
            return steps;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never comes so far: {:?}", steps(client, id).await);
}

/// Frames of a stream: id, event, data.
async fn stream(client: &Client, id: &Value, after: i64, enough: impl Fn(&[Frame]) -> bool) -> Vec<Frame> {
    let path = format!("/api/runs/{}/stream?after={after}", id.as_str().unwrap());
    let mut response = client.raw("GET", &path).send().await.expect("a stream");
    assert_eq!(response.status(), 200);
    let mut text = String::new();
    loop {
        let chunk = tokio::time::timeout(Duration::from_secs(20), response.chunk()).await.expect("the stream goes on");
        // A killed server breaks the connection off; what came until then counts.
        let Ok(Some(chunk)) = chunk else { return frames(&text) };
        text.push_str(&String::from_utf8_lossy(&chunk));
        let frames = frames(&text);
        if enough(&frames) {
            return frames;
        }
    }
}

#[derive(Debug)]
struct Frame {
    id: i64,
    event: String,
    data: Value,
}

fn frames(text: &str) -> Vec<Frame> {
    let complete = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
    let frame = |block: &str| {
        let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
        Some(Frame {
            id: field("id:")?.parse().ok()?,
            event: field("event:")?.to_owned(),
            data: serde_json::from_str(field("data:")?).ok()?,
        })
    };
    complete.split("\n\n").filter_map(frame).collect()
}

fn text(frames: &[Frame]) -> String {
    frames.iter().filter_map(|f| f.data["delta"].as_str()).collect()
}

#[tokio::test]
async fn g42_killed_while_an_answer_streams() {
    let server = Process::start(40).await;
    let client = server.client();
    let agent = agent(&client, &[]).await;
    let id = start(&client, &agent, "@@reply one two three four five six seven eight").await;
    let seen = stream(&client, &id, 0, |f| text(f).starts_with("one two three")).await;
    let server = server.kill_and_restart().await;
    let client = server.client();
    let run = ended(&client, &id).await;
    assert_eq!(run["response"], "one two three four five six seven eight");
    assert_eq!((&run["status"], &run["attempt"]), (&json!("completed"), &json!(2)));
    assert_eq!(statuses(&steps(&client, &id).await), [("model_call", "failed"), ("model_call", "completed")]);
    // Who resumes by the last id hears that the beginning is void, then the whole answer, then one end.
    let rest = stream(&client, &id, seen.last().unwrap().id, |f| f.iter().any(|f| f.event == "done")).await;
    let void = rest.iter().find(|f| f.event == "step_discarded").expect("the cut answer is withdrawn");
    assert!(void.data["discards_after"].as_i64().unwrap() < seen.last().unwrap().id);
    assert_eq!(text(&rest), "one two three four five six seven eight");
    assert_eq!(rest.iter().filter(|f| f.data["done"] == json!(true)).count(), 1);
    let session = run["session_id"].clone();
    let messages = client.call("list_session_messages").id(&session).ok(200).await;
    assert_eq!(messages["total"], 2, "one question, one answer");
}

#[tokio::test]
async fn g43_killed_while_a_tool_reads() {
    let server = Process::start(0).await;
    let client = server.client();
    let agent = agent(&client, &["file_search"]).await;
    let workspace = server.home.path().join("workspaces").join("desk");
    std::fs::create_dir_all(&workspace).unwrap();
    let line = "the quick brown fox jumps over the lazy dog and runs away again\n".repeat(16_000);
    for n in 0..40 {
        std::fs::write(workspace.join(format!("{n}.txt")), &line).unwrap();
    }
    let id = start(
        &client,
        &agent,
        "@@tool file_search {\"pattern\":\"(fox|dog|cat).{0,40}zebra$\"}\n@@turn\n@@reply found",
    )
    .await;
    until(&client, &id, |s| statuses(s).contains(&("tool_call", "running"))).await;
    let server = server.kill_and_restart().await;
    let client = server.client();
    let run = ended(&client, &id).await;
    assert_eq!((&run["response"], &run["status"]), (&json!("found"), &json!("completed")));
    let steps = steps(&client, &id).await;
    let expected = [("model_call", "completed"), ("tool_call", "completed"), ("model_call", "completed")];
    assert_eq!(statuses(&steps), expected, "a read is made again");
}

#[tokio::test]
async fn g46_killed_between_a_batch_and_the_next_answer() {
    let server = Process::start(0).await;
    let client = server.client();
    let agent = agent(&client, &["file_write"]).await;
    let script = "@@tool file_write {\"path\":\"n.txt\",\"content\":\"once\"}\n@@turn\n@@delay 800ms\n@@reply written";
    let id = start(&client, &agent, script).await;
    let tool_done = |s: &[Value]| statuses(s).contains(&("tool_call", "completed"));
    until(&client, &id, tool_done).await;
    let written = server.home.path().join("workspaces").join("desk").join("n.txt");
    std::fs::write(&written, "changed since").unwrap();
    let server = server.kill_and_restart().await;
    let client = server.client();
    assert_eq!(ended(&client, &id).await["response"], "written");
    assert_eq!(std::fs::read_to_string(&written).unwrap(), "changed since", "the call is not made again");
    let tools = steps(&client, &id).await.iter().filter(|s| s["kind"] == "tool_call").count();
    assert_eq!(tools, 1);
}

#[tokio::test]
async fn g47_killed_after_the_end() {
    let server = Process::start(0).await;
    let client = server.client();
    let agent = agent(&client, &[]).await;
    let id = start(&client, &agent, "@@reply done and dusted").await;
    let before = ended(&client, &id).await;
    let server = server.kill_and_restart().await;
    let client = server.client();
    assert_eq!(run(&client, &id).await, before);
    assert_eq!(steps(&client, &id).await.len(), 1);
    let replayed = stream(&client, &id, 0, |f| f.iter().any(|f| f.event == "done")).await;
    assert_eq!(text(&replayed), "done and dusted");
}

#[tokio::test]
async fn g48_killed_at_each_model_call() {
    let mut server = Process::start(60).await;
    let mut client = server.client();
    let agent = agent(&client, &[]).await;
    let id = start(&client, &agent, "@@hang after_chunks=2\n@@reply one two three four").await;
    for attempt in 1..=3 {
        until(&client, &id, |s| s.len() == attempt && s[attempt - 1]["status"] == "running").await;
        server = server.kill_and_restart().await;
        client = server.client();
    }
    let run = ended(&client, &id).await;
    assert_eq!((&run["status"], &run["attempt"]), (&json!("failed"), &json!(3)));
    assert_eq!(run["error"]["code"], "interrupted");
}

#[tokio::test]
async fn g59_terminated_while_a_step_runs() {
    let mut server = Process::start(0).await;
    let client = server.client();
    let agent = agent(&client, &["file_read"]).await;
    let script = "@@delay 700ms\n@@tool file_read {\"path\":\"none.txt\"}\n@@turn\n@@reply after the pause";
    let id = start(&client, &agent, script).await;
    until(&client, &id, |s| s.first().is_some_and(|s| s["status"] == "running")).await;
    let followed = stream(&client, &id, 0, |_| false);
    let (status, followed) = tokio::join!(server.terminate(), followed);
    assert!(status.success(), "{status}");
    assert!(followed.iter().all(|f| f.data["done"] != json!(true)), "no end before the restart: {followed:?}");
    let server = server.restart().await;
    let client = server.client();
    let run = ended(&client, &id).await;
    assert_eq!((&run["response"], &run["attempt"]), (&json!("after the pause"), &json!(1)));
    let first = &steps(&client, &id).await[0];
    assert_eq!(first["status"], "completed", "the step had time to finish");
}

#[tokio::test]
async fn g44_killed_while_a_command_runs() {
    let server = Process::start(0).await;
    let client = server.client();
    let manifest = json!({
        "name": "desk", "model": {"provider": "builtin", "model": "script"},
        "capabilities": {"tools": ["shell_exec"]}, "exec_policy": {"allowed_commands": ["./count.sh"]},
    });
    let agent = client.call("create_agent").json(json!({"manifest": manifest})).ok(201).await["id"].clone();
    let workspace = server.home.path().join("workspaces").join("desk");
    std::fs::create_dir_all(&workspace).unwrap();
    let (program, counter) = (workspace.join("count.sh"), workspace.join("counter"));
    std::fs::write(&program, "#!/bin/sh\necho $$ >> counter\nsleep 60\n").unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let script = "@@tool shell_exec {\"command\":\"./count.sh\"}\n@@turn\n@@reply the model was told: ${result.1}";
    let id = start(&client, &agent, script).await;
    let counted = || std::fs::read_to_string(&counter).unwrap_or_default();
    for _ in 0..2_000 {
        if counted().ends_with('\n') {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let pid = counted().trim().to_owned();
    assert!(std::path::Path::new(&format!("/proc/{pid}")).exists(), "the program runs as {pid:?}");
    let server = server.kill_and_restart().await;
    let client = server.client();
    // The new server answers, so the orphan was ended before.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    assert!(stat.is_empty() || stat.contains(") Z "), "{stat}");
    let run = ended(&client, &id).await;
    assert!(run["response"].as_str().unwrap().contains("interrupted"), "{run}");
    assert_eq!(statuses(&steps(&client, &id).await)[1].0, "tool_call");
    assert_eq!(counted().lines().count(), 1, "never made again");
}
