//! Request bodies in the Anthropic dialect.

use serde_json::{Value, json};

use super::super::samples::{self, called, message, picture, result, schema, text, thinking, tool, user};
use super::call;
use crate::llm::catalog::ApiFormat;
use crate::llm::{ChatMessage, ChatOptions, ChatRequest, Content, ResponseFormat, Role, ThinkingOptions};

fn body_of(request: &ChatRequest) -> Value {
    call(&samples::target("anthropic", ApiFormat::Anthropic, "https://api.example"), request).body
}

fn request(messages: Vec<ChatMessage>) -> ChatRequest {
    samples::request("claude", messages)
}

fn with_thinking(mut request: ChatRequest, max_tokens: u32, budget_tokens: u32) -> ChatRequest {
    request.options.max_tokens = max_tokens;
    request.options.thinking = Some(ThinkingOptions { budget_tokens, effort: None });
    request
}

#[test]
fn addresses_with_and_without_version_are_one() {
    for base_url in ["https://api.example", "https://api.example/v1"] {
        let target = samples::target("anthropic", ApiFormat::Anthropic, base_url);
        assert_eq!(call(&target, &request(vec![])).url, "https://api.example/v1/messages");
    }
    let kimi = samples::target("kimi_coding", ApiFormat::Anthropic, "https://api.kimi.com/coding");
    assert_eq!(call(&kimi, &request(vec![])).url, "https://api.kimi.com/coding/v1/messages");
}

