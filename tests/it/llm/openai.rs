//! Chat completions as OpenAI and those who speak like it stream them.

use openfang::llm::registry::LlmConfig;
use openfang::llm::{Chunk, Content, ResponseFormat, Role, StopReason, TokenUsage};
use serde_json::{Value, json};

use super::fake::{Fake, Piece, Reply};
use super::{call_args, call_start, chunks, driver, message, request, text, tool};

fn chunk(delta: Value, finish_reason: Option<&str>) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m1",
        "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason}],
    })
}

fn usage(usage: Value) -> Value {
    json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [], "usage": usage})
}

fn ended(events: &[Value]) -> Reply {
    Reply::data(events).then(Piece::Send(b"data: [DONE]\n\n".to_vec()))
}

#[tokio::test]
async fn text_streams_with_its_usage() {
    let usage_told = json!({
        "prompt_tokens": 50, "completion_tokens": 12, "total_tokens": 62,
        "prompt_tokens_details": {"cached_tokens": 32}, "completion_tokens_details": {"reasoning_tokens": 8},
    });
    let fake = Fake::start(vec![ended(&[
        chunk(json!({"role": "assistant", "content": "", "refusal": null}), None),
        chunk(json!({"content": "Hello "}), None),
        chunk(json!({"content": "wörld"}), None),
        chunk(json!({}), Some("stop")),
        usage(usage_told),
    ])])
    .await;
    let driver = driver("openai", &format!("{}/v1", fake.url), LlmConfig::default());
    let told = chunks(&driver, request("hi")).await;
    let usage = TokenUsage { input: 50, output: 12, cached: 32, cache_write: 0, reasoning: 8 };
    assert_eq!(told, [text("Hello "), text("wörld"), Chunk::Usage(usage), Chunk::Stop(StopReason::EndTurn)]);

    let seen = fake.only_request();
    assert_eq!((seen.method.as_str(), seen.uri.path()), ("POST", "/v1/chat/completions"));
    assert_eq!(seen.header("authorization"), Some("Bearer sk-test-0123456789abcdef"));
    assert!(seen.header("user-agent").unwrap().starts_with("openfang/"));
    assert_eq!(seen.body["messages"][0], json!({"role": "system", "content": "Be kind."}));
    assert_eq!(seen.body["messages"][1], json!({"role": "user", "content": "hi"}));
}

#[tokio::test]
async fn parallel_tools_stream_one_after_another() {
    let call = |index: u32, id: &str, name: &str, arguments: &str| json!({"tool_calls": [{"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": arguments}}]});
    let piece =
        |index: u32, arguments: &str| json!({"tool_calls": [{"index": index, "function": {"arguments": arguments}}]});
    let fake = Fake::start(vec![ended(&[
        chunk(json!({"role": "assistant", "content": null}), None),
        chunk(call(0, "call_a", "file_read", ""), None),
        chunk(piece(0, "{\"pa"), None),
        chunk(piece(0, "th\":\"a\"}"), None),
        chunk(call(1, "call_b", "file_list", ""), None),
        chunk(piece(1, "{}"), None),
        chunk(json!({}), Some("tool_calls")),
    ])])
    .await;
    let mut asked = request("read a");
    asked.tools = vec![tool("file_list"), tool("file_read")];
    let told = chunks(&driver("openai", &fake.url, LlmConfig::default()), asked).await;
    let expected = [
        call_start("call_a", "file_read"),
        call_args("{\"pa"),
        call_args("th\":\"a\"}"),
        Chunk::CallEnd,
        call_start("call_b", "file_list"),
        call_args("{}"),
        Chunk::CallEnd,
        Chunk::Stop(StopReason::ToolCalls),
    ];
    assert_eq!(told, expected);
    assert_eq!(fake.only_request().body["tools"][1]["function"]["name"], "file_read");
}

#[tokio::test]
async fn a_finished_batch_goes_back_with_its_results() {
    let fake = Fake::start(vec![ended(&[chunk(json!({"content": "ok"}), Some("stop"))])]).await;
    let mut asked = request("read a");
    let arguments = json!({"path": "a"});
    let (id, name) = ("call_a".to_owned(), "file_read".to_owned());
    asked
        .messages
        .push(message(Role::Assistant, vec![Content::ToolCall { id: id.clone(), name: name.clone(), arguments }]));
    let text = "alpha".to_owned();
    asked.messages.push(message(Role::Tool, vec![Content::ToolResult { id, name, text, is_error: false }]));
    chunks(&driver("openai", &fake.url, LlmConfig::default()), asked).await;
    let messages = fake.only_request().body["messages"].clone();
    assert_eq!(messages[2]["tool_calls"][0]["id"], "call_a");
    assert_eq!(messages[3], json!({"role": "tool", "tool_call_id": "call_a", "content": "alpha"}));
}

