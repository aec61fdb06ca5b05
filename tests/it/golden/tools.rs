//! Tool calls: order, refusals, the loop guard, the limits.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use openfang::{
    agents::AgentRow,
    http::outbound::{Guard, Listed, Outbound, Own, system_lookup},
    runtime::{
        event::EventBody,
        tools::{AgentView, Needs, Tool, ToolContext, ToolError, ToolInfo, ToolOutput, builtin::ToolSettings},
    },
};
use serde_json::{Value, json};

use crate::support::engine::{Outcome, Setup, TestEngine, tool_settings};

/// A tool that takes longer: `c.txt` 0 ms, `b.txt` 100 ms, anything else 300 ms.
struct Slow(Arc<dyn Tool>);

#[async_trait]
impl Tool for Slow {
    fn info(&self) -> &ToolInfo {
        self.0.info()
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        self.0.needs(arguments, agent)
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let delay = match arguments["path"].as_str() {
            Some("c.txt") => 0,
            Some("b.txt") => 100,
            _ => 300,
        };
        tokio::time::sleep(Duration::from_millis(delay)).await;
        self.0.call(arguments, ctx).await
    }
}

fn slow(tools: Vec<Arc<dyn Tool>>) -> Vec<Arc<dyn Tool>> {
    let wrap = |tool: Arc<dyn Tool>| -> Arc<dyn Tool> {
        if tool.info().name.starts_with("file_") { Arc::new(Slow(tool)) } else { tool }
    };
    tools.into_iter().map(wrap).collect()
}

fn calls_of(run: &Outcome, finished: bool) -> Vec<String> {
    let of = |e: &EventBody| match e {
        EventBody::ToolFinished(f) if finished => Some(f.call_id.clone()),
        EventBody::ToolStarted { call_id, .. } if !finished => Some(call_id.clone()),
        _ => None,
    };
    run.events.iter().filter_map(|e| of(&e.body)).collect()
}

#[tokio::test]
async fn g2_a_call_and_its_answer() {
    let t = TestEngine::start().await;
    let run = t.ask("@@tool file_read {\"path\":\"a.txt\"}\n@@turn\n@@reply It says ${result.1}").await;
    assert_eq!(run.steps_short(), "Md Fd Md");
    assert_eq!(run.roles(), "U A T A");
    assert_eq!(run.events_short(), "ss tc ss ts tf ss done");
    assert_eq!(run.run.iterations, 2);
    assert!(run.response().contains("alpha"), "{}", run.response());
}

#[tokio::test]
async fn g3_calls_without_effect_run_side_by_side() {
    let t = TestEngine::with(Setup { tools: slow, ..Setup::default() }).await;
    std::fs::write(t.file("c.txt"), "gamma").unwrap();
    let started = Instant::now();
    let run = t
        .ask("@@tool file_read {\"path\":\"a.txt\"}\n@@tool file_read {\"path\":\"b.txt\"}\n@@tool file_read {\"path\":\"c.txt\"}\n@@turn\n@@reply ok")
        .await;
    let wall = started.elapsed();
    assert_eq!(run.steps_short(), "Md Fd Fd Fd Md");
    assert_eq!(run.events_short(), "ss tc tc tc ss ts ss ts ss ts tf tf tf ss done");
    assert_eq!(calls_of(&run, false), ["call_1_1", "call_1_2", "call_1_3"]);
    assert_eq!(calls_of(&run, true), ["call_1_3", "call_1_2", "call_1_1"]);
    assert_eq!(run.roles(), "U A T T T A");
    assert!(run.texts().len() == 6 && run.results()[0].contains("alpha"));
    assert!(wall < Duration::from_millis(600), "{wall:?}: not one after another");
}

#[tokio::test]
async fn g4_groups_run_one_after_another() {
    let t = TestEngine::with(Setup { tools: slow, ..Setup::default() }).await;
    let run = t
        .ask("@@tool file_read {\"path\":\"a.txt\"}\n@@tool file_write {\"path\":\"a.txt\",\"content\":\"new\"}\n@@tool file_read {\"path\":\"a.txt\",\"offset\":1}\n@@turn\n@@reply ok")
        .await;
    assert_eq!(run.steps_short(), "Md Fd Fd Fd Md");
    assert_eq!(run.events_short(), "ss tc tc tc ss ts tf ss ts tf ss ts tf ss done");
    assert!(run.results()[0].contains("alpha") && run.results()[2].contains("new"), "{:?}", run.results());
}

