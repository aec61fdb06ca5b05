//! Calls that wait for a person.

use openfang::{
    agents::AgentState,
    approvals::{ApprovalRow, ApprovalStatus, Remember, service::Decision},
    ids::Id,
    runs::{RunState, StepKind},
    runtime::{engine::EngineSettings, event::EventBody, policy::ServerApproval},
};
use serde_json::{Value, json};

use crate::support::engine::{Setup, TestEngine};

const WRITE: &str = "@@tool file_write {\"path\":\"n.txt\",\"content\":\"x\"}\n@@turn\n@@reply ok";

fn asking() -> Setup {
    Setup::manifest(json!({"tools": {"file_write": {"approval": "ask"}}}))
}

async fn fixture() -> TestEngine {
    TestEngine::with(asking()).await
}

/// The questions of a run, once it waits for them.
async fn questions(t: &TestEngine, run: Id) -> Vec<Id> {
    t.wait_for(run, |e| matches!(e, EventBody::Waiting { kind, .. } if kind == "approval")).await;
    let asked = t.rows(run).await.events;
    asked
        .iter()
        .filter_map(|e| match &e.body {
            EventBody::ApprovalRequested(asked) => Some(asked.approval_id),
            _ => None,
        })
        .collect()
}

fn yes() -> Decision {
    Decision { approve: true, reason: None, arguments: None, remember: Remember::Once, by: "test".into() }
}

fn no(reason: &str) -> Decision {
    Decision { approve: false, reason: Some(reason.into()), ..yes() }
}

async fn row(t: &TestEngine, id: Id) -> ApprovalRow {
    openfang::approvals::service::get(t.db.read(), id).await.unwrap()
}

#[tokio::test]
async fn g12_approved() {
    let t = fixture().await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    assert_eq!(asked.len(), 1);
    assert!(!t.file("n.txt").exists(), "nothing happens before the decision");
    let waiting = t.rows(accepted.run.id).await;
    assert_eq!((waiting.run.state, waiting.run.lease_owner), (RunState::WaitingApproval, None));
    t.engine.decide_approval(asked[0], yes()).await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.steps_short(), "Md Fd Pd Md");
    assert_eq!(run.events_short(), "ss tc ar waiting ad ss ts tf ss done");
    assert_eq!((run.roles().as_str(), run.response()), ("U A T A", "ok"));
    assert_eq!(std::fs::read_to_string(t.file("n.txt")).unwrap(), "x");
    let row = row(&t, asked[0]).await;
    assert_eq!((row.status, row.applied, row.step_id), (ApprovalStatus::Approved, true, Some(run.steps[1].id)));
}

#[tokio::test]
async fn g13_denied() {
    let t = fixture().await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    t.engine.decide_approval(asked[0], no("not now")).await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.error_code(0), "approval_denied");
    assert!(run.results()[0].contains("not now"), "{}", run.results()[0]);
    assert_eq!(run.events_short(), "ss tc ar waiting ad tf ss done");
    assert_eq!((run.stop().as_str(), t.file("n.txt").exists()), ("end_turn", false));
}

#[tokio::test]
async fn g14_expired() {
    let settings = EngineSettings {
        approval: ServerApproval { timeout_secs: 0, ..ServerApproval::default() },
        ..Setup::default().settings
    };
    let t = TestEngine::with(Setup { settings, ..asking() }).await;
    let run = t.ask(WRITE).await;
    assert_eq!((run.error_code(0), run.stop()), ("approval_expired".into(), "end_turn".into()));
    let asked = run.steps.iter().find(|s| s.kind == StepKind::Approval).unwrap().approval_id.unwrap();
    assert_eq!(row(&t, asked).await.status, ApprovalStatus::Expired);
    let late = t.engine.decide_approval(asked, yes()).await.unwrap_err();
    assert_eq!(late.code().to_string(), "already_decided");
}

#[tokio::test]
async fn g15_decided_after_a_crash() {
    let t = fixture().await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    let t = t.crash_and_restart().await;
    assert_eq!(t.rows(accepted.run.id).await.run.state, RunState::WaitingApproval);
    t.engine.decide_approval(asked[0], yes()).await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.events_short(), "ss tc ar waiting ad ss ts tf ss done");
    assert_eq!(run.run.attempts, 1, "waiting is not working");
}

