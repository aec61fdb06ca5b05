//! Request bodies in the OpenAI dialect, provider by provider.

use serde_json::{Map, Value, json};

use super::super::Target;
use super::super::samples::{self, called, message, picture, result, schema, text, thinking, tool, user};
use super::{call, is_reasoning_model};
use crate::llm::catalog::ApiFormat;
use crate::llm::{ChatMessage, ChatOptions, ChatRequest, ResponseFormat, Role, ThinkingOptions};

fn target(provider: &str) -> Target {
    samples::target(provider, ApiFormat::OpenAi, "https://api.example/v2")
}

fn request(messages: Vec<ChatMessage>) -> ChatRequest {
    samples::request("gpt-4o", messages)
}

fn messages(provider: &str, messages: Vec<ChatMessage>) -> Value {
    call(&target(provider), &request(messages)).body["messages"].clone()
}

#[test]
fn neighbours_become_one_message() {
    let told = messages(
        "openai",
        vec![
            user("data"),
            message(Role::User, vec![text("hello"), text("there")]),
            message(Role::Assistant, vec![text("one ")]),
            message(Role::Assistant, vec![text("two")]),
        ],
    );
    let expected = json!([
        {"role": "user", "content": "data\n\nhello\n\nthere"},
        {"role": "assistant", "content": "one two"},
    ]);
    assert_eq!(told, expected);
}

#[test]
fn results_follow_their_calls_and_pictures_follow_the_results() {
    let told = messages(
        "openai",
        vec![
            message(Role::Assistant, vec![called("c1"), called("c2")]),
            message(Role::Tool, vec![result("c1"), picture()]),
            message(Role::Tool, vec![result("c2")]),
            user("well?"),
        ],
    );
    let roles: Vec<_> = told.as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["assistant", "tool", "tool", "user"]);
    assert_eq!(told[0]["content"], Value::Null);
    assert_eq!(told[0]["tool_calls"][1]["function"], json!({"name": "read", "arguments": "{\"path\":\"a\"}"}));
    assert_eq!(told[2], json!({"role": "tool", "tool_call_id": "c2", "content": "alpha"}));
    let url = "data:image/png;base64,QUJD";
    let parts = json!([{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "well?"}]);
    assert_eq!(told[3]["content"], parts);
}

#[test]
fn thinking_goes_back_only_to_those_who_want_it() {
    let plan = || thinking("plan", None);
    let turn = || {
        vec![
            message(Role::Assistant, vec![plan(), called("c1")]),
            message(Role::Tool, vec![result("c1")]),
            message(Role::Assistant, vec![plan(), text("done")]),
        ]
    };
    assert_eq!(messages("deepseek", turn())[0]["reasoning_content"], "plan");
    assert_eq!(messages("deepseek", turn())[2].get("reasoning_content"), None, "only beside calls");
    assert_eq!(messages("openai", turn())[0].get("reasoning_content"), None);
    let only_thoughts = messages("openai", vec![message(Role::Assistant, vec![plan()])]);
    assert_eq!(only_thoughts, json!([]), "an empty message is refused by all");
}

#[test]
fn mistral_gets_ids_of_nine_characters() {
    let turn = vec![
        message(Role::Assistant, vec![called("call_123"), called("abcDEF123")]),
        message(Role::Tool, vec![result("call_123")]),
    ];
    let told = messages("mistral", turn);
    let id = told[0]["tool_calls"][0]["id"].as_str().unwrap();
    assert_eq!(id.len(), 9);
    assert_eq!(told[1]["tool_call_id"], id);
    assert_eq!(told[0]["tool_calls"][1]["id"], "abcDEF123");
}

