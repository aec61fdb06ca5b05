//! The Gemini dialect: `POST {base}/v1beta/models/{model}:streamGenerateContent?alt=sse`.

use reqwest::Url;
use serde_json::{Map, Value, json};

use super::body::{format_in_words, merge, set, thinking_room};
use super::{Call, Target};
use crate::llm::{ChatRequest, ResponseFormat};

mod contents;
mod reader;
#[cfg(test)]
mod tests;

pub(super) use reader::Reader;

const API_VERSION: &str = "v1beta";

pub(super) fn call(target: &Target, request: &ChatRequest) -> Call {
    Call {
        url: url(&target.base_url, &request.model),
        key_header: ("x-goog-api-key", ""),
        headers: vec![],
        reasoning: request.options.thinking.is_some(),
        body: Value::Object(body(target, request)),
        reader: super::Reader::Gemini(Reader::default()),
    }
}

/// The model's name is part of the path, so it is put there piece by piece and cannot lead anywhere else.
fn url(base_url: &str, model: &str) -> String {
    let Ok(mut url) = Url::parse(base_url) else { return base_url.to_owned() };
    let versioned = base_url.ends_with(API_VERSION);
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty();
        if !versioned {
            path.push(API_VERSION);
        }
        if !model.contains('/') {
            path.push("models");
        }
        path.extend(format!("{model}:streamGenerateContent").split('/'));
    }
    url.set_query(Some("alt=sse"));
    url.into()
}

/// 2.5 for `gemini-2.5-flash`; 0 for names without a number.
fn generation(model: &str) -> f64 {
    model.strip_prefix("gemini-").and_then(|rest| rest.split('-').next()?.parse().ok()).unwrap_or(0.0)
}

fn body(target: &Target, request: &ChatRequest) -> Map<String, Value> {
    let generation = generation(&request.model);
    // Before Gemini 3, tools and a response schema exclude each other.
    let told_by_schema = request.tools.is_empty() || generation >= 3.0;
    let wanted = if told_by_schema { None } else { format_in_words(request) };
    let mut body = Map::new();
    if !request.system.is_empty() {
        body.insert("systemInstruction".to_owned(), json!({"parts": [{"text": request.system}]}));
    }
    body.insert("contents".to_owned(), contents::build(request, generation, wanted).into());
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(
            |tool| json!({"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.schema}),
        );
        body.insert("tools".to_owned(), json!([{"functionDeclarations": tools.collect::<Vec<_>>()}]));
    }
    let config = generation_config(target, request, generation, told_by_schema);
    body.insert("generationConfig".to_owned(), Value::Object(config));
    merge(&mut body, &request.options.params);
    body
}

fn generation_config(
    target: &Target,
    request: &ChatRequest,
    generation: f64,
    told_by_schema: bool,
) -> Map<String, Value> {
    let options = &request.options;
    let mut config = Map::new();
    // Older ones have no thinking and refuse to be asked for it.
    let thinking = options.thinking.as_ref().filter(|_| generation >= 2.5);
    let room = thinking.and_then(|t| thinking_room(options.max_tokens, t.budget_tokens, target.max_output));
    config.insert("maxOutputTokens".to_owned(), room.map_or(options.max_tokens, |(max_tokens, _)| max_tokens).into());
    set(&mut config, "temperature", options.temperature);
    set(&mut config, "topP", options.top_p);
    set(&mut config, "seed", options.seed);
    set(&mut config, "stopSequences", (!options.stop.is_empty()).then(|| options.stop.clone()));
    if let (Some(thinking), Some((_, budget))) = (thinking, room) {
        let asked = match &thinking.effort {
            Some(effort) if generation >= 3.0 => json!({"includeThoughts": true, "thinkingLevel": effort}),
            _ => json!({"includeThoughts": true, "thinkingBudget": budget}),
        };
        config.insert("thinkingConfig".to_owned(), asked);
    }
    if let Some(format) = options.response_format.as_ref().filter(|_| told_by_schema) {
        config.insert("responseMimeType".to_owned(), "application/json".into());
        if let ResponseFormat::JsonSchema { schema } = format {
            config.insert("responseJsonSchema".to_owned(), schema.clone());
        }
    }
    config
}
