//! Programs of agents: what they see, how they end, and that none outlives what it belongs to.

use std::{
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

use openfang::{
    runs::{self, ProcessRow},
    runtime::{
        event::EventBody,
        tools::process::sandbox::{Standing, standing},
    },
};
use serde_json::{Value, json};

use crate::support::engine::{Outcome, PATIENCE, Setup, TestEngine, tool_settings};

async fn engine(allowed: &[&str]) -> TestEngine {
    engine_with(allowed, json!({})).await
}

async fn engine_with(allowed: &[&str], policy: Value) -> TestEngine {
    let mut exec_policy = json!({"allowed_commands": allowed});
    exec_policy.as_object_mut().unwrap().extend(policy.as_object().unwrap().clone());
    let tools = ["shell_exec", "process_start", "process_poll", "process_write", "process_kill", "process_list"];
    let manifest = json!({"capabilities": {"tools": tools}, "exec_policy": exec_policy});
    TestEngine::with(Setup { manifest, ..Setup::default() }).await
}

/// A program of the workspace.
fn script(t: &TestEngine, name: &str, text: &str) {
    let file = t.file(name);
    std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn call(tool: &str, arguments: Value) -> String {
    format!("@@tool {tool} {arguments}\n@@turn\n@@reply ok")
}

async fn shell(t: &TestEngine, arguments: Value) -> Value {
    result(&t.ask(&call("shell_exec", arguments)).await)
}

fn result(run: &Outcome) -> Value {
    let text = &run.results()[0];
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

async fn rows(t: &TestEngine) -> Vec<ProcessRow> {
    runs::service::processes(t.db.read()).await.unwrap()
}

fn exists(pid: i32) -> bool {
    // A zombie is over; its parent has not looked yet.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

async fn until(what: &str, is: impl Fn() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_command_and_its_result() {
    let t = engine(&["./fail.sh"]).await;
    let done = shell(&t, json!({"command": "echo \"a; b | c\""})).await;
    assert_eq!(
        (&done["exit_code"], &done["stdout"], &done["timed_out"]),
        (&json!(0), &json!("a; b | c\n"), &Value::Null)
    );
    let done = shell(&t, json!({"command": "cat", "stdin": "from here"})).await;
    assert_eq!(done["stdout"], "from here");
    script(&t, "fail.sh", "echo out; echo err >&2; exit 3");
    let run = t.ask(&call("shell_exec", json!({"command": "./fail.sh"}))).await;
    let done = result(&run);
    assert!(run.steps[1].is_error);
    assert_eq!((&done["exit_code"], &done["stdout"], &done["stderr"]), (&json!(3), &json!("out\n"), &json!("err\n")));
    let run = t.ask(&call("shell_exec", json!({"command": "true missing"}))).await;
    assert!(!run.steps[1].is_error);
    assert!(rows(&t).await.is_empty(), "what has ended is no longer in the books");
}

/// Cases 2, 3 and 24: the answers reach the model.
#[tokio::test]
async fn commands_that_do_not_run() {
    let t = engine(&[]).await;
    let code = async |command: &str| t.ask(&call("shell_exec", json!({"command": command}))).await.error_code(0);
    assert_eq!(code("rm -rf x").await, "capability_missing");
    assert_eq!(code("sudo true").await, "blocked_by_rule");
    assert_eq!(code("echo a | sort").await, "blocked_by_rule");
    // Not on the list of safe programs: a person is asked.
    let asked = t.send(&call("shell_exec", json!({"command": "tail -f a.txt"}))).await;
    t.wait_for(asked.run.id, |e| matches!(e, EventBody::ApprovalRequested(_))).await;
    t.engine.cancel_run(asked.run.id, None, "test").await.unwrap();
    t.outcome(asked.run.id).await;
}

#[tokio::test]
async fn a_missing_program() {
    let t = engine(&["no-such-program"]).await;
    let run = t.ask(&call("shell_exec", json!({"command": "no-such-program"}))).await;
    assert_eq!(run.error_code(0), "not_found");
}

/// Case 32: nothing of the server's environment but what belongs there.
#[tokio::test]
async fn the_environment_and_the_folder() {
    let t = engine(&["printenv"]).await;
    let done = shell(&t, json!({"command": "printenv"})).await;
    let mut names: Vec<&str> =
        done["stdout"].as_str().unwrap().lines().filter_map(|line| line.split('=').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["HOME", "LANG", "PATH", "TERM", "TMPDIR"]);
    std::fs::create_dir(t.file("sub")).unwrap();
    let done = shell(&t, json!({"command": "pwd", "cwd": "sub"})).await;
    assert!(done["stdout"].as_str().unwrap().trim_end().ends_with("/workspace/sub"), "{done}");
}

#[tokio::test]
async fn limits_are_set_before_the_program_begins() {
    let t = engine(&["./limits.sh"]).await;
    script(&t, "limits.sh", "ulimit -n; ulimit -v; ulimit -c; ulimit -t");
    let done = shell(&t, json!({"command": "./limits.sh", "timeout_seconds": 7})).await;
    assert_eq!(done["stdout"], "256\n2097152\n0\n7\n", "{done}");
}

/// Case 34: children go with their parent.
#[tokio::test]
async fn a_command_that_takes_too_long() {
    let t = engine(&["./slow.sh"]).await;
    script(&t, "slow.sh", "sleep 100 & echo $! > child; wait");
    let began = Instant::now();
    let done = shell(&t, json!({"command": "./slow.sh", "timeout_seconds": 1})).await;
    assert_eq!((&done["timed_out"], &done["exit_code"]), (&json!("time"), &Value::Null), "{done}");
    assert!(began.elapsed() < Duration::from_secs(6));
    let child: i32 = std::fs::read_to_string(t.file("child")).unwrap().trim().parse().unwrap();
    until("the child is gone", || !exists(child)).await;
}

#[tokio::test]
async fn a_command_that_falls_silent() {
    let t = engine_with(&["./mute.sh"], json!({"no_output_timeout_secs": 1})).await;
    script(&t, "mute.sh", "echo begun; sleep 100");
    let done = shell(&t, json!({"command": "./mute.sh", "timeout_seconds": 60})).await;
    assert_eq!((&done["timed_out"], &done["stdout"]), (&json!("silence"), &json!("begun\n")), "{done}");
}

/// Case 36.
#[tokio::test]
async fn a_daemon_that_holds_the_output() {
    let t = engine(&["./daemon.sh"]).await;
    script(&t, "daemon.sh", "sleep 100 & echo started");
    let began = Instant::now();
    let done = shell(&t, json!({"command": "./daemon.sh", "timeout_seconds": 60})).await;
    assert_eq!((&done["exit_code"], &done["stdout"]), (&json!(0), &json!("started\n")), "{done}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

/// Case 35.
#[tokio::test]
async fn a_command_that_prints_much() {
    let t = engine_with(&["./much.sh"], json!({"max_output_bytes": 2000})).await;
    script(&t, "much.sh", "echo first; yes | head -c 3000000; echo last");
    let done = shell(&t, json!({"command": "./much.sh"})).await;
    let shown = done["stdout"].as_str().unwrap();
    assert!(shown.starts_with("first\n") && shown.ends_with("last\n") && shown.len() < 2_200, "{}", shown.len());
    assert_eq!(done["truncated"], json!(true));
    assert!(done["artifact"].as_str().unwrap().starts_with("art_"));
}

/// Where the kernel confines: no writes outside, nothing of the server is read.
#[tokio::test]
async fn programs_are_confined_where_the_kernel_can() {
    if let Standing::Open(reason) = standing() {
        eprintln!("not confined here: {reason}");
        return;
    }
    let outside = tempfile::tempdir().unwrap();
    let hidden = outside.path().join("server");
    std::fs::create_dir(&hidden).unwrap();
    std::fs::write(hidden.join("secret"), "key").unwrap();
    std::fs::write(outside.path().join("open"), "open").unwrap();
    let mut settings = tool_settings();
    settings.exec.hidden = vec![hidden.clone()];
    let manifest =
        json!({"capabilities": {"tools": ["shell_exec"]}, "exec_policy": {"allowed_commands": ["./try.sh"]}});
    let t = TestEngine::with(Setup { tool_settings: settings, manifest, ..Setup::default() }).await;
    let (open, secret, new) = (outside.path().join("open"), hidden.join("secret"), outside.path().join("new"));
    let text = format!(
        "cat {}; cat {} || echo hidden; (echo x > {}) || echo refused; echo own > own; cat own",
        open.display(),
        secret.display(),
        new.display()
    );
    script(&t, "try.sh", &text);
    let done = shell(&t, json!({"command": "./try.sh"})).await;
    assert_eq!(done["stdout"], "openhidden\nrefused\nown\n", "{done}");
    assert!(!new.exists());
}

#[tokio::test]
async fn g39_cancelled_while_a_command_runs() {
    let t = engine(&[]).await;
    let accepted = t.send(&call("shell_exec", json!({"command": "sleep 60"}))).await;
    t.wait_for(accepted.run.id, |e| matches!(e, EventBody::ToolStarted { .. })).await;
    let began = Instant::now();
    let pid = loop {
        if let Some(row) = rows(&t).await.first() {
            break row.group_pid;
        }
        assert!(began.elapsed() < PATIENCE, "the program is written down");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let cancelled = Instant::now();
    t.engine.cancel_run(accepted.run.id, Some("enough"), "test").await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!((run.steps_short().as_str(), run.stop().as_str()), ("Md Fc", "cancelled"));
    assert_eq!(run.roles(), "U A T");
    until("the group is gone", || !exists(pid)).await;
    assert!(cancelled.elapsed() < Duration::from_secs(5), "{:?}", cancelled.elapsed());
}

async fn ask(t: &TestEngine, tool: &str, arguments: Value) -> Value {
    result(&t.ask(&call(tool, arguments)).await)
}

#[tokio::test]
async fn a_program_that_keeps_running() {
    let t = engine(&[]).await;
    let started = ask(&t, "process_start", json!({"command": "cat", "args": ["-"]})).await;
    assert_eq!(started["status"], "started", "{started}");
    let id = started["process_id"].clone();
    let written = ask(&t, "process_write", json!({"process_id": id, "data": "hello"})).await;
    assert_eq!(written, json!({"written_bytes": 6}));
    let polled = ask(&t, "process_poll", json!({"process_id": id, "wait_ms": 10_000})).await;
    assert_eq!((&polled["stdout"], &polled["alive"]), (&json!("hello\n"), &json!(true)));
    let listed = ask(&t, "process_list", json!({})).await;
    assert_eq!((&listed["processes"][0]["id"], &listed["processes"][0]["command"]), (&id, &json!("cat -")));
    // Another session of the same agent has no business with it.
    let other = t.send_as("somebody", &call("process_poll", json!({"process_id": id}))).await;
    assert_eq!(t.outcome(other.run.id).await.error_code(0), "not_found");
    let killed = ask(&t, "process_kill", json!({"process_id": id})).await;
    assert_eq!(killed["status"], "killed");
    let again = ask(&t, "process_kill", json!({"process_id": id})).await;
    assert_eq!(again["status"], "already_ended");
    let run = t.ask(&call("process_write", json!({"process_id": id, "data": "x"}))).await;
    assert_eq!(run.error_code(0), "conflict");
    assert!(rows(&t).await.is_empty());
}

#[tokio::test]
async fn processes_end_with_their_agent_and_are_counted() {
    let t = engine(&[]).await;
    t.set_agent(|agent| agent.manifest["resources"] = json!({"max_processes": 1})).await;
    t.set_agent(|agent| agent.manifest_version += 1).await;
    let start = json!({"command": "sleep", "args": ["100"]});
    let started = ask(&t, "process_start", start.clone()).await;
    let pid = i32::try_from(started["pid"].as_i64().unwrap()).unwrap();
    let run = t.ask(&call("process_start", start)).await;
    assert_eq!(run.error_code(0), "quota_exceeded");
    assert!(exists(pid));
    t.engine.end_processes(t.agent.id).await;
    assert!(!exists(pid));
}

#[tokio::test]
async fn processes_end_when_the_server_stops() {
    let t = engine(&[]).await;
    let started = ask(&t, "process_start", json!({"command": "sleep", "args": ["100"]})).await;
    let pid = i32::try_from(started["pid"].as_i64().unwrap()).unwrap();
    t.engine.drain(Duration::from_secs(5)).await.unwrap();
    assert!(!exists(pid));
    assert!(rows(&t).await.is_empty());
}
