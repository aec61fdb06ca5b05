//! Relations: how their ends are named, who may join what, lists.

use serde_json::{Value, json};

use super::{agent, column, entity, fields, relation};
use crate::support::TestApp;

#[tokio::test]
async fn ends_are_named_by_id_name_or_alias() {
    let app = TestApp::start().await;
    let client = app.admin();
    let anna = json!({"id": "anna", "name": "Anna", "entity_type": "person", "aliases": ["Annie"]});
    client.call("create_entity").json(anna).ok(201).await;
    let acme = entity(&client, "Acme").await;
    let body = json!({"source": "ANNIE", "relation": "Works At", "target": "acme", "confidence": 0.5, "properties": {"since": 2020}});
    let answer = client.call("create_relation").json(body).send().await;
    let created = answer.json.clone();
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("location"), format!("/api/memory/graph/relations/{}", created["id"].as_str().unwrap()));
    assert_eq!(
        (&created["source"], &created["relation"], &created["target"]),
        (&json!("anna"), &json!("works_at"), &acme["id"])
    );
    let again = json!({"source": "anna", "relation": {"custom": "works_at"}, "target": acme["id"]});
    let again = client.call("create_relation").json(again).ok(200).await;
    assert_eq!((&again["id"], &again["confidence"], &again["properties"]), (&created["id"], &json!(1.0), &json!({})));

    let app = app.restart().await;
    let client = app.admin();
    let read = client.call("get_relation").path("relation_id", created["id"].as_str().unwrap()).ok(200).await;
    assert_eq!(read, again);
    let gone = client.call("delete_relation").path("relation_id", created["id"].as_str().unwrap()).send().await;
    assert_eq!(gone.status, 204);
    for operation in ["get_relation", "delete_relation"] {
        let call = client.call(operation).path("relation_id", created["id"].as_str().unwrap());
        call.fails(404, "relation_not_found").await;
        client.call(operation).path("relation_id", "x").fails(400, "invalid_id").await;
    }
    client.call("get_entity").path("entity_id", "anna").ok(200).await;
}

#[tokio::test]
async fn a_name_must_mean_one_entity() {
    let app = TestApp::start().await;
    let client = app.admin();
    entity(&client, "Acme").await;
    for (id, kind) in [("merc:1", "planet"), ("merc:2", "element")] {
        let body = json!({"id": id, "name": "Mercury", "entity_type": kind});
        client.call("create_entity").json(body).ok(201).await;
    }
    let alias = json!({"id": "merc:3", "name": "Quicksilver", "entity_type": "element", "aliases": ["Mercury", "Hg"]});
    client.call("create_entity").json(alias).ok(201).await;
    let join = |source: &str, target: &str| {
        client.call("create_relation").json(json!({"source": source, "relation": "uses", "target": target}))
    };
    let error = join("Acme", "mercury").fails(409, "ambiguous_entity").await;
    assert_eq!(fields(&error), ["target", "target"]);
    assert_eq!(column(&error["details"], "message"), ["merc:1", "merc:2"], "names count before aliases");
    let missing = join("nobody", "Acme").fails(404, "entity_not_found").await;
    assert_eq!(fields(&missing), ["source"]);
    assert_eq!(join("Acme", "merc:2").ok(201).await["target"], "merc:2");
    assert_eq!(join("Acme", "HG").ok(201).await["target"], "merc:3");
    assert_eq!(client.call("list_relations").ok(200).await["total"], 2, "what failed left nothing");
}

