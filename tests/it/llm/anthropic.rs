//! Messages as Anthropic streams them.

use openfang::llm::registry::LlmConfig;
use openfang::llm::{Chunk, Content, ErrorClass, ResponseFormat, Role, StopReason, ThinkingOptions, TokenUsage};
use serde_json::{Value, json};

use super::fake::{Fake, Piece, Reply};
use super::{answer, call_args, call_start, chunks, driver, message, request, text, tool};

fn event(data: Value) -> String {
    format!("event: {}\ndata: {data}", data["type"].as_str().unwrap())
}

fn start(usage: Value) -> String {
    let message = json!({"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "m1",
        "stop_reason": null, "stop_sequence": null, "usage": usage});
    event(json!({"type": "message_start", "message": message}))
}

fn block(index: u32, block: Value, deltas: &[Value]) -> Vec<String> {
    let mut events = vec![event(json!({"type": "content_block_start", "index": index, "content_block": block}))];
    events.extend(deltas.iter().map(|d| event(json!({"type": "content_block_delta", "index": index, "delta": d}))));
    events.push(event(json!({"type": "content_block_stop", "index": index})));
    events
}

fn end(reason: &str, output: u32) -> Vec<String> {
    let delta = json!({"stop_reason": reason, "stop_sequence": null});
    vec![
        event(json!({"type": "message_delta", "delta": delta, "usage": {"output_tokens": output}})),
        event(json!({"type": "message_stop"})),
    ]
}

fn reply(parts: &[Vec<String>]) -> Reply {
    let events = parts.concat();
    Reply::events(&events.iter().map(String::as_str).collect::<Vec<_>>())
}

fn words(text: &str) -> Value {
    json!({"type": "text_delta", "text": text})
}

