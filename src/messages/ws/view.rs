//! Events of one run as frames of the chat socket. Pure: equal events give equal frames.

use std::collections::HashSet;

use super::frames::{ErrorFrame, Mark, Phase, Response, ServerFrame, TypingState, Verbosity};
use crate::{
    ids::Id,
    runs::{StepKind, schema::RunStatus},
    runtime::{
        engine::failure_code,
        event::{Done, EventBody, EventId, Failed, RESULT_BYTES, RunEvent},
    },
    sessions::schema::Pressure,
    usage::schema::{Usage, usd},
};

/// Characters of arguments and results at `on`, and of arguments at `full`.
const INPUT_ON: usize = 100;
const INPUT_FULL: usize = 500;
const RESULT_ON: usize = 200;

/// What a connection knows of a run that it shows.
#[derive(Debug)]
pub struct RunView {
    session_id: Id,
    client_id: Option<String>,
    /// Of the connection; failures name it.
    request_id: Id,
    typing: bool,
    streaming: bool,
    /// Calls whose beginning was shown.
    begun: HashSet<String>,
    pub last: EventId,
}

impl RunView {
    pub fn new(session_id: Id, client_id: Option<String>, request_id: Id, after: EventId) -> Self {
        let begun = HashSet::new();
        Self { session_id, client_id, request_id, typing: false, streaming: false, begun, last: after }
    }

    pub fn client_id(self) -> Option<String> {
        self.client_id
    }

    pub fn frames(&mut self, event: &RunEvent, verbose: Verbosity) -> Vec<ServerFrame> {
        self.last = self.last.max(event.id);
        let mark = Mark { run_id: event.run_id, session_id: self.session_id, event_id: event.id.0 };
        let phase = |phase, detail| ServerFrame::Phase { mark, phase, detail };
        match &event.body {
            EventBody::RunQueued { position, .. } if *position > 0 => {
                vec![self.run(mark, RunStatus::Queued, Some(*position - 1))]
            }
            EventBody::RunStarted(_) | EventBody::RunResumed(_) => {
                let mut frames = vec![self.run(mark, RunStatus::Running, None)];
                if !std::mem::replace(&mut self.typing, true) {
                    frames.push(ServerFrame::Typing { mark, state: TypingState::Start, tool: None });
                    frames.push(ServerFrame::Thinking { mark });
                }
                frames
            }
            EventBody::StepStarted { kind: StepKind::ModelCall, .. } => {
                self.streaming = false;
                vec![phase(Phase::Thinking, None)]
            }
            EventBody::TextDelta { text, .. } => {
                let begins = !std::mem::replace(&mut self.streaming, true);
                let phase = begins.then(|| phase(Phase::Streaming, None));
                phase.into_iter().chain([ServerFrame::TextDelta { mark, content: text.clone() }]).collect()
            }
            EventBody::ThinkingDelta { text, .. } => {
                vec![ServerFrame::ThinkingDelta { mark, thinking: text.clone() }]
            }
            EventBody::ToolInputDelta { .. }
            | EventBody::ToolCall { .. }
            | EventBody::ToolStarted { .. }
            | EventBody::ToolFinished(_) => self.tool(mark, &event.body, verbose),
            EventBody::StepDiscarded { discards_after, .. } => {
                self.streaming = false;
                vec![ServerFrame::StepDiscarded { mark, discards_after: discards_after.0 }]
            }
            EventBody::Retry { class, attempt, delay_ms, next_provider, next_model, .. } => {
                let next_model = next_model.as_ref().map(|model| match next_provider {
                    Some(provider) => format!("{provider}/{model}"),
                    None => model.clone(),
                });
                let (attempt, delay_ms) = (*attempt, *delay_ms);
                vec![ServerFrame::Retry { mark, attempt, delay_ms, code: failure_code(*class), next_model }]
            }
            EventBody::LoopWarning { code, message } | EventBody::Warning { code, message } => {
                let full = (code == "history_trimmed").then(|| phase(Phase::ContextWarning, Some(message.clone())));
                let warning = ServerFrame::Warning { mark, code: code.clone(), message: message.clone() };
                [warning].into_iter().chain(full).collect()
            }
            EventBody::Done(done) => self.done(mark, done),
            EventBody::Error(failed) => self.failed(mark, failed),
            EventBody::RunQueued { .. }
            | EventBody::StepStarted { .. }
            | EventBody::Message { .. }
            | EventBody::Usage { .. }
            | EventBody::Waiting { .. }
            | EventBody::Erased => vec![],
        }
    }

