//! What becomes of ended runs: a day later they replay from their rows, a month later they are gone, and nothing misses them.

use std::pin::pin;

use futures::StreamExt;
use openfang::{
    auth, config,
    error::ErrorCode,
    idempotency::{self, Claim},
    ids::Id,
    runs::{self, RunRow},
    runtime::event::{EventBody, EventId, RunEvent},
    system::upkeep,
    time::Ts,
    usage,
};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    chat::{ask, scripted},
    engine::{Setup, TestEngine},
};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

async fn clean(t: &TestEngine, now: Ts) {
    upkeep::clean(&t.db, &config::Runs::default(), now).await.unwrap();
}

async fn stored(t: &TestEngine, run: Id) -> Vec<String> {
    let rows = runs::service::events_after(t.db.read(), run, 0).await.unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

/// What is left of a replay when only the rows that are kept are there.
fn lasting(events: &[RunEvent]) -> Vec<RunEvent> {
    let lasts = |body: &EventBody| {
        matches!(
            body,
            EventBody::TextDelta { .. }
                | EventBody::ThinkingDelta { .. }
                | EventBody::ToolCall { .. }
                | EventBody::ToolFinished(_)
                | EventBody::StepDiscarded { .. }
                | EventBody::Done(_)
                | EventBody::Error(_)
        )
    };
    events.iter().filter(|e| lasts(&e.body)).cloned().collect()
}

#[tokio::test]
async fn a_replay_after_a_day_has_the_same_text() {
    let t = TestEngine::with(Setup::manifest(json!({"model": {"max_tokens": 100}}))).await;
    let text = "@@reply Looking.\n@@tool file_read {\"path\":\"a.txt\"}\n@@turn\n@@error network after_chunks=2\n\
                @@reply Part one and more\n@@stop length\n@@turn\n@@reply  and two.";
    let before = t.ask(text).await;
    let deltas = |events: &[RunEvent]| events.iter().filter(|e| matches!(e.body, EventBody::TextDelta { .. })).count();
    assert!(before.events_short().contains("discarded") && deltas(&before.events) > 2, "{}", before.events_short());
    let id = before.run.id;
    // From every event, and from the middle of every text.
    let ids = before.events.iter().map(|e| e.id);
    let starts: Vec<EventId> =
        [EventId(0)].into_iter().chain(ids.clone()).chain(ids.map(|id| EventId(id.0 + 3))).collect();
    let mut replays = vec![];
    for after in &starts {
        replays.push(t.events(id, *after).await);
    }

    let ended = before.run.ended_at.unwrap();
    let all = stored(&t, id).await;
    clean(&t, ended.plus_ms(DAY_MS)).await;
    assert_eq!(stored(&t, id).await, all, "not a moment too early");
    clean(&t, ended.plus_ms(DAY_MS + 1)).await;
    let kept = stored(&t, id).await;
    assert!(all.len() > kept.len());
    assert_eq!(kept, ["tool.call", "tool.finished", "step.discarded", "done"]);
    let after = t.rows(id).await;
    assert_eq!(after.run.trimmed_at, Some(ended.plus_ms(DAY_MS + 1)));
    assert_eq!((after.deltas(), after.deltas().as_str()), (before.deltas(), before.response()));
    for (start, full) in starts.into_iter().zip(replays) {
        assert_eq!(t.events(id, start).await, lasting(&full), "after {start:?}");
    }
}

#[tokio::test]
async fn a_month_later_a_run_is_gone_but_not_what_it_said_and_cost() {
    let t = TestEngine::start().await;
    let run = t.ask("@@reply remember").await;
    let (id, ended) = (run.run.id, run.run.ended_at.unwrap());
    clean(&t, ended.plus_ms(30 * DAY_MS)).await;
    let mut followed = pin!(t.engine.follow(id, EventId(0)).await.unwrap());
    clean(&t, ended.plus_ms(30 * DAY_MS + 2)).await;
    assert!(followed.next().await.is_none(), "whoever follows it is let go");
    assert_eq!(t.engine.follow(id, EventId(0)).await.err().unwrap().code(), ErrorCode::RunNotFound);
    assert!(runs::service::all_steps(t.db.read(), id).await.unwrap().is_empty());
    assert!(stored(&t, id).await.is_empty());
    assert_eq!(usage::service::of_run(t.db.read(), id).await.unwrap(), run.usage);
    assert_eq!(t.history(run.run.session_id).await, run.history);
    let next = t.ask("@@expect history has \"remember\"\n@@reply yes").await;
    assert_eq!(next.response(), "yes");
}

#[tokio::test]
async fn runs_stay_as_long_as_the_run_that_began_it_all_is_open() {
    let t = TestEngine::start().await;
    let child = t.ask("@@reply child").await.run;
    let open = t.send("@@hang").await.run;
    let later = child.ended_at.unwrap().plus_ms(400 * DAY_MS);
    let copy = RunRow { id: Id::new(), root_run_id: open.id, parent_run_id: Some(open.id), ..child.clone() };
    runs::service::insert(t.db.write(), &copy).await.unwrap();
    clean(&t, later).await;
    let exists = async |id: Id| runs::service::find(t.db.read(), id).await.unwrap().is_some();
    assert_eq!((exists(child.id).await, exists(copy.id).await, exists(open.id).await), (false, true, true));
    t.engine.cancel_run(open.id, None, "test").await.unwrap();
    t.finished(open.id).await;
    clean(&t, later.plus_ms(DAY_MS)).await;
    assert_eq!((exists(copy.id).await, exists(open.id).await), (false, false));
}

#[tokio::test]
async fn more_rows_than_one_statement_takes_are_removed() {
    let t = TestEngine::start().await;
    let run = t.ask("@@reply one").await.run;
    let mut ids = vec![run.id];
    for _ in 0..openfang::db::batches::BATCH {
        let copy = RunRow { id: Id::new(), ..run.clone() };
        let copy = RunRow { root_run_id: copy.id, ..copy };
        runs::service::insert(t.db.write(), &copy).await.unwrap();
        ids.push(copy.id);
    }
    let of = runs::service::RunFilter { agent: Some(t.agent.id), ..Default::default() };
    let params = openfang::page::ListParams { limit: Some(500), cursor: None };
    let ended = run.ended_at.unwrap();
    clean(&t, ended.plus_ms(2 * DAY_MS)).await;
    let trimmed = runs::service::list(t.db.read(), &of, &params).await.unwrap();
    assert_eq!(trimmed.rows.len(), ids.len());
    assert!(trimmed.rows.iter().all(|found| found.run.trimmed_at.is_some()));
    clean(&t, ended.plus_ms(31 * DAY_MS)).await;
    assert_eq!(runs::service::list(t.db.read(), &of, &params).await.unwrap().total, 0);
}

#[tokio::test]
async fn stored_answers_go_when_they_expire() {
    let t = TestEngine::start().await;
    let now = Ts::now();
    let answered = || idempotency::service::claim(&t.db, "key", "body", Id::new());
    assert!(matches!(answered().await.unwrap(), Claim::Mine));
    clean(&t, now.plus_ms(23 * HOUR_MS)).await;
    assert!(matches!(answered().await.unwrap(), Claim::InProgress { .. }));
    clean(&t, now.plus_ms(25 * HOUR_MS)).await;
    assert!(matches!(answered().await.unwrap(), Claim::Mine));
}

#[tokio::test]
async fn the_api_without_an_old_run() {
    let app = TestApp::start().await;
    let client = app.admin();
    let agent = scripted(&client, "desk").await;
    let reply = ask(&client, &agent, "@@tool system_time {}\n@@turn\n@@reply Noon.").await;
    let session = async || client.call("get_session").id(&reply["session_id"]).ok(200).await;
    let messages = async || client.call("list_session_messages").id(&reply["session_id"]).ok(200).await;
    let before = (session().await, messages().await);
    upkeep::clean(&app.state.db, &app.state.config.runs, Ts::now().plus_ms(31 * DAY_MS)).await.unwrap();
    for operation in ["get_run", "list_run_steps", "stream_run", "cancel_run"] {
        client.call(operation).id(&reply["run_id"]).fails(404, "run_not_found").await;
    }
    assert_eq!(client.call("list_runs").ok(200).await["total"], 0);
    assert_eq!((session().await, messages().await), before, "what was said and what it cost");
    let agent_now = client.call("get_agent").id(&agent["id"]).ok(200).await;
    assert_eq!(agent_now["id"], agent["id"]);
    let next: Value = ask(&client, &agent, "@@expect history has \"Noon.\"\n@@reply Still noon.").await;
    assert_eq!(next["session_id"], reply["session_id"]);
}

#[tokio::test]
async fn logins_go_when_they_expire() {
    let hash = auth::password::hash_password("secret").unwrap();
    let app = TestApp::with(|c| {
        c.auth.enabled = true;
        c.auth.password_hash = hash;
    })
    .await;
    let (db, config) = (&app.state.db, &app.state.config);
    let login = app.anonymous().call("login").json(json!({"username": "admin", "password": "secret"})).ok(200).await;
    let token = login["token"].as_str();
    upkeep::clean(db, &config.runs, Ts::now().plus_ms(167 * HOUR_MS)).await.unwrap();
    app.client(token).call("get_caller").ok(200).await;
    upkeep::clean(db, &config.runs, Ts::now().plus_ms(169 * HOUR_MS)).await.unwrap();
    app.client(token).call("get_caller").fails(401, "unauthorized").await;
}