#[tokio::test]
async fn g5_wrong_arguments_go_back_to_the_model() {
    let t = TestEngine::start().await;
    let run = t
        .ask("@@tool file_read {\"file\":\"a.txt\"}\n@@turn\n@@tool file_read {\"path\":\"a.txt\"}\n@@turn\n@@reply ok")
        .await;
    assert_eq!(run.steps_short(), "Md Fd Md Fd Md");
    assert_eq!(run.events_short(), "ss tc tf ss tc ss ts tf ss done");
    assert_eq!(run.error_code(0), "invalid_arguments");
    assert!(run.steps[1].is_error && !run.steps[3].is_error);
}

#[tokio::test]
async fn g6_an_unknown_tool_gets_similar_names() {
    let t = TestEngine::start().await;
    let run = t.ask("@@tool file_reed {}\n@@turn\n@@reply ok").await;
    assert_eq!(run.error_code(0), "unknown_tool");
    assert!(run.results()[0].contains("file_read"), "{}", run.results()[0]);
    assert_eq!(run.stop(), "end_turn");
}

#[tokio::test]
async fn g7_a_tool_that_is_not_granted() {
    let t = TestEngine::start().await;
    let run =
        t.ask("@@expect no-tool process_start\n@@tool process_start {\"command\":\"ls\"}\n@@turn\n@@reply ok").await;
    assert_eq!((run.steps_short().as_str(), run.error_code(0).as_str()), ("Md Fd Md", "capability_missing"));
}

#[tokio::test]
async fn g8_mode_observe_has_no_tools() {
    let t = TestEngine::start().await;
    t.set_agent(|agent| agent.mode = "observe".into()).await;
    let mut new = t.run("@@expect tools none\n@@tool file_read {\"path\":\"a.txt\"}\n@@turn\n@@reply ok");
    new.agent.mode = "observe".into();
    let accepted = t.try_send(new).await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!((run.steps_short().as_str(), run.error_code(0).as_str()), ("Md Fd Md", "mode_forbids"));
    assert!(!run.results()[0].contains("alpha"));
}

#[tokio::test]
async fn g9_a_changed_mode_counts_from_the_next_call() {
    let t = TestEngine::start().await;
    let accepted =
        t.send("@@delay 400ms\n@@tool file_write {\"path\":\"a.txt\",\"content\":\"x\"}\n@@turn\n@@reply ok").await;
    t.wait_for(accepted.run.id, |e| matches!(e, EventBody::StepStarted { .. })).await;
    t.set_agent(|agent: &mut AgentRow| agent.mode = "assist".into()).await;
    let run = t.outcome(accepted.run.id).await;
    assert_eq!((run.steps_short().as_str(), run.error_code(0).as_str()), ("Md Fd Md", "mode_forbids"));
    assert_eq!(std::fs::read_to_string(t.file("a.txt")).unwrap(), "alpha");
}

#[tokio::test]
async fn g10_a_missing_file_is_a_result() {
    let t = TestEngine::start().await;
    let run = t.ask("@@tool file_read {\"path\":\"missing.txt\"}\n@@turn\n@@reply ok").await;
    assert_eq!((run.error_code(0).as_str(), run.stop().as_str()), ("not_found", "end_turn"));
}

#[tokio::test]
async fn g28_the_iteration_limit_leads_to_a_closing_call() {
    let t = TestEngine::with(Setup::manifest(json!({"resources": {"max_iterations": 3}}))).await;
    let script = "@@tool file_read {\"path\":\"a.txt\",\"offset\":${turn}}\n@@again";
    let run = t.ask(script).await;
    assert_eq!(run.steps_short(), "Md Fd Md Fd Md Fd Md");
    assert_eq!(run.stop(), "max_iterations");
    assert_eq!(run.run.iterations, 3, "the closing call does not count");
    assert_eq!(run.done().state, openfang::runs::RunState::Completed);
}

#[tokio::test]
async fn g29_the_loop_guard_warns_refuses_and_breaks() {
    let t = TestEngine::start().await;
    let run = t.ask("@@tool file_read {\"path\":\"a.txt\"}\n@@again").await;
    assert_eq!(run.stop(), "loop_detected");
    assert!(run.results()[1].contains("[loop guard:"), "the second is warned: {}", run.results()[1]);
    assert_eq!(run.error_code(2), "loop_guard", "{:?}", run.results());
    assert!(run.events_short().contains("loop.warning"));
    assert_eq!(run.steps_short(), "Md Fd Md Fd Md Fd Md Fd Md Fd Md");
}

#[tokio::test]
async fn equal_reads_in_one_answer_run_once() {
    let t = TestEngine::start().await;
    let run =
        t.ask("@@tool file_read {\"path\":\"a.txt\"}\n@@tool file_read {\"path\":\"a.txt\"}\n@@turn\n@@reply ok").await;
    assert_eq!(run.steps_short(), "Md Fd Fs Md");
    assert_eq!(run.results()[0], run.results()[1]);
}

