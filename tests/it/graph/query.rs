//! Searches over the API: depths, directions, cycles, paths, bounds.

use serde_json::{Value, json};

use super::{entity, fields, relation};
use crate::support::{TestApp, client::Client};

/// a → b → c → d → a, c → e, and x alone.
async fn ring(client: &Client) {
    for name in ["a", "b", "c", "d", "e", "x"] {
        entity(client, name).await;
    }
    for (source, target) in [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"), ("c", "e")] {
        relation(client, source, "uses", target).await;
    }
}

async fn found(client: &Client, query: Value) -> Vec<String> {
    let answer = client.call("query_graph").json(query).ok(200).await;
    let matches = answer["matches"].as_array().unwrap();
    assert_eq!(answer["total"].as_u64().unwrap(), matches.len() as u64);
    assert_eq!(answer["truncated"], false);
    let mut short: Vec<String> = matches
        .iter()
        .map(|m| {
            assert_eq!(m["relation"]["source"], m["source"]["id"]);
            assert_eq!(m["relation"]["target"], m["target"]["id"]);
            format!("{}{}{}", m["source"]["name"].as_str().unwrap(), m["target"]["name"].as_str().unwrap(), m["depth"])
        })
        .collect();
    let depths: Vec<&Value> = matches.iter().map(|m| &m["depth"]).collect();
    assert!(depths.is_sorted_by_key(|depth| depth.as_i64()), "by depth");
    short.sort_unstable();
    short
}

#[tokio::test]
async fn one_end_is_searched_breadth_first() {
    let app = TestApp::start().await;
    let client = app.admin();
    ring(&client).await;
    let query = |body: Value| found(&client, body);
    assert_eq!(query(json!({"source": "A"})).await, ["ab1", "da1"], "both directions");
    assert_eq!(query(json!({"source": "a", "direction": "OUTGOING"})).await, ["ab1"]);
    assert_eq!(query(json!({"source": "a", "direction": "incoming", "max_depth": 2})).await, ["cd2", "da1"]);
    assert_eq!(query(json!({"source": "a", "max_depth": 2})).await, ["ab1", "bc2", "cd2", "da1"]);
    let all = ["ab1", "bc2", "cd3", "ce3", "da4"];
    assert_eq!(query(json!({"source": "a", "max_depth": 4, "direction": "outgoing"})).await, all, "the cycle ends");
    assert_eq!(query(json!({"target": "e", "max_depth": 2})).await, ["bc2", "cd2", "ce1"]);
    assert!(query(json!({"source": "x", "max_depth": 4})).await.is_empty());
    assert!(query(json!({"source": "nobody"})).await.is_empty());
    assert_eq!(query(json!({})).await.len(), 5, "without an end: all");
    let error = client.call("query_graph").json(json!({"max_depth": 2})).fails(400, "invalid_request").await;
    assert_eq!(fields(&error), ["max_depth"]);
}

#[tokio::test]
async fn two_ends_are_joined_by_paths() {
    let app = TestApp::start().await;
    let client = app.admin();
    ring(&client).await;
    let query = |body: Value| found(&client, body);
    assert_eq!(query(json!({"source": "a", "target": "e", "max_depth": 3})).await, ["ab1", "bc2", "ce3"]);
    assert!(query(json!({"source": "a", "target": "e", "max_depth": 2})).await.is_empty());
    let both = json!({"source": "a", "target": "e", "max_depth": 3, "direction": "both"});
    assert_eq!(query(both).await, ["ab1", "bc2", "cd2", "ce3", "da1"]);
    let back = json!({"source": "e", "target": "a", "max_depth": 3, "direction": "incoming"});
    assert_eq!(query(back).await, ["ab3", "bc2", "ce1"]);
    let round = json!({"source": "a", "target": "a", "max_depth": 4});
    assert_eq!(query(round).await, ["ab1", "bc2", "cd3", "da4"]);
    assert!(query(json!({"source": "a", "target": "x", "max_depth": 4})).await.is_empty());
    assert!(query(json!({"source": "a", "target": "nobody", "max_depth": 4})).await.is_empty());
}

#[tokio::test]
async fn every_hop_keeps_to_the_filter() {
    let app = TestApp::start().await;
    let client = app.admin();
    for name in ["a", "b", "c"] {
        entity(&client, name).await;
    }
    relation(&client, "a", "uses", "b").await;
    relation(&client, "b", "part_of", "c").await;
    let weak = json!({"source": "b", "relation": "uses", "target": "c", "confidence": 0.25});
    client.call("create_relation").json(weak).ok(201).await;
    let query = |body: Value| found(&client, body);
    assert_eq!(query(json!({"source": "a", "max_depth": 2})).await, ["ab1", "bc2", "bc2"]);
    assert_eq!(query(json!({"source": "a", "max_depth": 2, "relation": "Uses"})).await, ["ab1", "bc2"]);
    assert_eq!(query(json!({"source": "a", "max_depth": 2, "relation": {"custom": "part_of"}})).await, [""; 0]);
    assert_eq!(query(json!({"source": "c", "min_confidence": 0.5})).await, ["bc1"]);
    let limited =
        client.call("query_graph").json(json!({"source": "b", "limit": 1, "min_confidence": 0})).ok(200).await;
    assert_eq!((&limited["total"], &limited["truncated"]), (&json!(3), &json!(true)));
    assert_eq!(limited["matches"].as_array().unwrap().len(), 1);
    let named = client.call("query_graph").json(json!({"relation": "uses"})).ok(200).await;
    let confidence: Vec<&Value> =
        named["matches"].as_array().unwrap().iter().map(|m| &m["relation"]["confidence"]).collect();
    assert_eq!(confidence, [&json!(1.0), &json!(0.25)], "the surest first");
}

#[tokio::test]
async fn a_name_stands_for_all_that_have_it() {
    let app = TestApp::start().await;
    let client = app.admin();
    for (id, kind) in [("m1", "planet"), ("m2", "element")] {
        let body = json!({"id": id, "name": "Mercury", "entity_type": kind});
        client.call("create_entity").json(body).ok(201).await;
    }
    let alias = json!({"id": "m3", "name": "Quicksilver", "entity_type": "element", "aliases": ["mercury"]});
    client.call("create_entity").json(alias).ok(201).await;
    for (source, target) in [("m1", "m2"), ("m3", "m1")] {
        relation(&client, source, "related_to", target).await;
    }
    let total = |body: Value| client.call("query_graph").json(body).ok(200);
    assert_eq!(total(json!({"source": "MERCURY"})).await["total"], 2);
    assert_eq!(total(json!({"source": "m2"})).await["total"], 1, "an id stands for itself");
}
