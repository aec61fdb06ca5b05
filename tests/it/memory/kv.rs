//! Key-values over the API.

use serde_json::{Value, json};

use super::new_agent;
use crate::support::{
    TestApp,
    client::{Call, Client},
};

fn kv(client: &Client, operation: &str, agent: &Value, key: &str) -> Call {
    client.call(operation).id(agent).path("key", key)
}

async fn put(client: &Client, agent: &Value, key: &str, body: Value) -> Value {
    kv(client, "set_agent_kv", agent, key).json(body).ok(200).await
}

async fn get(client: &Client, agent: &Value, key: &str) -> Value {
    kv(client, "get_agent_kv", agent, key).ok(200).await["value"].clone()
}

#[tokio::test]
async fn a_value_is_stored_read_replaced_and_deleted() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    let stored = put(&admin, &agent, "plan", json!({"value": {"day": "friday"}})).await;
    assert_eq!(
        (&stored["created"], &stored["version"], &stored["namespace"]),
        (&json!(true), &json!(1), &json!("self"))
    );
    assert_eq!((stored["key"].as_str(), stored.get("value")), (Some("plan"), None));
    let read = kv(&admin, "get_agent_kv", &agent, "plan").ok(200).await;
    assert_eq!((&read["value"]["day"], &read["written_by"]), (&json!("friday"), &json!("config_key")));
    let again = put(&admin, &agent, "self.plan", json!({"value": null})).await;
    assert_eq!((&again["created"], &again["version"], &again["key"]), (&json!(false), &json!(2), &json!("self.plan")));
    assert_eq!(again["created_at"], stored["created_at"]);
    assert_eq!(get(&admin, &agent, "plan").await, Value::Null);
    let app = app.restart().await;
    let admin = app.admin();
    assert_eq!(kv(&admin, "get_agent_kv", &agent, "plan").ok(200).await["version"], 2, "it outlives the process");
    let deleted = kv(&admin, "delete_agent_kv", &agent, "plan").ok(200).await;
    assert_eq!(deleted, json!({"status": "deleted", "key": "plan", "namespace": "self"}));
    kv(&admin, "get_agent_kv", &agent, "plan").fails(404, "key_not_found").await;
    kv(&admin, "delete_agent_kv", &agent, "plan").fails(404, "key_not_found").await;
}

#[tokio::test]
async fn a_body_may_be_the_value_itself() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    for value in [json!("text"), json!(7), json!([1, {"a": null}]), json!({"any": "object"}), json!(false), json!({})] {
        put(&admin, &agent, "a/b", value.clone()).await;
        assert_eq!(get(&admin, &agent, "a/b").await, value);
    }
    let empty = kv(&admin, "set_agent_kv", &agent, "a/b").header("content-type", "application/json");
    empty.fails(400, "invalid_json").await;
    kv(&admin, "set_agent_kv", &agent, "a").json(json!("a\u{0}")).fails(400, "invalid_request").await;
    kv(&admin, "set_agent_kv", &agent, "a").bytes("1").fails(415, "unsupported_media_type").await;
    let large = "x".repeat(256 * 1024 - 1);
    kv(&admin, "set_agent_kv", &agent, "a").json(json!({"value": large})).fails(413, "payload_too_large").await;
    put(&admin, &agent, "a", json!({"value": large[2..]})).await;
}

#[tokio::test]
async fn versions_keep_writers_from_overwriting_each_other() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    let set =
        |version: i64| kv(&admin, "set_agent_kv", &agent, "n").json(json!({"value": version, "if_version": version}));
    set(1).fails(409, "version_conflict").await;
    assert_eq!(set(0).ok(200).await["version"], 1);
    let refused = set(0).fails(409, "version_conflict").await;
    assert_eq!(refused["details"][0], json!({"field": "version", "message": "1"}));
    assert_eq!(set(1).ok(200).await["version"], 2);
    set(1).fails(409, "version_conflict").await;
    let racing = futures::future::join_all((0..8).map(|_| set(2).send())).await;
    assert_eq!(racing.iter().filter(|answer| answer.status == 200).count(), 1, "one writer wins");
    assert_eq!(kv(&admin, "get_agent_kv", &agent, "n").ok(200).await["version"], 3);
}

#[tokio::test]
async fn namespaces_are_looked_through_in_order_and_kept_apart() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let (desk, other) = (new_agent(&admin, "desk").await, new_agent(&admin, "other").await);
    put(&admin, &desk, "shared.color", json!({"value": "grey"})).await;
    put(&admin, &other, "color", json!({"value": "red"})).await;
    assert_eq!(get(&admin, &desk, "color").await, "grey", "the other agent's own value is not seen");
    put(&admin, &desk, "color", json!({"value": "green"})).await;
    let of_bob = |operation: &str, key: &str| kv(&admin, operation, &desk, key).query("user", "bob");
    assert_eq!(of_bob("get_agent_kv", "color").ok(200).await["value"], "green");
    let stored = of_bob("set_agent_kv", "user.color").json(json!({"value": "blue"})).ok(200).await;
    assert_eq!((&stored["namespace"], &stored["user"]), (&json!("user"), &json!("bob")));
    assert_eq!(of_bob("get_agent_kv", "color").ok(200).await["value"], "blue");
    assert_eq!(of_bob("get_agent_kv", "shared.color").ok(200).await["value"], "grey");
    let of_eve = kv(&admin, "get_agent_kv", &desk, "user.color").query("user", "eve");
    of_eve.fails(404, "key_not_found").await;
    kv(&admin, "get_agent_kv", &desk, "user.color").fails(400, "invalid_request").await;
    kv(&admin, "get_agent_kv", &desk, "shared.").fails(400, "invalid_key").await;
    // What another caller means by the name is another person.
    let key = app.scoped(&["memory:read", "memory:write"]).await;
    let theirs = kv(&key, "get_agent_kv", &desk, "user.color");
    theirs.query("user", "bob").fails(404, "key_not_found").await;
    let full = kv(&key, "get_agent_kv", &desk, "user.color").query("user", "ext:operator:bob").ok(200).await;
    assert_eq!((&full["value"], &full["user"]), (&json!("blue"), &json!("ext:operator:bob")));
    put(&admin, &desk, "team.red.goal", json!({"value": 1})).await;
    assert_eq!(get(&admin, &other, "team.red.goal").await, 1);
}

