//! Events of one run as frames of the chat socket. Pure: equal events give equal frames.

use std::collections::HashSet;

use super::frames::{
    ApprovalRequiredFrame, ErrorFrame, FrameMark, PhaseFrame, ResponseFrame, RetryFrame, RunFrame, RunPhase,
    ServerFrame, SilentCompleteFrame, StepDiscardedFrame, TextDeltaFrame, ThinkingDeltaFrame, ThinkingFrame,
    ToolEndFrame, ToolResultFrame, ToolStartFrame, TypingFrame, TypingState, Verbosity, WarningFrame,
};
use crate::{
    ids::Id,
    runs::{StepKind, approval_required, schema::RunStatus},
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
        let mark = FrameMark { run_id: event.run_id, session_id: self.session_id, event_id: event.id.0 };
        let phase = |phase, detail| ServerFrame::Phase(PhaseFrame { mark, phase, detail });
        match &event.body {
            EventBody::RunQueued { position, .. } if *position > 0 => {
                vec![self.run(mark, RunStatus::Queued, Some(*position - 1))]
            }
            EventBody::RunStarted(_) | EventBody::RunResumed(_) => {
                let mut frames = vec![self.run(mark, RunStatus::Running, None)];
                if !std::mem::replace(&mut self.typing, true) {
                    frames.push(ServerFrame::Typing(TypingFrame { mark, state: TypingState::Start, tool: None }));
                    frames.push(ServerFrame::Thinking(ThinkingFrame { mark }));
                }
                frames
            }
            EventBody::StepStarted { kind: StepKind::ModelCall, .. } => {
                self.streaming = false;
                vec![phase(RunPhase::Thinking, None)]
            }
            EventBody::TextDelta { text, .. } => {
                let begins = !std::mem::replace(&mut self.streaming, true);
                let phase = begins.then(|| phase(RunPhase::Streaming, None));
                phase
                    .into_iter()
                    .chain([ServerFrame::TextDelta(TextDeltaFrame { mark, content: text.clone() })])
                    .collect()
            }
            EventBody::ThinkingDelta { text, .. } => {
                vec![ServerFrame::ThinkingDelta(ThinkingDeltaFrame { mark, thinking: text.clone() })]
            }
            EventBody::ToolInputDelta { .. }
            | EventBody::ToolCall { .. }
            | EventBody::ToolStarted { .. }
            | EventBody::ToolFinished(_) => self.tool(mark, &event.body, verbose),
            EventBody::ApprovalRequested(asked) => {
                vec![ServerFrame::ApprovalRequired(Box::new(ApprovalRequiredFrame {
                    session_id: mark.session_id,
                    event_id: mark.event_id,
                    approval: approval_required(event.run_id, asked),
                }))]
            }
            EventBody::ApprovalDecided { .. } => vec![self.run(mark, RunStatus::Running, None)],
            EventBody::Waiting { kind, .. } if kind == "approval" => {
                vec![self.run(mark, RunStatus::WaitingApproval, None), phase(RunPhase::WaitingApproval, None)]
            }
            EventBody::StepDiscarded { discards_after, .. } => {
                self.streaming = false;
                vec![ServerFrame::StepDiscarded(StepDiscardedFrame { mark, discards_after: discards_after.0 })]
            }
            EventBody::Retry { class, attempt, delay_ms, next_provider, next_model, .. } => {
                let next_model = next_model.as_ref().map(|model| match next_provider {
                    Some(provider) => format!("{provider}/{model}"),
                    None => model.clone(),
                });
                let (attempt, delay_ms) = (*attempt, *delay_ms);
                vec![ServerFrame::Retry(RetryFrame { mark, attempt, delay_ms, code: failure_code(*class), next_model })]
            }
            EventBody::LoopWarning { code, message }
            | EventBody::BudgetWarning { code, message }
            | EventBody::Warning { code, message } => {
                let full = (code == "history_trimmed").then(|| phase(RunPhase::ContextWarning, Some(message.clone())));
                let warning = ServerFrame::Warning(WarningFrame { mark, code: code.clone(), message: message.clone() });
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

    fn tool(&mut self, mark: FrameMark, body: &EventBody, verbose: Verbosity) -> Vec<ServerFrame> {
        match body {
            EventBody::ToolInputDelta { call_id, tool, .. } => self.begin(mark, call_id, tool).into_iter().collect(),
            EventBody::ToolCall { call_id, tool, input, .. } => {
                let limit = match verbose {
                    Verbosity::Off => None,
                    Verbosity::On => Some(INPUT_ON),
                    Verbosity::Full => Some(INPUT_FULL),
                };
                let end = limit.map(|limit| {
                    ServerFrame::ToolEnd(ToolEndFrame {
                        mark,
                        id: call_id.clone(),
                        tool: tool.clone(),
                        input: first_chars(&input.to_string(), limit),
                    })
                });
                self.begin(mark, call_id, tool).into_iter().chain(end).collect()
            }
            EventBody::ToolStarted { tool, .. } => vec![
                ServerFrame::Typing(TypingFrame { mark, state: TypingState::Tool, tool: Some(tool.clone()) }),
                ServerFrame::Phase(PhaseFrame { mark, phase: RunPhase::ToolUse, detail: Some(tool.clone()) }),
            ],
            EventBody::ToolFinished(finished) => vec![ServerFrame::ToolResult(ToolResultFrame {
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
            })],
            _ => vec![],
        }
    }

    fn run(&self, mark: FrameMark, status: RunStatus, queue_position: Option<i64>) -> ServerFrame {
        ServerFrame::Run(RunFrame { mark, status, queue_position, client_id: self.client_id.clone() })
    }

    fn begin(&mut self, mark: FrameMark, id: &str, tool: &str) -> Option<ServerFrame> {
        let is_new = self.begun.insert(id.to_owned());
        is_new.then(|| ServerFrame::ToolStart(ToolStartFrame { mark, id: id.to_owned(), tool: tool.to_owned() }))
    }

    fn done(&self, mark: FrameMark, done: &Done) -> Vec<ServerFrame> {
        let (input_tokens, output_tokens) = (done.usage.input, done.usage.output);
        let client_id = self.client_id.clone();
        let last = match done.silent {
            true => ServerFrame::SilentComplete(SilentCompleteFrame { mark, input_tokens, output_tokens, client_id }),
            false => ServerFrame::Response(Box::new(ResponseFrame {
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
            ServerFrame::Phase(PhaseFrame { mark, phase: RunPhase::Done, detail: None }),
            ServerFrame::Typing(TypingFrame { mark, state: TypingState::Stop, tool: None }),
            last,
        ]
    }

    fn failed(&self, mark: FrameMark, failed: &Failed) -> Vec<ServerFrame> {
        vec![
            self.run(mark, RunStatus::Failed, None),
            ServerFrame::Phase(PhaseFrame { mark, phase: RunPhase::Error, detail: Some(failed.message.clone()) }),
            ServerFrame::Typing(TypingFrame { mark, state: TypingState::Stop, tool: None }),
            ServerFrame::Error(Box::new(ErrorFrame {
                run_id: Some(mark.run_id),
                session_id: Some(mark.session_id),
                event_id: Some(mark.event_id),
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
