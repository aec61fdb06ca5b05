//! The conversation in the Anthropic dialect: roles alternate, a person begins, results stand before other blocks.

use serde_json::{Value, json};

use super::super::body::fit_id;
use crate::llm::{ChatBlock, ChatRequest, Content, Role};

const BEGINNING: &str = "[The conversation goes on.]";
const ID_LENGTH: usize = 40;

struct Turn {
    role: &'static str,
    blocks: Vec<Value>,
}

/// `wanted` is said at the very end.
pub(super) fn build(request: &ChatRequest, wanted: Option<String>) -> Vec<Value> {
    let mut turns: Vec<Turn> = Vec::new();
    for (at, message) in request.messages.iter().enumerate() {
        let role = if message.role == Role::Assistant { "assistant" } else { "user" };
        for block in message.blocks.iter().filter_map(block) {
            push(&mut turns, role, block);
        }
        // Cache mark 2: the last message that the turn before has sent as well.
        if request.cache_mark == Some(at + 1)
            && let Some(last) =
                turns.last_mut().and_then(|turn| turn.blocks.iter_mut().rev().find(|b| may_be_marked(b)))
        {
            mark(last);
        }
    }
    if let Some(text) = wanted {
        push(&mut turns, "user", json!({"type": "text", "text": text}));
    }
    if turns.first().is_some_and(|turn| turn.role == "assistant") {
        let beginning = vec![json!({"type": "text", "text": BEGINNING})];
        turns.insert(0, Turn { role: "user", blocks: beginning });
    }
    turns.into_iter().map(|turn| json!({"role": turn.role, "content": turn.blocks})).collect()
}

pub(super) fn mark(block: &mut Value) {
    block["cache_control"] = json!({"type": "ephemeral"});
}

fn may_be_marked(block: &Value) -> bool {
    !matches!(block["type"].as_str(), Some("thinking" | "redacted_thinking"))
}

fn push(turns: &mut Vec<Turn>, role: &'static str, block: Value) {
    match turns.last_mut() {
        Some(turn) if turn.role == role => {
            let is_result = |block: &Value| block["type"] == "tool_result";
            let at = match is_result(&block) {
                true => turn.blocks.iter().take_while(|b| is_result(b)).count(),
                false => turn.blocks.len(),
            };
            turn.blocks.insert(at, block);
        }
        _ => turns.push(Turn { role, blocks: vec![block] }),
    }
}

fn block(block: &ChatBlock) -> Option<Value> {
    Some(match &block.content {
        Content::Text { text } if text.trim().is_empty() => return None,
        Content::Text { text } => json!({"type": "text", "text": text}),
        Content::Image { media_type, data, .. } => {
            json!({"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}})
        }
        Content::ToolCall { id, name, arguments } => {
            let input = if arguments.is_object() { arguments.clone() } else { json!({}) };
            json!({"type": "tool_use", "id": call_id(id), "name": name, "input": input})
        }
        Content::ToolResult { id, text, is_error, .. } => {
            let mut result = json!({"type": "tool_result", "tool_use_id": call_id(id), "content": text});
            if *is_error {
                result["is_error"] = true.into();
            }
            result
        }
        Content::Thinking { text, signature: Some(signature) } => {
            json!({"type": "thinking", "thinking": text, "signature": signature})
        }
        // Without a signature it is another provider's.
        Content::Thinking { signature: None, .. } => return None,
        Content::RedactedThinking { data } => json!({"type": "redacted_thinking", "data": data}),
    })
}

fn call_id(id: &str) -> String {
    let fits = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    fit_id(id, fits, ID_LENGTH)
}
