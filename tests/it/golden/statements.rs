//! How many statements a message takes, and that their number does not grow with the history.

use std::time::Duration;

use openfang::runtime::event::EventBody;

use crate::support::engine::{Setup, TestEngine};

/// No clock of the engine sends statements meanwhile.
fn quiet() -> Setup {
    let mut setup = Setup::default();
    let never = Duration::from_secs(3_600);
    setup.settings.poll_every = never;
    setup.settings.renew_every = never;
    setup.settings.takeover_every = never;
    setup
}

#[tokio::test]
async fn a_message_takes_at_most_eight_statements_before_and_eight_after_the_model_call() {
    let t = TestEngine::with(quiet()).await;
    t.ask("@@reply warm").await;
    for _ in 0..3 {
        let begin = t.db.statements();
        let accepted = t.send("@@delay 150ms\n@@reply hello").await;
        let accept = t.db.statements() - begin;
        // The worker reads the history and asks whether there is anything to recall.
        tokio::time::sleep(Duration::from_millis(75)).await;
        let before = t.db.statements() - begin;
        assert!(accept <= 6 && before <= 8, "{accept} to accept, {before} before the model call");
        accepted.wait(&t.engine, Duration::from_secs(5)).await.unwrap().expect("ends");
        let after = t.db.statements() - begin - before;
        assert!(after <= 8, "{after} after the model call");
    }
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_history() {
    let t = TestEngine::with(quiet()).await;
    let mut counts = vec![];
    for _ in 0..30 {
        let begin = t.db.statements();
        let accepted = t.send("@@reply hello").await;
        accepted.wait(&t.engine, Duration::from_secs(5)).await.unwrap().expect("ends");
        counts.push(t.db.statements() - begin);
    }
    assert_eq!(counts[2], counts[29], "{counts:?}");
}

#[tokio::test]
async fn the_end_is_told_only_once_it_is_stored() {
    let t = TestEngine::start().await;
    let accepted = t.send("@@reply hello").await;
    let finished = accepted.wait(&t.engine, Duration::from_secs(5)).await.unwrap().expect("ends");
    let stored = t.rows(accepted.run.id).await;
    assert!(matches!(finished.event.body, EventBody::Done(_)));
    assert_eq!(stored.run, finished.run);
}
