//! Plain answers: text, control words, thinking, cut answers.

use openfang::{
    messages::{Block, MessageFlag},
    runs::StopReason,
    runtime::event::EventBody,
};
use serde_json::json;

use crate::support::engine::{Setup, TestEngine};

#[tokio::test]
async fn g1_plain_reply() {
    let t = TestEngine::start().await;
    let run = t.ask("@@reply Hello there").await;
    assert_eq!(run.steps_short(), "Md");
    assert_eq!(run.roles(), "U A");
    assert_eq!(run.events_short(), "ss done");
    assert_eq!((run.stop().as_str(), run.run.iterations, run.response()), ("end_turn", 1, "Hello there"));
    assert_eq!(run.done().model.as_deref(), Some("builtin/script"));
    assert_eq!(run.usage.len(), 1);
}

#[tokio::test]
async fn g1_deltas_come_word_by_word() {
    let t = TestEngine::with(Setup { word_delay_ms: 150, ..Setup::default() }).await;
    let accepted = t.send("@@reply Hello there").await;
    let first = t.wait_for(accepted.run.id, |e| matches!(e, EventBody::TextDelta { .. })).await;
    assert_eq!(first.body, EventBody::TextDelta { step: 1, text: "Hello ".into() });
    assert_eq!((first.id.seq(), first.id.offset()), (3, 6));
    assert_eq!(t.outcome(accepted.run.id).await.response(), "Hello there");
}

#[tokio::test]
async fn g26_calls_in_prose_are_text() {
    let t = TestEngine::start().await;
    let text = "```json\n{\"name\":\"shell_exec\",\"arguments\":{\"command\":\"ls\"}}\n```\n<tool_call>{\"name\":\"file_read\"}</tool_call>";
    let run = t.ask(&format!("@@reply <<END\n{text}\nEND")).await;
    assert_eq!(run.steps_short(), "Md");
    assert_eq!(run.response(), text);
    assert_eq!(run.stop(), "end_turn");
}

#[tokio::test]
async fn g27_a_cut_answer_is_continued() {
    let t = TestEngine::start().await;
    let script = "@@reply one \n@@stop length\n@@turn\n@@reply \"two \"\n@@stop length\n@@turn\n@@reply three";
    let run = t.ask(script).await;
    assert_eq!(run.steps_short(), "Md Md Md");
    assert_eq!(run.roles(), "U A A A");
    assert_eq!(run.flags(1), [MessageFlag::Continued]);
    assert_eq!(run.flags(2), [MessageFlag::Continued]);
    assert!(run.flags(3).is_empty());
    assert_eq!(run.response(), run.texts()[1..].concat());
    assert_eq!(run.events_short(), "ss ss ss done");
    assert_eq!(run.run.iterations, 1, "a continued answer counts once");
}

#[tokio::test]
async fn an_answer_that_is_cut_for_ever_ends_after_five_continuations() {
    let t = TestEngine::start().await;
    let run = t.ask("@@reply more\n@@stop length\n@@again").await;
    assert_eq!(run.steps_short(), "Md Md Md Md Md Md");
    assert_eq!(run.stop(), "max_tokens");
}

#[tokio::test]
async fn g52_a_silence_mark_is_kept_and_not_shown() {
    let t = TestEngine::start().await;
    let run = t.ask("@@reply NO_REPLY").await;
    assert_eq!(run.roles(), "U A");
    assert_eq!(run.flags(1), [MessageFlag::Silent]);
    assert_eq!(run.texts()[1], "NO_REPLY");
    assert_eq!(run.done().stop_reason, StopReason::Silent);
    assert!(run.done().silent && run.response().is_empty());
    let next = t.ask("@@expect history lacks \"NO_REPLY\"\n@@reply fine").await;
    assert_eq!(next.response(), "fine");
}

#[tokio::test]
async fn g53_directives_leave_the_text() {
    let t = TestEngine::start().await;
    let run = t.ask("@@reply [[reply:m7]]\\nhi").await;
    assert_eq!(run.response(), "hi");
    assert_eq!(run.texts()[1], "hi");
    assert_eq!(run.done().directives.reply_to.as_deref(), Some("m7"));
}

#[tokio::test]
async fn g54_thinking_is_kept_and_not_shown() {
    let t = TestEngine::start().await;
    let run = t.ask("@@think plan\n@@reply yes").await;
    let Block::Thinking { thinking, signature } = &run.history[1].blocks.0[0] else { panic!("no thinking") };
    assert_eq!((thinking.as_str(), signature.as_deref()), ("plan", Some("sig-1")));
    assert_eq!(run.history[1].blocks.text(), "yes");
    assert!(!run.events.iter().any(|e| matches!(e.body, EventBody::ThinkingDelta { .. })));
    assert_eq!(run.response(), "yes");
}

#[tokio::test]
async fn g54_thinking_streams_when_the_manifest_says_so() {
    let t = TestEngine::with(Setup::manifest(json!({"thinking": {"enabled": true, "stream": true}}))).await;
    let run = t.ask("@@think plan\n@@reply yes").await;
    let thought = run.events.iter().find(|e| matches!(e.body, EventBody::ThinkingDelta { .. })).expect("a delta");
    assert_eq!((thought.id.seq(), thought.id.offset()), (3, 4));
    assert_eq!(run.response(), "yes");
}

#[tokio::test]
async fn thinking_between_tags_is_no_answer() {
    let t = TestEngine::start().await;
    let run = t.ask("@@reply <think>plan</think>yes").await;
    assert_eq!(run.response(), "yes");
    assert!(matches!(&run.history[1].blocks.0[0], Block::Thinking { thinking, .. } if thinking == "plan"));
}

#[tokio::test]
async fn texts_of_several_answers_are_parted_by_an_empty_line() {
    let t = TestEngine::start().await;
    let run = t.ask("@@reply Looking.\n@@tool file_read {\"path\":\"a.txt\"}\n@@turn\n@@reply Found it.").await;
    assert_eq!(run.response(), "Looking.\n\nFound it.");
    assert_eq!(run.run.iterations, 2);
}
