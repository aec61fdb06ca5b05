//! Entities: added or brought up to date, found, changed, deleted.

use serde_json::{Value, json};

use super::{agent, column, entity, fields, relation};
use crate::support::TestApp;

#[tokio::test]
async fn an_entity_is_added_once_and_brought_up_to_date() {
    let app = TestApp::start().await;
    let client = app.admin();
    let body = json!({"name": "Acme  GmbH", "entity_type": "org", "aliases": ["Acme", "ACME"], "properties": {"city": "Graz"}});
    let answer = client.call("create_entity").json(body).send().await;
    let created = answer.json.clone();
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("location"), format!("/api/memory/graph/entities/{}", created["id"].as_str().unwrap()));
    assert_eq!(
        (&created["name"], &created["entity_type"], &created["aliases"], &created["scope"], &created["agent_id"]),
        (&json!("Acme  GmbH"), &json!("organization"), &json!(["Acme"]), &json!("shared"), &Value::Null)
    );

    let again = json!({"name": "ACME gmbh", "entity_type": {"custom": "Organization"}, "properties": {"staff": 7}});
    let again = client.call("create_entity").json(again).ok(200).await;
    assert_eq!((&again["id"], &again["name"]), (&created["id"], &json!("ACME gmbh")));
    assert_eq!((&again["aliases"], &again["properties"]), (&json!([]), &json!({"staff": 7})), "replaced, not merged");
    let other = json!({"name": "acme gmbh", "entity_type": "project"});
    client.call("create_entity").json(other).ok(201).await;

    let named = json!({"id": "acme:1", "name": "Acme One", "entity_type": "organization"});
    assert_eq!(client.call("create_entity").json(named).ok(201).await["id"], "acme:1");
    let named = json!({"id": "acme:1", "name": "Acme Uno", "entity_type": "project"});
    let named = client.call("create_entity").json(named).ok(200).await;
    assert_eq!((&named["name"], &named["entity_type"]), (&json!("Acme Uno"), &json!("project")));

    for taken in [
        json!({"id": "acme:2", "name": "ACME GmbH", "entity_type": "organization"}),
        json!({"id": "acme:1", "name": "ACME GmbH", "entity_type": "organization"}),
        json!({"id": "acme:1", "name": "mine", "entity_type": "project", "scope": "self", "agent": "desk"}),
    ] {
        agent(&client, "desk").await.as_str().map(drop).unwrap();
        client.call("create_entity").json(taken).fails(409, "duplicate_entity").await;
        client.call("delete_agent").path("id", "desk").send().await;
    }
    assert_eq!(client.call("list_entities").ok(200).await["total"], 3);
}

#[tokio::test]
async fn a_repeat_is_answered_from_the_first_call() {
    let app = TestApp::start().await;
    let client = app.admin();
    let body = json!({"name": "Anna", "entity_type": "person"});
    let call = || client.call("create_entity").header("Idempotency-Key", "k").json(body.clone());
    let first = call().send().await;
    client.call("delete_entity").path("entity_id", first.json["id"].as_str().unwrap()).ok(200).await;
    let again = call().send().await;
    assert_eq!((again.status, &again.json), (201, &first.json));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(client.call("list_entities").ok(200).await["total"], 0);
}

