//! The conversation in the Gemini dialect. A signature goes back on the call that it came with.

use serde_json::{Value, json};

use crate::llm::{ChatBlock, ChatMessage, ChatRequest, Content, Role};

/// What the API takes for a call of this turn that another model made; without any signature Gemini 3 refuses it.
const FOREIGN_CALL: &str = "skip_thought_signature_validator";
const BEGINNING: &str = "[The conversation goes on.]";

struct Turn {
    role: &'static str,
    parts: Vec<Value>,
    /// Results of calls stand alone.
    results: bool,
}

/// `wanted` is said at the very end.
pub(super) fn build(request: &ChatRequest, generation: f64, wanted: Option<String>) -> Vec<Value> {
    let mut turns: Vec<Turn> = Vec::new();
    // Results must follow their calls directly, so pictures of tools wait until all results are told.
    let mut pictures: Vec<Value> = Vec::new();
    for message in &request.messages {
        match message.role {
            Role::Assistant => {
                push(&mut turns, "user", std::mem::take(&mut pictures), false);
                push(&mut turns, "model", model_parts(message, generation), false);
            }
            Role::User => {
                pictures.extend(message.blocks.iter().filter_map(user_part));
                push(&mut turns, "user", std::mem::take(&mut pictures), false);
            }
            Role::Tool => {
                push(&mut turns, "user", message.blocks.iter().filter_map(result).collect(), true);
                pictures.extend(message.blocks.iter().filter_map(picture));
            }
        }
    }
    pictures.extend(wanted.map(|text| json!({"text": text})));
    push(&mut turns, "user", pictures, false);
    if turns.first().is_some_and(|turn| turn.role == "model") {
        turns.insert(0, Turn { role: "user", parts: vec![json!({"text": BEGINNING})], results: false });
    }
    turns.into_iter().map(|turn| json!({"role": turn.role, "parts": turn.parts})).collect()
}

fn push(turns: &mut Vec<Turn>, role: &'static str, parts: Vec<Value>, results: bool) {
    match turns.last_mut() {
        _ if parts.is_empty() => {}
        Some(turn) if turn.role == role && turn.results == results => turn.parts.extend(parts),
        _ => turns.push(Turn { role, parts, results }),
    }
}

fn model_parts(message: &ChatMessage, generation: f64) -> Vec<Value> {
    let mut signature = None;
    let mut first_call = true;
    let mut parts = Vec::new();
    for block in &message.blocks {
        match &block.content {
            Content::Thinking { signature: Some(proof), .. } => signature = Some(proof.clone()),
            Content::ToolCall { id, name, arguments } => {
                let mut part = json!({"functionCall": {"id": id, "name": name, "args": arguments}});
                let foreign = (first_call && generation >= 3.0).then(|| FOREIGN_CALL.to_owned());
                if let Some(proof) = signature.take().or(foreign) {
                    part["thoughtSignature"] = proof.into();
                }
                first_call = false;
                parts.push(part);
            }
            Content::Text { text } if !text.is_empty() => parts.push(json!({"text": text})),
            _ => {}
        }
    }
    parts
}

fn result(block: &ChatBlock) -> Option<Value> {
    match &block.content {
        Content::ToolResult { id, name, text, is_error } => {
            let response = if *is_error { json!({"error": text}) } else { json!({"result": text}) };
            Some(json!({"functionResponse": {"id": id, "name": name, "response": response}}))
        }
        _ => None,
    }
}

fn user_part(block: &ChatBlock) -> Option<Value> {
    match &block.content {
        Content::Text { text } if !text.is_empty() => Some(json!({"text": text})),
        _ => picture(block),
    }
}

fn picture(block: &ChatBlock) -> Option<Value> {
    match &block.content {
        Content::Image { media_type, data, .. } => Some(json!({"inlineData": {"mimeType": media_type, "data": data}})),
        _ => None,
    }
}
