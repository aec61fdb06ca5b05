//! The conversation in the OpenAI dialect. Neighbours of one role become one message: some providers insist on it.

use serde_json::{Map, Value, json};

use super::super::body::{fit_id, joined_text};
use super::Habits;
use crate::llm::{ChatBlock, ChatMessage, ChatRequest, Content, Role};

const MISTRAL_ID: usize = 9;

enum Turn {
    User(Vec<Value>),
    Assistant { text: String, thinking: String, calls: Vec<Value> },
    Result { id: String, text: String },
}

/// `wanted` is said at the very end.
pub(super) fn build(habits: &Habits, request: &ChatRequest, wanted: Option<String>) -> Vec<Value> {
    let mut turns: Vec<Turn> = Vec::new();
    // Results must follow their calls directly, so pictures of tools wait until all results are told.
    let mut pictures: Vec<Value> = Vec::new();
    for message in &request.messages {
        match message.role {
            Role::Tool => {
                turns.extend(results(habits, message));
                pictures.extend(message.blocks.iter().filter_map(picture));
            }
            Role::User => {
                pictures.extend(message.blocks.iter().filter_map(user_part));
                push_user(&mut turns, std::mem::take(&mut pictures));
            }
            Role::Assistant => {
                push_user(&mut turns, std::mem::take(&mut pictures));
                push_assistant(habits, &mut turns, message);
            }
        }
    }
    pictures.extend(wanted.map(text_part));
    push_user(&mut turns, pictures);
    let system = (!request.system.is_empty()).then(|| json!({"role": "system", "content": request.system}));
    system.into_iter().chain(turns.into_iter().map(|turn| message(habits, turn))).collect()
}

fn push_user(turns: &mut Vec<Turn>, parts: Vec<Value>) {
    if parts.is_empty() {
        return;
    }
    match turns.last_mut() {
        Some(Turn::User(before)) => before.extend(parts),
        _ => turns.push(Turn::User(parts)),
    }
}

fn push_assistant(habits: &Habits, turns: &mut Vec<Turn>, message: &ChatMessage) {
    let more_text = joined_text(&message.blocks, "");
    let more_calls: Vec<Value> = message.blocks.iter().filter_map(|block| call(habits, block)).collect();
    let more_thinking: String = message
        .blocks
        .iter()
        .filter_map(|block| match &block.content {
            Content::Thinking { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    match turns.last_mut() {
        // Pieces of one cut answer.
        Some(Turn::Assistant { text, thinking, calls }) => {
            text.push_str(&more_text);
            thinking.push_str(&more_thinking);
            calls.extend(more_calls);
        }
        _ if more_text.is_empty() && more_calls.is_empty() => {}
        _ => turns.push(Turn::Assistant { text: more_text, thinking: more_thinking, calls: more_calls }),
    }
}

fn message(habits: &Habits, turn: Turn) -> Value {
    match turn {
        Turn::User(parts) => {
            let texts: Option<Vec<&str>> = parts.iter().map(|part| part["text"].as_str()).collect();
            // Not all providers take lists of parts.
            match texts {
                Some(texts) => json!({"role": "user", "content": texts.join("\n\n")}),
                None => json!({"role": "user", "content": parts}),
            }
        }
        Turn::Assistant { text, thinking, calls } => {
            let mut message = Map::new();
            message.insert("role".to_owned(), "assistant".into());
            message.insert("content".to_owned(), if text.is_empty() { Value::Null } else { text.into() });
            if habits.reasoning_back && !thinking.is_empty() && !calls.is_empty() {
                message.insert("reasoning_content".to_owned(), thinking.into());
            }
            if !calls.is_empty() {
                message.insert("tool_calls".to_owned(), calls.into());
            }
            Value::Object(message)
        }
        Turn::Result { id, text } => json!({"role": "tool", "tool_call_id": id, "content": text}),
    }
}

fn results<'a>(habits: &'a Habits, message: &'a ChatMessage) -> impl Iterator<Item = Turn> + 'a {
    message.blocks.iter().filter_map(|block| match &block.content {
        Content::ToolResult { id, text, .. } => Some(Turn::Result { id: call_id(habits, id), text: text.clone() }),
        _ => None,
    })
}

fn call(habits: &Habits, block: &ChatBlock) -> Option<Value> {
    match &block.content {
        Content::ToolCall { id, name, arguments } => Some(json!({
            "id": call_id(habits, id),
            "type": "function",
            "function": {"name": name, "arguments": arguments.to_string()},
        })),
        _ => None,
    }
}

fn call_id(habits: &Habits, id: &str) -> String {
    let short = |id: &str| id.len() == MISTRAL_ID && id.bytes().all(|b| b.is_ascii_alphanumeric());
    fit_id(id, |id| !habits.short_ids || short(id), MISTRAL_ID)
}

fn user_part(block: &ChatBlock) -> Option<Value> {
    match &block.content {
        Content::Text { text } if !text.is_empty() => Some(text_part(text.clone())),
        _ => picture(block),
    }
}

fn text_part(text: String) -> Value {
    json!({"type": "text", "text": text})
}

fn picture(block: &ChatBlock) -> Option<Value> {
    match &block.content {
        Content::Image { media_type, data, .. } => {
            Some(json!({"type": "image_url", "image_url": {"url": format!("data:{media_type};base64,{data}")}}))
        }
        _ => None,
    }
}
