//! Request bodies in the Gemini dialect.

use serde_json::{Value, json};

use super::super::samples::{self, called, message, picture, result, schema, text, thinking, tool, user};
use super::{call, generation, url};
use crate::llm::catalog::ApiFormat;
use crate::llm::{ChatMessage, ChatOptions, ChatRequest, Content, ResponseFormat, Role, ThinkingOptions};

fn body_of(request: &ChatRequest) -> Value {
    call(&samples::target("gemini", ApiFormat::Gemini, "https://api.example"), request).body
}

fn contents(model: &str, messages: Vec<ChatMessage>) -> Value {
    body_of(&samples::request(model, messages))["contents"].clone()
}

#[test]
fn the_model_is_a_part_of_the_path_and_nothing_else() {
    let method = "streamGenerateContent?alt=sse";
    for (base_url, model, expected) in [
        ("https://h.example", "gemini-2.5-pro", format!("https://h.example/v1beta/models/gemini-2.5-pro:{method}")),
        ("https://h.example/v1beta", "m", format!("https://h.example/v1beta/models/m:{method}")),
        ("https://h.example/", "tunedModels/mine", format!("https://h.example/v1beta/tunedModels/mine:{method}")),
        ("https://h.example", "a?b#c", format!("https://h.example/v1beta/models/a%3Fb%23c:{method}")),
        ("https://h.example/x", "../../evil", format!("https://h.example/x/v1beta/evil:{method}")),
    ] {
        assert_eq!(url(base_url, model), expected);
    }
}

#[test]
fn generations_are_read_from_the_name() {
    assert_eq!(generation("gemini-2.5-flash"), 2.5);
    assert_eq!(generation("gemini-3-flash-preview"), 3.0);
    assert_eq!(generation("gemma-3"), 0.0);
}

#[test]
fn results_stand_alone_after_their_calls() {
    let failed = Content::ToolResult { id: "c2".into(), name: "read".into(), text: "not_found".into(), is_error: true };
    let told = contents(
        "gemini-2.5-flash",
        vec![
            user("data"),
            user("go"),
            message(Role::Assistant, vec![text("ok"), called("c1"), called("c2")]),
            message(Role::Tool, vec![result("c1"), picture()]),
            message(Role::Tool, vec![failed]),
            user("well?"),
        ],
    );
    let expected = json!([
        {"role": "user", "parts": [{"text": "data"}, {"text": "go"}]},
        {"role": "model", "parts": [
            {"text": "ok"},
            {"functionCall": {"id": "c1", "name": "read", "args": {"path": "a"}}},
            {"functionCall": {"id": "c2", "name": "read", "args": {"path": "a"}}},
        ]},
        {"role": "user", "parts": [
            {"functionResponse": {"id": "c1", "name": "read", "response": {"result": "alpha"}}},
            {"functionResponse": {"id": "c2", "name": "read", "response": {"error": "not_found"}}},
        ]},
        {"role": "user", "parts": [{"inlineData": {"mimeType": "image/png", "data": "QUJD"}}, {"text": "well?"}]},
    ]);
    assert_eq!(told, expected);
    assert_eq!(contents("gemini-2.5-flash", vec![message(Role::Assistant, vec![text("x")])])[0]["role"], "user");
}

#[test]
fn signatures_go_back_on_their_calls() {
    let turn = |signature: Option<&str>| {
        let answer = vec![thinking("plan", signature), called("c1"), called("c2")];
        vec![user("go"), message(Role::Assistant, answer), message(Role::Tool, vec![result("c1")])]
    };
    let signatures = |model: &str, signature| {
        let parts = contents(model, turn(signature))[1]["parts"].clone();
        let of = |at: usize| parts[at]["thoughtSignature"].as_str().map(str::to_owned);
        assert_eq!(parts.as_array().unwrap().len(), 2, "thoughts themselves do not go back");
        (of(0), of(1))
    };
    assert_eq!(signatures("gemini-2.5-pro", Some("sig")), (Some("sig".into()), None));
    assert_eq!(signatures("gemini-2.5-pro", None), (None, None));
    assert_eq!(signatures("gemini-3.1-pro-preview", Some("sig")), (Some("sig".into()), None));
    let foreign = signatures("gemini-3.1-pro-preview", None);
    assert_eq!(foreign, (Some("skip_thought_signature_validator".into()), None));
}

#[test]
fn options_have_the_names_of_the_api() {
    let mut asked = samples::request("gemini-2.5-flash", vec![user("hi")]);
    asked.system = "Be kind.".to_owned();
    asked.options = ChatOptions {
        temperature: Some(0.5),
        top_p: Some(0.9),
        seed: Some(3),
        stop: vec!["END".into()],
        response_format: Some(ResponseFormat::JsonSchema { schema: schema() }),
        ..asked.options
    };
    asked.options.params =
        json!({"generationConfig": {"topK": 5, "seed": 9}, "labels": {}}).as_object().unwrap().clone();
    let body = body_of(&asked);
    assert_eq!(body["systemInstruction"], json!({"parts": [{"text": "Be kind."}]}));
    let config = json!({
        "maxOutputTokens": 100, "temperature": 0.5, "topP": 0.9, "seed": 3, "stopSequences": ["END"],
        "responseMimeType": "application/json", "responseJsonSchema": {"type": "object"}, "topK": 5,
    });
    assert_eq!(body["generationConfig"], config);
    assert_eq!(body["labels"], json!({}));

    asked.tools = vec![tool()];
    let body = body_of(&asked);
    assert_eq!(body["generationConfig"].get("responseMimeType"), None, "not beside tools before Gemini 3");
    assert!(body["contents"][0]["parts"][1]["text"].as_str().unwrap().contains("JSON Schema"));
    let declaration = json!({"name": "read", "description": "Reads", "parametersJsonSchema": {"type": "object"}});
    assert_eq!(body["tools"], json!([{"functionDeclarations": [declaration]}]));
    asked.model = "gemini-3-flash-preview".to_owned();
    assert_eq!(body_of(&asked)["generationConfig"]["responseMimeType"], "application/json");
}

#[test]
fn thinking_is_asked_for_where_it_exists() {
    let config = |model: &str, effort: Option<&str>| {
        let mut asked = samples::request(model, vec![user("hi")]);
        asked.options.max_tokens = 4_096;
        asked.options.thinking = Some(ThinkingOptions { budget_tokens: 10_000, effort: effort.map(str::to_owned) });
        body_of(&asked)["generationConfig"].clone()
    };
    let budget = config("gemini-2.5-pro", Some("low"));
    assert_eq!(budget["thinkingConfig"], json!({"includeThoughts": true, "thinkingBudget": 10_000}));
    assert_eq!(budget["maxOutputTokens"], 14_096);
    let level = config("gemini-3.1-pro-preview", Some("low"));
    assert_eq!(level["thinkingConfig"], json!({"includeThoughts": true, "thinkingLevel": "low"}));
    assert_eq!(config("gemini-2.0-flash", None).get("thinkingConfig"), None);
}