#[tokio::test]
async fn what_is_shared_does_not_lead_to_what_is_not() {
    let app = TestApp::start().await;
    let client = app.admin();
    agent(&client, "one").await;
    agent(&client, "two").await;
    entity(&client, "Open").await;
    let own = |name: &str| json!({"name": name, "entity_type": "concept", "scope": "self", "agent": "one"});
    let secret = client.call("create_entity").json(own("Secret")).ok(201).await;
    let join = |scope: &str, agent: Value, target: &Value| {
        let body = json!({"source": "Open", "relation": "uses", "target": target, "scope": scope, "agent": agent});
        client.call("create_relation").json(body)
    };
    join("shared", json!("one"), &secret["id"]).fails(404, "entity_not_found").await;
    join("self", json!("two"), &secret["id"]).fails(404, "entity_not_found").await;
    assert_eq!(fields(&join("self", Value::Null, &secret["id"]).fails(400, "invalid_request").await), ["agent"]);
    let kept = join("self", json!("one"), &secret["id"]).ok(201).await;
    assert_eq!((&kept["scope"], &kept["agent_id"]), (&json!("self"), &secret["agent_id"]));

    let seen = |agent: Value, scope: Value| {
        client.call("query_graph").json(json!({"source": "Open", "agent": agent, "scope": scope})).ok(200)
    };
    assert_eq!(seen(json!("one"), Value::Null).await["total"], 1);
    assert_eq!(seen(json!("one"), json!("self")).await["total"], 1);
    assert_eq!(seen(json!("one"), json!("shared")).await["total"], 0);
    assert_eq!(seen(json!("two"), Value::Null).await["total"], 0);
    assert_eq!(seen(Value::Null, Value::Null).await["total"], 1, "callers of the API see everything");
    client.call("query_graph").json(json!({"agent": "nobody"})).fails(404, "agent_not_found").await;
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    let app = TestApp::start().await;
    let client = app.admin();
    agent(&client, "one").await;
    for name in ["a", "b", "c"] {
        entity(&client, name).await;
    }
    let first = relation(&client, "a", "uses", "b").await;
    let second = relation(&client, "a", "part_of", "c").await;
    let weak =
        json!({"source": "b", "relation": "uses", "target": "c", "confidence": 0.2, "scope": "self", "agent": "one"});
    let weak = client.call("create_relation").json(weak).ok(201).await;
    let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
    let ids = |list: Value| column(&list["relations"], "id");
    let list = |name: &str, value: &str| client.call("list_relations").query(name, value).ok(200);
    assert_eq!(ids(client.call("list_relations").ok(200).await), [id(&weak), id(&second), id(&first)]);
    assert_eq!(ids(list("source", " A ").await), [id(&second), id(&first)]);
    assert_eq!(ids(list("target", "c").await), [id(&weak), id(&second)]);
    assert_eq!(ids(list("relation", "Part Of").await), [id(&second)]);
    assert_eq!(ids(list("min_confidence", "0.3").await), [id(&second), id(&first)]);
    assert_eq!(ids(list("scope", "self").await), [id(&weak)]);
    assert_eq!(ids(list("agent", "one").await), [id(&weak)]);
    assert!(ids(list("source", "nobody").await).is_empty());
    for (name, value) in [("min_confidence", "NaN"), ("min_confidence", "1.1"), ("relation", " "), ("scope", "user")] {
        let error = client.call("list_relations").query(name, value).fails(400, "invalid_request").await;
        assert_eq!(fields(&error), [name]);
    }
    client.call("list_relations").query("agent", "nobody").fails(404, "agent_not_found").await;
    let page = client.call("list_relations").query("limit", 2).ok(200).await;
    assert_eq!((page["total"].as_i64(), ids(page.clone()).len()), (Some(3), 2));
    let rest = client.call("list_relations").query("cursor", page["next_cursor"].as_str().unwrap()).ok(200).await;
    assert_eq!((ids(rest.clone()), &rest["next_cursor"]), (vec![id(&first)], &Value::Null));
    let large = json!({"source": "a", "relation": "x", "target": "b", "properties": {"t": "x".repeat(16 * 1024)}});
    let error = client.call("create_relation").json(large).fails(400, "invalid_request").await;
    assert_eq!(fields(&error), ["properties"]);
}
