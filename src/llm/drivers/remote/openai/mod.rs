//! The OpenAI dialect: `POST {base}/chat/completions`, spoken by most providers, each with habits of its own.

use serde_json::{Map, Value, json};

use super::body::{format_in_words, merge, set};
use super::{Call, Target};
use crate::llm::{ChatRequest, ResponseFormat};

mod messages;
mod reader;
#[cfg(test)]
mod tests;

pub(super) use reader::Reader;

/// Where providers differ from OpenAI and from each other.
struct Habits {
    /// Name of the output limit.
    max_tokens: &'static str,
    seed: &'static str,
    /// Refuses `stream_options`; usage comes without being asked for.
    usage_unasked: bool,
    /// Knows `json_object` only.
    json_object_only: bool,
    /// Wants its own thinking back beside tool calls.
    reasoning_back: bool,
    /// The model thinks by itself and refuses sampling options.
    reasoning: bool,
    /// Tool call ids are nine letters or digits.
    short_ids: bool,
}

impl Habits {
    fn of(provider: &str, model: &str) -> Self {
        let openai = matches!(provider, "openai" | "codex");
        Self {
            max_tokens: if openai { "max_completion_tokens" } else { "max_tokens" },
            seed: if provider == "mistral" { "random_seed" } else { "seed" },
            usage_unasked: matches!(provider, "mistral" | "cohere"),
            json_object_only: matches!(provider, "deepseek" | "cohere"),
            reasoning_back: matches!(provider, "deepseek" | "moonshot"),
            reasoning: openai && is_reasoning_model(model),
            short_ids: provider == "mistral",
        }
    }
}

/// OpenAI's o-series and GPT-5 and later, except their chat variants.
fn is_reasoning_model(model: &str) -> bool {
    let digit = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let generation = |rest: &str| rest.split(['.', '-']).next().and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
    model.strip_prefix('o').is_some_and(digit)
        || (model.strip_prefix("gpt-").is_some_and(|rest| generation(rest) >= 5) && !model.contains("-chat"))
}

pub(super) fn call(target: &Target, request: &ChatRequest) -> Call {
    let habits = Habits::of(&target.provider, &request.model);
    Call {
        url: format!("{}/chat/completions", base_url(target)),
        key_header: ("authorization", "Bearer "),
        headers: vec![],
        reasoning: habits.reasoning || request.options.thinking.is_some(),
        body: Value::Object(body(&habits, target, request)),
        reader: super::Reader::OpenAi(Reader::default()),
    }
}

/// Cohere's native API is another one; the OpenAI dialect has a path of its own.
pub(super) fn base_url(target: &Target) -> String {
    match target.base_url.strip_suffix("/v2") {
        Some(host) if target.provider == "cohere" => format!("{host}/compatibility/v1"),
        _ => target.base_url.clone(),
    }
}

fn body(habits: &Habits, target: &Target, request: &ChatRequest) -> Map<String, Value> {
    let options = &request.options;
    let mut body = Map::new();
    body.insert("model".to_owned(), request.model.clone().into());
    let wanted = if habits.json_object_only { format_in_words(request) } else { None };
    body.insert("messages".to_owned(), messages::build(habits, request, wanted).into());
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(|tool| {
            let function = json!({"name": tool.name, "description": tool.description, "parameters": tool.schema});
            json!({"type": "function", "function": function})
        });
        body.insert("tools".to_owned(), tools.collect());
    }
    body.insert(habits.max_tokens.to_owned(), options.max_tokens.into());
    if !habits.reasoning {
        set(&mut body, "temperature", options.temperature);
        set(&mut body, "top_p", options.top_p);
        set(&mut body, "stop", (!options.stop.is_empty()).then(|| options.stop.clone()));
    }
    set(&mut body, habits.seed, options.seed);
    set(&mut body, "response_format", response_format(habits, request));
    if let Some(thinking) = &options.thinking {
        match (target.provider.as_str(), &thinking.effort) {
            ("openrouter", Some(effort)) => set(&mut body, "reasoning", Some(json!({"effort": effort}))),
            ("openrouter", None) => {
                set(&mut body, "reasoning", Some(json!({"max_tokens": thinking.budget_tokens})));
            }
            (_, Some(effort)) => set(&mut body, "reasoning_effort", Some(effort.clone())),
            (_, None) if habits.reasoning => set(&mut body, "reasoning_effort", Some("medium")),
            (_, None) => {}
        }
    }
    body.insert("stream".to_owned(), true.into());
    if !habits.usage_unasked {
        body.insert("stream_options".to_owned(), json!({"include_usage": true}));
    }
    merge(&mut body, &options.params);
    body
}

fn response_format(habits: &Habits, request: &ChatRequest) -> Option<Value> {
    Some(match request.options.response_format.as_ref()? {
        ResponseFormat::JsonSchema { schema } if !habits.json_object_only => {
            json!({"type": "json_schema", "json_schema": {"name": "response", "schema": schema}})
        }
        _ => json!({"type": "json_object"}),
    })
}
