//! Crashes at random moments, and two engines that get in each other's way: no effect twice, no history broken.

use std::{
    collections::HashMap,
    io::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use openfang::{
    agents::{self, AgentState},
    error::ErrorCode,
    ids::Id,
    messages::MessageRole,
    runs::{self, RunFailure, RunRow, RunState, StepState, StopReason},
    runtime::{
        event::EventBody,
        tools::{AgentView, Needs, Tool, ToolContext, ToolError, ToolInfo, ToolOutput},
    },
    time::Ts,
};
use serde_json::Value;

use crate::support::engine::{PATIENCE, Setup, TestEngine};

/// Writes a line for each effect that really happens, and takes its time before and after.
struct Logged(Arc<dyn Tool>);

#[async_trait]
impl Tool for Logged {
    fn info(&self) -> &ToolInfo {
        self.0.info()
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        self.0.needs(arguments, agent)
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        tokio::time::sleep(Duration::from_millis(4)).await;
        if self.0.info().name == "file_write" {
            let log = ctx.roots.workspace.with_file_name("effects.log");
            let mut log = std::fs::OpenOptions::new().create(true).append(true).open(log).expect("the log");
            writeln!(log, "{}", arguments["path"].as_str().unwrap_or_default()).expect("a line");
        }
        let done = self.0.call(arguments, ctx).await;
        tokio::time::sleep(Duration::from_millis(4)).await;
        done
    }
}

fn logged(tools: Vec<Arc<dyn Tool>>) -> Vec<Arc<dyn Tool>> {
    tools.into_iter().map(|tool| Arc::new(Logged(tool)) as Arc<dyn Tool>).collect()
}

/// Fifteen answers with two calls each, then the end.
fn script() -> String {
    let mut lines = vec![];
    for n in 0..15 {
        lines.push(format!("@@tool file_read {{\"path\":\"a.txt\",\"offset\":{}}}", n + 1));
        lines.push(format!("@@tool file_write {{\"path\":\"w{n}.txt\",\"content\":\"{n}\"}}"));
        lines.push("@@turn".to_owned());
    }
    lines.push("@@reply all done".to_owned());
    lines.join("\n")
}

#[tokio::test]
async fn random_crashes_make_no_effect_twice() {
    let seed = Ts::now().0.unsigned_abs();
    let mut random = seed;
    let mut t = TestEngine::with(Setup { tools: logged, ..Setup::default() }).await;
    let accepted = t.send(&script()).await;
    let begun = Instant::now();
    loop {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        // Long enough for a step now and then, else the run is given up for want of progress.
        let pause = Duration::from_millis(30 + (random >> 33) % 60);
        if t.engine.wait(accepted.run.id, pause).await.unwrap().is_some() {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "seed {seed}: the run does not end");
        t = t.crash_and_restart().await;
    }
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.stop(), "end_turn", "seed {seed}");
    assert_eq!(run.response(), "all done", "seed {seed}");
    let log = std::fs::read_to_string(t.file("a.txt").parent().unwrap().with_file_name("effects.log")).unwrap();
    let mut effects: HashMap<&str, u32> = HashMap::new();
    log.lines().for_each(|path| *effects.entry(path).or_default() += 1);
    assert!(effects.values().all(|n| *n == 1), "seed {seed}: {effects:?}");
    for step in run.steps.iter().filter(|s| s.tool.as_deref() == Some("file_write")) {
        let path = step.input["path"].as_str().unwrap();
        match step.state {
            StepState::Done => assert!(effects.contains_key(path), "seed {seed}: {path} is reported and missing"),
            StepState::Interrupted => {}
            other => panic!("seed {seed}: {path} is {other:?}"),
        }
    }
    let results = run.history.iter().filter(|m| m.role == MessageRole::Tool).count();
    assert_eq!(results, 30, "each call has one result");
}