#[tokio::test]
async fn a_decision_while_no_server_runs_counts() {
    let t = fixture().await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    t.engine.abandon().await;
    openfang::approvals::service::decide(&t.db, asked[0], yes(), openfang::time::Ts::now()).await.unwrap();
    let t = t.crash_and_restart().await;
    assert_eq!(t.outcome(accepted.run.id).await.response(), "ok");
}

#[tokio::test]
async fn g16_approved_with_other_arguments() {
    let t = fixture().await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    let bad = Decision { arguments: Some(json!({"path": 7})), ..yes() };
    assert_eq!(t.engine.decide_approval(asked[0], bad).await.unwrap_err().code().to_string(), "invalid_request");
    let other = Decision { arguments: Some(json!({"path": "m.txt", "content": "y"})), ..yes() };
    t.engine.decide_approval(asked[0], other).await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.steps[1].input, json!({"path": "m.txt", "content": "y"}));
    assert_eq!((t.file("n.txt").exists(), t.file("m.txt").exists()), (false, true));
    assert_ne!(run.steps[1].input_hash, row(&t, asked[0]).await.call_hash, "the row keeps what was asked");
}

#[tokio::test]
async fn other_arguments_meet_the_policy_again() {
    let t = TestEngine::with(Setup::manifest(json!({
        "tools": {"file_write": {"approval": "ask"}}, "capabilities": {"file_write": ["*.txt"]},
    })))
    .await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    let other = Decision { arguments: Some(json!({"path": "m.md", "content": "y"})), ..yes() };
    t.engine.decide_approval(asked[0], other).await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!((run.error_code(0), t.file("m.md").exists()), ("capability_missing".into(), false));
}

#[tokio::test]
async fn g17_what_stands_before_the_question_runs() {
    let t = fixture().await;
    let script = "@@tool file_read {\"path\":\"a.txt\"}\n@@tool file_write {\"path\":\"n.txt\",\"content\":\"x\"}\n\
        @@tool file_read {\"path\":\"b.txt\"}\n@@turn\n@@reply ok";
    let accepted = t.send(script).await;
    let asked = questions(&t, accepted.run.id).await;
    let waiting = t.rows(accepted.run.id).await;
    assert_eq!((asked.len(), waiting.events_short().as_str()), (1, "ss tc tc tc ar ss ts tf waiting"));
    t.engine.decide_approval(asked[0], yes()).await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.events_short(), "ss tc tc tc ar ss ts tf waiting ad ss ts tf ss ts tf ss done");
    assert_eq!(run.roles(), "U A T T T A");
}

#[tokio::test]
async fn a_person_sees_the_whole_batch() {
    let t = fixture().await;
    let script = "@@tool file_write {\"path\":\"n.txt\",\"content\":\"x\"}\n\
        @@tool file_write {\"path\":\"m.txt\",\"content\":\"y\"}\n@@turn\n@@reply ok";
    let accepted = t.send(script).await;
    let asked = questions(&t, accepted.run.id).await;
    assert_eq!(asked.len(), 2);
    // The later one first: it alone does not let the run go on.
    t.engine.decide_approval(asked[1], no("one is enough")).await.unwrap();
    t.engine.decide_approval(asked[0], yes()).await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!((t.file("n.txt").exists(), t.file("m.txt").exists()), (true, false));
    assert_eq!((run.error_code(1), run.response()), ("approval_denied".into(), "ok"));
}

#[tokio::test]
async fn g61_a_grant_that_is_gone_at_the_decision() {
    let t = fixture().await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    t.set_agent(|agent| {
        agent.manifest["capabilities"]["file_write"] = json!([]);
        agent.manifest_version += 1;
    })
    .await;
    t.engine.decide_approval(asked[0], yes()).await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!((run.error_code(0), t.file("n.txt").exists()), ("capability_missing".into(), false));
}

#[tokio::test]
async fn cancelling_takes_the_question_back() {
    let t = fixture().await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    t.engine.cancel_run(accepted.run.id, None, "test").await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!((run.steps_short().as_str(), run.run.state), ("Md Fs Pc", RunState::Cancelled));
    assert_eq!(row(&t, asked[0]).await.status, ApprovalStatus::Cancelled);
}

