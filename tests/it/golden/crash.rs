//! What a dead worker leaves behind, and what the next one makes of it. Here the engine is dropped without a word; real
//! processes are killed elsewhere.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use openfang::{
    llm::ErrorClass,
    runtime::{
        event::EventBody,
        tools::{AgentView, Needs, Tool, ToolContext, ToolError, ToolInfo, ToolOutput},
    },
};
use serde_json::Value;

use crate::support::engine::{Setup, TestEngine};

/// A tool that takes half a second when the file `slow` is there.
struct Slow(Arc<dyn Tool>);

#[async_trait]
impl Tool for Slow {
    fn info(&self) -> &ToolInfo {
        self.0.info()
    }

    fn settle(&self, arguments: &mut Value, has_person: bool) {
        self.0.settle(arguments, has_person);
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        self.0.needs(arguments, agent)
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        if ctx.roots.workspace.join("slow").exists() {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        self.0.call(arguments, ctx).await
    }
}

fn slow(tools: Vec<Arc<dyn Tool>>) -> Vec<Arc<dyn Tool>> {
    tools.into_iter().map(|tool| Arc::new(Slow(tool)) as Arc<dyn Tool>).collect()
}

#[tokio::test]
async fn g42_a_crash_while_an_answer_streams() {
    let t = TestEngine::with(Setup { word_delay_ms: 30, ..Setup::default() }).await;
    let accepted = t.send("@@reply one two three four five").await;
    t.wait_for(accepted.run.id, |e| matches!(e, EventBody::TextDelta { text, .. } if text == "three ")).await;
    let t = t.crash_and_restart().await;
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.steps_short(), "Mf Md");
    assert_eq!(run.steps[0].error.as_ref().unwrap().class, ErrorClass::Network);
    assert_eq!(run.steps[1].attempt, 2);
    assert_eq!(run.events_short(), "ss resumed discarded ss done");
    assert_eq!((run.roles().as_str(), run.response()), ("U A", "one two three four five"));
    assert_eq!(run.run.attempts, 2);
}

#[tokio::test]
async fn g43_a_crash_while_a_file_is_read() {
    let t = TestEngine::with(Setup { tools: slow, ..Setup::default() }).await;
    std::fs::write(t.file("slow"), "").unwrap();
    let accepted = t.send("@@tool file_read {\"path\":\"a.txt\"}\n@@turn\n@@reply ok").await;
    t.wait_for(accepted.run.id, |e| matches!(e, EventBody::ToolStarted { .. })).await;
    let t = t.crash_and_restart().await;
    std::fs::remove_file(t.file("slow")).unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.steps_short(), "Md Fd Md");
    assert_eq!(run.steps[1].attempt, 2);
    assert!(run.results()[0].contains("alpha"));
}

#[tokio::test]
async fn a_call_with_an_effect_is_never_repeated_by_itself() {
    let t = TestEngine::with(Setup { tools: slow, ..Setup::default() }).await;
    std::fs::write(t.file("slow"), "").unwrap();
    let accepted = t.send("@@tool file_write {\"path\":\"n.txt\",\"content\":\"x\"}\n@@turn\n@@reply ok").await;
    t.wait_for(accepted.run.id, |e| matches!(e, EventBody::ToolStarted { .. })).await;
    let t = t.crash_and_restart().await;
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.steps_short(), "Md Fi Md");
    assert_eq!(run.error_code(0), "interrupted");
    assert!(!t.file("n.txt").exists(), "it was not made again");
}

#[tokio::test]
async fn g45_a_crash_inside_a_write_that_commits_with_its_step() {
    let t = TestEngine::with(Setup { tools: slow, ..Setup::default() }).await;
    std::fs::write(t.file("slow"), "").unwrap();
    let accepted = t.send("@@tool memory_store {\"key\":\"k\",\"value\":1}\n@@turn\n@@reply ok").await;
    t.wait_for(accepted.run.id, |e| matches!(e, EventBody::ToolStarted { .. })).await;
    let t = t.crash_and_restart().await;
    std::fs::remove_file(t.file("slow")).unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.steps_short(), "Md Fd Md");
    assert_eq!(run.results()[0], r#"{"key":"k","scope":"user","version":1}"#);
}

