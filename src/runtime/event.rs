//! What a run tells its followers. Stored events are rows; pieces of text are not, their ids lie between those of rows.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    approvals::{ApprovalStatus, RiskLevel},
    error::ErrorCode,
    ids::Id,
    llm::ErrorClass,
    messages::MessageRole,
    runs::{Directives, EventRow, RunState, StepKind, StopReason, Tokens},
    time::Ts,
};

/// Room for the characters of one model step between the ids of two stored events.
const IDS_PER_ROW: i64 = 10_000_000;

/// Result text in `tool.finished`; the whole is in the step or its artifact.
pub const RESULT_BYTES: usize = 64 * 1024;

/// Whole number that rises within a run: sequence number × 10,000,000, plus characters for pieces of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub i64);

impl EventId {
    pub fn stored(seq: i64) -> Self {
        Self(seq * IDS_PER_ROW)
    }

    /// A piece of the text of a model step: `seq` is that of its `step.started`.
    pub fn piece(seq: i64, offset: usize) -> Self {
        Self(seq * IDS_PER_ROW + i64::try_from(offset).unwrap_or(0).min(IDS_PER_ROW - 1))
    }

    pub fn seq(self) -> i64 {
        self.0 / IDS_PER_ROW
    }

    pub fn offset(self) -> usize {
        usize::try_from(self.0 % IDS_PER_ROW).unwrap_or(0)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct RunEvent {
    pub run_id: Id,
    pub id: EventId,
    pub at: Ts,
    pub body: EventBody,
}

/// `step` is the index of the step in its run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", content = "payload")]
pub enum EventBody {
    #[serde(rename = "run.queued")]
    RunQueued {
        session_id: Id,
        agent_id: Id,
        /// Unfinished runs ahead in the session.
        position: i64,
    },
    #[serde(rename = "run.started")]
    RunStarted(Start),
    /// Another worker took the run over.
    #[serde(rename = "run.resumed")]
    RunResumed(Start),
    #[serde(rename = "step.started")]
    StepStarted {
        step: i32,
        kind: StepKind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tool: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<String>,
    },
    /// Not stored. The texts of steps that were not discarded, joined, are the response.
    #[serde(rename = "text.delta")]
    TextDelta { step: i32, text: String },
    /// Not stored; only when the agent streams its thinking.
    #[serde(rename = "thinking.delta")]
    ThinkingDelta { step: i32, text: String },
    /// Not stored: the model writes a call. The first piece has no text.
    #[serde(rename = "tool.input.delta")]
    ToolInputDelta { step: i32, call_id: String, tool: String, text: String },
    #[serde(rename = "tool.call")]
    ToolCall {
        step: i32,
        call_id: String,
        tool: String,
        #[serde(default)]
        input: Value,
        /// Number of the answer that asked for it, from 1.
        iteration: i32,
    },
    #[serde(rename = "tool.started")]
    ToolStarted { step: i32, call_id: String, tool: String },
    #[serde(rename = "tool.finished")]
    ToolFinished(ToolFinished),
    /// A person has to release a call.
    #[serde(rename = "approval.requested")]
    ApprovalRequested(ApprovalRequested),
    #[serde(rename = "approval.decided")]
    ApprovalDecided {
        step: i32,
        approval_id: Id,
        /// Also `expired`.
        decision: ApprovalStatus,
        by: Option<String>,
        reason: Option<String>,
    },
    #[serde(rename = "retry")]
    Retry {
        step: i32,
        class: ErrorClass,
        /// The try that failed.
        attempt: i32,
        delay_ms: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_provider: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_model: Option<String>,
    },
    /// The text of this step does not count any more.
    #[serde(rename = "step.discarded")]
    StepDiscarded {
        step: i32,
        /// Pieces of text with a higher id are void.
        discards_after: EventId,
    },
    #[serde(rename = "loop.warning")]
    LoopWarning { code: String, message: String },
    /// Spending reached the alert threshold of a limit.
    #[serde(rename = "budget.warning")]
    BudgetWarning { code: String, message: String },
    #[serde(rename = "warning")]
    Warning { code: String, message: String },
    #[serde(rename = "message")]
    Message { message_id: Id, seq: i64, role: MessageRole },
    /// Totals of the run so far.
    #[serde(rename = "usage")]
    Usage {
        #[serde(flatten)]
        tokens: Tokens,
        cost_micro_usd: i64,
    },
    #[serde(rename = "waiting")]
    Waiting {
        /// `approval`, `child` or `retry`.
        kind: String,
        until: Option<Ts>,
    },
    #[serde(rename = "done")]
    Done(Box<Done>),
    #[serde(rename = "error")]
    Error(Box<Failed>),
    /// An event whose text was erased with its session.
    #[serde(other, rename = "erased")]
    Erased,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    pub provider: String,
    pub model: String,
    pub attempt: i32,
    pub manifest_version: i32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolFinished {
    pub step: i32,
    pub call_id: String,
    pub tool: String,
    pub is_error: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<String>,
    pub duration_ms: i64,
    #[serde(default)]
    pub input: Value,
    /// At most 64 KiB.
    #[serde(default)]
    pub result: String,
    #[serde(default)]
    pub truncated: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalRequested {
    pub step: i32,
    pub approval_id: Id,
    pub call_id: String,
    pub tool: String,
    /// Secrets are masked.
    #[serde(default)]
    pub arguments: Value,
    pub risk: RiskLevel,
    pub rule: String,
    pub summary: String,
    pub expires_at: Ts,
}

/// The run completed or was cancelled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    pub state: RunState,
    pub stop_reason: StopReason,
    pub session_id: Id,
    pub agent_id: Id,
    pub message_id: Option<Id>,
    /// All the text of the run that was not withdrawn.
    #[serde(default)]
    pub response: String,
    pub silent: bool,
    #[serde(default)]
    pub directives: Directives,
    pub usage: Tokens,
    pub cost_micro_usd: Option<i64>,
    pub iterations: i32,
    pub provider: Option<String>,
    pub model: Option<String>,
    pub fallback_model: Option<String>,
    /// Share of the context window that the next call would fill, 0 to 1.
    pub context_fill: f64,
    pub warnings: Vec<String>,
    pub cancel_reason: Option<String>,
    pub duration_ms: i64,
}

/// The run failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failed {
    pub stop_reason: StopReason,
    pub session_id: Id,
    pub agent_id: Id,
    pub code: ErrorCode,
    pub class: Option<ErrorClass>,
    pub message: String,
    pub hint: Option<String>,
    pub provider: Option<String>,
    pub retryable: bool,
    pub retry_after_secs: Option<u64>,
    /// Text so far.
    #[serde(default)]
    pub response: String,
    pub usage: Tokens,
    pub cost_micro_usd: Option<i64>,
    pub iterations: i32,
}

impl EventBody {
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Error(_))
    }

    /// The row of this event. What other rows hold already is left out and put back by `replay`.
    pub fn to_row(&self, run: Id, seq: i64, step: Option<Id>, at: Ts) -> Result<EventRow, serde_json::Error> {
        let mut value = serde_json::to_value(self)?;
        let name = value["name"].as_str().unwrap_or_default().to_owned();
        let mut payload = value["payload"].take();
        if let Value::Object(members) = &mut payload {
            for known_elsewhere in ["input", "result", "response"] {
                members.shift_remove(known_elsewhere);
            }
        }
        Ok(EventRow { run_id: run, seq, step_id: step, name, payload, created_at: at })
    }

    pub fn from_row(row: &EventRow) -> Self {
        let tagged = serde_json::json!({"name": row.name, "payload": row.payload});
        // Rows of a deleted session keep their names only.
        serde_json::from_value(tagged).unwrap_or(Self::Erased)
    }
}
