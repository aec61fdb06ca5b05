//! Semantic memories over the API.

use serde_json::{Value, json};

use super::new_agent;
use crate::support::{TestApp, client::Client};

async fn remember(client: &Client, agent: &Value, body: Value) -> Value {
    client.call("create_memory").id(agent).json(body).ok(201).await
}

async fn search(client: &Client, body: Value) -> Value {
    client.call("search_memories").json(body).ok(200).await
}

fn contents(page: &Value) -> Vec<&str> {
    let rows = page["memories"].as_array().or(page["results"].as_array()).unwrap();
    rows.iter().map(|row| row["content"].as_str().or(row["memory"]["content"].as_str()).unwrap()).collect()
}

#[tokio::test]
async fn a_memory_is_stored_read_corrected_and_forgotten() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    let made = remember(
        &admin,
        &agent,
        json!({"content": "The customer likes tea", "source": "Observation", "scope": "tastes", "confidence": 0.7,
            "metadata": {"room": 4}, "user": "anna", "ttl_secs": 3600}),
    )
    .await;
    assert_eq!(
        (&made["user"], &made["source"], &made["has_embedding"]),
        (&json!("anna"), &json!("observation"), &json!(true))
    );
    assert!(made.get("embedding").is_none());
    let one = |operation: &str| admin.call(operation).id(&agent).path("memory_id", made["id"].as_str().unwrap());
    let read = one("get_memory").query("include_embedding", "yes").ok(200).await;
    assert_eq!(read["embedding"].as_array().unwrap().len(), 256);
    let changed =
        one("update_memory").json(json!({"content": "The customer likes coffee", "ttl_secs": null, "scope": null}));
    let changed = changed.ok(200).await;
    assert_eq!(
        (&changed["scope"], &changed["expires_at"], &changed["confidence"]),
        (&json!("semantic"), &Value::Null, &json!(0.7))
    );
    let app = app.restart().await;
    let admin = app.admin();
    let one = |operation: &str| admin.call(operation).id(&agent).path("memory_id", made["id"].as_str().unwrap());
    assert_eq!(one("get_memory").ok(200).await, changed, "it outlives the process");
    let other = new_agent(&admin, "other").await;
    let theirs = |operation: &str| admin.call(operation).id(&other).path("memory_id", made["id"].as_str().unwrap());
    theirs("get_memory").fails(404, "memory_not_found").await;
    theirs("update_memory").json(json!({"confidence": 1})).fails(404, "memory_not_found").await;
    theirs("delete_memory").fails(404, "memory_not_found").await;
    assert_eq!(one("delete_memory").send().await.status, 204);
    one("get_memory").fails(404, "memory_not_found").await;
    one("delete_memory").fails(404, "memory_not_found").await;
    let bad = admin.call("get_memory").id(&agent).path("memory_id", "x");
    bad.fails(400, "invalid_id").await;
}

#[tokio::test]
async fn the_same_is_remembered_once() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    let first = remember(&admin, &agent, json!({"content": "Fridays are short", "confidence": 0.4})).await;
    let again = |body: Value| admin.call("create_memory").id(&agent).json(body);
    let more = again(json!({"content": "Fridays are short", "confidence": 0.9})).ok(200).await;
    assert_eq!((&more["id"], &more["confidence"]), (&first["id"], &json!(0.9)));
    let less = again(json!({"content": "Fridays are short", "confidence": 0.1})).ok(200).await;
    assert_eq!(less["confidence"], 0.9);
    let elsewhere = remember(&admin, &agent, json!({"content": "Fridays are short", "scope": "work"})).await;
    let hers = remember(&admin, &agent, json!({"content": "Fridays are short", "user": "anna"})).await;
    assert!(first["id"] != elsewhere["id"] && first["id"] != hers["id"]);
    let clash = admin.call("update_memory").id(&agent).path("memory_id", elsewhere["id"].as_str().unwrap());
    clash.json(json!({"scope": "semantic"})).fails(409, "conflict").await;
    let racing = (0..6).map(|_| again(json!({"content": "Mondays are long"})).send());
    let racing = futures::future::join_all(racing).await;
    assert_eq!(racing.iter().filter(|answer| answer.status == 201).count(), 1);
    let key = || again(json!({"content": "Tuesdays"})).header("idempotency-key", "k1");
    let (made, replayed) = (key().ok(201).await, key().send().await);
    assert_eq!((replayed.status, &replayed.json, replayed.header("idempotency-replayed")), (201, &made, "true"));
}