#[tokio::test]
async fn g46_a_crash_between_a_batch_and_the_next_answer() {
    let t = TestEngine::start().await;
    let accepted = t.send("@@tool file_read {\"path\":\"a.txt\"}\n@@turn\n@@delay 400ms\n@@reply ok").await;
    t.wait_for(accepted.run.id, |e| matches!(e, EventBody::ToolFinished(_))).await;
    let t = t.crash_and_restart().await;
    let run = t.outcome(accepted.run.id).await;
    let tools = run.events.iter().filter(|e| matches!(e.body, EventBody::ToolStarted { .. })).count();
    assert_eq!(tools, 1, "no tool runs again");
    assert_eq!(run.response(), "ok");
}

#[tokio::test]
async fn g47_a_crash_after_the_end() {
    let t = TestEngine::start().await;
    let accepted = t.send("@@reply done and dusted").await;
    let before = t.outcome(accepted.run.id).await;
    let t = t.crash_and_restart().await;
    let after = t.outcome(accepted.run.id).await;
    assert_eq!(after.steps, before.steps);
    assert_eq!(after.run, before.run);
    assert_eq!(after.response(), "done and dusted");
}

#[tokio::test]
async fn g48_a_run_that_always_kills_the_server_is_given_up() {
    let mut t = TestEngine::with(Setup { word_delay_ms: 30, ..Setup::default() }).await;
    let accepted = t.send("@@reply one two three four five six seven eight").await;
    for attempt in 1..=3 {
        let step = |e: &EventBody| matches!(e, EventBody::StepStarted { step, .. } if *step == attempt);
        t.wait_for(accepted.run.id, step).await;
        t = t.crash_and_restart().await;
    }
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.run.attempts, 3);
    assert_eq!(run.stop(), "interrupted");
    assert_eq!(run.steps_short(), "Mf Mf Mf");
}

#[tokio::test]
async fn g49_a_worker_that_slept_writes_nothing_any_more() {
    let mut setup = Setup { word_delay_ms: 40, ..Setup::default() };
    // The first engine never renews: to the second one it looks dead after 200 ms.
    setup.settings.lease = Duration::from_millis(200);
    setup.settings.renew_every = Duration::from_secs(3_600);
    setup.settings.takeover_every = Duration::from_secs(3_600);
    setup.settings.sole_process = false;
    let t = TestEngine::with(setup.clone()).await;
    let accepted = t.send("@@reply one two three four five six seven eight nine ten").await;
    let mut second = setup.settings;
    second.boot_id = openfang::ids::Id::new();
    second.lease = Duration::from_secs(30);
    second.takeover_every = Duration::from_millis(50);
    let other = t.second(second).await;
    let finished = other.wait(accepted.run.id, Duration::from_secs(10)).await.unwrap().expect("ends");
    assert_eq!(finished.run.attempts, 2);
    t.engine.abandon().await;
    let run = t.outcome(accepted.run.id).await;
    assert_eq!((run.roles().as_str(), run.steps_short().as_str()), ("U A", "Mf Md"));
    assert_eq!(run.response(), "one two three four five six seven eight nine ten");
}

#[tokio::test]
async fn g59_a_stopping_server_lets_a_tool_finish() {
    let t = TestEngine::with(Setup { tools: slow, ..Setup::default() }).await;
    std::fs::write(t.file("slow"), "").unwrap();
    let accepted = t.send("@@tool file_write {\"path\":\"n.txt\",\"content\":\"x\"}\n@@turn\n@@reply ok").await;
    t.wait_for(accepted.run.id, |e| matches!(e, EventBody::ToolStarted { .. })).await;
    t.engine.drain(Duration::from_secs(5)).await.unwrap();
    let before = t.rows(accepted.run.id).await;
    assert_eq!(before.steps_short(), "Md Fd");
    assert!(!before.events.iter().any(|e| e.body.is_terminal()), "no end before the restart");
    let t = t.crash_and_restart().await;
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.steps_short(), "Md Fd Md");
    assert_eq!((run.run.attempts, run.response()), (1, "ok"));
}

#[tokio::test]
async fn a_step_that_does_not_end_in_time_is_taken_over_at_once() {
    let t = TestEngine::with(Setup { word_delay_ms: 100, ..Setup::default() }).await;
    let accepted = t.send("@@reply one two three four five six seven eight nine ten").await;
    t.wait_for(accepted.run.id, |e| matches!(e, EventBody::TextDelta { .. })).await;
    let t = t.stop_and_restart(Duration::from_millis(50)).await;
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.response(), "one two three four five six seven eight nine ten");
}
