//! What the dialects share when they build a request body.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::llm::{ChatBlock, ChatRequest, Content, ResponseFormat};

/// Adds the manifest's further members. What the driver itself has set stays as it is.
pub(super) fn merge(body: &mut Map<String, Value>, further: &Map<String, Value>) {
    for (name, value) in further {
        match (body.get_mut(name), value) {
            (Some(Value::Object(own)), Value::Object(more)) => merge(own, more),
            (Some(_), _) => {}
            (None, _) => {
                body.insert(name.clone(), value.clone());
            }
        }
    }
}

pub(super) fn set<T: Into<Value>>(body: &mut Map<String, Value>, name: &str, value: Option<T>) {
    if let Some(value) = value {
        body.insert(name.to_owned(), value.into());
    }
}

/// The wanted form of the answer in words, for providers that cannot be told otherwise.
pub(super) fn format_in_words(request: &ChatRequest) -> Option<String> {
    Some(match request.options.response_format.as_ref()? {
        ResponseFormat::Json => "Answer with one JSON value only, without any other text.".to_owned(),
        ResponseFormat::JsonSchema { schema } => {
            format!("Answer with one JSON value only, without any other text. It must fit this JSON Schema: {schema}")
        }
    })
}

/// Output limit and thinking budget where thoughts count as output: the limit grows when the budget leaves no room for
/// an answer, but not beyond what the model can do. None when there is no room for thoughts.
pub(super) fn thinking_room(max_tokens: u32, budget: u32, max_output: u32) -> Option<(u32, u32)> {
    if budget < max_tokens {
        return (budget > 0).then_some((max_tokens, budget));
    }
    let limit = max_tokens.saturating_add(budget).min(max_output.max(max_tokens));
    (limit > max_tokens).then_some((limit, limit - max_tokens))
}

/// All texts of these blocks as one.
pub(super) fn joined_text(blocks: &[ChatBlock], separator: &str) -> String {
    let texts = blocks.iter().filter_map(|block| match &block.content {
        Content::Text { text } if !text.is_empty() => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join(separator)
}

/// An id that a provider with narrow rules accepts: the same one if it may, else one that follows from it.
pub(super) fn fit_id(id: &str, fits: impl Fn(&str) -> bool, length: usize) -> String {
    if fits(id) {
        return id.to_owned();
    }
    hex::encode(Sha256::digest(id.as_bytes())).chars().take(length).collect()
}
