//! The frames that a chat socket sends.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    agents::schema::AgentSummary,
    error::{Error, ErrorCode},
    ids::Id,
    runs::{
        StopReason,
        schema::{ApprovalRequired, RunStatus},
    },
    sessions::schema::Pressure,
    time::Ts,
    usage::schema::Usage,
};

use super::Verbosity;

/// A frame of the server. Each run ends with exactly one `response`, `silent_complete` or `error`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    Connected(ConnectedFrame),
    AgentsUpdated(AgentsUpdatedFrame),
    Message(MessageFrame),
    Run(RunFrame),
    Typing(TypingFrame),
    Thinking(ThinkingFrame),
    Phase(PhaseFrame),
    TextDelta(TextDeltaFrame),
    ThinkingDelta(ThinkingDeltaFrame),
    ToolStart(ToolStartFrame),
    ToolEnd(ToolEndFrame),
    ToolResult(ToolResultFrame),
    ApprovalRequired(Box<ApprovalRequiredFrame>),
    StepDiscarded(StepDiscardedFrame),
    Retry(RetryFrame),
    Warning(WarningFrame),
    Response(Box<ResponseFrame>),
    SilentComplete(SilentCompleteFrame),
    Error(Box<ErrorFrame>),
    CommandResult(Box<CommandResultFrame>),
    Pong(PongFrame),
}

/// Run, session and event that a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FrameMark {
    /// The run.
    pub run_id: Id,
    /// Its session.
    pub session_id: Id,
    /// Id of the event, for `resume`; 0 before the first.
    #[schema(minimum = 0)]
    pub event_id: i64,
}

/// Where a run was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageSource {
    Api,
    Cron,
    Channel,
    Trigger,
    Workflow,
    Agent,
    Hook,
    Websocket,
}

/// What a typing indicator shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TypingState {
    Start,
    Tool,
    Stop,
}

/// What a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunPhase {
    Thinking,
    Streaming,
    ToolUse,
    ContextWarning,
    WaitingApproval,
    Done,
    Error,
}

/// The first frame of a connection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectedFrame {
    /// The agent.
    pub agent_id: Id,
    /// Its name.
    pub agent_name: String,
    /// The session that is shown; null before the first message.
    #[schema(required)]
    pub session_id: Option<Id>,
    /// A new one for each connection.
    pub connection_id: Id,
    /// Version of the server.
    #[schema(example = "0.7.0")]
    pub server_version: &'static str,
}

/// The agents of the server, at the start and whenever they change; needs the scope `agents:read`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentsUpdatedFrame {
    /// At most 500.
    pub agents: Vec<AgentSummary>,
}

/// A run in this session was started elsewhere.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// What was said.
    pub content: String,
    /// Where it came from.
    pub source: MessageSource,
    /// The schedule that said it.
    #[schema(required)]
    pub job_id: Option<String>,
    /// Name of that schedule.
    #[schema(required)]
    pub job_name: Option<String>,
    /// Always null here.
    #[schema(required)]
    pub client_id: Option<String>,
}

/// The status of a run changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// The new status.
    pub status: RunStatus,
    /// Runs that wait before this one, while it waits.
    #[schema(minimum = 0, required)]
    pub queue_position: Option<i64>,
    /// As the client named its message.
    #[schema(required)]
    pub client_id: Option<String>,
}

/// For a typing indicator.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TypingFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// What to show.
    pub state: TypingState,
    /// The tool at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tool: Option<String>,
}

/// A call waits for a person: answer with an `approval` frame.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalRequiredFrame {
    /// The session of the run.
    pub session_id: Id,
    /// Id of the event, for `resume`.
    #[schema(minimum = 0)]
    pub event_id: i64,
    #[serde(flatten)]
    pub approval: ApprovalRequired,
}

/// The run began.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThinkingFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
}

/// The run went on to something else.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PhaseFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// What it is about now.
    pub phase: RunPhase,
    /// The tool, the warning or the error.
    #[schema(required)]
    pub detail: Option<String>,
}

/// A piece of the answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TextDeltaFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// The text.
    pub content: String,
}

/// A piece of the model's reasoning, after the command `think stream`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThinkingDeltaFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// The reasoning.
    pub thinking: String,
}

/// The model begins to write a tool call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToolStartFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// Id of the call.
    pub id: String,
    /// Name of the tool.
    pub tool: String,
}