    fn tool(&mut self, mark: Mark, body: &EventBody, verbose: Verbosity) -> Vec<ServerFrame> {
        match body {
            EventBody::ToolInputDelta { call_id, tool, .. } => self.begin(mark, call_id, tool).into_iter().collect(),
            EventBody::ToolCall { call_id, tool, input, .. } => {
                let limit = match verbose {
                    Verbosity::Off => None,
                    Verbosity::On => Some(INPUT_ON),
                    Verbosity::Full => Some(INPUT_FULL),
                };
                let end = limit.map(|limit| ServerFrame::ToolEnd {
                    mark,
                    id: call_id.clone(),
                    tool: tool.clone(),
                    input: first_chars(&input.to_string(), limit),
                });
                self.begin(mark, call_id, tool).into_iter().chain(end).collect()
            }
            EventBody::ToolStarted { tool, .. } => vec![
                ServerFrame::Typing { mark, state: TypingState::Tool, tool: Some(tool.clone()) },
                ServerFrame::Phase { mark, phase: Phase::ToolUse, detail: Some(tool.clone()) },
            ],
            EventBody::ToolFinished(finished) => vec![ServerFrame::ToolResult {
                mark,
                id: finished.call_id.clone(),
                tool: finished.tool.clone(),
                is_error: finished.is_error,
                result: match verbose {
                    Verbosity::Off => None,
                    Verbosity::On => Some(first_chars(&finished.result, RESULT_ON)),
                    Verbosity::Full => {
                        let end = finished.result.floor_char_boundary(RESULT_BYTES);
                        Some(finished.result[..end].to_owned())
                    }
                },
            }],
            _ => vec![],
        }
    }

    fn run(&self, mark: Mark, status: RunStatus, queue_position: Option<i64>) -> ServerFrame {
        ServerFrame::Run { mark, status, queue_position, client_id: self.client_id.clone() }
    }

    fn begin(&mut self, mark: Mark, id: &str, tool: &str) -> Option<ServerFrame> {
        let is_new = self.begun.insert(id.to_owned());
        is_new.then(|| ServerFrame::ToolStart { mark, id: id.to_owned(), tool: tool.to_owned() })
    }

    fn done(&self, mark: Mark, done: &Done) -> Vec<ServerFrame> {
        let (input_tokens, output_tokens) = (done.usage.input, done.usage.output);
        let client_id = self.client_id.clone();
        let last = match done.silent {
            true => ServerFrame::SilentComplete { mark, input_tokens, output_tokens, client_id },
            false => ServerFrame::Response(Box::new(Response {
                mark,
                content: done.response.clone(),
                input_tokens,
                output_tokens,
                iterations: done.iterations,
                cost_usd: done.cost_micro_usd.map(usd),
                context_pressure: Pressure::of(done.context_fill),
                fallback_model: done.fallback_model.clone(),
                message_id: done.message_id,
                stop_reason: done.stop_reason,
                usage: Usage::new(done.usage, done.cost_micro_usd),
                client_id,
            })),
        };
        vec![
            self.run(mark, done.state.into(), None),
            ServerFrame::Phase { mark, phase: Phase::Done, detail: None },
            ServerFrame::Typing { mark, state: TypingState::Stop, tool: None },
            last,
        ]
    }

    fn failed(&self, mark: Mark, failed: &Failed) -> Vec<ServerFrame> {
        vec![
            self.run(mark, RunStatus::Failed, None),
            ServerFrame::Phase { mark, phase: Phase::Error, detail: Some(failed.message.clone()) },
            ServerFrame::Typing { mark, state: TypingState::Stop, tool: None },
            ServerFrame::Error(Box::new(ErrorFrame {
                mark: Some(mark),
                content: failed.message.clone(),
                code: failed.code,
                request_id: self.request_id,
                retryable: failed.retryable,
                retry_after: failed.retry_after_secs,
                client_id: self.client_id.clone(),
            })),
        ]
    }
}

fn first_chars(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}
