//! The graph taken out and in again.

use std::collections::HashMap;

use openfang::{
    ids::Id,
    memory::graph::{
        GraphScope,
        schema::{Entity, Relation},
        service::{self, ImportMode, Imported},
    },
};
use serde_json::json;

use super::{agent, entity, relation};
use crate::support::{TestApp, client::Client};

async fn whole(app: &TestApp) -> (Vec<Entity>, Vec<Relation>) {
    let db = app.state.db.read();
    let (mut entities, mut relations) = (vec![], vec![]);
    loop {
        let last = entities.last().map(|e: &Entity| e.id.clone());
        let page = service::entities_after(db, last.as_deref(), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        entities.extend(page.into_iter().map(Entity::from));
    }
    loop {
        let page = service::relations_after(db, relations.last().map(|r: &Relation| r.id), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        relations.extend(page.into_iter().map(Relation::from));
    }
    (entities, relations)
}

async fn import(app: &TestApp, graph: (Vec<Entity>, Vec<Relation>), mode: ImportMode, agents: &[(Id, Id)]) -> Imported {
    let agents: HashMap<Id, Id> = agents.iter().copied().collect();
    let tx = app.state.db.begin().await.unwrap();
    let done = service::import(&tx, graph.0, graph.1, mode, |id| agents.get(&id).copied()).await.unwrap();
    tx.commit().await.unwrap();
    done
}

fn id(value: &serde_json::Value) -> Id {
    value.as_str().unwrap().parse().unwrap()
}

async fn fill(client: &Client) {
    for name in ["Acme", "Anna", "Bert"] {
        entity(client, name).await;
    }
    relation(client, "Anna", "works_at", "Acme").await;
    relation(client, "Bert", "works_at", "Acme").await;
    let mine = json!({"id": "mine", "name": "Mine", "entity_type": "project", "aliases": ["M"], "properties": {"a": [1]},
        "scope": "self", "agent": "one"});
    client.call("create_entity").json(mine).ok(201).await;
    let own = json!({"source": "Anna", "relation": "uses", "target": "mine", "confidence": 0.5, "scope": "self", "agent": "one"});
    client.call("create_relation").json(own).ok(201).await;
}

#[tokio::test]
async fn what_was_taken_out_comes_in_the_same() {
    let (app, other) = (TestApp::start().await, TestApp::start().await);
    let (here, there) = (agent(&app.admin(), "one").await, agent(&other.admin(), "one").await);
    fill(&app.admin()).await;
    entity(&other.admin(), "Old").await;
    let graph = whole(&app).await;
    let agents = [(id(&here), id(&there))];
    let done = import(&other, graph.clone(), ImportMode::Replace, &agents).await;
    assert_eq!(done, Imported { entities: 4, relations: 3, ..Imported::default() });
    let (entities, relations) = whole(&other).await;
    for (mut before, after) in graph.0.clone().into_iter().zip(entities) {
        before.agent_id = before.agent_id.map(|_| id(&there));
        assert_eq!(json!(before), json!(after));
    }
    for (mut before, after) in graph.1.clone().into_iter().zip(relations) {
        before.agent_id = before.agent_id.map(|_| id(&there));
        assert_eq!(json!(before), json!(after));
    }
    let found = other.admin().call("query_graph").json(json!({"source": "m", "max_depth": 3})).ok(200).await;
    assert_eq!(found["total"], 3, "names and aliases came along");

    let again = import(&other, graph.clone(), ImportMode::Skip, &agents).await;
    assert_eq!(again, Imported { skipped: 7, ..Imported::default() });
    let again = import(&other, graph, ImportMode::Merge, &agents).await;
    assert_eq!(again, Imported { entities: 4, relations: 3, ..Imported::default() });
    assert_eq!(other.admin().call("list_relations").ok(200).await["total"], 3);
}

#[tokio::test]
async fn merging_finds_entities_by_name() {
    let (app, other) = (TestApp::start().await, TestApp::start().await);
    agent(&app.admin(), "one").await;
    fill(&app.admin()).await;
    let client = other.admin();
    let old = json!({"id": "acme", "name": "ACME", "entity_type": "concept", "properties": {"old": 1}});
    client.call("create_entity").json(old).ok(201).await;
    entity(&client, "Anna").await;
    relation(&client, "anna", "works_at", "acme").await;
    let (mut entities, mut relations) = whole(&app).await;
    entities.retain(|e| e.scope == GraphScope::Shared);
    relations.retain(|r| r.scope == GraphScope::Shared);
    let done = import(&other, (entities, relations), ImportMode::Merge, &[]).await;
    assert_eq!(done, Imported { entities: 3, relations: 2, ..Imported::default() });
    let acme = client.call("get_entity").path("entity_id", "acme").ok(200).await;
    assert_eq!((&acme["name"], &acme["properties"], &acme["incoming"]), (&json!("Acme"), &json!({}), &json!(2)));
    assert_eq!(client.call("list_entities").ok(200).await["total"], 3);
}

#[tokio::test]
async fn what_does_not_fit_is_left_out_with_a_reason() {
    let app = TestApp::start().await;
    agent(&app.admin(), "one").await;
    fill(&app.admin()).await;
    let (mut entities, mut relations) = whole(&app).await;
    let at = |entities: &[Entity], name: &str| entities.iter().position(|e| e.name == name).unwrap();
    let (bert, mine) = (at(&entities, "Bert"), at(&entities, "Mine"));
    entities[bert].entity_type = " ".into();
    entities.push(entities[at(&entities, "Acme")].clone());
    relations[0].confidence = 2.0;
    // Nobody knows the agent, so its own entity and relation have no owner.
    let done = import(&app, (entities, relations), ImportMode::Replace, &[]).await;
    let places: Vec<&str> = done.rejected.iter().map(|r| r.place.as_str()).collect();
    let expected = [bert.min(mine), bert.max(mine)].map(|at| format!("entities[{at}]"));
    let relations = ["relations[0]", "relations[1]", "relations[2]"];
    let expected: Vec<&str> = expected.iter().map(String::as_str).chain(["entities[4]"]).chain(relations).collect();
    assert_eq!(places, expected, "{done:?}");
    assert_eq!((done.entities, done.relations), (2, 0));
}
