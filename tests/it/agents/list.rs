//! Lists: filters, orders, pages, number of statements.

use serde_json::{Value, json};

use super::{create, hanging_run, scripted};
use crate::support::{
    TestApp,
    client::{Call, Client},
};

async fn names(client: &Client, query: &[(&str, &str)]) -> Vec<String> {
    let mut call = client.call("list_agents");
    for (name, value) in query {
        call = call.query(name, value);
    }
    let rows = call.ok(200).await;
    rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn filters_and_orders() {
    let app = TestApp::start().await;
    let admin = app.admin();
    create(&admin, json!({"name": "Beta", "description": "Works 100% in the GARDEN", "tags": ["green", "a\"b"]})).await;
    create(&admin, json!({"name": "alpha", "tags": ["greenish"], "mode": "assist"})).await;
    create(&admin, json!({"manifest": {"name": "gamma", "start": false, "tags": ["green"]}})).await;
    let gone = create(&admin, json!({"name": "gone"})).await;
    admin.call("delete_agent").id(&gone["id"]).ok(200).await;
    let list = |query: &'static [(&'static str, &'static str)]| names(&admin, query);
    assert_eq!(list(&[]).await, ["Beta", "alpha", "gamma"]);
    assert_eq!(list(&[("order", "desc")]).await, ["gamma", "alpha", "Beta"]);
    assert_eq!(list(&[("sort", "name")]).await, ["alpha", "Beta", "gamma"]);
    assert_eq!(list(&[("sort", "Name"), ("order", "DESC")]).await, ["gamma", "Beta", "alpha"]);
    assert_eq!(list(&[("sort", "last_active")]).await, ["Beta", "alpha", "gamma"]);
    assert_eq!(list(&[("state", "created")]).await, ["gamma"]);
    assert_eq!(list(&[("state", "Created, running")]).await, ["Beta", "alpha", "gamma"]);
    assert_eq!(list(&[("state", "Terminated")]).await, ["gone"]);
    assert_eq!(list(&[("include_terminated", "1")]).await, ["Beta", "alpha", "gamma", "gone"]);
    assert_eq!(list(&[("mode", "Assist")]).await, ["alpha"]);
    assert_eq!(list(&[("tag", "green")]).await, ["Beta", "gamma"]);
    assert_eq!(list(&[("tag", "a\"b")]).await, ["Beta"]);
    assert_eq!(list(&[("tag", "gree")]).await, Vec::<String>::new());
    assert_eq!(list(&[("q", "garden")]).await, ["Beta"]);
    assert_eq!(list(&[("q", "100%")]).await, ["Beta"]);
    assert_eq!(list(&[("q", "1_0")]).await, Vec::<String>::new());
    assert_eq!(list(&[("q", "ALPH")]).await, ["alpha"]);
    for (name, value) in [
        ("state", "sleepy"),
        ("mode", "wild"),
        ("sort", "size"),
        ("order", "up"),
        ("limit", "0"),
        ("limit", "501"),
        ("include_terminated", "perhaps"),
        ("q", &"x".repeat(201)),
    ] {
        let failure = admin.call("list_agents").query(name, value).fails(400, "invalid_request").await;
        assert_eq!(failure["details"][0]["field"], name);
    }
    admin.call("list_agents").query("cursor", "abc").fails(400, "invalid_cursor").await;
    app.scoped(&["messages:read"]).await.call("list_agents").fails(403, "insufficient_scope").await;
}

#[tokio::test]
async fn searches_ignore_case_in_every_script() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let umlaut = create(&admin, json!({"name": "Gärtner", "description": "ÖLT die Straße, Οδός ΣΟΣΑ"})).await;
    create(&admin, json!({"name": "Садовник", "description": "Любит РОЗЫ"})).await;
    for (q, found) in [
        ("GÄRT", vec!["Gärtner"]),
        ("gärt", vec!["Gärtner"]),
        ("ölt DIE", vec!["Gärtner"]),
        ("STRASSE", vec!["Gärtner"]),
        ("straẞe", vec!["Gärtner"]),
        ("ΟΔΌΣ", vec!["Gärtner"]),
        ("σος", vec!["Gärtner"]),
        ("САДОВНИК", vec!["Садовник"]),
        ("розы", vec!["Садовник"]),
        ("", vec!["Gärtner", "Садовник"]),
        ("gart", vec![]),
    ] {
        assert_eq!(names(&admin, &[("q", q)]).await, found, "{q}");
    }
    let change = json!({"name": "Ärztin", "description": null});
    admin.call("update_agent").id(&umlaut["id"]).json(change).ok(200).await;
    assert_eq!(names(&admin, &[("q", "äRZT")]).await, ["Ärztin"]);
    assert_eq!(names(&admin, &[("q", "straße")]).await, Vec::<String>::new(), "the old description is forgotten");
}

