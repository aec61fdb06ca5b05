//! The remote driver against local servers that behave like the vendors' APIs.

mod anthropic;
mod failures;
mod fake;
mod gemini;
mod ollama;
mod openai;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use openfang::llm::drivers::builtin::{Builtin, BuiltinConfig};
use openfang::llm::registry::{LlmConfig, ModelChoice, Registry};
use openfang::llm::{
    ChatBlock, ChatMessage, ChatOptions, ChatRequest, Chunk, Content, Driver, LlmError, Mark, Role, ToolSpec,
};
use serde_json::json;

const KEY: &str = "sk-test-0123456789abcdef";
/// Where nobody listens.
const CLOSED: &str = "http://127.0.0.1:1/v1";

/// A registry whose provider stands at `base_url` and has the key `KEY`.
fn registry(provider: &str, base_url: &str, mut config: LlmConfig) -> Registry {
    config.provider_urls = BTreeMap::from([(provider.to_owned(), base_url.to_owned())]);
    config.provider_api_keys = BTreeMap::from([(provider.to_owned(), "TEST_KEY".to_owned())]);
    let env = |name: &str| (name == "TEST_KEY").then(|| KEY.to_owned());
    Registry::new(config, Arc::new(env), Arc::new(Builtin::new(BuiltinConfig::default()))).unwrap()
}

/// A driver for `provider` at `base_url`, made by the registry as a run would make it.
fn driver(provider: &str, base_url: &str, config: LlmConfig) -> Arc<dyn Driver> {
    let registry = registry(provider, base_url, config);
    let choice = ModelChoice { provider: provider.to_owned(), ..ModelChoice::named("m1") };
    let model = registry.resolve(&choice);
    assert!(model.ready, "{:?}", model.reason);
    registry.driver(&model)
}

fn request(text: &str) -> ChatRequest {
    ChatRequest {
        model: "m1".to_owned(),
        system: "Be kind.".to_owned(),
        messages: vec![message(Role::User, vec![Content::Text { text: text.to_owned() }])],
        options: ChatOptions { max_tokens: 100, ..ChatOptions::default() },
        ..ChatRequest::default()
    }
}

fn message(role: Role, contents: Vec<Content>) -> ChatMessage {
    ChatMessage { role, blocks: contents.into_iter().map(|content| ChatBlock { content, mark: Mark::None }).collect() }
}

fn tool(name: &str) -> ToolSpec {
    let schema = json!({"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]});
    ToolSpec { name: name.to_owned(), description: "Reads a file".to_owned(), schema }
}

/// All chunks, and the error that ended them if one did.
async fn answer(driver: &Arc<dyn Driver>, request: ChatRequest) -> (Vec<Chunk>, Option<LlmError>) {
    let mut chunks = Vec::new();
    let mut stream = match driver.stream(request).await {
        Ok(stream) => stream,
        Err(error) => return (chunks, Some(error)),
    };
    while let Some(next) = stream.next().await {
        match next {
            Ok(chunk) => chunks.push(chunk),
            Err(error) => return (chunks, Some(error)),
        }
    }
    (chunks, None)
}

async fn chunks(driver: &Arc<dyn Driver>, request: ChatRequest) -> Vec<Chunk> {
    let (chunks, error) = answer(driver, request).await;
    assert_eq!(error, None);
    chunks
}

fn text(text: &str) -> Chunk {
    Chunk::Text(text.to_owned())
}

fn call_start(id: &str, name: &str) -> Chunk {
    Chunk::CallStart { id: id.to_owned(), name: name.to_owned() }
}

fn call_args(json: &str) -> Chunk {
    Chunk::CallArgs(json.to_owned())
}