#[tokio::test]
async fn lists_filter_and_page() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    for n in 0..5 {
        let source = if n % 2 == 0 { "document" } else { "inference" };
        remember(
            &admin,
            &agent,
            json!({"content": format!("100% note_{n}"), "source": source, "confidence": f64::from(n) / 4.0}),
        )
        .await;
    }
    remember(&admin, &agent, json!({"content": "About Anna", "user": "anna"})).await;
    let list = |query: &[(&str, &str)]| {
        let call = admin.call("list_memories").id(&agent);
        query.iter().fold(call, |call, (name, value)| call.query(name, value)).ok(200)
    };
    let all = list(&[]).await;
    assert_eq!(contents(&all), ["100% note_4", "100% note_3", "100% note_2", "100% note_1", "100% note_0"]);
    assert_eq!(list(&[("user", "anna")]).await["total"], 6);
    assert_eq!(list(&[("user", "eve")]).await["total"], 5);
    assert_eq!(contents(&list(&[("source", "INFERENCE"), ("min_confidence", "0.5")]).await), ["100% note_3"]);
    assert_eq!(list(&[("q", "0% note_")]).await["total"], 5);
    assert_eq!(list(&[("q", "0%%")]).await["total"], 0, "no wildcards");
    assert_eq!(list(&[("after", "2999-01-01T00:00:00Z")]).await["total"], 0);
    let first = list(&[("limit", "3")]).await;
    let second = list(&[("limit", "3"), ("cursor", first["next_cursor"].as_str().unwrap())]).await;
    assert_eq!([contents(&first), contents(&second)].concat(), contents(&all));
    assert_eq!((&second["next_cursor"], &second["total"]), (&Value::Null, &json!(5)));
}

#[tokio::test]
async fn a_search_finds_by_meaning_and_words_and_says_why() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    for content in [
        "The customer prefers invoices in German",
        "The office has a coffee machine",
        "Invoices are sent on the first of the month",
        "Zebras are striped",
    ] {
        remember(&admin, &agent, json!({"content": content, "metadata": {"long": content.len() > 20}})).await;
    }
    let found = search(&admin, json!({"query": "german invoices", "agent": "desk"})).await;
    assert_eq!(contents(&found)[0], "The customer prefers invoices in German");
    assert_eq!((&found["method"], &found["embedding_model"]), (&json!("hybrid"), &json!("builtin/embed")));
    for hit in found["results"].as_array().unwrap() {
        let number = |value: &Value| value.as_f64().unwrap();
        let (vector, text) = (number(&hit["scores"]["vector"]), number(&hit["scores"]["text"]));
        let score = number(&hit["memory"]["confidence"]) * (0.7 * vector + 0.3 * text);
        assert!((score - number(&hit["score"])).abs() < 1e-6, "{hit}");
    }
    assert_eq!(found["results"][0]["scores"]["text"], 1.0);
    let read = admin.call("get_memory").id(&agent);
    let read = read.path("memory_id", found["results"][0]["memory"]["id"].as_str().unwrap()).ok(200).await;
    assert_eq!(read["access_count"], 1);
    let one = search(&admin, json!({"query": "invoices", "agent_id": agent, "limit": 1})).await;
    assert_eq!((one["total"].as_i64(), contents(&one).len()), (Some(1), 1));
    let strict = search(&admin, json!({"query": "zebras", "agent": "desk", "min_score": 0.99})).await;
    assert_eq!(contents(&strict), Vec::<&str>::new());
    let filtered = search(&admin, json!({"query": "are", "agent": "desk", "metadata": {"long": false}})).await;
    assert_eq!(contents(&filtered), ["Zebras are striped"]);
    assert_eq!(search(&admin, json!({"query": "…", "agent": "desk"})).await["method"], "vector");
    admin.call("search_memories").json(json!({"query": "x", "agent": "nobody"})).fails(404, "agent_not_found").await;
}

