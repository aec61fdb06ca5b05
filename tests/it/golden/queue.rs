//! Several runs: order in a session, parallel sessions, cancel, followers, suspend.

use std::time::{Duration, Instant};

use futures::{StreamExt, future::join_all};
use openfang::{
    agents::AgentState,
    error::ErrorCode,
    ids::Id,
    llm::estimate,
    messages::MessageFlag,
    runs::{self, RunState},
    runtime::{
        engine::{Followed, SessionChoice},
        event::{EventBody, EventId},
    },
    sessions,
    time::Ts,
    usage::UsageStatus,
};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::engine::{PATIENCE, Setup, TestEngine};

#[tokio::test]
async fn g36_runs_of_a_session_go_one_after_another() {
    let t = TestEngine::start().await;
    let first = t.send("@@delay 200ms\n@@reply one").await;
    let second = t.send("@@reply two").await;
    assert_eq!((first.position, second.position), (0, 1));
    let two = t.outcome(second.run.id).await;
    let one = t.outcome(first.run.id).await;
    assert!(matches!(two.events[0].body, EventBody::RunQueued { position: 1, .. }));
    assert!(two.run.started_at >= one.run.ended_at, "the second begins when the first is over");
    assert_eq!(two.roles(), "U A U A");
    assert_eq!(two.texts()[1], "one");
    assert_eq!(two.texts()[3], "two");
}

#[tokio::test]
async fn g37_sessions_run_side_by_side() {
    let t = TestEngine::start().await;
    let started = Instant::now();
    let one = t.send_as("ann", "@@delay 500ms\n@@reply one").await;
    let two = t.send_as("bob", "@@delay 500ms\n@@reply two").await;
    let (one, two) = (t.outcome(one.run.id).await, t.outcome(two.run.id).await);
    assert!(started.elapsed() < Duration::from_millis(900));
    assert_ne!(one.run.session_id, two.run.session_id);
    assert_eq!((one.roles().as_str(), two.roles().as_str()), ("U A", "U A"));
}

#[tokio::test]
async fn g38_cancel_keeps_what_was_said() {
    let t = TestEngine::with(Setup { word_delay_ms: 40, ..Setup::default() }).await;
    let words = (1..=100).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
    let accepted = t.send(&format!("@@reply {words}")).await;
    let third = |e: &EventBody| matches!(e, EventBody::TextDelta { text, .. } if text.trim() == "w3");
    t.wait_for(accepted.run.id, third).await;
    t.engine.cancel_run(accepted.run.id, Some("enough"), "test").await.unwrap();
    let run = t.outcome(accepted.run.id).await;
    assert_eq!(run.steps_short(), "Mc");
    assert_eq!(run.stop(), "cancelled");
    assert_eq!(run.flags(1), [MessageFlag::Truncated]);
    assert_eq!(run.texts()[1].trim(), "w1 w2 w3");
    assert_eq!(run.done().cancel_reason.as_deref(), Some("enough"));
    let again = t.engine.cancel_run(accepted.run.id, None, "test").await.unwrap();
    assert_eq!(again.state, RunState::Cancelled, "a second cancel changes nothing");
}

#[tokio::test]
async fn g40_a_cancelled_queued_run_leaves_no_message() {
    let t = TestEngine::start().await;
    let first = t.send("@@delay 200ms\n@@reply one").await;
    let second = t.send("@@reply two").await;
    let cancelled = t.engine.cancel_run(second.run.id, None, "test").await.unwrap();
    assert_eq!(cancelled.state, RunState::Cancelled);
    let two = t.outcome(second.run.id).await;
    assert_eq!(two.events_short(), "done");
    assert_eq!(t.outcome(first.run.id).await.roles(), "U A");
}

#[tokio::test]
async fn g41_hanging_up_does_not_stop_the_run() {
    let t = TestEngine::with(Setup { word_delay_ms: 20, ..Setup::default() }).await;
    let accepted = t.send("@@reply one two three four").await;
    let first = t.wait_for(accepted.run.id, |e| matches!(e, EventBody::TextDelta { .. })).await;
    // The stream is dropped here; a later one goes on behind the last id.
    let rest = collect(&t, accepted.run.id, first.id).await;
    let text: String = rest.iter().filter_map(|(_, body)| text_of(body)).collect();
    assert_eq!(text, "two three four");
    assert!(rest.iter().all(|(id, _)| *id > first.id));
    assert_eq!(t.outcome(accepted.run.id).await.events_short(), "ss done");
}

