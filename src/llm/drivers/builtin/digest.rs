//! Hashes of a request's parts: equal bytes in front of the cache mark mean that a provider could have cached them.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::llm::{ChatMessage, ChatRequest, estimate};

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Everything before the cache mark: system text, tools, the messages up to it.
pub fn prefix(request: &ChatRequest) -> [u8; 32] {
    json((&request.system, &request.tools, before_mark(request)))
}

/// The whole request but for what the driver is told about it.
pub fn whole(request: &ChatRequest) -> [u8; 32] {
    json((&request.model, &request.system, &request.tools, &request.messages, &request.options))
}

pub fn prefix_tokens(request: &ChatRequest) -> u32 {
    let tools = request.tools.iter().map(estimate::tool).fold(0, u32::saturating_add);
    let messages = estimate::messages(before_mark(request));
    estimate::text(&request.system).saturating_add(tools).saturating_add(messages)
}

fn before_mark(request: &ChatRequest) -> &[ChatMessage] {
    let end = request.cache_mark.unwrap_or(0).min(request.messages.len());
    &request.messages[..end]
}

/// Types of a request always serialize: no map has other keys than text.
fn json(value: impl Serialize) -> [u8; 32] {
    sha256(&serde_json::to_vec(&value).unwrap_or_default())
}