#[tokio::test]
async fn scopes_are_kept_apart() {
    let app = TestApp::start().await;
    let client = app.admin();
    let (one, two) = (agent(&client, "one").await, agent(&client, "two").await);
    let body =
        |scope: &str, agent: Value| json!({"name": "Anna", "entity_type": "person", "scope": scope, "agent": agent});
    let shared = client.call("create_entity").json(body("shared", json!("two"))).ok(201).await;
    let mine = client.call("create_entity").json(body("SELF", json!("one"))).ok(201).await;
    let yours = client.call("create_entity").json(body("self", two.clone())).ok(201).await;
    assert_eq!((&mine["agent_id"], &yours["agent_id"], &shared["agent_id"]), (&one, &two, &two));
    assert_eq!(client.call("create_entity").json(body("self", one.clone())).ok(200).await["id"], mine["id"]);

    let ids = |list: Value| column(&list["entities"], "id");
    let id = |entity: &Value| entity["id"].as_str().unwrap().to_owned();
    let list = |name: &str, value: &str| client.call("list_entities").query(name, value).ok(200);
    assert_eq!(ids(list("scope", "shared").await), [id(&shared)]);
    assert_eq!(ids(list("scope", "self").await).len(), 2);
    assert_eq!(ids(list("agent", "one").await), [id(&mine)]);
    assert_eq!(ids(list("agent", two.as_str().unwrap()).await).len(), 2, "its own and what it added");
    client.call("list_entities").query("agent", "nobody").fails(404, "agent_not_found").await;

    let alone = json!({"name": "Anna", "entity_type": "person", "scope": "self"});
    assert_eq!(fields(&client.call("create_entity").json(alone).fails(400, "invalid_request").await), ["agent"]);
    client.call("create_entity").json(body("self", json!("nobody"))).fails(404, "agent_not_found").await;

    client.call("uninstall_agent").id(&one).ok(200).await;
    client.call("get_entity").path("entity_id", id(&mine)).fails(404, "entity_not_found").await;
    client.call("get_entity").path("entity_id", id(&yours)).ok(200).await;
    client.call("get_entity").path("entity_id", id(&shared)).ok(200).await;
}

#[tokio::test]
async fn entities_are_found_by_parts_of_their_names() {
    let app = TestApp::start().await;
    let client = app.admin();
    for (name, kind, aliases) in [
        ("Ädam Öl", "person", json!(["Öli"])),
        ("Bert", "person", json!(["100%", "under_score"])),
        ("Cafe\u{301}", "location", json!([])),
    ] {
        client.call("create_entity").json(json!({"name": name, "entity_type": kind, "aliases": aliases})).ok(201).await;
    }
    let found = |part: &'static str| {
        let client = client.clone();
        async move { column(&client.call("list_entities").query("q", part).ok(200).await["entities"], "name") }
    };
    assert_eq!(found("ÖLI").await, ["Ädam Öl"]);
    assert_eq!(found("0%").await, ["Bert"], "no wildcard");
    assert_eq!(found("r_s").await, ["Bert"]);
    assert_eq!(found("café").await, ["Cafe\u{301}"]);
    assert!(found("%").await.len() == 1 && found("nothing").await.is_empty());
    let people = client.call("list_entities").query("entity_type", "Person").ok(200).await;
    assert_eq!(column(&people["entities"], "name"), ["Bert", "Ädam Öl"]);
    let none = client.call("list_entities").query("entity_type", " ").fails(400, "invalid_request").await;
    assert_eq!(fields(&none), ["entity_type"]);
}