/// The tool call is complete and not yet carried out; not at verbosity `off`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToolEndFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// Id of the call.
    pub id: String,
    /// Name of the tool.
    pub tool: String,
    /// The arguments as JSON text, shortened.
    pub input: String,
}

/// A tool call ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ToolResultFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// Id of the call.
    pub id: String,
    /// Name of the tool.
    pub tool: String,
    /// It went wrong.
    pub is_error: bool,
    /// What the model is told, shortened; absent at verbosity `off`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub result: Option<String>,
}

/// The text of a failed attempt does not count: drop all deltas of the run with a higher event id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepDiscardedFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// Deltas with a higher id are void.
    #[schema(minimum = 0)]
    pub discards_after: i64,
}

/// A model call failed and is tried again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RetryFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// The try that failed, from 1.
    #[schema(minimum = 1)]
    pub attempt: i32,
    /// Pause before the next try, in milliseconds.
    #[schema(minimum = 0)]
    pub delay_ms: i64,
    /// Why it failed.
    pub code: ErrorCode,
    /// Set when another model is asked next, as `provider/model`.
    #[schema(required)]
    pub next_model: Option<String>,
}

/// Something worth knowing that does not end the run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WarningFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// Stable word to branch on.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// The run completed or was cancelled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResponseFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// The whole answer.
    pub content: String,
    /// Tokens sent to models.
    #[schema(minimum = 0)]
    pub input_tokens: i64,
    /// Tokens written by models.
    #[schema(minimum = 0)]
    pub output_tokens: i64,
    /// Answers of the model.
    #[schema(minimum = 0)]
    pub iterations: i32,
    /// In US dollars; null before the first model call.
    #[schema(required)]
    pub cost_usd: Option<f64>,
    /// How full the window is.
    pub context_pressure: Pressure,
    /// The model that answered in place of the agent's own.
    #[schema(required)]
    pub fallback_model: Option<String>,
    /// The stored answer; null when there is none.
    #[schema(required)]
    pub message_id: Option<Id>,
    /// Why it ended.
    pub stop_reason: StopReason,
    /// Totals of the run.
    pub usage: Usage,
    /// As the client named its message.
    #[schema(required)]
    pub client_id: Option<String>,
}

/// The run completed, and the agent chose not to answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SilentCompleteFrame {
    #[serde(flatten)]
    pub mark: FrameMark,
    /// Tokens sent to models.
    #[schema(minimum = 0)]
    pub input_tokens: i64,
    /// Tokens written by models.
    #[schema(minimum = 0)]
    pub output_tokens: i64,
    /// As the client named its message.
    #[schema(required)]
    pub client_id: Option<String>,
}

/// A run failed; or, without `run_id`, a frame could not be carried out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorFrame {
    /// The run that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub run_id: Option<Id>,
    /// Its session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub session_id: Option<Id>,
    /// Id of its last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, nullable = false)]
    pub event_id: Option<i64>,
    /// A sentence for people.
    pub content: String,
    /// Stable word to branch on.
    pub code: ErrorCode,
    /// Names the connection in the log.
    pub request_id: Id,
    /// The same may work later.
    pub retryable: bool,
    /// When, in seconds.
    #[schema(required)]
    pub retry_after: Option<u64>,
    /// As the client named its frame.
    #[schema(required)]
    pub client_id: Option<String>,
}

/// Answer to a command.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct CommandResultFrame {
    /// The command.
    #[schema(example = "model")]
    pub command: &'static str,
    /// For people, as Markdown.
    pub message: String,
    /// Model that the next run uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub model: Option<String>,
    /// Its provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub provider: Option<String>,
    /// How full its window is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub context_pressure: Option<Pressure>,
    /// The session that is shown from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub session_id: Option<Id>,
    /// Amount of tool detail from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub verbose: Option<Verbosity>,
}

/// Answer to `ping`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PongFrame {
    /// Clock of the server.
    pub time: Ts,
}

impl ServerFrame {
    /// The answer to something that went wrong.
    pub fn failure(error: &Error, request_id: Id, client_id: Option<String>) -> Self {
        let status = error.code().status();
        Self::Error(Box::new(ErrorFrame {
            run_id: None,
            session_id: None,
            event_id: None,
            content: error.message().to_owned(),
            code: error.code(),
            request_id,
            retryable: status == 429 || status >= 500,
            retry_after: error.retry_after_secs(),
            client_id,
        }))
    }
}