#[tokio::test]
async fn text_streams_with_its_usage() {
    let told = json!({"input_tokens": 10, "cache_creation_input_tokens": 100, "cache_read_input_tokens": 1000, "output_tokens": 1});
    let fake = Fake::start(vec![reply(&[
        vec![start(told), event(json!({"type": "ping"}))],
        block(0, json!({"type": "text", "text": ""}), &[words("Hello "), words("there")]),
        end("end_turn", 12),
    ])])
    .await;
    let mut asked = request("hi");
    asked.cache_mark = Some(1);
    let told = chunks(&driver("anthropic", &fake.url, LlmConfig::default()), asked).await;
    let usage = TokenUsage { input: 1_110, output: 12, cached: 1_000, cache_write: 100, reasoning: 0 };
    assert_eq!(told, [text("Hello "), text("there"), Chunk::Usage(usage), Chunk::Stop(StopReason::EndTurn)]);

    let seen = fake.only_request();
    assert_eq!((seen.method.as_str(), seen.uri.path()), ("POST", "/v1/messages"));
    assert_eq!(seen.header("x-api-key"), Some("sk-test-0123456789abcdef"));
    assert_eq!(seen.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(seen.header("authorization"), None);
    assert_eq!(seen.body["system"][0]["cache_control"], json!({"type": "ephemeral"}));
    assert_eq!(seen.body["messages"][0]["content"][0]["cache_control"], json!({"type": "ephemeral"}));
}

#[tokio::test]
async fn thinking_and_parallel_tools_stream() {
    let json_delta = |piece: &str| json!({"type": "input_json_delta", "partial_json": piece});
    let thinking = |text: &str| json!({"type": "thinking_delta", "thinking": text});
    let signature = |text: &str| json!({"type": "signature_delta", "signature": text});
    let call = |id: &str, name: &str| json!({"type": "tool_use", "id": id, "name": name, "input": {}});
    let fake = Fake::start(vec![reply(&[
        vec![start(json!({"input_tokens": 5, "output_tokens": 1}))],
        block(
            0,
            json!({"type": "thinking", "thinking": "", "signature": ""}),
            &[thinking("I "), thinking("plan"), signature("c2ln"), signature("bg==")],
        ),
        block(1, json!({"type": "redacted_thinking", "data": "c2VjcmV0"}), &[]),
        block(2, json!({"type": "text", "text": ""}), &[words("Let me see.")]),
        block(3, call("toolu_1", "file_read"), &[json_delta(""), json_delta("{\"path\":"), json_delta("\"a\"}")]),
        block(4, call("toolu_2", "now"), &[]),
        end("tool_use", 30),
    ])])
    .await;
    let mut asked = request("read a");
    asked.tools = vec![tool("file_read")];
    asked.options.max_tokens = 4_000;
    asked.options.thinking = Some(ThinkingOptions { budget_tokens: 2_000, effort: None });
    let told = chunks(&driver("anthropic", &fake.url, LlmConfig::default()), asked).await;
    let expected = [
        Chunk::Thinking("I ".into()),
        Chunk::Thinking("plan".into()),
        Chunk::ThinkingSignature("c2lnbg==".into()),
        Chunk::RedactedThinking("c2VjcmV0".into()),
        text("Let me see."),
        call_start("toolu_1", "file_read"),
        call_args("{\"path\":"),
        call_args("\"a\"}"),
        Chunk::CallEnd,
        call_start("toolu_2", "now"),
        Chunk::CallEnd,
        Chunk::Usage(TokenUsage { input: 5, output: 30, ..TokenUsage::default() }),
        Chunk::Stop(StopReason::ToolCalls),
    ];
    assert_eq!(told, expected);
    let body = fake.only_request().body;
    assert_eq!(body["thinking"], json!({"type": "enabled", "budget_tokens": 2_000}));
    assert_eq!(body["tools"][0]["input_schema"]["required"], json!(["path"]));
}

#[tokio::test]
async fn every_stop_reason_is_understood() {
    for (reason, stop) in [
        ("end_turn", StopReason::EndTurn),
        ("max_tokens", StopReason::Length),
        ("stop_sequence", StopReason::StopSequence),
        ("refusal", StopReason::ContentFilter),
        ("model_context_window_exceeded", StopReason::Length),
    ] {
        let fake = Fake::start(vec![reply(&[
            vec![start(json!({"input_tokens": 1, "output_tokens": 1}))],
            block(0, json!({"type": "text", "text": ""}), &[words("x")]),
            end(reason, 1),
        ])])
        .await;
        let told = chunks(&driver("anthropic", &fake.url, LlmConfig::default()), request("hi")).await;
        assert_eq!(told.last(), Some(&Chunk::Stop(stop)), "{reason}");
    }
}

#[tokio::test]
async fn errors_in_the_stream_have_their_class() {
    for (kind, class) in [
        ("overloaded_error", ErrorClass::Overloaded),
        ("rate_limit_error", ErrorClass::RateLimit),
        ("api_error", ErrorClass::Overloaded),
        ("authentication_error", ErrorClass::Auth),
        ("invalid_request_error", ErrorClass::BadRequest),
    ] {
        let error = event(json!({"type": "error", "error": {"type": kind, "message": "It went wrong"}}));
        let fake = Fake::start(vec![reply(&[
            vec![start(json!({"input_tokens": 1, "output_tokens": 1}))],
            block(0, json!({"type": "text", "text": ""}), &[words("half")]),
            vec![error],
        ])])
        .await;
        let (told, error) = answer(&driver("anthropic", &fake.url, LlmConfig::default()), request("hi")).await;
        assert_eq!(told, [text("half")]);
        let error = error.unwrap();
        assert_eq!((error.class, error.message.as_str(), error.status), (class, "It went wrong", None), "{kind}");
    }
}

#[tokio::test]
async fn a_stop_reason_is_an_answer_even_when_the_connection_breaks() {
    let fake = Fake::start(vec![
        reply(&[
            vec![start(json!({"input_tokens": 1, "output_tokens": 1}))],
            block(0, json!({"type": "text", "text": ""}), &[words("x")]),
            end("end_turn", 3)[..1].to_vec(),
        ])
        .then(Piece::Break),
    ])
    .await;
    let told = chunks(&driver("anthropic", &fake.url, LlmConfig::default()), request("hi")).await;
    assert_eq!(told.last(), Some(&Chunk::Stop(StopReason::EndTurn)));
}

#[tokio::test]
async fn pictures_and_formats_are_sent() {
    let fake =
        Fake::start(vec![reply(&[vec![start(json!({"input_tokens": 1, "output_tokens": 1}))], end("end_turn", 1)])])
            .await;
    let mut asked = request("what is this?");
    let picture = Content::Image { media_type: "image/png".into(), data: "QUJD".into(), name: "p".into(), size: 3 };
    asked.messages.push(message(Role::User, vec![picture]));
    asked.options.response_format = Some(ResponseFormat::Json);
    chunks(&driver("kimi_coding", &fake.url, LlmConfig::default()), asked).await;
    let content = fake.only_request().body["messages"][0]["content"].clone();
    let source = json!({"type": "base64", "media_type": "image/png", "data": "QUJD"});
    assert_eq!(content[1], json!({"type": "image", "source": source}));
    assert!(content[2]["text"].as_str().unwrap().contains("one JSON value only"));
}