#[tokio::test]
async fn pages_neither_skip_nor_double() {
    let app = TestApp::start().await;
    let client = app.admin();
    for name in ["e", "b", "d", "a", "c"] {
        entity(&client, name).await;
    }
    let mut names = vec![];
    let mut cursor = None;
    loop {
        let mut call = client.call("list_entities").query("limit", 2);
        if let Some(cursor) = &cursor {
            call = call.query("cursor", cursor);
        }
        let page = call.ok(200).await;
        assert_eq!(page["total"].as_i64().unwrap(), 5 + i64::from(cursor.is_some()));
        names.extend(column(&page["entities"], "name"));
        if cursor.is_none() {
            // Before what was shown already.
            entity(&client, "aa").await;
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
    client.call("list_entities").query("cursor", "abc").fails(400, "invalid_cursor").await;
}

#[tokio::test]
async fn an_entity_is_changed_member_by_member() {
    let app = TestApp::start().await;
    let client = app.admin();
    let body = json!({"id": "anna", "name": "Anna", "entity_type": "person", "aliases": ["A."], "properties": {"a": 1, "b": 2}});
    client.call("create_entity").json(body).ok(201).await;
    entity(&client, "Idea").await;
    let change = |body: Value| client.call("update_entity").path("entity_id", "anna").json(body);
    let changed = change(json!({"properties": {"b": null, "c": {"d": []}}})).ok(200).await;
    assert_eq!(changed["properties"], json!({"a": 1, "c": {"d": []}}));
    assert_eq!((&changed["name"], &changed["aliases"]), (&json!("Anna"), &json!(["A."])));
    let changed =
        change(json!({"name": "Anna Berger", "aliases": ["Anna"], "entity_type": "Human Being"})).ok(200).await;
    assert_eq!(
        (&changed["name"], &changed["aliases"], &changed["entity_type"]),
        (&json!("Anna Berger"), &json!(["Anna"]), &json!("human_being"))
    );
    relation(&client, "Anna", "knows_about", "Idea").await;
    client
        .call("create_relation")
        .json(json!({"source": "A.", "relation": "x", "target": "Idea"}))
        .fails(404, "entity_not_found")
        .await;
    change(json!({"name": "IDEA", "entity_type": "concept"})).fails(409, "duplicate_entity").await;
    let empty = change(json!({"aliases": null, "properties": null})).ok(200).await;
    assert_eq!((&empty["aliases"], &empty["properties"]), (&json!([]), &json!({})));
    client
        .call("update_entity")
        .path("entity_id", "nobody")
        .json(json!({"name": "x"}))
        .fails(404, "entity_not_found")
        .await;

    let app = app.restart().await;
    let read = app.admin().call("get_entity").path("entity_id", "anna").ok(200).await;
    assert_eq!(
        (&read["updated_at"], &read["outgoing"], &read["incoming"]),
        (&empty["updated_at"], &json!(1), &json!(0))
    );
}

#[tokio::test]
async fn limits_name_the_member() {
    let app = TestApp::start().await;
    let client = app.admin();
    let base = json!({"id": "anna", "name": "Anna", "entity_type": "person"});
    client.call("create_entity").json(base.clone()).ok(201).await;
    let large = json!({"text": "x".repeat(32 * 1024)});
    for (member, value) in [
        ("name", json!("a\u{7}b")),
        ("name", json!("  ")),
        ("entity_type", json!(" ")),
        ("entity_type", json!({"custom": ""})),
        ("aliases", json!(["ok", ""])),
        ("aliases", json!(["x".repeat(257)])),
        ("properties", large.clone()),
        ("id", json!("a/b")),
        ("scope", json!("user")),
    ] {
        let mut body = base.clone();
        body[member] = value;
        let error = client.call("create_entity").json(body).fails(400, "invalid_request").await;
        assert!(fields(&error)[0].starts_with(member), "{error}");
    }
    let half = json!({"properties": {"a": "x".repeat(20 * 1024)}});
    client.call("update_entity").path("entity_id", "anna").json(half).ok(200).await;
    let half = json!({"properties": {"b": "x".repeat(20 * 1024)}});
    let error = client.call("update_entity").path("entity_id", "anna").json(half).fails(400, "invalid_request").await;
    assert_eq!(fields(&error), ["properties"], "together they are too large");
}

#[tokio::test]
async fn what_is_deleted_takes_its_relations_along() {
    let app = TestApp::start().await;
    let client = app.admin();
    for name in ["a", "b", "c"] {
        entity(&client, name).await;
    }
    for (source, target) in [("a", "b"), ("b", "a"), ("b", "b"), ("a", "c")] {
        relation(&client, source, "uses", target).await;
    }
    let found = client.call("list_entities").query("q", "b").ok(200).await["entities"][0]["id"].clone();
    let detail = client.call("get_entity").path("entity_id", found.as_str().unwrap()).ok(200).await;
    assert_eq!((&detail["outgoing"], &detail["incoming"]), (&json!(2), &json!(2)));
    let gone = client.call("delete_entity").path("entity_id", found.as_str().unwrap()).ok(200).await;
    assert_eq!(gone, json!({"deleted": true, "id": found, "relations_deleted": 3}));
    client.call("delete_entity").path("entity_id", found.as_str().unwrap()).fails(404, "entity_not_found").await;
    assert_eq!(client.call("list_relations").ok(200).await["total"], 1);
    assert_eq!(client.call("query_graph").json(json!({"source": "b"})).ok(200).await["total"], 0);
}
