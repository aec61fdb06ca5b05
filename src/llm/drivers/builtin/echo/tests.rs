mod rules;
mod vectors;

use serde_json::Value;

use super::answer;
use crate::llm::{ChatBlock, ChatMessage, ChatRequest, Content, Mark, Meta, Role};

fn text(text: &str) -> ChatBlock {
    ChatBlock { content: Content::Text { text: text.to_owned() }, mark: Mark::None }
}

fn marked(mark: Mark, words: &str) -> ChatMessage {
    ChatMessage { role: Role::User, blocks: vec![ChatBlock { mark, ..text(words) }] }
}

fn user(words: &str) -> ChatMessage {
    ChatMessage { role: Role::User, blocks: vec![text(words)] }
}

fn assistant(words: &str) -> ChatMessage {
    ChatMessage { role: Role::Assistant, blocks: vec![text(words)] }
}

fn called(name: &str) -> ChatMessage {
    let content = Content::ToolCall { id: "1".into(), name: name.to_owned(), arguments: Value::Null };
    ChatMessage { role: Role::Assistant, blocks: vec![ChatBlock { content, mark: Mark::None }] }
}

fn result(name: &str, words: &str, is_error: bool) -> ChatMessage {
    let content = Content::ToolResult { id: "1".into(), name: name.to_owned(), text: words.to_owned(), is_error };
    ChatMessage { role: Role::Tool, blocks: vec![ChatBlock { content, mark: Mark::None }] }
}

fn image(name: &str, size: u64) -> ChatBlock {
    let content = Content::Image { media_type: "image/png".into(), data: String::new(), name: name.to_owned(), size };
    ChatBlock { content, mark: Mark::None }
}

fn request(messages: Vec<ChatMessage>) -> ChatRequest {
    ChatRequest {
        model: "echo".into(),
        system: "You are Desk.".into(),
        messages,
        meta: Meta { agent_name: "desk".into(), attempt: 1, ..Meta::default() },
        ..ChatRequest::default()
    }
}

/// The answer to the last of these messages, the earlier ones having been answered by the same rules.
fn conversation(said: &[&str]) -> ChatRequest {
    let mut messages = Vec::new();
    for (i, words) in said.iter().enumerate() {
        messages.push(user(words));
        if i + 1 < said.len() {
            let reply = answer(&request(messages.clone())).text;
            messages.push(assistant(&reply));
        }
    }
    request(messages)
}

fn reply(said: &[&str]) -> String {
    answer(&conversation(said)).text
}