#[tokio::test]
async fn g56_the_rest_of_a_step_comes_once() {
    let t = TestEngine::start().await;
    let text = "x".repeat(500) + " and the end";
    let run = t.ask(&format!("@@reply {text}")).await;
    let rest = collect(&t, run.run.id, EventId::piece(3, 340)).await;
    let texts: Vec<_> = rest.iter().filter_map(|(_, body)| text_of(body)).collect();
    assert_eq!(texts, [text[340..].to_owned()]);
    assert!(rest.last().unwrap().1.is_terminal());
    let nothing = collect(&t, run.run.id, EventId::stored(run.run.event_seq)).await;
    assert!(nothing.is_empty(), "the end was seen");
}

#[tokio::test]
async fn g56_in_the_middle_of_a_running_step() {
    let t = TestEngine::with(Setup { word_delay_ms: 15, ..Setup::default() }).await;
    let accepted = t.send("@@reply one two three four five").await;
    let second =
        t.wait_for(accepted.run.id, |e| matches!(e, EventBody::TextDelta { text, .. } if text == "two ")).await;
    let inside = EventId::piece(second.id.seq(), 2);
    let text: String =
        collect(&t, accepted.run.id, inside).await.iter().filter_map(|(_, body)| text_of(body)).collect();
    assert_eq!(text, "e two three four five");
}