#[tokio::test]
async fn deciding_twice() {
    let t = fixture().await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    let first = t.engine.decide_approval(asked[0], yes()).await.unwrap();
    let again = t.engine.decide_approval(asked[0], Decision { by: "somebody".into(), ..yes() }).await.unwrap();
    assert_eq!(again.decided_by, first.decided_by, "the first one counts");
    let other = t.engine.decide_approval(asked[0], no("oh")).await.unwrap_err();
    assert_eq!(other.code().to_string(), "already_decided");
    assert!(other.message().contains("by test"), "{}", other.message());
    assert_eq!(t.outcome(accepted.run.id).await.response(), "ok");
}

#[tokio::test]
async fn decisions_can_be_remembered() {
    let t = fixture().await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    let keep = Decision { remember: Remember::Session, ..yes() };
    t.engine.decide_approval(asked[0], keep).await.unwrap();
    t.outcome(accepted.run.id).await;
    let again = t.ask(WRITE).await;
    assert_eq!(again.steps_short(), "Md Fd Md", "the same call in the same session");
    let other = t.send("@@tool file_write {\"path\":\"n.txt\",\"content\":\"z\"}\n@@turn\n@@reply ok").await;
    let asked = questions(&t, other.run.id).await;
    t.engine.decide_approval(asked[0], no("other")).await.unwrap();
    t.outcome(other.run.id).await;
    let elsewhere = t.send_as("eve", WRITE).await;
    let asked = questions(&t, elsewhere.run.id).await;
    t.engine.decide_approval(asked[0], Decision { remember: Remember::Rule, ..yes() }).await.unwrap();
    t.outcome(elsewhere.run.id).await;
    let third = t.send_as("adam", WRITE).await;
    assert_eq!(t.outcome(third.run.id).await.steps_short(), "Md Fd Md", "a rule holds in every session");
}

#[tokio::test]
async fn too_many_questions_are_refused() {
    let settings = EngineSettings {
        approval: ServerApproval { max_pending_per_agent: 1, ..ServerApproval::default() },
        ..Setup::default().settings
    };
    let t = TestEngine::with(Setup { settings, ..asking() }).await;
    let first = t.send(WRITE).await;
    let asked = questions(&t, first.run.id).await;
    let second = t.send_as("eve", WRITE).await;
    let second = t.outcome(second.run.id).await;
    assert_eq!(second.error_code(0), "approval_denied");
    assert!(second.results()[0].contains("Too many approvals are pending"), "{}", second.results()[0]);
    t.engine.decide_approval(asked[0], yes()).await.unwrap();
    t.outcome(first.run.id).await;
}

#[tokio::test]
async fn a_suspended_agent_waits_with_its_decision() {
    let t = fixture().await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    t.set_agent(|agent| agent.state = AgentState::Suspended).await;
    t.engine.decide_approval(asked[0], yes()).await.unwrap();
    assert_eq!(t.rows(accepted.run.id).await.run.state, RunState::WaitingApproval);
    assert!(!t.file("n.txt").exists());
    t.set_agent(|agent| agent.state = AgentState::Running).await;
    assert_eq!(t.outcome(accepted.run.id).await.response(), "ok");
}

#[tokio::test]
async fn the_whole_call_is_bound() {
    let t = fixture().await;
    let accepted = t.send(WRITE).await;
    let asked = questions(&t, accepted.run.id).await;
    let row = row(&t, asked[0]).await;
    let call = json!({
        "agent_id": t.agent.id, "arguments": {"content": "x", "path": "n.txt"}, "run_id": accepted.run.id,
        "step_seq": 2, "tool_name": "file_write",
    });
    use sha2::{Digest, Sha256};
    assert_eq!(row.arguments_sha256.unwrap(), hex::encode(Sha256::digest(call.to_string())));
    assert_eq!(row.arguments, Some(json!({"path": "n.txt", "content": "x"})));
    assert_eq!(Value::from(row.risk_level.to_owned() as i32), json!(2), "writing a file is high");
}
