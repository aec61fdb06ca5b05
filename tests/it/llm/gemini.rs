//! Generated contents as Google streams them.

use openfang::llm::registry::LlmConfig;
use openfang::llm::{Chunk, Content, ErrorClass, ResponseFormat, Role, StopReason, TokenUsage};
use serde_json::{Value, json};

use super::fake::{Fake, Reply};
use super::{answer, call_args, call_start, chunks, driver, message, request, text, tool};

fn part(parts: Value, finish_reason: Option<&str>) -> Value {
    let mut candidate = json!({"content": {"parts": parts, "role": "model"}, "index": 0});
    if let Some(reason) = finish_reason {
        candidate["finishReason"] = reason.into();
    }
    json!({"candidates": [candidate], "modelVersion": "m1", "responseId": "r1"})
}

fn with_usage(mut event: Value, usage: Value) -> Value {
    event["usageMetadata"] = usage;
    event
}

#[tokio::test]
async fn text_and_thoughts_stream_with_their_usage() {
    let early = json!({"promptTokenCount": 20, "totalTokenCount": 20});
    let late = json!({"promptTokenCount": 20, "candidatesTokenCount": 7, "thoughtsTokenCount": 30,
        "cachedContentTokenCount": 16, "totalTokenCount": 57});
    let fake = Fake::start(vec![Reply::data(&[
        with_usage(part(json!([{"text": "I plan", "thought": true}]), None), early),
        part(json!([{"text": "Hello "}]), None),
        with_usage(part(json!([{"text": "there", "thoughtSignature": "c2ln"}]), Some("STOP")), late),
    ])])
    .await;
    let told = chunks(&driver("gemini", &fake.url, LlmConfig::default()), request("hi")).await;
    let usage = TokenUsage { input: 20, output: 37, cached: 16, cache_write: 0, reasoning: 30 };
    let thought = Chunk::Thinking("I plan".into());
    assert_eq!(told, [thought, text("Hello "), text("there"), Chunk::Usage(usage), Chunk::Stop(StopReason::EndTurn)]);

    let seen = fake.only_request();
    assert_eq!(seen.uri.to_string(), "/v1beta/models/m1:streamGenerateContent?alt=sse");
    assert_eq!(seen.header("x-goog-api-key"), Some("sk-test-0123456789abcdef"));
    assert_eq!(seen.body["systemInstruction"], json!({"parts": [{"text": "Be kind."}]}));
    assert_eq!(seen.body["contents"], json!([{"role": "user", "parts": [{"text": "hi"}]}]));
}

#[tokio::test]
async fn parallel_tools_come_whole_and_signed() {
    let calls = json!([
        {"functionCall": {"name": "file_read", "args": {"path": "a"}, "id": "f1"}, "thoughtSignature": "c2ln"},
        {"functionCall": {"name": "now"}},
    ]);
    let fake = Fake::start(vec![Reply::data(&[part(calls, Some("STOP"))])]).await;
    let mut asked = request("read a");
    asked.tools = vec![tool("file_read")];
    let told = chunks(&driver("gemini", &fake.url, LlmConfig::default()), asked).await;
    let first = [
        Chunk::ThinkingSignature("c2ln".into()),
        call_start("f1", "file_read"),
        call_args("{\"path\":\"a\"}"),
        Chunk::CallEnd,
    ];
    assert_eq!(told[..4], first);
    let Chunk::CallStart { id, name } = &told[4] else { panic!("{told:?}") };
    assert!(id.starts_with("call_") && name == "now");
    assert_eq!(told[5..], [call_args("{}"), Chunk::CallEnd, Chunk::Stop(StopReason::ToolCalls)]);
    let declaration = fake.only_request().body["tools"][0]["functionDeclarations"][0].clone();
    assert_eq!(declaration["parametersJsonSchema"]["required"], json!(["path"]));
}

#[tokio::test]
async fn every_finish_reason_is_understood() {
    for (reason, stop) in [
        ("STOP", Ok(StopReason::EndTurn)),
        ("MAX_TOKENS", Ok(StopReason::Length)),
        ("SAFETY", Ok(StopReason::ContentFilter)),
        ("PROHIBITED_CONTENT", Ok(StopReason::ContentFilter)),
        ("MALFORMED_FUNCTION_CALL", Err(ErrorClass::MalformedOutput)),
        ("OTHER", Err(ErrorClass::Unknown)),
    ] {
        let fake = Fake::start(vec![Reply::data(&[part(json!([{"text": "x"}]), Some(reason))])]).await;
        let (told, error) = answer(&driver("gemini", &fake.url, LlmConfig::default()), request("hi")).await;
        match stop {
            Ok(stop) => assert_eq!((told.last(), error), (Some(&Chunk::Stop(stop)), None), "{reason}"),
            Err(class) => assert_eq!(error.map(|e| e.class), Some(class), "{reason}"),
        }
    }
    let blocked = json!({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 4}});
    let fake = Fake::start(vec![Reply::data(&[blocked])]).await;
    let told = chunks(&driver("gemini", &fake.url, LlmConfig::default()), request("hi")).await;
    assert_eq!(told.last(), Some(&Chunk::Stop(StopReason::ContentFilter)));
}

#[tokio::test]
async fn refusals_say_when_to_come_back_and_what_is_wrong() {
    let error = |code: u16, message: &str, status: &str, details: Value| {
        Reply::json(code, &json!([{"error": {"code": code, "message": message, "status": status, "details": details}}]))
    };
    let retry = json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12s"}]);
    let reason = json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]);
    let fake = Fake::start(vec![
        error(429, "You exceeded your current quota", "RESOURCE_EXHAUSTED", retry),
        error(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT", reason),
    ])
    .await;
    let driver = driver("gemini", &fake.url, LlmConfig::default());
    let limited = answer(&driver, request("hi")).await.1.unwrap();
    assert_eq!((limited.class, limited.status), (ErrorClass::RateLimit, Some(429)));
    assert_eq!(limited.retry_after, Some(std::time::Duration::from_secs(12)));
    let key = answer(&driver, request("hi")).await.1.unwrap();
    assert_eq!((key.class, key.status), (ErrorClass::Auth, Some(400)));
}

#[tokio::test]
async fn pictures_and_formats_are_sent() {
    let fake = Fake::start(vec![Reply::data(&[part(json!([{"text": "{}"}]), Some("STOP"))])]).await;
    let mut asked = request("what is this?");
    let picture = Content::Image { media_type: "image/png".into(), data: "QUJD".into(), name: "p".into(), size: 3 };
    asked.messages.push(message(Role::User, vec![picture]));
    asked.options.response_format = Some(ResponseFormat::JsonSchema { schema: json!({"type": "object"}) });
    chunks(&driver("gemini", &fake.url, LlmConfig::default()), asked).await;
    let body = fake.only_request().body;
    let inline = json!({"inlineData": {"mimeType": "image/png", "data": "QUJD"}});
    assert_eq!(body["contents"][0]["parts"][1], inline);
    assert_eq!(body["generationConfig"]["responseJsonSchema"], json!({"type": "object"}));
}
