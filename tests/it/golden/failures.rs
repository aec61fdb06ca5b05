//! Model calls that fail: again, with another model, or for good.

use std::time::{Duration, Instant};

use openfang::{llm::ErrorClass, runtime::event::EventBody};
use serde_json::json;

use crate::support::engine::{Setup, TestEngine};

fn with_fallback() -> Setup {
    Setup::manifest(json!({"fallback_models": [{"provider": "builtin", "model": "echo"}]}))
}

#[tokio::test]
async fn g18_a_rate_limit_is_tried_again() {
    let t = TestEngine::start().await;
    let run = t.ask("@@error rate_limit times=2\n@@reply third time lucky").await;
    assert_eq!(run.steps_short(), "Mf Mf Md");
    assert_eq!(run.steps.iter().map(|s| s.attempt).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(run.events_short(), "ss retry ss retry ss done");
    assert_eq!(run.usage.len(), 3);
    assert_eq!((run.stop().as_str(), run.response()), ("end_turn", "third time lucky"));
    assert_eq!(run.run.fallback_model, None);
}

#[tokio::test]
async fn g19_a_fallback_answers_in_the_end() {
    let t = TestEngine::with(with_fallback()).await;
    let run = t.ask("@@error rate_limit times=9\nhello").await;
    assert_eq!(run.steps_short(), "Mf Mf Mf Mf Md");
    assert_eq!(run.steps[4].model.as_deref(), Some("builtin/echo"));
    assert_eq!(run.events_short(), "ss retry ss retry ss retry ss retry warning ss done");
    let retries: Vec<_> = run
        .events
        .iter()
        .filter_map(|e| match &e.body {
            EventBody::Retry { next_model, .. } => Some(next_model.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(retries, [None, None, None, Some("builtin/echo".to_owned())]);
    assert_eq!(run.run.fallback_model.as_deref(), Some("builtin/echo"));
    assert_eq!(run.done().warnings, ["builtin_fallback"]);
}

#[tokio::test]
async fn g20_a_refused_key_ends_the_run_and_keeps_the_message() {
    let t = TestEngine::start().await;
    let first = t.ask("my first words\n@@error auth always").await;
    assert_eq!((first.steps_short().as_str(), first.stop().as_str()), ("Mf", "upstream_auth_failed"));
    assert_eq!(first.roles(), "U");
    assert_eq!(first.events_short(), "ss error");
    let EventBody::Error(failed) = &first.events.last().unwrap().body else { panic!("no error event") };
    assert_eq!(failed.class, Some(ErrorClass::Auth));
    assert!(failed.hint.is_some() && !failed.retryable);
    let second = t.ask("@@expect history has \"my first words\"\n@@reply ok").await;
    assert_eq!(second.roles(), "U U A");
    assert_eq!(second.response(), "ok");
}

#[tokio::test]
async fn g21_an_unknown_model_leads_to_the_fallback_at_once() {
    let t = TestEngine::with(with_fallback()).await;
    let run = t.ask("@@error model_not_found\nhello").await;
    assert_eq!(run.steps_short(), "Mf Md");
    assert_eq!(run.events_short(), "ss retry warning ss done");
    let retry = run.events.iter().find(|e| matches!(e.body, EventBody::Retry { .. })).unwrap();
    assert!(
        matches!(&retry.body, EventBody::Retry { delay_ms: 0, next_model: Some(model), .. } if model == "builtin/echo")
    );
}

#[tokio::test]
async fn g22_text_of_a_broken_answer_is_withdrawn() {
    let t = TestEngine::start().await;
    let run = t.ask("@@error network after_chunks=5\n@@reply one two three four five six seven").await;
    assert_eq!(run.steps_short(), "Mf Md");
    assert_eq!(run.events_short(), "ss discarded retry ss done");
    assert_eq!(run.response(), "one two three four five six seven");
    let output: i64 = run.usage[0].output_tokens;
    assert!(output > 0, "what was received is paid for");
}

#[tokio::test]
async fn g22_live_followers_are_told_what_is_void() {
    let t = TestEngine::with(Setup { word_delay_ms: 10, ..Setup::default() }).await;
    let accepted = t.send("@@error network after_chunks=2\n@@reply one two three").await;
    let discarded = t.wait_for(accepted.run.id, |e| matches!(e, EventBody::StepDiscarded { .. })).await;
    let EventBody::StepDiscarded { discards_after, .. } = discarded.body else { unreachable!() };
    assert_eq!((discards_after.seq(), discards_after.offset()), (3, 0));
    assert_eq!(t.outcome(accepted.run.id).await.response(), "one two three");
}

#[tokio::test]
async fn g23_a_model_that_never_answers_is_given_up() {
    let t = TestEngine::with(Setup { first_event: Some(Duration::from_millis(300)), ..Setup::default() }).await;
    let started = Instant::now();
    let run = t.ask("@@hang times=1\n@@reply at last").await;
    assert_eq!(run.steps_short(), "Mf Md");
    assert_eq!(run.steps[0].error.as_ref().unwrap().class, ErrorClass::Timeout);
    assert_eq!(run.response(), "at last");
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn g24_an_empty_answer_fails_after_one_more_try() {
    let t = TestEngine::start().await;
    let run = t.ask("@@empty").await;
    assert_eq!(run.steps_short(), "Mf Mf");
    assert!(run.steps.iter().all(|s| s.error.as_ref().unwrap().class == ErrorClass::MalformedOutput));
    assert_eq!(run.stop(), "invalid_output");
    assert_eq!(run.roles(), "U");
    assert_eq!(run.events_short(), "ss retry ss error");
}

#[tokio::test]
async fn g25_arguments_that_are_not_json_are_asked_for_again() {
    let t = TestEngine::start().await;
    let run = t.ask("@@rawtool file_write times=1 {\"path\": \"x.txt\", \"content\":\n@@reply done").await;
    assert_eq!(run.steps_short(), "Mf Md");
    assert_eq!((run.response(), run.roles().as_str()), ("done", "U A"));
}

#[tokio::test]
async fn a_long_pause_gives_the_worker_back() {
    let mut setup = Setup::default();
    setup.settings.patience = Duration::from_millis(1);
    setup.settings.retry_base = Duration::from_millis(60);
    let t = TestEngine::with(setup).await;
    let run = t.ask("@@error rate_limit times=1\n@@reply back").await;
    assert_eq!(run.events_short(), "ss retry waiting ss done");
    assert_eq!(run.response(), "back");
}

#[tokio::test]
async fn a_key_that_a_provider_repeats_is_shown_nowhere() {
    let t = TestEngine::start().await;
    let part = "abcdefgh12345678";
    let run = t.ask(&format!("@@error auth always message=\"no such key sk-proj-{part}\"")).await;
    let said = &run.run.error.as_ref().expect("failed").message;
    assert!(said.ends_with("no such key ***"), "{said}");
    let step = run.steps[0].error.as_ref().expect("failed");
    assert_eq!(step.message, "no such key ***");
    let EventBody::Error(failed) = &run.events.last().unwrap().body else { panic!("no error event") };
    assert!(!failed.message.contains(part), "{}", failed.message);
}
