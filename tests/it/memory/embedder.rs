//! Vectors of a provider's model, against a fake of it.

use openfang::config::Config;
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{header, method, path},
};

use super::new_agent;
use crate::support::TestApp;

/// Turns the number of letters a, b and c into a vector.
fn vectors(request: &Request) -> ResponseTemplate {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let texts = body["input"].as_array().unwrap().iter().enumerate();
    let count = |text: &str, letter: char| text.chars().filter(|c| *c == letter).count();
    let data = texts.map(|(n, text)| {
        let text = text.as_str().unwrap();
        json!({"index": n, "embedding": [count(text, 'a'), count(text, 'b'), count(text, 'c'), 1]})
    });
    let data: Vec<Value> = data.collect();
    ResponseTemplate::new(200).set_body_json(json!({"data": data, "usage": {"prompt_tokens": 7}}))
}

async fn provider() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/embeddings"))
        .and(header("authorization", "Bearer sk-embed"))
        .respond_with(vectors)
        .mount(&server)
        .await;
    server
}

fn with_provider(config: &mut Config, address: &str) {
    config.memory.embedding_provider = Some("openai".into());
    config.memory.embedding_model = "text-embedding-3-small".into();
    config.provider_urls.insert("openai".into(), format!("{address}/v1"));
    config.environment =
        std::collections::BTreeMap::from([("OPENAI_API_KEY".to_owned(), "sk-embed".to_owned())]).into();
}

fn memory_check(health: &Value) -> Value {
    health["checks"].as_array().unwrap().iter().find(|check| check["name"] == "memory").cloned().unwrap()
}

#[tokio::test]
async fn a_providers_vectors_are_used_and_old_ones_made_anew() {
    let app = TestApp::start().await;
    let agent = new_agent(&app.admin(), "desk").await;
    for content in ["aaaa", "bbbb", "cccc"] {
        app.admin().call("create_memory").id(&agent).json(json!({"content": content})).ok(201).await;
    }
    let provider = provider().await;
    let address = provider.uri();
    let app = app.restart_with(|config| with_provider(config, &address)).await;
    let admin = app.admin();
    let mut looks = 0;
    loop {
        let check = memory_check(&admin.call("get_health_detail").ok(200).await);
        if check["status"] == "ok" {
            assert!(check["message"].as_str().unwrap().contains("openai/text-embedding-3-small"), "{check}");
            break;
        }
        looks += 1;
        assert!(looks < 2_000, "the vectors are made: {check}");
        tokio::task::yield_now().await;
    }
    let search =
        admin.call("search_memories").json(json!({"query": "xbb", "agent": "desk", "include_embedding": true}));
    let found = search.ok(200).await;
    assert_eq!(found["embedding_model"], "openai/text-embedding-3-small");
    assert_eq!(found["results"][0]["memory"]["content"], "bbbb", "it knows the letters, not the words");
    assert_eq!(found["results"][0]["memory"]["embedding"], json!([0.0, 4.0, 0.0, 1.0]));
    let create = |body: Value| admin.call("create_memory").id(&agent).json(body);
    create(json!({"content": "x", "embedding": [1, 2]})).fails(400, "invalid_embedding").await;
    let made = create(json!({"content": "abc"})).ok(201).await;
    assert_eq!(made["has_embedding"], true);
}

#[tokio::test]
async fn without_the_provider_words_have_to_do() {
    let provider = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(503)).mount(&provider).await;
    let address = provider.uri();
    let app = TestApp::with(|config| with_provider(config, &address)).await;
    let admin = app.admin();
    let agent = new_agent(&admin, "desk").await;
    let made = admin.call("create_memory").id(&agent).json(json!({"content": "apples are red"})).ok(201).await;
    assert_eq!(made["has_embedding"], false);
    admin.call("create_memory").id(&agent).json(json!({"content": "pears"})).ok(201).await;
    let found = admin.call("search_memories").json(json!({"query": "red apples", "agent": "desk"})).ok(200).await;
    assert_eq!(
        (&found["method"], &found["embedding_model"], &found["total"]),
        (&json!("text"), &Value::Null, &json!(1))
    );
    assert_eq!(found["results"][0]["scores"], json!({"vector": 0.0, "text": 1.0}));
    let health = admin.call("get_health_detail").ok(200).await;
    assert_eq!(memory_check(&health)["status"], "degraded");
}