#[tokio::test]
async fn two_engines_with_short_leases_keep_every_run_whole() {
    let mut setup = Setup { tools: logged, word_delay_ms: 3, ..Setup::default() };
    setup.settings.sole_process = false;
    setup.settings.lease = Duration::from_millis(400);
    setup.settings.renew_every = Duration::from_millis(100);
    setup.settings.takeover_every = Duration::from_millis(50);
    let t = TestEngine::with(setup.clone()).await;
    let mut second = setup.settings;
    second.boot_id = Id::new();
    let other = t.second(second).await;
    let mut ids = vec![];
    for n in 0..12 {
        let script = format!(
            "@@tool file_write {{\"path\":\"s{n}.txt\",\"content\":\"x\"}}\n@@turn\n@@reply this is answer {n}"
        );
        let mut new = t.run(&script);
        new.input.sender_id = Some(format!("sender {}", n % 4));
        let engine = if n % 2 == 0 { &t.engine } else { &other };
        ids.push(engine.accept(new).await.expect("accepted").run.id);
    }
    // The history of a session is whole when the last of its runs is over.
    for id in &ids {
        t.finished(*id).await;
    }
    let mut last: HashMap<Id, Option<Ts>> = HashMap::new();
    for (n, id) in ids.into_iter().enumerate() {
        let run = t.outcome(id).await;
        assert_eq!(run.response(), format!("this is answer {n}"));
        assert_eq!(run.steps_short(), "Md Fd Md");
        let before = last.insert(run.run.session_id, run.run.ended_at);
        assert!(before.is_none_or(|ended| run.run.started_at >= ended), "a session keeps its order");
    }
    assert_eq!(last.len(), 4);
    other.abandon().await;
}

#[tokio::test]
async fn a_parked_run_can_be_cancelled_and_leaves_a_valid_history() {
    let t = TestEngine::with(Setup { tools: logged, ..Setup::default() }).await;
    let script = "@@delay 150ms\n@@tool file_write {\"path\":\"x.txt\",\"content\":\"x\"}\n@@turn\n@@reply never";
    let accepted = t.send(script).await;
    t.set_agent(|agent| agent.state = AgentState::Suspended).await;
    t.engine.suspend(t.agent.id);
    let parked = async {
        while runs::service::get(t.db.read(), accepted.run.id).await.unwrap().state != RunState::Parked {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, parked).await.expect("parked");
    let cancelled = t.engine.cancel_agent(t.agent.id, None, Some("no more"), "test").await.unwrap();
    assert_eq!(cancelled, [accepted.run.id]);
    let run = t.outcome(accepted.run.id).await;
    assert_eq!((run.stop().as_str(), run.steps_short().as_str()), ("cancelled", "Md Fs"));
    assert_eq!(run.roles(), "U A T");
    assert!(!t.file("x.txt").exists());
}

/// A run that failed by the server's fault just now.
fn failed(like: &RunRow, n: i64) -> RunRow {
    RunRow {
        id: Id::new(),
        queue_seq: 100 + n,
        state: RunState::Failed,
        stop_reason: Some(StopReason::Error),
        error: Some(RunFailure {
            code: ErrorCode::InternalError,
            message: "broken".into(),
            hint: None,
            retryable: false,
            provider: None,
            retry_after_secs: None,
            class: None,
            limit: None,
        }),
        lease_owner: None,
        lease_until: None,
        ended_at: Some(Ts::now()),
        ..like.clone()
    }
}

#[tokio::test]
async fn five_runs_that_fail_by_our_fault_crash_the_agent() {
    let mut t = TestEngine::with(Setup { word_delay_ms: 50, ..Setup::default() }).await;
    let accepted = t.send("@@reply one two three four five six seven").await;
    for n in 0..4 {
        let earlier = RunRow { id: Id::new(), ..failed(&accepted.run, n) };
        runs::service::insert(t.db.write(), &RunRow { session_id: Id::new(), ..earlier }).await.unwrap();
    }
    for attempt in 1..=3 {
        t.wait_for(accepted.run.id, |e| matches!(e, EventBody::StepStarted { step, .. } if *step == attempt)).await;
        t = t.crash_and_restart().await;
    }
    assert_eq!(t.outcome(accepted.run.id).await.stop(), "interrupted");
    let crashed = async {
        loop {
            let row = agents::service::find(t.db.read(), t.agent.id).await.unwrap().unwrap();
            if row.state == AgentState::Crashed {
                return row;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let row = tokio::time::timeout(PATIENCE, crashed).await.expect("the agent is crashed");
    assert!(row.crash_at.is_some() && row.crash_reason.is_some());
    let mut new = t.run("@@reply hello");
    new.agent = row;
    assert_eq!(t.try_send(new).await.err().unwrap().code(), ErrorCode::AgentNotRunning);
}
