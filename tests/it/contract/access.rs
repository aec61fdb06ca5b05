//! The access matrix: every operation, asked without a key, with a wrong one, with one that lacks the scope, and with one
//! that has just that scope.

use std::collections::{BTreeSet, HashMap};

use openfang::scopes::Scopes;
use serde_json::json;

use crate::support::{
    TestApp,
    client::{Answer, Client},
    document::{DOCUMENT, Operation},
};

#[tokio::test]
async fn every_operation_admits_whom_the_document_says() {
    let app = TestApp::start().await;
    let (anonymous, wrong) = (app.anonymous(), app.client(Some("no-such-key")));
    let all: Vec<String> = Scopes::catalogue().map(|(name, _)| name).collect();
    let mut keys: HashMap<BTreeSet<String>, Client> = HashMap::new();
    for operation in &DOCUMENT.operations {
        let id = &operation.id;
        let needed = operation.scopes();
        if operation.access() == "public" {
            assert!(admitted(&ask(&anonymous, operation).await), "{id} is public");
            continue;
        }
        refused(operation, &ask(&anonymous, operation).await, 401, "unauthorized");
        refused(operation, &ask(&wrong, operation).await, 401, "unauthorized");
        let others: BTreeSet<String> = all.iter().filter(|s| !needed.contains(*s)).cloned().collect();
        for scopes in [others, needed.clone()] {
            if !keys.contains_key(&scopes) {
                // A key has at least one scope; for an operation that needs none any will do.
                let names: Vec<&str> =
                    if scopes.is_empty() { vec!["usage:read"] } else { scopes.iter().map(String::as_str).collect() };
                keys.insert(scopes.clone(), app.scoped(&names).await);
            }
            let answer = ask(&keys[&scopes], operation).await;
            if scopes.is_superset(&needed) {
                assert!(admitted(&answer), "{id} with {needed:?}: {}", answer.text());
            } else {
                refused(operation, &answer, 403, "insufficient_scope");
            }
        }
    }
}

fn admitted(answer: &Answer) -> bool {
    ![401, 403].contains(&answer.status)
}

fn refused(operation: &Operation, answer: &Answer, status: u16, code: &str) {
    let got = (answer.status, answer.json["code"].as_str().unwrap_or_default());
    assert_eq!(got, (status, code), "{}: {}", operation.id, answer.text());
}

/// A request that goes no further than it must: to a thing that does not exist, or with a body that is refused.
async fn ask(client: &Client, operation: &Operation) -> Answer {
    let mut call = client.call(&operation.id);
    for parameter in operation.parameters("path") {
        call = call.path(&parameter, uuid::Uuid::now_v7());
    }
    if operation.value["requestBody"].is_object() {
        // Stopping the server is the one thing whose every option is optional.
        call = call.json(if operation.id == "shutdown" { json!({"drain_secs": -1}) } else { json!({}) });
    }
    call.send().await
}
