//! Which events streams send, and their fields.

use serde_json::{Value, json};

use super::wire_event;
use crate::{
    error::ErrorCode,
    ids::Id,
    llm::ErrorClass,
    messages::MessageRole,
    runs::{RunState, StepKind, StopReason, Tokens},
    runtime::event::{Done, EventBody, EventId, Failed, RunEvent, Start, ToolFinished},
    time::Ts,
};

fn wire(body: EventBody) -> Option<Value> {
    let event = RunEvent { run_id: Id::new(), id: EventId::stored(1), at: Ts(0), body };
    let wire = wire_event(&event, Id::new())?;
    let value = serde_json::to_value(&wire).unwrap();
    assert_eq!(value["type"], wire.name());
    assert_eq!(value["run_id"], json!(event.run_id));
    assert_eq!(value["done"], json!(event.body.is_terminal()));
    Some(value)
}

#[test]
fn inner_events_are_not_sent() {
    let start = || Start { provider: "p".into(), model: "m".into(), attempt: 1, manifest_version: 1 };
    let id = Id::new();
    for body in [
        EventBody::RunQueued { session_id: id, agent_id: id, position: 0 },
        EventBody::RunStarted(start()),
        EventBody::RunResumed(start()),
        EventBody::StepStarted { step: 1, kind: StepKind::ModelCall, tool: None, model: None },
        EventBody::ToolInputDelta { step: 1, call_id: "c".into(), tool: "t".into(), text: "{".into() },
        EventBody::ToolStarted { step: 1, call_id: "c".into(), tool: "t".into() },
        EventBody::Message { message_id: id, seq: 1, role: MessageRole::User },
        EventBody::Usage { tokens: Tokens::default(), cost_micro_usd: 0 },
        EventBody::Waiting { kind: "retry".into(), until: None },
        EventBody::Erased,
    ] {
        assert_eq!(wire(body.clone()), None, "{body:?}");
    }
}

/// Readers of OpenFang 0.6 print any string `content`, take `tool` without `input` as the start of a tool and `tool` with
/// `input` as its end.
#[test]
fn fields_serve_older_readers() {
    let delta = wire(EventBody::TextDelta { step: 1, text: "Hi".into() }).unwrap();
    assert_eq!((&delta["delta"], &delta["content"]), (&json!("Hi"), &json!("Hi")));
    let call = EventBody::ToolCall {
        step: 2,
        call_id: "c1".into(),
        tool: "file_read".into(),
        input: json!({"path": "a"}),
        iteration: 1,
    };
    let call = wire(call).unwrap();
    assert_eq!(
        (&call["tool"], &call["name"], &call["arguments"]["path"]),
        (&json!("file_read"), &json!("file_read"), &json!("a"))
    );
    assert!(call.get("input").is_none() && call.get("content").is_none());
    let result = wire(EventBody::ToolFinished(ToolFinished {
        step: 2,
        call_id: "c1".into(),
        tool: "file_read".into(),
        is_error: true,
        code: None,
        artifact: None,
        duration_ms: 3,
        input: json!({"path": "a"}),
        result: "gone".into(),
        truncated: false,
    }))
    .unwrap();
    assert_eq!(
        (&result["tool"], &result["input"]["path"], &result["result"]),
        (&json!("file_read"), &json!("a"), &json!("gone"))
    );
    assert!(result.get("content").is_none());
    let thinking = wire(EventBody::ThinkingDelta { step: 1, text: "hm".into() }).unwrap();
    assert!(thinking.get("content").is_none() && thinking.get("delta").is_none());
}

#[test]
fn withdrawn_text_and_retries() {
    let discarded = wire(EventBody::StepDiscarded { step: 1, discards_after: EventId(30_000_000) }).unwrap();
    assert_eq!(discarded["discards_after"], 30_000_000);
    let retry = wire(EventBody::Retry {
        step: 1,
        class: ErrorClass::RateLimit,
        attempt: 2,
        delay_ms: 500,
        next_provider: Some("openai".into()),
        next_model: Some("gpt-4o".into()),
    })
    .unwrap();
    assert_eq!((&retry["code"], &retry["next_model"]), (&json!("upstream_rate_limited"), &json!("openai/gpt-4o")));
}

#[test]
fn the_two_ends() {
    let usage = Tokens { input: 10, output: 2, cached: 4, cache_write: 1, reasoning: 1 };
    let done = wire(EventBody::Done(Box::new(Done {
        state: RunState::Cancelled,
        stop_reason: StopReason::Cancelled,
        session_id: Id::new(),
        agent_id: Id::new(),
        message_id: None,
        response: "Hi".into(),
        silent: false,
        directives: Default::default(),
        usage,
        cost_micro_usd: Some(2_500),
        iterations: 1,
        provider: Some("p".into()),
        model: Some("m".into()),
        fallback_model: None,
        context_fill: 0.1,
        warnings: vec!["w".into()],
        cancel_reason: None,
        duration_ms: 1,
    })))
    .unwrap();
    assert_eq!((&done["status"], &done["cost_usd"]), (&json!("cancelled"), &json!(0.0025)));
    assert_eq!(
        done["usage"],
        json!({"input_tokens": 10, "output_tokens": 2, "cache_read_tokens": 4, "cache_write_tokens": 1,
            "reasoning_tokens": 1, "total_tokens": 12, "cost_usd": 0.0025})
    );
    let failed = wire(EventBody::Error(Box::new(Failed {
        stop_reason: StopReason::Error,
        session_id: Id::new(),
        agent_id: Id::new(),
        code: ErrorCode::UpstreamTimeout,
        class: Some(ErrorClass::Timeout),
        message: "too late".into(),
        hint: None,
        provider: Some("p".into()),
        retryable: true,
        retry_after_secs: None,
        response: "so far".into(),
        usage,
        cost_micro_usd: None,
        iterations: 0,
    })))
    .unwrap();
    assert_eq!(
        (&failed["code"], &failed["partial"], &failed["retryable"]),
        (&json!("upstream_timeout"), &json!(true), &json!(true))
    );
    assert_eq!((&failed["error"], &failed["usage"]["cost_usd"]), (&json!("too late"), &Value::Null));
}