#[tokio::test]
async fn g57_a_suspended_agent_keeps_its_queue() {
    let t = TestEngine::start().await;
    let first = t.send("@@delay 150ms\n@@tool file_read {\"path\":\"a.txt\"}\n@@turn\n@@reply one").await;
    let second = t.send("@@reply two").await;
    let third = t.send("@@reply three").await;
    t.set_agent(|agent| agent.state = AgentState::Suspended).await;
    t.engine.suspend(t.agent.id);
    let parked = async {
        loop {
            let row = runs::service::get(t.db.read(), first.run.id).await.unwrap();
            if row.state == RunState::Parked {
                return row;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let row = tokio::time::timeout(PATIENCE, parked).await.expect("the run is parked between steps");
    assert!(row.lease_owner.is_none());
    let refused = t.try_send(t.run("hello")).await.err().expect("refused");
    assert_eq!(refused.code(), ErrorCode::AgentNotRunning);
    t.set_agent(|agent| agent.state = AgentState::Running).await;
    t.engine.resume();
    let (one, two, three) =
        (t.outcome(first.run.id).await, t.outcome(second.run.id).await, t.outcome(third.run.id).await);
    assert_eq!(one.run.attempts, 1, "parking is no takeover");
    assert_eq!([one.response(), two.response(), three.response()], ["one", "two", "three"]);
    assert!(two.run.started_at >= one.run.ended_at && three.run.started_at >= two.run.ended_at);
}

#[tokio::test]
async fn a_full_queue_says_so_and_stores_nothing() {
    let t = TestEngine::with(Setup::manifest(json!({"session": {"max_queued": 1}}))).await;
    let first = t.send("@@delay 300ms\n@@reply one").await;
    let second = t.send("@@reply two").await;
    let error = t.try_send(t.run("third")).await.err().expect("refused");
    assert_eq!(error.code(), ErrorCode::QueueFull);
    assert!(error.retry_after_secs().is_some());
    t.outcome(first.run.id).await;
    assert_eq!(t.outcome(second.run.id).await.roles(), "U A U A");
}

#[tokio::test]
async fn callers_never_share_a_session() {
    let t = TestEngine::start().await;
    let ann = t.send_as("ann", "I am Ann\n@@reply hello").await;
    t.outcome(ann.run.id).await;
    let bob = t.send_as("bob", "@@expect history lacks \"I am Ann\"\n@@reply hello").await;
    assert_eq!(t.outcome(bob.run.id).await.response(), "hello");
}

#[tokio::test]
async fn priority_decides_between_sessions() {
    let mut setup = Setup::default();
    setup.settings.workers = 1;
    let t = TestEngine::with(setup).await;
    let urgent = t.add_agent("urgent", json!({"priority": "high"})).await;
    let first = t.send_as("a", "@@delay 200ms\n@@reply one").await;
    let second = t.send_as("b", "@@reply two").await;
    let mut new = t.run("@@reply three");
    new.agent = urgent;
    let third = t.try_send(new).await.unwrap();
    let (second, third) = (t.outcome(second.run.id).await, t.outcome(third.run.id).await);
    assert!(third.run.started_at < second.run.started_at, "the higher priority goes first");
    t.outcome(first.run.id).await;
}

fn text_of(body: &EventBody) -> Option<String> {
    match body {
        EventBody::TextDelta { text, .. } => Some(text.clone()),
        _ => None,
    }
}

/// All events behind `after`, to the end of the stream.
async fn collect(t: &TestEngine, run: openfang::ids::Id, after: EventId) -> Vec<(EventId, EventBody)> {
    let stream = t.engine.follow(run, after).await.unwrap();
    let all = stream.filter_map(|item| async move {
        match item {
            Followed::Event(event) => Some((event.id, event.body.clone())),
            Followed::Closed(_) => None,
        }
    });
    tokio::time::timeout(PATIENCE, all.collect::<Vec<_>>()).await.expect("the stream ends")
}

#[tokio::test]
async fn a_follower_of_a_queued_run_is_kept() {
    let mut setup = Setup::default();
    // Each renewal sweeps the channels.
    setup.settings.renew_every = Duration::from_millis(10);
    let t = TestEngine::with(setup).await;
    let first = t.send("@@delay 300ms\n@@reply one").await;
    let second = t.send("@@reply two").await.run.id;
    let events = collect(&t, second, EventId(0)).await;
    assert!(events.last().is_some_and(|(_, body)| body.is_terminal()), "{events:?}");
    t.outcome(first.run.id).await;
}

#[tokio::test]
async fn runs_of_an_erased_session_end_with_it() {
    let t = TestEngine::start().await;
    let running = t.send("@@delay 10s\n@@reply one").await.run;
    let queued = t.send("@@reply two").await.run;
    t.engine.delete_session(running.session_id).await.unwrap();
    for run in [running.id, queued.id] {
        let end = &t.finished(run).await.run;
        assert_eq!((end.state, end.cancel_reason.as_deref()), (RunState::Cancelled, Some("session_deleted")));
        let events = collect(&t, run, EventId(0)).await;
        assert_eq!(events.iter().filter(|(_, body)| body.is_terminal()).count(), 1);
        let steps = runs::service::all_steps(t.db.read(), run).await.unwrap();
        assert!(steps.iter().all(|s| !s.state.is_open()));
    }
    let mut new = t.run("@@reply three");
    new.session = SessionChoice::Id(running.session_id);
    assert_eq!(t.try_send(new).await.err().expect("refused").code(), ErrorCode::SessionNotFound);
    assert_eq!(t.ask("@@reply four").await.response(), "four", "the agent is free");
}

#[tokio::test]
async fn a_call_cut_by_an_erasure_is_charged() {
    let t = TestEngine::with(Setup { word_delay_ms: 100, ..Setup::default() }).await;
    t.ask("@@reply remember this").await;
    // Long words, so that the first are stored as received while the rest is still to come.
    let words = vec!["w".repeat(700); 60].join(" ");
    let run = t.send(&format!("@@reply {words}")).await.run;
    let received = async {
        loop {
            let steps = runs::service::all_steps(t.db.read(), run.id).await.unwrap();
            if let Some(text) = steps.iter().find_map(|s| s.partial.clone()) {
                return text;
            }
            tokio::task::yield_now().await;
        }
    };
    let received = tokio::time::timeout(PATIENCE, received).await.expect("text is stored");
    t.engine.delete_session(run.session_id).await.unwrap();
    t.finished(run.id).await;
    let end = t.rows(run.id).await;
    let [call] = end.usage.as_slice() else { panic!("one row for each call: {:#?}", end.usage) };
    assert_eq!((call.status, call.estimated), (UsageStatus::Cancelled, true));
    assert!(call.output_tokens >= i64::from(estimate::text(&received)), "{}", call.output_tokens);
    assert!(call.input_tokens > i64::from(estimate::text(&words)), "the message, the prompt and what was said before");
    assert_eq!((end.run.input_tokens, end.run.output_tokens), (call.input_tokens, call.output_tokens));
    assert_eq!(end.run.cost_micro_usd, Some(call.cost_micro_usd));
    assert_eq!((end.steps[0].input_tokens, &end.steps[0].partial), (call.input_tokens, &None));
    assert_eq!(end.done().usage.input, call.input_tokens);
}

#[tokio::test]
async fn a_switch_and_a_first_message_of_one_moment_share_the_key() {
    let t = TestEngine::start().await;
    for round in 0..10 {
        let sender = format!("sender {round}");
        let first = t.send_as(&sender, "@@reply hello").await.run.session_id;
        let row = sessions::service::get(t.db.read(), first).await.unwrap();
        sessions::service::release_key(t.db.write(), row.agent_id, &row.owner).await.unwrap();
        let switch = sessions::service::switch(&t.db, row.agent_id, first, Ts::now());
        let (switched, _) = tokio::join!(switch, t.send_as(&sender, "@@reply hello"));
        assert_eq!(switched.expect("switched").0.key, Some(row.owner));
    }
}

#[tokio::test]
async fn a_label_goes_to_one_of_those_who_want_it_at_once() {
    let t = TestEngine::start().await;
    let mut ids = vec![];
    for n in 0..6 {
        ids.push(t.send_as(&format!("sender {n}"), "@@reply hello").await.run.session_id);
    }
    for label in ["one", "two", "three"] {
        let set = |id: &Id| sessions::service::set_label(&t.db, *id, Some(label), Ts::now());
        let outcomes = join_all(ids.iter().map(set)).await;
        let codes: Vec<_> = outcomes.iter().filter_map(|o| o.as_ref().err()).map(|e| e.code()).collect();
        assert_eq!(codes, [ErrorCode::SessionLabelTaken; 5]);
    }
}

#[tokio::test]
async fn first_messages_of_one_moment_share_the_session() {
    let t = TestEngine::start().await;
    for round in 0..5 {
        let sender = format!("sender {round}");
        let sent = join_all((0..8).map(|_| t.send_as(&sender, "@@reply hello"))).await;
        assert!(sent.iter().all(|s| s.run.session_id == sent[0].run.session_id));
        let mut positions: Vec<i64> = sent.iter().map(|s| s.run.queue_seq).collect();
        positions.sort_unstable();
        assert_eq!(positions, [1, 2, 3, 4, 5, 6, 7, 8]);
    }
}

#[tokio::test]
async fn messages_reach_a_session_whatever_is_deleted_meanwhile() {
    let t = TestEngine::start().await;
    for _ in 0..10 {
        let session = t.send("@@reply hello").await.run.session_id;
        let sent = async { join_all((0..4).map(|_| t.send("@@reply hello"))).await };
        let (deleted, sent) = tokio::join!(t.engine.delete_session(session), sent);
        deleted.expect("deleted");
        for accepted in sent {
            t.finished(accepted.run.id).await;
        }
    }
}

#[tokio::test]
async fn a_worker_whose_session_is_gone_ends_the_run() {
    let t = TestEngine::start().await;
    let run = t.send("@@delay 100ms\n@@reply one").await.run;
    t.db.write().execute_unprepared("DELETE FROM sessions").await.unwrap();
    let end = &t.finished(run.id).await.run;
    assert_eq!((end.state, end.cancel_reason.as_deref()), (RunState::Cancelled, Some("session_deleted")));
}

#[tokio::test]
async fn the_time_of_a_run_bounds_its_model_calls() {
    let manifest = json!({"resources": {"max_run_secs": 1}});
    let t = TestEngine::with(Setup { word_delay_ms: 300, ..Setup::manifest(manifest) }).await;
    let run = t.ask("@@reply one two three four five six seven eight nine").await;
    assert_eq!((run.stop().as_str(), run.steps_short().as_str()), ("run_timeout", "Mc"));
    assert!(run.response().starts_with("one"));
}
