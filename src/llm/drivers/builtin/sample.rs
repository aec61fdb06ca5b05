//! Requests for tests.

use serde_json::Value;

use crate::llm::{ChatBlock, ChatMessage, ChatRequest, Content, Mark, Meta, Role, ToolSpec};

pub fn text(text: &str) -> ChatBlock {
    ChatBlock { content: Content::Text { text: text.to_owned() }, mark: Mark::None }
}

pub fn marked(mark: Mark, words: &str) -> ChatMessage {
    ChatMessage { role: Role::User, blocks: vec![ChatBlock { mark, ..text(words) }] }
}

pub fn user(words: &str) -> ChatMessage {
    ChatMessage { role: Role::User, blocks: vec![text(words)] }
}

pub fn assistant(words: &str) -> ChatMessage {
    ChatMessage { role: Role::Assistant, blocks: vec![text(words)] }
}

pub fn called(name: &str) -> ChatMessage {
    let content = Content::ToolCall { id: "1".into(), name: name.to_owned(), arguments: Value::Null };
    ChatMessage { role: Role::Assistant, blocks: vec![ChatBlock { content, mark: Mark::None }] }
}

pub fn result(name: &str, words: &str, is_error: bool) -> ChatMessage {
    let content = Content::ToolResult { id: "1".into(), name: name.to_owned(), text: words.to_owned(), is_error };
    ChatMessage { role: Role::Tool, blocks: vec![ChatBlock { content, mark: Mark::None }] }
}

pub fn image(name: &str, size: u64) -> ChatBlock {
    let content = Content::Image { media_type: "image/png".into(), data: String::new(), name: name.to_owned(), size };
    ChatBlock { content, mark: Mark::None }
}

pub fn request(model: &str, messages: Vec<ChatMessage>) -> ChatRequest {
    ChatRequest {
        model: model.to_owned(),
        system: "You are Desk.".into(),
        messages,
        meta: Meta { agent_name: "desk".into(), attempt: 1, ..Meta::default() },
        ..ChatRequest::default()
    }
}

pub fn tool(name: &str) -> ToolSpec {
    ToolSpec { name: name.to_owned(), description: String::new(), schema: Value::Null }
}
