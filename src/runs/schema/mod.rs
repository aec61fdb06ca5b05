//! Wire types of the runs slice.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

use super::{Door, RunState, StepKind, StopReason};
use crate::{caller::CallerKind, error::ErrorCode, ids::Id, time::Ts, usage::schema::Usage};

mod event;

pub use event::{
    ApprovalRequired, RunDone, RunEvent, RunFailed, RunRetry, RunWarning, StepDiscarded, TextDelta, ThinkingDelta,
    ToolResult, ToolUse,
};

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Accepted; waits for the runs before it in its session.
    Queued,
    /// Being worked on, or between two steps.
    Running,
    /// A person must decide.
    WaitingApproval,
    Completed,
    Failed,
    Cancelled,
}

impl From<RunState> for RunStatus {
    fn from(state: RunState) -> Self {
        match state {
            RunState::Queued => Self::Queued,
            RunState::Running | RunState::WaitingChild | RunState::WaitingRetry | RunState::Parked => Self::Running,
            RunState::WaitingApproval => Self::WaitingApproval,
            RunState::Completed => Self::Completed,
            RunState::Failed => Self::Failed,
            RunState::Cancelled => Self::Cancelled,
        }
    }
}

impl RunStatus {
    /// The stored states that this one shows.
    pub fn states(self) -> &'static [RunState] {
        match self {
            Self::Queued => &[RunState::Queued],
            Self::Running => &[RunState::Running, RunState::WaitingChild, RunState::WaitingRetry, RunState::Parked],
            Self::WaitingApproval => &[RunState::WaitingApproval],
            Self::Completed => &[RunState::Completed],
            Self::Failed => &[RunState::Failed],
            Self::Cancelled => &[RunState::Cancelled],
        }
    }
}

/// One turn of an agent, from an accepted message to its end.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Run {
    /// Its identifier.
    pub id: Id,
    /// Same as `id`.
    pub run_id: Id,
    /// The agent.
    pub agent_id: Id,
    /// Name of the agent.
    #[schema(example = "desk")]
    pub agent_name: String,
    /// The session.
    pub session_id: Id,
    /// Where it came in.
    pub door: Door,
    /// Where it stands.
    pub status: RunStatus,
    /// Why it ended; null while it runs.
    pub stop_reason: Option<StopReason>,
    /// Set when it failed.
    pub error: Option<RunError>,
    /// First 4,096 characters of the message; 256 in lists.
    pub input: String,
    /// The answer; null while it runs. 256 characters in lists.
    pub response: Option<String>,
    /// The agent chose not to answer.
    pub silent: bool,
    /// Provider of the model that answers; null before the start.
    pub model_provider: Option<String>,
    /// Model that answered; null before the start.
    pub model_name: Option<String>,
    /// Answers of the model so far.
    #[schema(minimum = 0)]
    pub iterations: i32,
    /// Of all its model calls.
    pub usage: Usage,
    /// 1; one more each time another worker took it over.
    #[schema(minimum = 1)]
    pub attempt: i32,
    /// The run that started this one.
    pub parent_run_id: Option<Id>,
    /// Who started it.
    pub caller: RunCallerInfo,
    /// Queued runs ahead of it in its session, 0 = next; null when it is not queued.
    #[schema(minimum = 0)]
    pub queue_position: Option<i64>,
    /// Somebody asked for its end.
    pub cancel_requested: bool,
    /// Why somebody asked for its end.
    pub cancel_reason: Option<String>,
    /// Id of its newest stored event.
    #[schema(minimum = 0)]
    pub last_event_id: i64,
    /// As sent with the message.
    pub metadata: Map<String, Value>,
    /// When it was accepted.
    pub queued_at: Ts,
    /// When it began; null before.
    pub started_at: Option<Ts>,
    /// When it ended; null before.
    pub finished_at: Option<Ts>,
    /// From start to end; null before the end, or without a start.
    #[schema(minimum = 0)]
    pub duration_ms: Option<i64>,
}

/// Who started a run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunCallerInfo {
    /// How the caller came in.
    pub kind: CallerKind,
    /// Of the API key or login.
    pub id: Option<String>,
    /// Of the API key or login.
    pub name: Option<String>,
}

/// Why a run failed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunError {
    /// Stable word to branch on.
    pub code: ErrorCode,
    /// A sentence for people.
    #[schema(example = "openai does not answer (503)")]
    pub message: String,
    /// The same message may succeed later.
    pub retryable: bool,
    /// The provider it is about.
    pub provider: Option<String>,
    /// When to try again.
    #[schema(minimum = 0)]
    pub retry_after_secs: Option<i64>,
}

/// A page of runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunList {
    /// The runs.
    pub runs: Vec<Run>,
    /// All runs that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStepStatus {
    Pending,
    Running,
    Completed,
    Failed,
    /// The server stopped in the middle; it may have had its effect.
    Interrupted,
    /// A rule or a person refused it.
    Denied,
    Cancelled,
}

/// A model call, a tool call, an approval or a compaction.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunStep {
    /// Its identifier.
    pub id: Id,
    /// The run.
    pub run_id: Id,
    /// 1, 2, … in the run.
    #[schema(minimum = 1)]
    pub seq: i32,
    /// What was done.
    pub kind: StepKind,
    /// Where it stands.
    pub status: RunStepStatus,
    /// Model or tool.
    #[schema(example = "file_read")]
    pub name: String,
    /// Id that the model gave the call.
    pub tool_use_id: Option<String>,
    /// The approval that it waits for, or waited for.
    pub approval_id: Option<Id>,
    /// Arguments of a tool call, purpose of a model call.
    pub input: Value,
    /// Result of a tool call, answer of a model call.
    pub output: Value,
    /// `input` or `output` was cut to 256 KiB.
    pub truncated: bool,
    /// Why it went wrong.
    pub error: Option<String>,
    /// It may have changed something outside.
    pub side_effects: bool,
    /// Of a model call.
    pub usage: Option<Usage>,
    /// When it began; null before.
    pub started_at: Option<Ts>,
    /// When it ended; null before.
    pub finished_at: Option<Ts>,
    /// How long it took, in milliseconds.
    #[schema(minimum = 0)]
    pub duration_ms: Option<i64>,
}

/// A page of steps.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunStepList {
    /// The steps, in order.
    pub steps: Vec<RunStep>,
    /// All steps that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// Why a run is cancelled.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"reason": "asked the wrong question"}))]
pub struct CancelRun {
    /// For the person who reads the run.
    #[validate(length(max = 256))]
    #[schema(max_length = 256)]
    pub reason: Option<String>,
}
