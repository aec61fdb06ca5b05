//! Ollama: found by its own API, spoken to in the OpenAI dialect.

use std::sync::Arc;

use openfang::llm::drivers::builtin::{Builtin, BuiltinConfig};
use openfang::llm::registry::{LlmConfig, ModelChoice, ModelSource, Registry};
use openfang::llm::{Chunk, StopReason};
use serde_json::json;

use super::fake::{Fake, Piece, Reply};
use super::{CLOSED, chunks, request, text};

/// Only Ollama has an address that answers; the other local providers point at a closed port.
fn registry(ollama: &str) -> Registry {
    let ollama = ollama.to_owned();
    let env = move |name: &str| match name {
        "OLLAMA_HOST" => Some(ollama.clone()),
        "VLLM_BASE_URL" | "LMSTUDIO_BASE_URL" | "LEMONADE_BASE_URL" => Some(CLOSED.to_owned()),
        _ => None,
    };
    Registry::new(LlmConfig::default(), Arc::new(env), Arc::new(Builtin::new(BuiltinConfig::default()))).unwrap()
}

#[tokio::test]
async fn an_ollama_that_answers_becomes_the_default() {
    let tags = json!({"models": [{"name": "gemma:2b", "size": 1}, {"name": "llama3.2:latest", "size": 2}]});
    let event =
        json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}]});
    let fake = Fake::start(vec![
        Reply::json(200, &tags),
        Reply::data(&[event]).then(Piece::Send(b"data: [DONE]\n\n".to_vec())),
    ])
    .await;
    let registry = registry(fake.url.trim_start_matches("http://"));
    assert_eq!(registry.resolve(&ModelChoice::default()).source, ModelSource::Builtin, "not asked yet");
    registry.probe_local().await;
    registry.probe_local().await;
    let model = registry.resolve(&ModelChoice::default());
    assert_eq!((model.provider.as_str(), model.model.as_str(), model.ready), ("ollama", "llama3.2:latest", true));
    assert!(registry.probe_of("vllm").unwrap().models.is_err());

    let mut asked = request("hello");
    asked.model = model.upstream_id.clone();
    let told = chunks(&registry.driver(&model), asked).await;
    assert_eq!(told, [text("hi"), Chunk::Stop(StopReason::EndTurn)]);
    let seen = fake.seen();
    let paths: Vec<_> = seen.iter().map(|s| s.uri.path()).collect();
    assert_eq!(paths, ["/api/tags", "/v1/chat/completions"], "asked once a minute");
    assert_eq!((seen[1].header("authorization"), &seen[1].body["model"]), (None, &json!("llama3.2:latest")));
}

#[tokio::test]
async fn an_ollama_without_models_changes_nothing() {
    let fake = Fake::start(vec![Reply::json(200, &json!({"models": []}))]).await;
    let registry = registry(&fake.url);
    registry.probe_local().await;
    assert_eq!(registry.resolve(&ModelChoice::default()).source, ModelSource::Builtin);
}
