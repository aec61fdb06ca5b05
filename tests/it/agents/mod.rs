//! Agents over the API.

mod change;
mod clone;
mod create;
mod files;
mod lifecycle;
mod list;
mod settings;
mod signed;

use std::time::Duration;

use openfang::{
    agents,
    caller::{Caller, CallerKind},
    events::Event,
    runs::{self, Door, RunInput, RunOptions, RunState},
    runtime::engine::{Accepted, NewRun, SessionChoice},
};
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

use crate::support::{TestApp, client::Client};

/// Creates an agent and gives the answer.
async fn create(client: &Client, body: Value) -> Value {
    client.call("create_agent").json(body).ok(201).await
}

async fn read(client: &Client, agent: &Value) -> Value {
    client.call("get_agent").id(&agent["id"]).ok(200).await
}

/// Names of the events so far, runs left out.
fn names(events: &mut Receiver<Event>) -> Vec<&'static str> {
    std::iter::from_fn(|| events.try_recv().ok()).map(|e| e.name).filter(|name| name.starts_with("agent.")).collect()
}

fn codes(warnings: &Value) -> Vec<&str> {
    warnings.as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap()).collect()
}

/// A run that the scripted model never finishes; the agent must use `builtin/script`.
async fn hanging_run(app: &TestApp, agent: &Value) -> Accepted {
    let id = agent["id"].as_str().unwrap().parse().unwrap();
    let row = agents::service::find(app.state.db.read(), id).await.unwrap().unwrap();
    let new = NewRun {
        agent: row,
        caller: Caller::operator(CallerKind::ConfigKey, None),
        door: Door::Api,
        input: RunInput { text: "@@hang".into(), ..RunInput::default() },
        options: RunOptions::default(),
        session: SessionChoice::Active,
        idempotency_key: None,
    };
    let accepted = app.state.engine.accept(new).await.unwrap();
    let started = async {
        while runs::service::get(app.state.db.read(), accepted.run.id).await.unwrap().state == RunState::Queued {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), started).await.expect("the run starts");
    accepted
}

fn scripted(name: &str) -> Value {
    json!({"name": name, "manifest": {"name": name, "model": {"provider": "builtin", "model": "builtin/script"}}})
}

const NOBODY: &str = "0192f0c4-9b7a-7c3e-8f21-5d1f0a6b7c8d";

#[tokio::test]
async fn an_unknown_agent_is_404_for_every_operation() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let file = [("filename", "SOUL.md")];
    let cases: [(&str, Option<Value>, &[(&str, &str)]); 22] = [
        ("get_agent", None, &[]),
        ("update_agent", Some(json!({"description": "x"})), &[]),
        ("delete_agent", None, &[]),
        ("replace_agent", Some(json!({"description": "x"})), &[]),
        ("uninstall_agent", None, &[]),
        ("get_agent_manifest", None, &[]),
        ("get_agent_effective", None, &[]),
        ("set_agent_mode", Some(json!({"mode": "full"})), &[]),
        ("restart_agent", None, &[]),
        ("start_agent", None, &[]),
        ("activate_agent", None, &[]),
        ("suspend_agent", None, &[]),
        ("stop_agent", None, &[]),
        ("clone_agent", None, &[]),
        ("update_agent_identity", Some(json!({"emoji": "x"})), &[]),
        ("update_agent_config", Some(json!({"vibe": "x"})), &[]),
        ("set_agent_model", Some(json!({"model": "gpt-4o"})), &[]),
        ("get_agent_tools", None, &[]),
        ("set_agent_tools", Some(json!({"tool_blocklist": []})), &[]),
        ("list_agent_files", None, &[]),
        ("get_agent_file", None, &file),
        ("delete_agent_file", None, &file),
    ];
    for id in [NOBODY, "nobody", "with/slash"] {
        for (operation, body, path) in cases.clone() {
            let mut call = admin.call(operation).path("id", id);
            for (name, value) in path {
                call = call.path(name, value);
            }
            if let Some(body) = body {
                call = call.json(body);
            }
            call.fails(404, "agent_not_found").await;
        }
        let write = admin.call("set_agent_file").path("id", id).path("filename", "SOUL.md");
        write.json(json!({"content": "x"})).fails(404, "agent_not_found").await;
    }
}

#[tokio::test]
async fn status_tells_agents_and_what_to_do_for_a_model() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let empty = admin.call("get_status").ok(200).await;
    assert_eq!((&empty["agent_count"], &empty["agents"]), (&json!(0), &json!([])));
    assert_eq!(empty["llm"]["configured"], false);
    assert_eq!(empty["llm"]["default"], "builtin/echo");
    assert!(empty["llm"]["how"][1].as_str().unwrap().contains("OPENAI_API_KEY"));
    create(&admin, json!({"name": "desk"})).await;
    let status = admin.call("get_status").ok(200).await;
    assert_eq!((&status["agent_count"], &status["sessions_active"]), (&json!(1), &json!(1)));
    let agent = &status["agents"][0];
    assert_eq!((&agent["name"], &agent["state"], &agent["mode"]), (&json!("desk"), &json!("Running"), &json!("full")));
    assert_eq!(agent["model_name"], "builtin/echo");
    let detail = admin.call("get_health_detail").ok(200).await;
    assert_eq!((&detail["agent_count"], &detail["status"]), (&json!(1), &json!("ok")));
    assert!(detail["checks"].as_array().unwrap().iter().any(|c| c["name"] == "providers"));
    app.anonymous().call("get_status").fails(401, "unauthorized").await;
}
