//! The Anthropic dialect: `POST {base}/v1/messages`, with prompt cache marks and signed thinking.

use serde_json::{Map, Value, json};

use super::body::{format_in_words, merge, set, thinking_room};
use super::{Call, Target};
use crate::llm::{ChatRequest, Content, Role};

mod messages;
mod reader;
#[cfg(test)]
mod tests;

pub(super) use reader::Reader;

const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");
/// The smallest thinking budget that the API takes.
const MIN_BUDGET: u32 = 1_024;
/// Below this, nucleus sampling and thinking exclude each other.
const MIN_TOP_P_THINKING: f64 = 0.95;

pub(super) fn call(target: &Target, request: &ChatRequest) -> Call {
    Call {
        url: format!("{}/v1/messages", target.base_url.trim_end_matches("/v1")),
        key_header: ("x-api-key", ""),
        headers: vec![VERSION],
        reasoning: request.options.thinking.is_some(),
        body: Value::Object(body(target, request)),
        reader: super::Reader::Anthropic(Reader::default()),
    }
}

fn body(target: &Target, request: &ChatRequest) -> Map<String, Value> {
    let options = &request.options;
    let thinking = options.thinking.as_ref().filter(|_| may_think(request));
    let room =
        thinking.and_then(|t| thinking_room(options.max_tokens, t.budget_tokens.max(MIN_BUDGET), target.max_output));
    let room = room.filter(|(_, budget)| *budget >= MIN_BUDGET);

    let mut body = Map::new();
    body.insert("model".to_owned(), request.model.clone().into());
    body.insert("max_tokens".to_owned(), room.map_or(options.max_tokens, |(max_tokens, _)| max_tokens).into());
    // Cache mark 1 covers tools and system text, whichever of them comes last.
    let mut tools: Vec<Value> = request
        .tools
        .iter()
        .map(|tool| json!({"name": tool.name, "description": tool.description, "input_schema": tool.schema}))
        .collect();
    if request.system.is_empty() {
        tools.last_mut().map(messages::mark);
    } else {
        let mut system = json!({"type": "text", "text": request.system});
        messages::mark(&mut system);
        body.insert("system".to_owned(), json!([system]));
    }
    set(&mut body, "tools", (!tools.is_empty()).then_some(tools));
    body.insert("messages".to_owned(), messages::build(request, format_in_words(request)).into());
    match room {
        Some((_, budget)) => {
            body.insert("thinking".to_owned(), json!({"type": "enabled", "budget_tokens": budget}));
            set(&mut body, "top_p", options.top_p.filter(|top_p| *top_p >= MIN_TOP_P_THINKING));
        }
        None => {
            // The API takes one of the two. A temperature is always there, so the other one was meant.
            let temperature = options.temperature.filter(|_| options.top_p.is_none());
            set(&mut body, "temperature", temperature.map(|t| t.min(1.0)));
            set(&mut body, "top_p", options.top_p);
        }
    }
    set(&mut body, "stop_sequences", (!options.stop.is_empty()).then(|| options.stop.clone()));
    body.insert("stream".to_owned(), true.into());
    merge(&mut body, &options.params);
    body
}

/// In the middle of a batch of calls the API wants the thinking that led to them. After a change of model there is none,
/// so this call has to do without.
fn may_think(request: &ChatRequest) -> bool {
    let in_batch = request.messages.last().is_some_and(|m| {
        m.role == Role::Tool || m.blocks.iter().any(|b| matches!(b.content, Content::ToolResult { .. }))
    });
    let answer = request.messages.iter().rev().find(|m| m.role == Role::Assistant);
    let thought = answer.is_none_or(|answer| {
        answer.blocks.iter().any(|block| {
            matches!(block.content, Content::Thinking { signature: Some(_), .. } | Content::RedactedThinking { .. })
        })
    });
    !in_batch || thought
}
