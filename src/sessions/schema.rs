//! Wire types of the sessions slice.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::SessionKind;
use crate::{ids::Id, messages::schema::Message, time::Ts, usage::schema::Usage};

/// One conversation with an agent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its identifier.
    pub id: Id,
    /// Same as `id`.
    pub session_id: Id,
    /// The agent.
    pub agent_id: Id,
    /// Name of the agent.
    #[schema(example = "desk")]
    pub agent_name: String,
    /// Name given by a person.
    pub label: Option<String>,
    /// Its owner's next message goes here.
    pub active: bool,
    /// What kind of conversation it is.
    pub kind: SessionKind,
    /// Channel conversation or sender it belongs to.
    pub conversation: Option<String>,
    /// Messages that the folded view shows.
    #[schema(minimum = 0)]
    pub message_count: i64,
    /// Estimate of what the next call of the model would send.
    #[schema(minimum = 0)]
    pub context_window_tokens: i64,
    /// Of all its model calls.
    pub usage: Usage,
    /// When it was made.
    pub created_at: Ts,
    /// When it was last changed.
    pub updated_at: Ts,
    /// When something was last said.
    pub last_active: Ts,
}

/// A page of sessions.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionList {
    /// The sessions.
    pub sessions: Vec<Session>,
    /// All sessions that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// A session with its conversation, folded for display.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conversation {
    #[serde(flatten)]
    pub session: Session,
    /// Oldest first. Results of tools stand with the calls.
    pub messages: Vec<Message>,
    /// All stored messages of the session.
    #[schema(minimum = 0)]
    pub raw_message_count: i64,
    /// There are older messages.
    pub has_more: bool,
    /// Gives the older ones.
    pub next_cursor: Option<String>,
    /// How full the window is.
    pub context_pressure: Pressure,
}

/// How full the model's context window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pressure {
    /// At most half.
    Low,
    /// At most 70 %.
    Medium,
    /// At most 85 %.
    High,
    Critical,
}

impl Pressure {
    /// `fill` is the share of the window, 0 to 1.
    pub fn of(fill: f64) -> Self {
        match fill {
            f if f <= 0.5 => Self::Low,
            f if f <= 0.7 => Self::Medium,
            f if f <= 0.85 => Self::High,
            _ => Self::Critical,
        }
    }
}

/// What the next call of the model would send.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContextReport {
    /// The session.
    pub session_id: Id,
    /// All together.
    #[schema(minimum = 0)]
    pub estimated_tokens: i64,
    /// Of the model that the next run uses.
    #[schema(minimum = 0)]
    pub context_window: i64,
    /// One decimal, at most 100.
    #[schema(minimum = 0, maximum = 100)]
    pub usage_percent: f64,
    /// How full the window is.
    pub pressure: Pressure,
    /// Messages that the folded view shows.
    #[schema(minimum = 0)]
    pub message_count: i64,
    /// Where they go.
    pub breakdown: ContextBreakdown,
    /// What to do about it.
    pub recommendation: String,
}

/// Where the tokens go.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContextBreakdown {
    /// Of the system prompt.
    #[schema(minimum = 0)]
    pub system_prompt_tokens: i64,
    /// Of the messages.
    #[schema(minimum = 0)]
    pub message_tokens: i64,
    /// Of the tools that the model is told of.
    #[schema(minimum = 0)]
    pub tool_definition_tokens: i64,
}

/// A new session.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(example = json!({"label": "draft of the letter"}))]
pub struct CreateSession {
    /// Unique per agent: 1 to 128 letters, digits, spaces, `-`, `_`.
    #[serde(default)]
    #[schema(max_length = 128)]
    pub label: Option<String>,
    /// The caller's next message goes there.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub activate: bool,
}

const fn yes() -> bool {
    true
}

/// Label of a session.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(example = json!({"label": "draft of the letter"}))]
pub struct SetSessionLabel {
    /// Unique per agent: 1 to 128 letters, digits, spaces, `-`, `_`. Null or an empty text removes it.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required, max_length = 128)]
    pub label: Option<String>,
}

/// How to start over.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"delete_old": false}))]
pub struct ResetSession {
    /// Erase the old session.
    pub delete_old: bool,
    /// Default: the caller's active session.
    pub session_id: Option<Id>,
}

/// The session that its owner's messages go to now.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionSwitched {
    /// What was done.
    #[schema(example = "ok")]
    pub status: String,
    /// The same as a sentence.
    pub message: String,
    /// The agent.
    pub agent_id: Id,
    /// The session.
    pub session_id: Id,
    /// The one that was active before; the same when nothing changed.
    pub previous_session_id: Option<Id>,
    /// The session.
    pub session: Session,
}

/// A fresh session took the place of another.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionReset {
    /// What was done.
    #[schema(example = "reset")]
    pub status: String,
    /// The same as a sentence.
    pub message: String,
    /// The agent.
    pub agent_id: Id,
    /// The one that is active now.
    pub new_session_id: Id,
    /// Same as `new_session_id`.
    pub session_id: Id,
    /// The one that was active before.
    pub old_session_id: Id,
    /// The old one was erased.
    pub deleted: bool,
}

/// All sessions of an agent were erased.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryCleared {
    /// What was done.
    #[schema(example = "ok")]
    pub status: String,
    /// The same as a sentence.
    pub message: String,
    /// The agent.
    pub agent_id: Id,
    /// Number of sessions.
    #[schema(minimum = 0)]
    pub sessions_deleted: i64,
    /// The one that is active now.
    pub new_session_id: Id,
}

/// A session was erased.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionDeleted {
    /// What was done.
    #[schema(example = "deleted")]
    pub status: String,
    /// The session.
    pub session_id: Id,
    /// Same as `session_id`.
    pub id: Id,
    /// The agent.
    pub agent_id: Id,
    /// Set when it was active: takes its place.
    pub new_session_id: Option<Id>,
}

/// The label of a session now.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionLabelSet {
    /// What was done.
    #[schema(example = "updated")]
    pub status: String,
    /// The session.
    pub session_id: Id,
    /// Same as `session_id`.
    pub id: Id,
    /// The label now; null when there is none.
    pub label: Option<String>,
}
