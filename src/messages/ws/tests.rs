//! The frames that events become, and what clients may send.

use serde_json::{Value, json};

use super::{
    frames::{ClientFrame, Verbosity},
    view::RunView,
};
use crate::{
    error::ErrorCode,
    ids::Id,
    runs::{RunState, StepKind, StopReason, Tokens},
    runtime::event::{Done, EventBody, EventId, RunEvent, Start, ToolFinished},
    time::Ts,
};

fn shown(view: &mut RunView, run: Id, bodies: Vec<EventBody>, verbose: Verbosity) -> Vec<Value> {
    let events = bodies.into_iter().zip(1..).map(|(body, seq)| RunEvent {
        run_id: run,
        id: EventId::stored(seq),
        at: Ts(0),
        body,
    });
    events.flat_map(|event| view.frames(&event, verbose)).map(|f| serde_json::to_value(f).unwrap()).collect()
}

fn view() -> RunView {
    RunView::new(Id::new(), Some("c1".into()), Id::new(), EventId(0))
}

fn start() -> EventBody {
    let (provider, model) = ("builtin".to_owned(), "script".to_owned());
    EventBody::RunStarted(Start { provider, model, attempt: 1, manifest_version: 1 })
}

fn done(silent: bool) -> EventBody {
    EventBody::Done(Box::new(Done {
        state: RunState::Completed,
        stop_reason: if silent { StopReason::Silent } else { StopReason::EndTurn },
        session_id: Id::new(),
        agent_id: Id::new(),
        message_id: Some(Id::new()),
        response: if silent { String::new() } else { "Hi".into() },
        silent,
        directives: Default::default(),
        usage: Tokens { input: 12, output: 2, ..Tokens::default() },
        cost_micro_usd: Some(1_500_000),
        iterations: 1,
        provider: Some("builtin".into()),
        model: Some("script".into()),
        fallback_model: None,
        context_fill: 0.6,
        warnings: vec![],
        cancel_reason: None,
        duration_ms: 5,
    }))
}

fn types(frames: &[Value]) -> Vec<String> {
    let state = |f: &Value| f["state"].as_str().or(f["phase"].as_str()).or(f["status"].as_str()).map(str::to_owned);
    let word = |f: &Value| f["type"].as_str().unwrap_or_default().to_owned();
    frames.iter().map(|f| state(f).map_or(word(f), |s| format!("{} {s}", word(f)))).collect()
}

#[test]
fn a_plain_answer() {
    let run = Id::new();
    let bodies = vec![
        EventBody::RunQueued { session_id: Id::new(), agent_id: Id::new(), position: 0 },
        start(),
        EventBody::StepStarted { step: 1, kind: StepKind::ModelCall, tool: None, model: None },
        EventBody::TextDelta { step: 1, text: "H".into() },
        EventBody::TextDelta { step: 1, text: "i".into() },
        done(false),
    ];
    let frames = shown(&mut view(), run, bodies, Verbosity::Full);
    assert_eq!(
        types(&frames),
        [
            "run running",
            "typing start",
            "thinking",
            "phase thinking",
            "phase streaming",
            "text_delta",
            "text_delta",
            "run completed",
            "phase done",
            "typing stop",
            "response"
        ]
    );
    assert!(frames.iter().all(|f| f["run_id"] == json!(run) && f["event_id"].is_i64() && f["session_id"].is_string()));
    let last = frames.last().unwrap();
    assert_eq!((&last["content"], &last["client_id"]), (&json!("Hi"), &json!("c1")));
    assert_eq!((&last["context_pressure"], &last["cost_usd"]), (&json!("medium"), &json!(1.5)));
}

#[test]
fn a_silent_end_and_a_place_in_the_queue() {
    let queued = EventBody::RunQueued { session_id: Id::new(), agent_id: Id::new(), position: 2 };
    let frames = shown(&mut view(), Id::new(), vec![queued, done(true)], Verbosity::Full);
    assert_eq!(frames[0]["queue_position"], 1, "one of the two ahead runs already");
    assert_eq!(types(&frames).last().unwrap(), "silent_complete");
}

#[test]
fn tool_calls_at_each_verbosity() {
    let call = || EventBody::ToolCall {
        step: 2,
        call_id: "t1".into(),
        tool: "file_read".into(),
        input: json!({"path": "x".repeat(600)}),
        iteration: 1,
    };
    let finished = || {
        EventBody::ToolFinished(ToolFinished {
            step: 2,
            call_id: "t1".into(),
            tool: "file_read".into(),
            is_error: false,
            code: None,
            artifact: None,
            duration_ms: 1,
            input: json!({}),
            result: "é".repeat(40_000),
            truncated: false,
        })
    };
    for (verbose, ends, input, result) in
        [(Verbosity::Off, 0, 0, None), (Verbosity::On, 1, 100, Some(200)), (Verbosity::Full, 1, 500, Some(32_768))]
    {
        let piece =
            EventBody::ToolInputDelta { step: 1, call_id: "t1".into(), tool: "file_read".into(), text: String::new() };
        let started = EventBody::ToolStarted { step: 2, call_id: "t1".into(), tool: "file_read".into() };
        let frames = shown(&mut view(), Id::new(), vec![piece, call(), started, finished()], verbose);
        let of = |name: &str| frames.iter().filter(|f| f["type"] == name).collect::<Vec<_>>();
        assert_eq!(of("tool_start").len(), 1, "once, with the first piece");
        assert_eq!(of("tool_end").len(), ends);
        for end in of("tool_end") {
            assert_eq!(end["input"].as_str().unwrap().chars().count(), input);
        }
        assert_eq!(of("tool_result")[0]["result"].as_str().map(|r| r.chars().count()), result, "{verbose:?}");
    }
}

#[test]
fn what_clients_may_send() {
    for (text, message) in [
        ("hello", "hello"),
        ("  [1, 2] ", "[1, 2]"),
        ("\"quoted\"", "\"quoted\""),
        (r#"{"type": "message", "content": " a\u0007b\nc "}"#, "ab\nc"),
    ] {
        match ClientFrame::parse(text) {
            Ok(ClientFrame::Message(sent)) => assert_eq!(sent.message.text(), message),
            other => panic!("{text}: {other:?}"),
        }
    }
    for (text, code) in [
        (r#"{"type": "dance"}"#, ErrorCode::UnknownFrame),
        (r#"{"content": "no type"}"#, ErrorCode::UnknownFrame),
        (r#"{"type": "message", "content": "a", "content": "b"}"#, ErrorCode::InvalidRequest),
        (r#"{"type": "message"}"#, ErrorCode::InvalidRequest),
        (r#"{"type": "message", "content": "x", "max_iterations": 501}"#, ErrorCode::InvalidRequest),
        (r#"{"type": "resume"}"#, ErrorCode::InvalidRequest),
    ] {
        assert_eq!(ClientFrame::parse(text).unwrap_err().error.code(), code, "{text}");
    }
    let named = ClientFrame::parse(r#"{"type": "message", "client_id": "c9"}"#).unwrap_err();
    assert_eq!(named.client_id.as_deref(), Some("c9"));
}
