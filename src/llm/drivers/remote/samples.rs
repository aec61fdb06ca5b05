//! Requests for the dialects' tests.

use serde_json::{Value, json};

use super::{CallLimits, Target};
use crate::llm::catalog::ApiFormat;
use crate::llm::{ChatBlock, ChatMessage, ChatOptions, ChatRequest, Content, Mark, Role, ToolSpec};

pub(super) fn target(provider: &str, format: ApiFormat, base_url: &str) -> Target {
    Target {
        provider: provider.to_owned(),
        format,
        base_url: base_url.to_owned(),
        key: None,
        headers: Default::default(),
        limits: CallLimits::REMOTE,
        max_output: 16_384,
    }
}

pub(super) fn message(role: Role, contents: Vec<Content>) -> ChatMessage {
    ChatMessage { role, blocks: contents.into_iter().map(|content| ChatBlock { content, mark: Mark::None }).collect() }
}

pub(super) fn user(said: &str) -> ChatMessage {
    message(Role::User, vec![text(said)])
}

pub(super) fn text(text: &str) -> Content {
    Content::Text { text: text.to_owned() }
}

pub(super) fn thinking(text: &str, signature: Option<&str>) -> Content {
    Content::Thinking { text: text.to_owned(), signature: signature.map(str::to_owned) }
}

/// A call of `read` with the path `a`.
pub(super) fn called(id: &str) -> Content {
    Content::ToolCall { id: id.to_owned(), name: "read".to_owned(), arguments: json!({"path": "a"}) }
}

pub(super) fn result(id: &str) -> Content {
    Content::ToolResult { id: id.to_owned(), name: "read".to_owned(), text: "alpha".to_owned(), is_error: false }
}

pub(super) fn picture() -> Content {
    Content::Image { media_type: "image/png".into(), data: "QUJD".into(), name: "p.png".into(), size: 3 }
}

pub(super) fn tool() -> ToolSpec {
    ToolSpec { name: "read".into(), description: "Reads".into(), schema: schema() }
}

pub(super) fn schema() -> Value {
    json!({"type": "object"})
}

pub(super) fn request(model: &str, messages: Vec<ChatMessage>) -> ChatRequest {
    let options = ChatOptions { max_tokens: 100, ..ChatOptions::default() };
    ChatRequest { model: model.to_owned(), messages, options, ..ChatRequest::default() }
}
