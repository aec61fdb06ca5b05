//! The manifest's `[autonomous]`, `[session]`, `[compaction]`, `[thinking]`, `[approval]` and `[tools.<name>]`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Behaviour of self-started work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AutonomousSettings {
    /// Model calls in one self-started run; also the limit of all runs when `resources.max_iterations` is not given.
    #[schema(minimum = 1, maximum = 500)]
    pub max_iterations: u32,
    /// Automatic recoveries from Crashed within 24 hours.
    #[schema(minimum = 0, maximum = 1_000)]
    pub max_restarts: u32,
    /// A run without progress for twice this time (at least 180 s) is reported as unresponsive.
    #[schema(minimum = 10, maximum = 86_400)]
    pub heartbeat_interval_secs: u32,
    /// Where that report goes, `kind[:account[:conversation]]`.
    #[schema(max_length = 1024)]
    pub heartbeat_channel: Option<String>,
    /// Time of day in which self-started runs are held back, `HH:MM-HH:MM [IANA zone]`.
    #[schema(max_length = 128, example = "22:00-06:00 Europe/Vienna")]
    pub quiet_hours: Option<String>,
}

impl Default for AutonomousSettings {
    fn default() -> Self {
        Self {
            max_iterations: 50,
            max_restarts: 10,
            heartbeat_interval_secs: 30,
            heartbeat_channel: None,
            quiet_hours: None,
        }
    }
}

/// Which messages share one history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SessionSettings {
    /// Who shares a history.
    pub scope: SessionScope,
    /// Idle time in seconds after which a new session starts: 0 = never, else at least 60.
    #[schema(minimum = 0, maximum = 31_536_000)]
    pub idle_reset_secs: u32,
    /// Waiting runs of one session; above it messages are refused.
    #[schema(minimum = 1, maximum = 1_000)]
    pub max_queued: u32,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { scope: SessionScope::User, idle_reset_secs: 0, max_queued: 50 }
    }
}

/// Who shares a history: one person, one conversation, everybody (`agent`) or nobody (`run`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionScope {
    #[default]
    User,
    Conversation,
    Agent,
    Run,
}

/// When and how older messages are summarised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CompactionSettings {
    /// False: a full context ends the run.
    pub enabled: bool,
    /// Share of the input limit at which older messages are summarised.
    #[schema(minimum = 0.3, maximum = 0.95)]
    pub trigger_ratio: f64,
    /// Share of the input limit kept word for word; below `trigger_ratio`.
    #[schema(minimum = 0.05, maximum = 0.6)]
    pub keep_ratio: f64,
    /// Length of the summary in tokens.
    #[schema(minimum = 256, maximum = 16_384)]
    pub max_summary_tokens: u32,
    /// Model that writes the summary; null = the agent's.
    #[schema(max_length = 256)]
    pub model: Option<String>,
}

impl Default for CompactionSettings {
    fn default() -> Self {
        Self { enabled: true, trigger_ratio: 0.75, keep_ratio: 0.3, max_summary_tokens: 2_048, model: None }
    }
}

/// Extended reasoning where the model has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ThinkingSettings {
    /// Whether the model is asked to reason.
    pub enabled: bool,
    /// Tokens for reasoning.
    #[schema(minimum = 1_024, maximum = 131_072)]
    pub budget_tokens: u32,
    /// Effort, for providers without a token budget.
    pub effort: Option<Effort>,
    /// Whether reasoning is streamed to clients.
    pub stream: bool,
}

impl Default for ThinkingSettings {
    fn default() -> Self {
        Self { enabled: false, budget_tokens: 10_000, effort: None, stream: false }
    }
}

/// Reasoning effort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    Low,
    Medium,
    High,
}

/// Calls that must or need not be approved by a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ApprovalSettings {
    /// Names or globs of tools whose calls must be approved, besides the server's.
    #[schema(max_items = 500)]
    pub require: Option<Vec<String>>,
    /// How long a decision is waited for, in seconds; null = the server's.
    #[schema(minimum = 10, maximum = 604_800)]
    pub timeout_secs: Option<u32>,
    /// Names or globs of tools called unasked; never for a case that always asks. Needs `approvals:write`.
    #[schema(max_items = 500)]
    pub auto: Option<Vec<String>>,
}

/// Settings of one tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ToolSettings {
    /// False: the tool is neither offered nor usable.
    pub enabled: bool,
    /// Whether calls are asked about, whatever the general rules say; `auto` = the rules decide.
    pub approval: ToolApproval,
    /// Time limit of a call in seconds; null = the tool's own.
    #[schema(minimum = 1, maximum = 3_600)]
    pub timeout_secs: Option<u32>,
    /// Arguments filled in when the model leaves them out.
    #[schema(value_type = Object)]
    pub defaults: Map<String, Value>,
    /// Arguments that are always set; the model does not see them.
    #[schema(value_type = Object)]
    pub fixed: Map<String, Value>,
}

impl Default for ToolSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            approval: ToolApproval::Auto,
            timeout_secs: None,
            defaults: Map::new(),
            fixed: Map::new(),
        }
    }
}

/// Rule for the calls of one tool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToolApproval {
    #[default]
    Auto,
    Ask,
    Deny,
}
