//! The memory tools and what a turn recalls, with the engine alone.

use openfang::memory::{
    kv::{Address, service},
    person::Namespace,
    semantic::{
        MemorySource,
        service::{NewMemory, create},
    },
};
use serde_json::{Map, Value, json};

use crate::support::engine::{Outcome, Setup, TestEngine};

const TOOLS: [&str; 5] = ["memory_store", "memory_recall", "memory_search", "memory_list", "memory_delete"];

fn with_grants(grants: Value) -> Setup {
    let mut capabilities = json!({"tools": TOOLS});
    for (name, value) in grants.as_object().unwrap() {
        capabilities[name.as_str()] = value.clone();
    }
    Setup::manifest(json!({"capabilities": capabilities}))
}

async fn start() -> TestEngine {
    TestEngine::with(with_grants(json!({"memory_read": ["*"], "memory_write": ["*"]}))).await
}

/// What the tool answered.
async fn call(t: &TestEngine, sender: Option<&str>, tool: &str, arguments: Value) -> Value {
    let script = format!("@@tool {tool} {arguments}\n@@turn\n@@reply ok");
    let accepted = match sender {
        Some(sender) => t.send_as(sender, &script).await,
        None => t.send(&script).await,
    };
    let run = t.outcome(accepted.run.id).await;
    serde_json::from_str(&run.results()[0]).unwrap()
}

async fn remember(t: &TestEngine, person: &str, content: &str, source: MemorySource) {
    let embedding = openfang::llm::drivers::builtin::embed::embed(content);
    let new = NewMemory {
        agent: t.agent.id,
        person: person.to_owned(),
        scope: "semantic".into(),
        source,
        content: content.to_owned(),
        confidence: 1.0,
        metadata: Map::new(),
        session: None,
        ttl_secs: None,
        embedding: Some((embedding, "builtin/embed".into())),
    };
    create(&t.db, new, |_| ()).await.expect("is remembered");
}

#[tokio::test]
async fn what_one_person_tells_is_kept_for_that_person() {
    let t = start().await;
    let stored = call(&t, Some("anna"), "memory_store", json!({"key": "tea", "value": {"kind": "green"}})).await;
    assert_eq!(stored, json!({"key": "tea", "scope": "user", "version": 1}));
    let hers = call(&t, Some("anna"), "memory_recall", json!({"key": "tea"})).await;
    assert_eq!(
        (&hers["found"], &hers["value"]["kind"], &hers["written_by"]),
        (&json!(true), &json!("green"), &json!("agent desk"))
    );
    for (sender, arguments) in [(Some("eve"), json!({"key": "tea"})), (None, json!({"key": "tea", "scope": "user"}))] {
        assert_eq!(call(&t, sender, "memory_recall", arguments).await["found"], false, "{sender:?}");
    }
    let shared = call(&t, Some("anna"), "memory_store", json!({"key": "shared.tea", "value": "black"})).await;
    assert_eq!(shared["scope"], "shared");
    assert_eq!(call(&t, Some("eve"), "memory_recall", json!({"key": "tea"})).await["value"], "black");
    let address = Address { agent: t.agent.id, person: Some("ext:operator:anna") };
    let row = service::find(t.db.read(), address, "tea", &[Namespace::User]).await.unwrap();
    assert!(row.is_some(), "the API finds what the tool wrote");
}

#[tokio::test]
async fn versions_lists_and_deletion() {
    let t = start().await;
    for key in ["b", "a", "c"] {
        call(&t, None, "memory_store", json!({"key": key, "value": key, "scope": "self", "if_version": 0})).await;
    }
    let clash = call(&t, None, "memory_store", json!({"key": "a", "value": 2, "scope": "self", "if_version": 0})).await;
    assert_eq!(clash["error"]["code"], "conflict");
    let next = call(&t, None, "memory_store", json!({"key": "a", "value": 2, "scope": "self", "if_version": 1})).await;
    assert_eq!(next["version"], 2);
    let first = call(&t, None, "memory_list", json!({"limit": 2})).await;
    let second = call(&t, None, "memory_list", json!({"limit": 2, "cursor": first["next_cursor"]})).await;
    let keys = |page: &Value| page["keys"].as_array().unwrap().iter().map(|k| k["key"].clone()).collect::<Vec<_>>();
    assert_eq!((keys(&first), keys(&second)), (vec![json!("a"), json!("b")], vec![json!("c")]));
    assert!(second.get("next_cursor").is_none());
    let wrong = call(&t, None, "memory_list", json!({"cursor": "nonsense"})).await;
    assert_eq!(wrong["error"]["code"], "invalid_arguments");
    assert_eq!(call(&t, None, "memory_delete", json!({"key": "a", "scope": "self"})).await, json!({"deleted": true}));
    let gone = call(&t, None, "memory_delete", json!({"key": "a", "scope": "self"})).await;
    assert_eq!(gone["error"]["code"], "not_found");
}