#[tokio::test]
async fn thinking_comes_under_either_name() {
    let fake = Fake::start(vec![ended(&[
        chunk(json!({"reasoning_content": "I "}), None),
        chunk(json!({"reasoning": "plan"}), None),
        chunk(json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "!"}]}]}), None),
        chunk(json!({"content": [{"type": "text", "text": "done"}]}), Some("stop")),
    ])])
    .await;
    let told = chunks(&driver("deepseek", &fake.url, LlmConfig::default()), request("hi")).await;
    let think = |t: &str| Chunk::Thinking(t.to_owned());
    assert_eq!(told, [think("I "), think("plan"), think("!"), text("done"), Chunk::Stop(StopReason::EndTurn)]);
}

#[tokio::test]
async fn every_finish_reason_is_understood() {
    for (reason, stop) in [
        ("stop", StopReason::EndTurn),
        ("length", StopReason::Length),
        ("content_filter", StopReason::ContentFilter),
        ("eos", StopReason::EndTurn),
    ] {
        let fake = Fake::start(vec![ended(&[chunk(json!({"content": "x"}), Some(reason))])]).await;
        let told = chunks(&driver("groq", &fake.url, LlmConfig::default()), request("hi")).await;
        assert_eq!(told, [text("x"), Chunk::Stop(stop)], "{reason}");
    }
    let fake = Fake::start(vec![ended(&[
        chunk(json!({"refusal": "I cannot help with that."}), None),
        chunk(json!({}), Some("stop")),
    ])])
    .await;
    let told = chunks(&driver("openai", &fake.url, LlmConfig::default()), request("hi")).await;
    assert_eq!(told, [text("I cannot help with that."), Chunk::Stop(StopReason::ContentFilter)]);
}

#[tokio::test]
async fn habits_of_the_others_are_understood() {
    // No [DONE], CRLF line ends, comments, usage beside the finish reason, a call with `stop`, arguments as an object.
    let call = json!({"tool_calls": [{"function": {"name": "now", "arguments": {}}}]});
    let mut last = chunk(call, Some("stop"));
    last["x_groq"] = json!({"usage": {"prompt_tokens": 5, "completion_tokens": 2}});
    let fake = Fake::start(vec![Reply::stream(vec![
        Piece::Send(b": PROCESSING\r\n\r\n".to_vec()),
        Piece::Send(format!("data: {last}\r\n\r\n").into_bytes()),
    ])])
    .await;
    let told = chunks(&driver("groq", &fake.url, LlmConfig::default()), request("hi")).await;
    let Chunk::CallStart { id, name } = &told[0] else { panic!("{told:?}") };
    assert!(id.starts_with("call_") && name == "now");
    let counted = TokenUsage { input: 5, output: 2, ..TokenUsage::default() };
    assert_eq!(told[1..], [call_args("{}"), Chunk::CallEnd, Chunk::Usage(counted), Chunk::Stop(StopReason::ToolCalls)]);

    let beside = json!({"prompt_tokens": 10, "completion_tokens": 35, "total_tokens": 237,
        "completion_tokens_details": {"reasoning_tokens": 192}});
    let fake = Fake::start(vec![ended(&[chunk(json!({"content": "x"}), Some("stop")), usage(beside)])]).await;
    let told = chunks(&driver("xai", &fake.url, LlmConfig::default()), request("hi")).await;
    let counted = TokenUsage { input: 10, output: 227, reasoning: 192, ..TokenUsage::default() };
    assert_eq!(told[1], Chunk::Usage(counted), "xAI counts reasoning beside the completion");
}

#[tokio::test]
async fn characters_may_be_cut_between_two_writes() {
    let event = format!("data: {}\n\ndata: [DONE]\n\n", chunk(json!({"content": "täglich 👍"}), Some("stop")));
    let pieces = event.as_bytes().iter().map(|byte| Piece::Send(vec![*byte])).collect();
    let fake = Fake::start(vec![Reply::stream(pieces)]).await;
    let told = chunks(&driver("openai", &fake.url, LlmConfig::default()), request("hi")).await;
    assert_eq!(told, [text("täglich 👍"), Chunk::Stop(StopReason::EndTurn)]);
}

#[tokio::test]
async fn pictures_and_formats_are_sent() {
    let fake = Fake::start(vec![ended(&[chunk(json!({"content": "{}"}), Some("stop"))])]).await;
    let mut asked = request("what is this?");
    let picture = Content::Image { media_type: "image/png".into(), data: "QUJD".into(), name: "p".into(), size: 3 };
    asked.messages.push(message(Role::User, vec![picture]));
    asked.options.response_format = Some(ResponseFormat::JsonSchema { schema: json!({"type": "object"}) });
    chunks(&driver("openai", &fake.url, LlmConfig::default()), asked).await;
    let body = fake.only_request().body;
    let url = "data:image/png;base64,QUJD";
    assert_eq!(body["messages"][1]["content"][1], json!({"type": "image_url", "image_url": {"url": url}}));
    assert_eq!(body["response_format"]["json_schema"]["schema"], json!({"type": "object"}));
}
