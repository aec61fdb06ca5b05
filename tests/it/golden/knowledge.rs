//! The tools of the knowledge graph: what they answer, what they may touch, and that their writes end with their steps.

use std::sync::Arc;

use async_trait::async_trait;
use openfang::{
    ids::Id,
    memory::graph::service::{self, EntityFilter, RelationFilter},
    page::ListParams,
    runtime::{
        event::EventBody,
        tools::{AgentView, Needs, Tool, ToolContext, ToolError, ToolInfo, ToolOutput},
    },
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::support::engine::{Outcome, Setup, TestEngine};

fn manifest(more: Value) -> Value {
    let mut manifest = json!({
        "capabilities": {"tools": ["knowledge_*"], "memory_read": ["*"], "memory_write": ["*"]},
        "approval": {"auto": ["knowledge_delete"]},
    });
    for (name, value) in more.as_object().unwrap() {
        manifest["capabilities"][name] = value.clone();
    }
    manifest
}

async fn start(more: Value) -> TestEngine {
    TestEngine::with(Setup::manifest(manifest(more))).await
}

/// One call a turn.
fn script(calls: &[(&str, Value)]) -> String {
    let turns = calls.iter().map(|(tool, arguments)| format!("@@tool {tool} {arguments}\n@@turn\n"));
    turns.collect::<String>() + "@@reply ok"
}

fn result(run: &Outcome, n: usize) -> Value {
    serde_json::from_str(&run.results()[n]).unwrap()
}

async fn entities(t: &TestEngine) -> Vec<String> {
    let page = service::list_entities(t.db.read(), &EntityFilter::default(), &ListParams::default()).await.unwrap();
    page.rows.into_iter().map(|row| format!("{} {} {}", row.scope, row.entity_type, row.name)).collect()
}

#[tokio::test]
async fn what_was_added_by_name_is_found_by_name() {
    let t = start(json!({})).await;
    let run = t
        .ask(&script(&[
            ("knowledge_add_entity", json!({"name": "Anna", "entity_type": "person", "properties": {"a": 1}})),
            (
                "knowledge_add_entity",
                json!({"name": "ANNA", "entity_type": "person", "properties": {"b": 2}, "aliases": ["Annie"]}),
            ),
            ("knowledge_add_relation", json!({"source": "annie", "relation": "Works At", "target": "Acme"})),
            (
                "knowledge_add_relation",
                json!({"source": "acme", "relation": "located_in", "target": "Graz", "confidence": 0.5}),
            ),
            ("knowledge_query", json!({"source": "anna", "max_depth": 2})),
            ("knowledge_query", json!({"source": "Anna", "target": "Graz", "max_depth": 2})),
        ]))
        .await;
    let (first, second) = (result(&run, 0), result(&run, 1));
    assert_eq!((&first["created"], &second["created"], &second["id"]), (&json!(true), &json!(false), &first["id"]));
    let row = service::get_entity(t.db.read(), first["id"].as_str().unwrap()).await.unwrap();
    assert_eq!(row.properties, json!({"a": 1, "b": 2}), "the tool adds to what is known");
    assert_eq!(row.agent_id, Some(t.agent.id));
    let joined = result(&run, 2);
    assert_eq!((&joined["source"]["id"], &joined["relation"]), (&first["id"], &json!("works_at")));
    for found in [result(&run, 4), result(&run, 5)] {
        let triples = found["triples"].as_array().unwrap();
        assert_eq!((triples.len(), &found["truncated"]), (2, &json!(false)));
        assert_eq!((&triples[0]["depth"], &triples[0]["path"]), (&json!(1), &json!(["ANNA", "Acme"])));
        assert_eq!((&triples[1]["depth"], &triples[1]["path"]), (&json!(2), &json!(["ANNA", "Acme", "Graz"])));
        assert_eq!(triples[1]["source"]["type"], "concept");
        assert_eq!(triples[1]["confidence"], 0.5);
    }
    assert_eq!(entities(&t).await, ["self concept Acme", "self person ANNA", "self concept Graz"]);
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let t = start(json!({})).await;
    let ten = |letter: char| (0..10).map(|n| format!("{letter}{n}")).collect::<Vec<_>>();
    let run = t
        .ask(&script(&[
            ("knowledge_add_entity", json!({"name": "Mercury", "entity_type": "planet"})),
            ("knowledge_add_entity", json!({"name": "Mercury", "entity_type": "element"})),
            ("knowledge_add_relation", json!({"source": "Mercury", "relation": "is", "target": "Hot"})),
            (
                "knowledge_add_relation",
                json!({"source": "Nobody", "relation": "is", "target": "Hot", "create_missing": false}),
            ),
            ("knowledge_add_entity", json!({"name": "Known", "entity_type": "planet", "aliases": ten('a')})),
            ("knowledge_add_entity", json!({"name": "Known", "entity_type": "planet", "aliases": ten('b')})),
            ("knowledge_query", json!({"max_depth": 2})),
            ("knowledge_delete", json!({})),
            ("knowledge_delete", json!({"entity": "nobody"})),
            ("knowledge_delete", json!({"relation": "nothing"})),
        ]))
        .await;
    let codes: Vec<String> = [2, 3, 5, 6, 7, 8, 9].into_iter().map(|n| run.error_code(n)).collect();
    let expected =
        ["conflict", "not_found", "too_large", "invalid_arguments", "invalid_arguments", "not_found", "not_found"];
    assert_eq!(codes, expected);
    assert_eq!(result(&run, 2)["error"]["details"]["candidates"].as_array().unwrap().len(), 2);
    assert_eq!(entities(&t).await.len(), 3, "what was refused left nothing behind");
}

#[tokio::test]
async fn an_agent_deletes_its_own_and_what_is_shared() {
    let t = start(json!({})).await;
    let run = t
        .ask(&script(&[
            ("knowledge_add_relation", json!({"source": "a", "relation": "uses", "target": "b"})),
            ("knowledge_add_relation", json!({"source": "c", "relation": "uses", "target": "d", "scope": "shared"})),
        ]))
        .await;
    let (own, shared) = (result(&run, 0), result(&run, 1));
    let run = t
        .ask(&script(&[
            ("knowledge_delete", json!({"entity": own["source"]["id"]})),
            ("knowledge_delete", json!({"relation": shared["id"]})),
        ]))
        .await;
    assert_eq!(result(&run, 0), json!({"deleted_entities": 1, "deleted_relations": 1}));
    assert_eq!(result(&run, 1), json!({"deleted_entities": 0, "deleted_relations": 1}));
    assert_eq!(entities(&t).await, ["self concept b", "shared concept c", "shared concept d"]);
}

#[tokio::test]
async fn grants_decide_about_each_scope() {
    let t = start(json!({"memory_read": ["self.*"], "memory_write": ["self.*"]})).await;
    let open = t.add_agent("open", manifest(json!({}))).await;
    let mut by_other = t.run(&script(&[
        ("knowledge_add_relation", json!({"source": "Acme", "relation": "uses", "target": "Tool", "scope": "shared"})),
        ("knowledge_add_relation", json!({"source": "Acme", "relation": "hides", "target": "Plan"})),
        ("knowledge_query", json!({"source": "Acme"})),
    ]));
    by_other.agent = open;
    let accepted = t.try_send(by_other).await.unwrap();
    let other = t.outcome(accepted.run.id).await;
    let shared = result(&other, 0);
    assert_eq!(result(&other, 2)["triples"].as_array().unwrap().len(), 2, "shared and its own");

    let run = t
        .ask(&script(&[
            ("knowledge_query", json!({"source": "Acme"})),
            ("knowledge_query", json!({"source": "Acme", "scope": "shared"})),
            ("knowledge_add_entity", json!({"name": "x", "entity_type": "concept", "scope": "shared"})),
            ("knowledge_delete", json!({"entity": shared["source"]["id"]})),
            ("knowledge_delete", json!({"relation": result(&other, 1)["id"]})),
            ("knowledge_add_relation", json!({"source": "Acme", "relation": "uses", "target": "Mine"})),
        ]))
        .await;
    assert_eq!(result(&run, 0)["triples"], json!([]));
    let codes: Vec<String> = (1..5).map(|n| run.error_code(n)).collect();
    assert_eq!(codes, ["capability_missing", "capability_missing", "capability_missing", "not_found"]);
    assert_ne!(result(&run, 5)["source"]["id"], shared["source"]["id"], "a shared entity is not even named");
}

/// Calls of `knowledge_add_relation` wait here until the test lets them go on.
static GATE: Semaphore = Semaphore::const_new(0);

struct Gated(Arc<dyn Tool>);

#[async_trait]
impl Tool for Gated {
    fn info(&self) -> &ToolInfo {
        self.0.info()
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        self.0.needs(arguments, agent)
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        if self.0.info().name == "knowledge_add_relation" {
            GATE.acquire().await.expect("open").forget();
        }
        self.0.call(arguments, ctx).await
    }
}

fn gated(tools: Vec<Arc<dyn Tool>>) -> Vec<Arc<dyn Tool>> {
    tools.into_iter().map(|tool| -> Arc<dyn Tool> { Arc::new(Gated(tool)) }).collect()
}

async fn relations(t: &TestEngine) -> u64 {
    service::list_relations(t.db.read(), &RelationFilter::default(), &ListParams::default()).await.unwrap().total
}

/// The worker has lost its lease when the tool is done: neither the write nor the end of the step is stored. The next
/// worker makes the call again, and then both are.
#[tokio::test]
async fn a_write_is_stored_with_its_step_or_not_at_all() {
    let t = TestEngine::with(Setup { tools: gated, manifest: manifest(json!({})), ..Setup::default() }).await;
    let call = ("knowledge_add_relation", json!({"source": "a", "relation": "uses", "target": "b"}));
    let accepted = t.send(&script(&[call])).await;
    let run: Id = accepted.run.id;
    t.wait_for(run, |e| matches!(e, EventBody::ToolStarted { .. })).await;
    t.db.write().execute_unprepared("UPDATE runs SET lease_epoch = lease_epoch + 1").await.unwrap();
    GATE.add_permits(1);
    while t.engine.running() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!((relations(&t).await, entities(&t).await.len()), (0, 0));

    GATE.add_permits(1);
    let t = t.crash_and_restart().await;
    let outcome = t.outcome(run).await;
    assert_eq!(outcome.stop(), "end_turn");
    assert_eq!(result(&outcome, 0)["created"], json!(true), "the first attempt left nothing");
    assert_eq!((relations(&t).await, entities(&t).await.len()), (1, 2));
}