#[tokio::test]
async fn grants_bound_what_is_read_and_written() {
    let t = TestEngine::with(with_grants(
        json!({"memory_read": ["user.*", "shared.policy.*"], "memory_write": ["user.*"]}),
    ))
    .await;
    let denied = call(&t, None, "memory_store", json!({"key": "a", "value": 1, "scope": "self"})).await;
    assert_eq!(denied["error"]["code"], "capability_missing");
    let address = Address { agent: t.agent.id, person: None };
    for (namespace, key) in [(Namespace::Own, "a"), (Namespace::Shared, "policy.x"), (Namespace::Shared, "other")] {
        let write = service::Write {
            namespace,
            key: key.into(),
            value: json!("secret word"),
            ttl_secs: None,
            if_version: None,
            written_by: "test".into(),
        };
        service::set(t.db.write(), address, write).await.unwrap();
    }
    assert_eq!(call(&t, None, "memory_recall", json!({"key": "a"})).await["found"], false);
    assert_eq!(call(&t, None, "memory_recall", json!({"key": "policy.x"})).await["found"], true);
    let keys = call(&t, None, "memory_list", json!({})).await;
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    let hits = call(&t, None, "memory_search", json!({"query": "secret"})).await;
    assert_eq!(hits["hits"].as_array().unwrap().len(), 1);
    assert_eq!(hits["hits"][0]["key"], "policy.x");
    let denied = call(&t, None, "memory_list", json!({"scope": "shared"})).await;
    assert_eq!(denied["error"]["code"], "capability_missing");
}

#[tokio::test]
async fn a_search_finds_facts_and_memories_of_the_right_people() {
    let t = start().await;
    call(&t, Some("anna"), "memory_store", json!({"key": "pet", "value": "a cat named Miez"})).await;
    remember(&t, "", "The office cat sleeps all day", MemorySource::Document).await;
    remember(&t, "ext:operator:anna", "Anna asked about cat food", MemorySource::Conversation).await;
    remember(&t, "ext:operator:eve", "Eve dislikes every cat", MemorySource::Conversation).await;
    let search = |sender: &'static str, arguments: Value| {
        let t = &t;
        async move {
            let answer = call(t, Some(sender), "memory_search", arguments).await;
            let hits = answer["hits"].as_array().unwrap().clone();
            let mut texts: Vec<String> = hits.iter().map(|hit| hit["text"].as_str().unwrap().to_owned()).collect();
            texts.sort();
            texts
        }
    };
    let anna = ["\"a cat named Miez\"", "Anna asked about cat food", "The office cat sleeps all day"];
    assert_eq!(search("anna", json!({"query": "cat"})).await, anna);
    assert_eq!(
        search("eve", json!({"query": "cat"})).await,
        ["Eve dislikes every cat", "The office cat sleeps all day"]
    );
    assert_eq!(search("anna", json!({"query": "cat", "kinds": ["fact"]})).await, anna[..1]);
    assert_eq!(search("anna", json!({"query": "cat", "kinds": ["document"], "limit": 1})).await, anna[2..]);
    assert_eq!(search("anna", json!({"query": "cat", "scope": "self"})).await, anna[2..]);
}

fn recalled(run: &Outcome) -> usize {
    run.steps[0].input.get("recalled").and_then(Value::as_array).map_or(0, Vec::len)
}

#[tokio::test]
async fn a_turn_is_given_what_is_remembered_as_data() {
    let t = start().await;
    remember(&t, "ext:operator:anna", "The secret fruit is papaya", MemorySource::Observation).await;
    let ask = "@@expect history has papaya\n@@expect system lacks papaya\n@@reply what is the secret fruit";
    let run = t.outcome(t.send_as("anna", ask).await.run.id).await;
    assert_eq!(run.response(), "what is the secret fruit");
    assert_eq!(recalled(&run), 1, "the step says what it was given");
    assert!(!run.texts().concat().contains("The secret fruit is papaya"), "it is not stored");
    let lacks = "@@expect history lacks \"fruit is\"\n@@reply what is the secret fruit";
    for sender in ["eve", "anna2"] {
        let run = t.outcome(t.send_as(sender, lacks).await.run.id).await;
        assert_eq!((run.response(), recalled(&run)), ("what is the secret fruit", 0));
    }
}

#[tokio::test]
async fn an_agent_without_grants_recalls_nothing() {
    let t = TestEngine::with(with_grants(json!({"memory_read": [], "memory_write": []}))).await;
    remember(&t, "", "The secret fruit is papaya", MemorySource::Observation).await;
    let run = t.ask("@@expect history lacks \"fruit is\"\n@@reply the secret fruit").await;
    assert_eq!((run.response(), recalled(&run)), ("the secret fruit", 0));
}