#[tokio::test]
async fn tags_are_exact() {
    let app = TestApp::start().await;
    let admin = app.admin();
    create(&admin, json!({"name": "a", "tags": ["Green"]})).await;
    assert_eq!(names(&admin, &[("tag", "Green")]).await, ["a"]);
    assert_eq!(names(&admin, &[("tag", "green")]).await, Vec::<String>::new());
}

#[tokio::test]
async fn pages_neither_skip_nor_double() {
    let app = TestApp::start().await;
    let admin = app.admin();
    for n in 0..7 {
        create(&admin, json!({"name": format!("agent {n}")})).await;
    }
    for (sort, order) in
        [("created_at", "asc"), ("created_at", "desc"), ("name", "asc"), ("name", "desc"), ("last_active", "desc")]
    {
        let all = names(&admin, &[("sort", sort), ("order", order)]).await;
        let (mut seen, mut cursor) = (vec![], None::<String>);
        loop {
            let mut call = admin.call("list_agents").query("limit", 3).query("sort", sort).query("order", order);
            if let Some(cursor) = &cursor {
                call = call.query("cursor", cursor);
            }
            let answer = call.send().await;
            assert_eq!(answer.header("x-total-count"), "7");
            seen.extend(answer.json.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()));
            match answer.header("x-next-cursor") {
                "" => break,
                next => cursor = Some(next.to_owned()),
            }
        }
        assert_eq!(seen, all, "{sort} {order}");
        let other = if sort == "name" { "last_active" } else { "name" };
        let foreign = admin.call("list_agents").query("sort", other).query("cursor", cursor.unwrap());
        foreign.fails(400, "invalid_cursor").await;
    }
    let first = admin.call("list_agents").query("limit", 5).send().await;
    let cursor = first.header("x-next-cursor").to_owned();
    for row in admin.call("list_agents").query("q", "agent").ok(200).await.as_array().unwrap() {
        if ["agent 5", "agent 6"].contains(&row["name"].as_str().unwrap()) {
            admin.call("delete_agent").id(&row["id"]).ok(200).await;
        }
    }
    let rest = admin.call("list_agents").query("cursor", cursor).send().await;
    assert_eq!((rest.json, rest.headers["x-total-count"].to_str().unwrap()), (json!([]), "5"));
}

#[tokio::test]
async fn a_list_takes_three_statements_and_a_read_five() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let mut agents = vec![];
    for n in 0..20 {
        agents.push(create(&admin, json!({"name": format!("agent {n}")})).await);
    }
    // The server's own loops send statements too, so that only the smallest of some counts is the operation's.
    let count = |call: &dyn Fn() -> Call| {
        let calls: Vec<Call> = (0..8).map(|_| call()).collect();
        let db = app.state.db.clone();
        async move {
            let mut fewest = u64::MAX;
            for call in calls {
                let before = db.statements();
                call.ok(200).await;
                fewest = fewest.min(db.statements() - before);
            }
            fewest
        }
    };
    assert_eq!(count(&|| admin.call("list_agents")).await, 3);
    assert_eq!(count(&|| admin.call("list_agents").query("limit", 5).query("q", "agent")).await, 3);
    assert_eq!(count(&|| admin.call("get_agent").id(&agents[0]["id"])).await, 5);
}

#[tokio::test]
async fn rows_show_what_goes_on() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, scripted("desk")).await;
    hanging_run(&app, &agent).await;
    let row = |client: Client| async move { client.call("list_agents").ok(200).await[0].clone() };
    let mine = row(admin.clone()).await;
    assert_eq!(
        (&mine["is_inferencing"], &mine["active_runs"], &mine["queued_runs"]),
        (&json!(true), &json!(1), &json!(0))
    );
    assert_eq!(mine["session_id"], agent["session_id"]);
    let other = app.scoped(&["agents:read"]).await;
    assert_eq!(row(other).await["session_id"], Value::Null, "another owner has no session yet");
}
