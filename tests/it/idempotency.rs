//! Keys of POST requests: what counts as the same request, and that a crash between change and answer doubles nothing.

use openfang::{
    agents,
    auth::{schema::CreateApiKey, service as keys},
    caller::{Caller, CallerKind},
    idempotency::{self, Claim, service},
    ids::Id,
    scopes::Role,
    sessions,
    time::Ts,
};
use serde_json::json;

use crate::support::{TestApp, process::Process};

fn request(name: &str) -> CreateApiKey {
    CreateApiKey {
        name: name.into(),
        role: Some(Role::Viewer),
        scopes: vec![],
        expires_at: None,
        expires_in_days: None,
        rate_limit: None,
    }
}

#[tokio::test]
async fn the_query_is_part_of_the_request() {
    let app = TestApp::start().await;
    let create = |strict: bool| {
        let call = app.admin().call("create_agent").header("idempotency-key", "k1").query("strict", strict);
        call.json(json!({"name": "desk", "profile": "minimal"}))
    };
    create(false).ok(201).await;
    assert_eq!(create(false).send().await.header("idempotency-replayed"), "true");
    create(true).fails(409, "idempotency_key_reused").await;
}

#[tokio::test]
async fn an_answer_is_stored_with_its_change() {
    let app = TestApp::start().await;
    let (db, caller, gone) = (&app.state.db, Caller::operator(CallerKind::System, None), Id::new());
    assert!(matches!(service::claim(db, "k", "body", gone).await.unwrap(), Claim::Mine));
    let (row, secret) = idempotency::under("k".into(), keys::create(db, &caller, request("one"))).await.unwrap();
    // Nobody stored the response. What the next server finds:
    let Claim::Answered(answer) = service::claim(db, "k", "body", Id::new()).await.unwrap() else {
        panic!("the answer is there")
    };
    let location = ("location".to_owned(), format!("/api/auth/keys/{}", row.id));
    assert!(answer.status == 201 && answer.headers.contains(&location), "{answer:?}");
    let body = String::from_utf8(answer.body.clone()).unwrap();
    assert!(body.contains("\"one\"") && !body.contains(&secret));
    service::release(db, "k").await.unwrap();
    assert!(matches!(service::claim(db, "k", "body", gone).await.unwrap(), Claim::Answered(kept) if kept == answer));
}

#[tokio::test]
async fn a_failed_change_keeps_no_answer() {
    let app = TestApp::start().await;
    let (db, caller) = (&app.state.db, Caller::operator(CallerKind::System, None));
    keys::create(db, &caller, request("taken")).await.unwrap();
    service::claim(db, "k", "body", Id::new()).await.unwrap();
    idempotency::under("k".into(), keys::create(db, &caller, request("taken"))).await.unwrap_err();
    assert!(matches!(service::claim(db, "k", "body", Id::new()).await.unwrap(), Claim::InProgress { .. }));
}

#[tokio::test]
async fn starts_and_switches_keep_their_answer() {
    let app = TestApp::start().await;
    let (db, admin) = (&app.state.db, app.admin());
    let agent = admin.call("create_agent").json(json!({"name": "desk"})).ok(201).await;
    let id: Id = agent["id"].as_str().unwrap().parse().unwrap();
    let session: Id = agent["session_id"].as_str().unwrap().parse().unwrap();
    for key in ["start", "switch"] {
        assert!(matches!(service::claim(db, key, "body", Id::new()).await.unwrap(), Claim::Mine));
    }
    let start = agents::service::start(db, id, "restarted", vec![session]);
    let (_, started) = Box::pin(idempotency::under("start".into(), start)).await.unwrap();
    let switch = sessions::service::switch(db, id, session, Ts::now());
    let (_, switched) = idempotency::under("switch".into(), switch).await.unwrap();
    let answers = [serde_json::to_value(started).unwrap(), serde_json::to_value(switched).unwrap()];
    for (key, told) in ["start", "switch"].into_iter().zip(answers) {
        let Claim::Answered(kept) = service::claim(db, key, "body", Id::new()).await.unwrap() else {
            panic!("{key} kept no answer")
        };
        assert_eq!((kept.status, serde_json::from_slice::<serde_json::Value>(&kept.body).unwrap()), (200, told));
    }
}

#[tokio::test]
async fn a_repeated_shutdown_does_not_stop_the_next_server() {
    let server = Process::start(0).await;
    let stop = |server: &Process| server.client().call("shutdown").header("idempotency-key", "stop").json(json!({}));
    stop(&server).ok(200).await;
    let server = server.kill_and_restart().await;
    assert_eq!(stop(&server).send().await.header("idempotency-replayed"), "true");
    server.client().call("get_health").ok(200).await;
}

/// Needs `--features crash-points`; `make test-crash-points` runs them.
#[cfg(feature = "crash-points")]
mod killed {
    use serde_json::{Value, json};

    use crate::support::process::Process;

    /// Dies between the commit and the storing of the answer; gives the answer of the next server to the same request.
    async fn repeat_after_death(server: Process, operation: &str, id: Option<&Value>, body: Value) -> (Process, Value) {
        let call = |server: &Process| {
            let call = server.client().call(operation).header("idempotency-key", operation).json(body.clone());
            match id {
                Some(id) => call.id(id),
                None => call,
            }
        };
        let flag = server.home.path().join("crash-before-answer");
        std::fs::write(&flag, "").unwrap();
        assert!(call(&server).request().send().await.is_err(), "{operation}: the server dies");
        std::fs::remove_file(&flag).unwrap();
        let server = server.kill_and_restart().await;
        let answer = call(&server).send().await;
        assert!(answer.status < 300, "{operation}: {}", answer.text());
        assert_eq!(answer.header("idempotency-replayed"), "true", "{operation}");
        (server, answer.json)
    }

    #[tokio::test]
    async fn every_create_is_answered_and_made_once() {
        let server = Process::start(0).await;
        let (server, agent) = repeat_after_death(server, "create_agent", None, json!({"name": "desk"})).await;
        let (server, _) = repeat_after_death(server, "clone_agent", Some(&agent["id"]), json!({})).await;
        assert_eq!(server.client().call("list_agents").ok(200).await.as_array().unwrap().len(), 2);
        let (server, _) = repeat_after_death(server, "create_agent_session", Some(&agent["id"]), json!({})).await;
        let (server, reset) = repeat_after_death(server, "reset_agent_session", Some(&agent["id"]), json!({})).await;
        let sessions = server.client().call("list_agent_sessions").id(&agent["id"]).ok(200).await;
        assert_eq!(sessions["total"], 3, "of the create, made, and fresh");
        let active = server.client().call("get_agent_session").id(&agent["id"]).ok(200).await;
        assert_eq!(active["session_id"], reset["session_id"]);
        let (server, restarted) = repeat_after_death(server, "restart_agent", Some(&agent["id"]), json!({})).await;
        assert_eq!(restarted["status"], "restarted");
        let (server, _) = repeat_after_death(server, "shutdown", None, json!({})).await;
        server.client().call("get_health").ok(200).await;
    }
}