#[tokio::test]
async fn a_search_sees_every_change_at_once() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let (desk, other) = (new_agent(&admin, "desk").await, new_agent(&admin, "other").await);
    let ask = |query: &'static str| search(&admin, json!({"query": query, "agent": "desk"}));
    assert_eq!(ask("apples").await["total"], 0);
    let made = remember(&admin, &desk, json!({"content": "apples are red"})).await;
    remember(&admin, &other, json!({"content": "apples are green"})).await;
    assert_eq!(contents(&ask("apples").await), ["apples are red"]);
    let one = |operation: &str| admin.call(operation).id(&desk).path("memory_id", made["id"].as_str().unwrap());
    one("update_memory").json(json!({"content": "pears are yellow", "confidence": 0.5})).ok(200).await;
    assert_eq!(ask("apples").await["results"][0]["scores"]["text"].as_f64().unwrap_or(0.0), 0.0);
    assert_eq!(contents(&ask("pears").await), ["pears are yellow"]);
    assert_eq!(search(&admin, json!({"query": "apples"})).await["results"][0]["memory"]["content"], "apples are green");
    one("delete_memory").send().await;
    assert_eq!(ask("pears").await["total"], 0);
    remember(&admin, &desk, json!({"content": "apples", "scope": "a"})).await;
    remember(&admin, &desk, json!({"content": "apples", "scope": "b", "user": "anna"})).await;
    let forget = |query: &[(&str, &str)]| {
        let call = admin.call("delete_memories").id(&desk);
        query.iter().fold(call, |call, (name, value)| call.query(name, value))
    };
    forget(&[]).fails(400, "invalid_request").await;
    forget(&[("all", "false")]).fails(400, "invalid_request").await;
    assert_eq!(forget(&[("scope", "b"), ("user", "eve")]).ok(200).await["deleted"], 0);
    assert_eq!(forget(&[("scope", "a")]).ok(200).await["deleted"], 1);
    assert_eq!(ask("apples").await["total"], 0);
    assert_eq!(forget(&[("all", "true")]).ok(200).await["deleted"], 1, "people's too");
}

#[tokio::test]
async fn a_given_vector_must_fit_and_a_session_must_be_the_agents() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    let create = |body: Value| admin.call("create_memory").id(&agent).json(body);
    create(json!({"content": "a", "embedding": [1, 2, 3]})).fails(400, "invalid_embedding").await;
    let mut vector = vec![0.0; 256];
    vector[7] = 2.0;
    let made = create(json!({"content": "a", "embedding": vector})).ok(201).await;
    assert_eq!(made["has_embedding"], true);
    create(json!({"content": "b", "session_id": uuid::Uuid::now_v7()})).fails(400, "invalid_request").await;
    create(json!({"content": "b", "metadata": {"x": "y".repeat(17_000)}})).fails(400, "invalid_request").await;
    create(json!({"content": "b", "colour": 1})).fails(400, "invalid_request").await;
    let session = admin.call("create_agent_session").id(&agent).json(json!({"label": "s"})).ok(201).await;
    let made = create(json!({"content": "b", "session_id": session["id"]})).ok(201).await;
    assert_eq!(made["session_id"], session["id"]);
}

