//! One answer as decided, before limits and pace: what is said, thought and called, and what goes wrong on the way.

use std::time::Duration;

use crate::llm::{LlmError, StopReason, TokenUsage};

#[derive(Debug, Default)]
pub struct Answer {
    pub thinking: Option<Thinking>,
    pub text: String,
    /// The beginning of `text` that earlier calls have sent already.
    pub said_so_far: String,
    pub calls: Vec<Call>,
    /// None: `tool_calls` when there are calls, else `end_turn`.
    pub stop: Option<StopReason>,
    pub usage: Report,
    pub cutting: Cutting,
    pub pauses: Vec<Pause>,
    pub fault: Option<Fault>,
}

#[derive(Debug)]
pub struct Thinking {
    pub text: String,
    pub signature: String,
}

#[derive(Debug)]
pub struct Call {
    pub id: String,
    pub name: String,
    /// JSON text, or whatever a script gives for it.
    pub arguments: String,
}

/// What is reported as usage at the end.
#[derive(Clone, Copy, Debug, Default)]
pub enum Report {
    #[default]
    Computed,
    Given(TokenUsage),
    Nothing,
}

/// How text becomes chunks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Cutting {
    #[default]
    Words,
    All,
    /// So many scalar values each.
    Scalars(usize),
}

#[derive(Clone, Copy, Debug)]
pub struct Pause {
    pub before: Moment,
    pub length: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moment {
    Start,
    /// From 1.
    Chunk(usize),
    End,
}

#[derive(Debug)]
pub struct Fault {
    pub kind: FaultKind,
    /// Text chunks sent before it happens; none: before everything.
    pub after: After,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum After {
    Nothing,
    Chunks(usize),
    AllText,
}

#[derive(Clone, Debug)]
pub enum FaultKind {
    Error(LlmError),
    Hang,
    /// The stream ends without a stop.
    Drop,
    #[cfg(feature = "crash-points")]
    Crash,
}

impl Answer {
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}