#[test]
fn options_have_the_names_that_the_provider_knows() {
    let options = ChatOptions {
        max_tokens: 100,
        temperature: Some(0.5),
        top_p: Some(0.9),
        seed: Some(7),
        stop: vec!["END".to_owned()],
        ..ChatOptions::default()
    };
    let body = |provider: &str, model: &str| {
        let request = ChatRequest { model: model.to_owned(), options: options.clone(), ..ChatRequest::default() };
        call(&target(provider), &request).body
    };
    let gpt = body("openai", "gpt-4o");
    assert_eq!(gpt["max_completion_tokens"], 100);
    assert_eq!(
        (&gpt["temperature"], &gpt["top_p"], &gpt["seed"], &gpt["stop"]),
        (&json!(0.5), &json!(0.9), &json!(7), &json!(["END"]))
    );
    assert_eq!((&gpt["stream"], &gpt["stream_options"]), (&json!(true), &json!({"include_usage": true})));
    assert_eq!((gpt.get("tools"), gpt.get("response_format")), (None, None));
    let reasoning = body("openai", "gpt-5-mini");
    assert_eq!((reasoning.get("temperature"), reasoning.get("top_p"), reasoning.get("stop")), (None, None, None));
    let mistral = body("mistral", "mistral-large-latest");
    assert_eq!((&mistral["max_tokens"], &mistral["random_seed"]), (&json!(100), &json!(7)));
    assert_eq!((mistral.get("stream_options"), mistral.get("seed")), (None, None));
}

#[test]
fn reasoning_models_are_told_apart() {
    for model in ["o1", "o3-mini", "o4-mini", "gpt-5", "gpt-5.2-pro", "gpt-5-nano"] {
        assert!(is_reasoning_model(model), "{model}");
    }
    for model in ["gpt-4o", "gpt-4.1", "gpt-5-chat-latest", "omni-moderation", "chatgpt-4o-latest", "gpt-3.5-turbo"] {
        assert!(!is_reasoning_model(model), "{model}");
    }
}

#[test]
fn the_wanted_form_is_said_in_the_way_that_the_provider_knows() {
    let body = |provider: &str, format: ResponseFormat| {
        let mut request = request(vec![user("hi")]);
        request.options.response_format = Some(format);
        call(&target(provider), &request).body
    };
    let wanted = json!({"type": "json_schema", "json_schema": {"name": "response", "schema": schema()}});
    assert_eq!(body("openai", ResponseFormat::JsonSchema { schema: schema() })["response_format"], wanted);
    assert_eq!(body("openai", ResponseFormat::Json)["response_format"], json!({"type": "json_object"}));
    let deepseek = body("deepseek", ResponseFormat::JsonSchema { schema: schema() });
    assert_eq!(deepseek["response_format"], json!({"type": "json_object"}));
    assert!(deepseek["messages"][0]["content"].as_str().unwrap().contains("JSON Schema: {\"type\":\"object\"}"));
}

#[test]
fn thinking_is_asked_for_where_it_exists() {
    let body = |provider: &str, model: &str, effort: Option<&str>| {
        let mut request = ChatRequest { model: model.to_owned(), ..request(vec![]) };
        request.options.thinking = Some(ThinkingOptions { budget_tokens: 2_000, effort: effort.map(str::to_owned) });
        call(&target(provider), &request).body
    };
    assert_eq!(body("openai", "o3", Some("high"))["reasoning_effort"], "high");
    assert_eq!(body("openai", "o3", None)["reasoning_effort"], "medium");
    assert_eq!(body("openai", "gpt-4o", None).get("reasoning_effort"), None);
    assert_eq!(body("openrouter", "x", None)["reasoning"], json!({"max_tokens": 2_000}));
    assert_eq!(body("groq", "x", Some("low"))["reasoning_effort"], "low");
}

#[test]
fn further_members_never_replace_what_the_driver_sets() {
    let mut request = request(vec![]);
    request.system = "Be kind.".to_owned();
    request.tools = vec![tool()];
    let params =
        json!({"service_tier": "flex", "stream": false, "stream_options": {"include_usage": false, "extra": 1}});
    request.options.params = serde_json::from_value::<Map<String, Value>>(params).unwrap();
    let body = call(&target("openai"), &request).body;
    assert_eq!((&body["service_tier"], &body["stream"]), (&json!("flex"), &json!(true)));
    assert_eq!(body["stream_options"], json!({"include_usage": true, "extra": 1}));
    assert_eq!(body["messages"][0], json!({"role": "system", "content": "Be kind."}));
    let function = json!({"name": "read", "description": "Reads", "parameters": {"type": "object"}});
    assert_eq!(body["tools"], json!([{"type": "function", "function": function}]));
}

#[test]
fn cohere_has_a_path_of_its_own() {
    assert_eq!(call(&target("cohere"), &request(vec![])).url, "https://api.example/compatibility/v1/chat/completions");
    assert_eq!(call(&target("openai"), &request(vec![])).url, "https://api.example/v2/chat/completions");
}