#[tokio::test]
async fn near_duplicates_merge_and_unused_memories_fade() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    let long = "the customer wants every invoice in german and by post please";
    for (content, confidence, metadata, user) in [
        ("the customer wants every invoice in german and by post", 0.9, json!({"a": 1, "b": 1}), Value::Null),
        (long, 0.5, json!({"b": 2}), Value::Null),
        ("the customer wants every invoice in german and by post please!", 0.5, json!({}), json!("anna")),
        ("zebras are striped", 0.8, json!({}), Value::Null),
    ] {
        remember(
            &admin,
            &agent,
            json!({"content": content, "confidence": confidence, "metadata": metadata, "user": user}),
        )
        .await;
    }
    age(&app, "zebras are striped").await;
    let tidy = |body: Value| admin.call("consolidate_memories").id(&agent).json(body).ok(200);
    let counted = tidy(json!({"dry_run": true, "similarity": 0.9})).await;
    assert_eq!((&counted["memories_merged"], &counted["memories_decayed"]), (&json!(1), &json!(1)));
    let list = || admin.call("list_memories").id(&agent).ok(200);
    assert_eq!(list().await["total"], 3);
    let done = tidy(json!({"similarity": 0.9})).await;
    assert_eq!((&done["memories_merged"], &done["memories_decayed"]), (&json!(1), &json!(1)));
    let left = list().await;
    assert_eq!(contents(&left), ["zebras are striped", long]);
    let (zebras, merged) = (&left["memories"][0], &left["memories"][1]);
    assert!((zebras["confidence"].as_f64().unwrap() - 0.72).abs() < 1e-9);
    assert_eq!((&merged["confidence"], &merged["metadata"]), (&json!(0.9), &json!({"b": 2, "a": 1})));
    let again = tidy(json!({})).await;
    assert_eq!((&again["memories_merged"], &again["memories_decayed"]), (&json!(0), &json!(0)), "once a day");
    let found = search(&admin, json!({"query": "german invoice", "agent": "desk"})).await;
    assert_eq!(contents(&found)[0], long);
    assert_eq!(admin.call("list_memories").id(&agent).query("user", "anna").ok(200).await["total"], 3, "hers is hers");
    admin.call("consolidate_memories").path("id", "nobody").fails(404, "agent_not_found").await;
}

/// As if it had last been used ten days ago.
async fn age(app: &TestApp, content: &str) {
    use sea_orm::ConnectionTrait;
    let ago = openfang::time::Ts::now().plus_secs(-864_000).0;
    let sql = format!("UPDATE memories SET accessed_at = {ago} WHERE content = '{content}'");
    assert_eq!(app.state.db.write().execute_unprepared(&sql).await.unwrap().rows_affected(), 1);
}

#[tokio::test]
async fn vectors_of_another_embedder_are_made_anew_in_the_background() {
    use sea_orm::ConnectionTrait;
    let app = TestApp::start().await;
    let agent = new_agent(&app.admin(), "desk").await;
    for content in ["apples are red", "pears are yellow"] {
        remember(&app.admin(), &agent, json!({"content": content})).await;
    }
    let sql = "UPDATE memories SET embedding_model = 'other/model', embedding = NULL";
    app.state.db.write().execute_unprepared(sql).await.unwrap();
    let before = app.admin().call("get_health_detail").ok(200).await;
    let check =
        |health: &Value| health["checks"].as_array().unwrap().iter().find(|c| c["name"] == "memory").cloned().unwrap();
    assert_eq!(check(&before)["status"], "degraded");
    let shown = app.admin().call("list_memories").id(&agent).ok(200).await;
    assert_eq!(shown["memories"][0]["has_embedding"], false);
    let words = search(&app.admin(), json!({"query": "apples", "agent": "desk"})).await;
    assert_eq!(
        (contents(&words), words["results"][0]["scores"]["vector"].as_f64()),
        (vec!["apples are red"], Some(0.0))
    );
    let app = app.restart().await;
    let mut events = 0;
    while check(&app.admin().call("get_health_detail").ok(200).await)["status"] != "ok" {
        events += 1;
        assert!(events < 1_000, "the vectors are made");
        tokio::task::yield_now().await;
    }
    let found = search(&app.admin(), json!({"query": "apples", "agent": "desk"})).await;
    assert!(found["results"][0]["scores"]["vector"].as_f64().unwrap() > 0.1);
}