#[test]
fn a_person_begins_and_roles_alternate() {
    let told = body_of(&request(vec![
        message(Role::Assistant, vec![text("I was here"), thinking("foreign", None)]),
        user("data"),
        user("hello"),
        user(" "),
        message(Role::Assistant, vec![text("one")]),
        message(Role::Assistant, vec![text("two")]),
    ]));
    let roles: Vec<_> = told["messages"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant"]);
    assert_eq!(told["messages"][1]["content"], json!([{"type": "text", "text": "I was here"}]));
    assert_eq!(told["messages"][2]["content"].as_array().unwrap().len(), 2, "empty texts are refused by the API");
}

#[test]
fn results_stand_before_other_blocks() {
    let failed =
        Content::ToolResult { id: "c 2".into(), name: "read".into(), text: "not_found".into(), is_error: true };
    let told = body_of(&request(vec![
        user("go"),
        message(Role::Assistant, vec![called("c1"), called("c 2")]),
        message(Role::Tool, vec![result("c1"), picture()]),
        message(Role::Tool, vec![failed]),
        user("well?"),
    ]));
    let calls = &told["messages"][1]["content"];
    assert_eq!(calls[0], json!({"type": "tool_use", "id": "c1", "name": "read", "input": {"path": "a"}}));
    let content = told["messages"][2]["content"].as_array().unwrap();
    let kinds: Vec<_> = content.iter().map(|b| b["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["tool_result", "tool_result", "image", "text"]);
    assert_eq!(content[0], json!({"type": "tool_result", "tool_use_id": "c1", "content": "alpha"}));
    assert_eq!(content[1]["is_error"], true);
    assert_eq!(content[1]["tool_use_id"], calls[1]["id"], "an id that the API refuses is replaced in both places");
    assert_ne!(content[1]["tool_use_id"], "c 2");
    let source = json!({"type": "base64", "media_type": "image/png", "data": "QUJD"});
    assert_eq!(content[2], json!({"type": "image", "source": source}));
}

#[test]
fn the_cache_is_marked_twice() {
    let marked = |block: &Value| block["cache_control"] == json!({"type": "ephemeral"});
    let mut asked = request(vec![
        user("one"),
        message(Role::Assistant, vec![text("two"), thinking("t", Some("sig"))]),
        user("three"),
    ]);
    asked.system = "Be kind.".to_owned();
    asked.tools = vec![tool()];
    asked.cache_mark = Some(2);
    let told = body_of(&asked);
    assert!(marked(&told["system"][0]) && !marked(&told["tools"][0]));
    assert!(marked(&told["messages"][1]["content"][0]), "thinking cannot be marked");
    assert_eq!(told.to_string().matches("cache_control").count(), 2);

    asked.system = String::new();
    asked.cache_mark = None;
    let told = body_of(&asked);
    assert!(marked(&told["tools"][0]) && told.get("system").is_none());

    asked.cache_mark = Some(1);
    let merged = body_of(&ChatRequest { messages: vec![user("old"), user("new")], ..asked });
    let content = &merged["messages"][0]["content"];
    assert!(marked(&content[0]) && !marked(&content[1]), "neighbours share a message, not the mark");
}

#[test]
fn thinking_has_room_beside_the_answer() {
    let told = |max_tokens, budget| {
        let body = body_of(&with_thinking(request(vec![user("hi")]), max_tokens, budget));
        (body["max_tokens"].as_u64(), body["thinking"]["budget_tokens"].as_u64())
    };
    assert_eq!(told(8_000, 2_000), (Some(8_000), Some(2_000)));
    assert_eq!(told(4_096, 10_000), (Some(14_096), Some(10_000)));
    assert_eq!(told(10_000, 20_000), (Some(16_384), Some(6_384)), "not beyond what the model can do");
    assert_eq!(told(16_000, 20_000), (Some(16_000), None), "no room is left");
    assert_eq!(told(4_096, 10), (Some(4_096), Some(1_024)), "the API's minimum");

    let mut asked = with_thinking(request(vec![user("hi")]), 8_000, 2_000);
    asked.options = ChatOptions { temperature: Some(0.7), top_p: Some(0.5), ..asked.options };
    let body = body_of(&asked);
    assert_eq!((body.get("temperature"), body.get("top_p")), (None, None), "they exclude each other");
}

#[test]
fn thinking_goes_back_as_it_came_and_pauses_after_a_foreign_call() {
    let own = vec![
        user("go"),
        message(
            Role::Assistant,
            vec![thinking("plan", Some("sig")), Content::RedactedThinking { data: "xx".into() }, called("c1")],
        ),
        message(Role::Tool, vec![result("c1")]),
    ];
    let body = body_of(&with_thinking(request(own), 8_000, 2_000));
    assert!(body.get("thinking").is_some());
    let content = &body["messages"][1]["content"];
    assert_eq!(content[0], json!({"type": "thinking", "thinking": "plan", "signature": "sig"}));
    assert_eq!(content[1], json!({"type": "redacted_thinking", "data": "xx"}));

    let foreign =
        vec![user("go"), message(Role::Assistant, vec![called("c1")]), message(Role::Tool, vec![result("c1")])];
    assert!(body_of(&with_thinking(request(foreign.clone()), 8_000, 2_000)).get("thinking").is_none());
    let later = [foreign, vec![message(Role::Assistant, vec![text("done")]), user("more")]].concat();
    assert!(body_of(&with_thinking(request(later), 8_000, 2_000)).get("thinking").is_some());
}

#[test]
fn options_have_the_names_of_the_api() {
    let mut asked = request(vec![user("hi")]);
    asked.options = ChatOptions { temperature: Some(1.5), stop: vec!["END".into()], seed: Some(1), ..asked.options };
    let body = body_of(&asked);
    assert_eq!((&body["temperature"], &body["stop_sequences"]), (&json!(1.0), &json!(["END"])));
    assert_eq!((&body["stream"], body.get("seed")), (&json!(true), None));
    asked.options.top_p = Some(0.9);
    let body = body_of(&asked);
    assert_eq!((body.get("temperature"), &body["top_p"]), (None, &json!(0.9)));
    asked.options.response_format = Some(ResponseFormat::JsonSchema { schema: schema() });
    let content = body_of(&asked)["messages"][0]["content"].clone();
    assert!(content[1]["text"].as_str().unwrap().contains("{\"type\":\"object\"}"));
}
