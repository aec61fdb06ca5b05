//! The events of a run as its streams send them: SSE `event` is the `type`, SSE `data` the object.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::RunStatus;
use crate::{approvals::RiskLevel, error::ErrorCode, ids::Id, runs::StopReason, time::Ts, usage::schema::Usage};

/// Something that happened in a run. The last event of a run is `done` or `error`, exactly once.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RunEvent {
    TextDelta(TextDelta),
    ThinkingDelta(ThinkingDelta),
    ToolUse(ToolUse),
    ApprovalRequired(Box<ApprovalRequired>),
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
            Self::ApprovalRequired(_) => "approval_required",
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
    /// The run.
    pub run_id: Id,
    /// The text.
    #[schema(example = "Hel")]
    pub delta: String,
    /// Same as `delta`.
    pub content: String,
    /// True for the last event only.
    pub done: bool,
}

/// A piece of the model's reasoning.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThinkingDelta {
    /// The run.
    pub run_id: Id,
    /// The reasoning.
    pub thinking: String,
    /// True for the last event only.
    pub done: bool,
}

/// The model asked for a tool; the call is complete and not yet carried out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToolUse {
    /// The run.
    pub run_id: Id,
    /// Name of the tool.
    #[schema(example = "file_read")]
    pub tool: String,
    /// Same as `tool`.
    pub name: String,
    /// Id that the model gave the call.
    pub id: String,
    /// Same as `id`.
    pub tool_use_id: String,
    /// Arguments of the call.
    pub arguments: Value,
    /// Number of the answer that asked for it, from 1.
    #[schema(minimum = 1)]
    pub iteration: i32,
    /// True for the last event only.
    pub done: bool,
}

/// A call waits for a person: decide with `approve_request` or `reject_request`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalRequired {
    /// The run.
    pub run_id: Id,
    /// The approval to decide.
    pub approval_id: Id,
    /// Name of the tool.
    #[schema(example = "shell_exec")]
    pub tool_name: String,
    /// Id that the model gave the call.
    pub tool_use_id: String,
    /// Arguments of the call; secrets are masked.
    pub arguments: Value,
    /// What may go wrong.
    pub risk_level: RiskLevel,
    /// What would happen, as a line for people.
    pub summary: String,
    /// When the question lapses.
    pub expires_at: Ts,
    /// True for the last event only.
    pub done: bool,
}

/// A tool call ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToolResult {
    /// The run.
    pub run_id: Id,
    /// Name of the tool.
    #[schema(example = "file_read")]
    pub tool: String,
    /// Same as `tool`.
    pub name: String,
    /// Id that the model gave the call.
    pub id: String,
    /// Same as `id`.
    pub tool_use_id: String,
    /// Arguments of the call.
    pub input: Value,
    /// What the model is told, at most 64 KiB here.
    pub result: String,
    /// It went wrong.
    pub is_error: bool,
    /// `result` is not all of it.
    pub truncated: bool,
    /// How long it took, in milliseconds.
    #[schema(minimum = 0)]
    pub duration_ms: i64,
    /// True for the last event only.
    pub done: bool,
}

/// The text of a failed attempt does not count: drop all deltas with a higher event id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepDiscarded {
    /// The run.
    pub run_id: Id,
    /// Deltas with a higher id are void.
    #[schema(minimum = 0)]
    pub discards_after: i64,
    /// True for the last event only.
    pub done: bool,
}

/// A model call failed and is tried again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunRetry {
    /// The run.
    pub run_id: Id,
    /// The try that failed, from 1.
    #[schema(minimum = 1)]
    pub attempt: i32,
    /// Pause before the next try, in milliseconds.
    #[schema(minimum = 0)]
    pub delay_ms: i64,
    /// Why it failed.
    pub code: ErrorCode,
    /// Set when another model is asked next, as `provider/model`.
    pub next_model: Option<String>,
    /// True for the last event only.
    pub done: bool,
}

/// Something worth knowing that does not end the run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunWarning {
    /// The run.
    pub run_id: Id,
    /// Stable word to branch on.
    #[schema(example = "history_trimmed")]
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// True for the last event only.
    pub done: bool,
}

/// The run completed or was cancelled; the stream ends.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunDone {
    /// The run.
    pub run_id: Id,
    /// Always true.
    pub done: bool,
    /// `completed` or `cancelled`.
    pub status: RunStatus,
    /// The whole answer.
    pub response: String,
    /// The stored answer; null when there is none.
    pub message_id: Option<Id>,
    /// The session.
    pub session_id: Id,
    /// The agent.
    pub agent_id: Id,
    /// Why it ended.
    pub stop_reason: StopReason,
    /// The agent chose not to answer.
    pub silent: bool,
    /// Answers of the model.
    #[schema(minimum = 0)]
    pub iterations: i32,
    /// Tokens sent to models.
    #[schema(minimum = 0)]
    pub input_tokens: i64,
    /// Tokens written by models.
    #[schema(minimum = 0)]
    pub output_tokens: i64,
    /// In US dollars; null before the first model call.
    pub cost_usd: Option<f64>,
    /// Totals of the run.
    pub usage: Usage,
    /// Provider of the model that answered; null before the start.
    pub model_provider: Option<String>,
    /// Model that answered; null before the start.
    pub model_name: Option<String>,
    /// Things worth knowing, as sentences.
    pub warnings: Vec<String>,
}

/// The run failed; the stream ends.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunFailed {
    /// The run.
    pub run_id: Id,
    /// Always true.
    pub done: bool,
    /// A sentence for people.
    pub error: String,
    /// Stable word to branch on.
    pub code: ErrorCode,
    /// Of the request that opened the stream.
    pub request_id: Id,
    /// The same message may succeed later.
    pub retryable: bool,
    /// The session.
    pub session_id: Id,
    /// The agent.
    pub agent_id: Id,
    /// Totals of the run.
    pub usage: Usage,
    /// Text of the answer was sent before.
    pub partial: bool,
}