#[tokio::test]
async fn lists_show_own_and_shared_values_by_key() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let (desk, other) = (new_agent(&admin, "desk").await, new_agent(&admin, "other").await);
    for key in ["b", "a", "Ä", "a%", "shared.a", "shared.z"] {
        put(&admin, &desk, key, json!({"value": key})).await;
    }
    put(&admin, &other, "c", json!({"value": 1})).await;
    let bob = kv(&admin, "set_agent_kv", &desk, "user.a").query("user", "bob").json(json!(1));
    bob.ok(200).await;
    let list = |query: &[(&str, &str)]| {
        let call = admin.call("list_agent_kv").id(&desk);
        query.iter().fold(call, |call, (name, value)| call.query(name, value)).ok(200)
    };
    let keys = |page: &Value| -> Vec<String> {
        let rows = page["kv_pairs"].as_array().unwrap();
        rows.iter().map(|r| format!("{}:{}", r["namespace"].as_str().unwrap(), r["key"].as_str().unwrap())).collect()
    };
    let all = ["self:a", "shared:a", "self:a%", "self:b", "shared:z", "self:Ä"];
    assert_eq!(keys(&list(&[]).await), all);
    assert_eq!(keys(&list(&[("prefix", "a%")]).await), ["self:a%"]);
    assert_eq!(keys(&list(&[("namespace", "SHARED")]).await), ["shared:a", "shared:z"]);
    assert_eq!(keys(&list(&[("user", "bob"), ("namespace", "user")]).await), ["user:a"]);
    assert_eq!(list(&[("user", "bob")]).await["total"], 7);
    let (mut seen, mut cursor) = (vec![], None::<String>);
    loop {
        let mut query = vec![("limit", "2")];
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = list(&query).await;
        seen.extend(keys(&page));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, all);
    admin.call("list_agent_kv").id(&desk).query("namespace", "user").fails(400, "invalid_request").await;
    admin.call("list_agent_kv").path("id", "nobody").fails(404, "agent_not_found").await;
}

#[tokio::test]
async fn values_expire_and_go_with_the_agent() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    let stored = put(&admin, &agent, "short", json!({"value": 1, "ttl_secs": 60})).await;
    assert!(stored["expires_at"].as_str() > stored["updated_at"].as_str());
    put(&admin, &agent, "shared.kept", json!({"value": 1})).await;
    let id: openfang::ids::Id = agent.as_str().unwrap().parse().unwrap();
    expire(&app, "short").await;
    kv(&admin, "get_agent_kv", &agent, "short").fails(404, "key_not_found").await;
    kv(&admin, "delete_agent_kv", &agent, "short").fails(404, "key_not_found").await;
    put(&admin, &agent, "short", json!({"value": 1, "ttl_secs": 60})).await;
    put(&admin, &agent, "short", json!({"value": 2, "ttl_secs": 60})).await;
    expire(&app, "short").await;
    let fresh = put(&admin, &agent, "short", json!({"value": 3, "if_version": 0})).await;
    assert_eq!((&fresh["version"], &fresh["expires_at"]), (&json!(1), &Value::Null), "what expired was not there");
    admin.call("uninstall_agent").id(&agent).ok(200).await;
    let other = new_agent(&admin, "other").await;
    assert_eq!(get(&admin, &other, "kept").await, 1);
    let address = openfang::memory::kv::Address { agent: id, person: None };
    let all = &openfang::memory::person::Namespace::EVERY;
    let left = openfang::memory::kv::service::newest(app.state.db.read(), address, all, i32::MAX, 10).await.unwrap();
    assert_eq!(left.len(), 1, "only the shared one: {left:?}");
}

async fn expire(app: &TestApp, key: &str) {
    use sea_orm::ConnectionTrait;
    let sql = format!("UPDATE kv_pairs SET expires_at = 1 WHERE key = '{key}'");
    assert_eq!(app.state.db.write().execute_unprepared(&sql).await.unwrap().rows_affected(), 1);
}

#[tokio::test]
async fn a_change_is_told_without_the_value() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    let mut events = app.state.events.subscribe();
    put(&admin, &agent, "plan", json!({"value": "secret"})).await;
    put(&admin, &agent, "plan", json!({"value": "secret"})).await;
    kv(&admin, "delete_agent_kv", &agent, "plan").ok(200).await;
    for name in ["memory.created", "memory.updated", "memory.deleted"] {
        let event = events.recv().await.unwrap();
        assert_eq!(event.name, name);
        assert_eq!((&event.payload["key"], &event.payload["namespace"]), (&json!("plan"), &json!("self")));
        assert!(!event.payload.to_string().contains("secret"));
    }
}