#[tokio::test]
async fn repeated_call_ids_are_renewed() {
    let t = TestEngine::start().await;
    let run = t
        .ask("@@id same\n@@tool file_read {\"path\":\"a.txt\"}\n@@id same\n@@tool file_read {\"path\":\"b.txt\"}\n@@turn\n@@reply ok")
        .await;
    assert_eq!(run.steps_short(), "Md Fd Fd Md");
    assert_ne!(run.steps[1].call_id, run.steps[2].call_id);
}

#[tokio::test]
async fn long_results_become_artifacts_that_can_be_read_on() {
    let manifest = json!({"capabilities": {"tools": ["file_read", "artifact_read"]}});
    let t = TestEngine::with(Setup::manifest(manifest)).await;
    let long: String = (0..4_000).map(|n| format!("line {n} of a long file\n")).collect();
    std::fs::write(t.file("long.txt"), long).unwrap();
    let run = t.ask("@@tool file_read {\"path\":\"long.txt\",\"limit\":20000}\n@@turn\n@@reply ok").await;
    let id = run.steps[1].artifact_id.clone().expect("an artifact");
    assert!(run.results()[0].contains(&id));
    let next =
        t.ask(&format!("@@tool artifact_read {{\"artifact\":\"{id}\",\"length\":64}}\n@@turn\n@@reply ok")).await;
    assert!(!next.steps[1].is_error, "{}", next.results()[0]);
    assert!(next.results()[0].contains("line 0 of a long file"));
}

#[tokio::test]
async fn a_write_between_two_equal_reads_makes_the_second_run() {
    let t = TestEngine::start().await;
    let read = "@@tool file_read {\"path\":\"a.txt\"}\n";
    let write = "@@tool file_write {\"path\":\"a.txt\",\"content\":\"omega\"}\n";
    let run = t.ask(&format!("{read}{write}{read}{read}@@turn\n@@reply ok")).await;
    assert_eq!(run.steps_short(), "Md Fd Fd Fd Fs Md");
    assert!(run.results()[0].contains("alpha") && run.results()[2].contains("omega"), "{:?}", run.results());
    assert_eq!(run.results()[3], run.results()[2]);
    let finished = run.events.iter().filter(|e| matches!(e.body, EventBody::ToolFinished(_))).count();
    assert_eq!(finished, 4, "the copied one is told as well");
}

#[tokio::test]
async fn calls_beyond_the_limit_of_the_run_are_not_made() {
    let t = TestEngine::with(Setup::manifest(json!({"resources": {"max_tool_calls_per_run": 1}}))).await;
    let run =
        t.ask("@@tool file_read {\"path\":\"a.txt\"}\n@@tool file_read {\"path\":\"b.txt\"}\n@@turn\n@@reply ok").await;
    assert_eq!((run.steps_short().as_str(), run.stop().as_str()), ("Md Fd Fs Md", "max_tool_calls"));
    assert_eq!((run.run.tool_calls, run.error_code(1).as_str()), (1, "quota_exceeded"));
    let finished = run.events.iter().filter(|e| matches!(e.body, EventBody::ToolFinished(_))).count();
    assert_eq!(finished, 2, "the skipped one is told as well");
}

#[tokio::test]
async fn a_zero_character_is_stored_as_the_replacement_character() {
    let t = TestEngine::start().await;
    let run = t
        .ask("@@tool file_write {\"path\":\"z.txt\",\"content\":\"x\\u0000y\"}\n@@turn\n@@tool file_read {\"path\":\"z.txt\"}\n@@turn\n@@reply ok")
        .await;
    assert_eq!(run.steps[1].input["content"], "x\u{fffd}y");
    assert_eq!(run.stop(), "end_turn");
}

/// A server on this machine that takes connections and says nothing.
#[tokio::test]
async fn g11_a_fetch_that_is_never_answered() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let guard =
        Guard { listed: vec![Listed::parse("127.0.0.1").unwrap()], own: Own::default(), lookup: system_lookup() };
    let tool_settings = ToolSettings { outbound: Outbound::new(guard), ..tool_settings() };
    let manifest = json!({
        "capabilities": {"network": [address.to_string()]},
        "tools": {"web_fetch": {"timeout_secs": 1}},
    });
    let t = TestEngine::with(Setup { tool_settings, manifest, ..Setup::default() }).await;
    let started = Instant::now();
    let run = t.ask(&format!("@@tool web_fetch {{\"url\":\"http://{address}/\"}}\n@@turn\n@@reply ok")).await;
    assert_eq!((run.steps_short().as_str(), run.error_code(0).as_str()), ("Md Fd Md", "timeout"));
    assert_eq!(run.stop(), "end_turn");
    assert!(started.elapsed() < Duration::from_secs(3));
}
