//! The events of a run as its streams send them: SSE `event` is the `type`, SSE `data` the object.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::RunStatus;
use crate::{error::ErrorCode, ids::Id, runs::StopReason, usage::schema::Usage};

/// Something that happened in a run. The last event of a run is `done` or `error`, exactly once.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RunEvent {
    TextDelta(TextDelta),
    ThinkingDelta(ThinkingDelta),
    ToolUse(ToolUse),
    ToolResult(ToolResult),
    StepDiscarded(StepDiscarded),
    Retry(RunRetry),
    Warning(RunWarning),
    Done(Box<RunDone>),
    Error(Box<RunFailed>),
}

impl RunEvent {
    /// Name of the event, which is its `type`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TextDelta(_) => "text_delta",
            Self::ThinkingDelta(_) => "thinking_delta",
            Self::ToolUse(_) => "tool_use",
            Self::ToolResult(_) => "tool_result",
            Self::StepDiscarded(_) => "step_discarded",
            Self::Retry(_) => "retry",
            Self::Warning(_) => "warning",
            Self::Done(_) => "done",
            Self::Error(_) => "error",
        }
    }
}

/// A piece of the answer. All pieces that were not withdrawn, joined, are the `response` of `done`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TextDelta {
    pub run_id: Id,
    #[schema(example = "Hel")]
    pub delta: String,
    /// Same as `delta`.
    pub content: String,
    pub done: bool,
}

/// A piece of the model's reasoning.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThinkingDelta {
    pub run_id: Id,
    pub thinking: String,
    pub done: bool,
}

/// The model asked for a tool; the call is complete and not yet carried out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToolUse {
    pub run_id: Id,
    #[schema(example = "file_read")]
    pub tool: String,
    /// Same as `tool`.
    pub name: String,
    pub id: String,
    /// Same as `id`.
    pub tool_use_id: String,
    pub arguments: Value,
    /// Number of the answer that asked for it, from 1.
    #[schema(minimum = 1)]
    pub iteration: i32,
    pub done: bool,
}

/// A tool call ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToolResult {
    pub run_id: Id,
    #[schema(example = "file_read")]
    pub tool: String,
    /// Same as `tool`.
    pub name: String,
    pub id: String,
    /// Same as `id`.
    pub tool_use_id: String,
    pub input: Value,
    /// What the model is told, at most 64 KiB here.
    pub result: String,
    pub is_error: bool,
    /// `result` is not all of it.
    pub truncated: bool,
    #[schema(minimum = 0)]
    pub duration_ms: i64,
    pub done: bool,
}

/// The text of a failed attempt does not count: drop all deltas with a higher event id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepDiscarded {
    pub run_id: Id,
    #[schema(minimum = 0)]
    pub discards_after: i64,
    pub done: bool,
}

/// A model call failed and is tried again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunRetry {
    pub run_id: Id,
    /// The try that failed, from 1.
    #[schema(minimum = 1)]
    pub attempt: i32,
    #[schema(minimum = 0)]
    pub delay_ms: i64,
    /// Why it failed.
    pub code: ErrorCode,
    /// Set when another model is asked next, as `provider/model`.
    pub next_model: Option<String>,
    pub done: bool,
}

/// Something worth knowing that does not end the run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunWarning {
    pub run_id: Id,
    #[schema(example = "history_trimmed")]
    pub code: String,
    pub message: String,
    pub done: bool,
}

/// The run completed or was cancelled; the stream ends.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunDone {
    pub run_id: Id,
    pub done: bool,
    /// `completed` or `cancelled`.
    pub status: RunStatus,
    /// The whole answer.
    pub response: String,
    /// The stored answer; null when there is none.
    pub message_id: Option<Id>,
    pub session_id: Id,
    pub agent_id: Id,
    pub stop_reason: StopReason,
    /// The agent chose not to answer.
    pub silent: bool,
    #[schema(minimum = 0)]
    pub iterations: i32,
    #[schema(minimum = 0)]
    pub input_tokens: i64,
    #[schema(minimum = 0)]
    pub output_tokens: i64,
    pub cost_usd: Option<f64>,
    /// Totals of the run.
    pub usage: Usage,
    pub model_provider: Option<String>,
    pub model_name: Option<String>,
    pub warnings: Vec<String>,
}

/// The run failed; the stream ends.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunFailed {
    pub run_id: Id,
    pub done: bool,
    /// A sentence for people.
    pub error: String,
    pub code: ErrorCode,
    /// Of the request that opened the stream.
    pub request_id: Id,
    /// The same message may succeed later.
    pub retryable: bool,
    pub session_id: Id,
    pub agent_id: Id,
    /// Totals of the run.
    pub usage: Usage,
    /// Text of the answer was sent before.
    pub partial: bool,
}
