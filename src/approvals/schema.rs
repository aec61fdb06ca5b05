//! Wire types of the approvals slice.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::{ApprovalKind, ApprovalRow, ApprovalStatus, Remember, RiskLevel, ServerApproval};
use crate::{any_case, http::extract::present, ids::Id, time::Ts};

/// A question to a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Approval {
    /// Its identifier.
    pub id: Id,
    /// What is asked for.
    pub kind: ApprovalKind,
    /// How far it is.
    pub status: ApprovalStatus,
    /// Id of the agent, or what an external system calls whoever asks.
    pub agent_id: String,
    /// Name of the agent.
    #[schema(example = "desk")]
    pub agent_name: String,
    /// The tool.
    #[schema(example = "shell_exec")]
    pub tool_name: String,
    /// Why a person is asked.
    pub description: String,
    /// What would happen.
    #[schema(example = "shell_exec {\"command\":\"ls\"}")]
    pub action_summary: String,
    /// Same as `action_summary`.
    pub action: String,
    /// What may go wrong.
    pub risk_level: RiskLevel,
    /// Arguments of the call; secrets are masked.
    pub arguments: Option<Value>,
    /// SHA-256 in hex of the canonical JSON of `{agent_id, arguments, run_id, step_seq, tool_name}`.
    pub arguments_sha256: Option<String>,
    /// When it was asked.
    pub requested_at: Ts,
    /// Same as `requested_at`.
    pub created_at: Ts,
    /// How long it waits, in seconds.
    #[schema(minimum = 10, maximum = 604_800)]
    pub timeout_secs: i32,
    /// When it lapses.
    pub expires_at: Ts,
    /// When it was decided, lapsed or cancelled.
    pub decided_at: Option<Ts>,
    /// Who decided, such as `key:ci` or `user:admin`.
    pub decided_by: Option<String>,
    /// What whoever decided said.
    pub reason: Option<String>,
    /// The run that waits.
    pub run_id: Option<Id>,
    /// Its session.
    pub session_id: Option<Id>,
    /// The workflow run that waits.
    pub workflow_run_id: Option<Id>,
    /// The step that it releases.
    pub step_id: Option<String>,
    /// The hand.
    pub hand_id: Option<String>,
    /// Output of an installation.
    pub result: Option<String>,
}

impl From<ApprovalRow> for Approval {
    fn from(row: ApprovalRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            status: row.status,
            agent_id: row.agent_id,
            agent_name: row.agent_name,
            tool_name: row.tool_name,
            description: row.description,
            action: row.action_summary.clone(),
            action_summary: row.action_summary,
            risk_level: row.risk_level,
            arguments: row.arguments,
            arguments_sha256: row.arguments_sha256,
            requested_at: row.created_at,
            created_at: row.created_at,
            timeout_secs: row.timeout_secs,
            expires_at: row.expires_at,
            decided_at: row.decided_at,
            decided_by: row.decided_by,
            reason: row.reason,
            run_id: row.run_id,
            session_id: row.session_id,
            workflow_run_id: None,
            step_id: row.step_id.map(|id| id.to_string()),
            hand_id: None,
            result: None,
        }
    }
}

/// A page of approvals.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalList {
    /// Those that wait first, then the newest.
    pub approvals: Vec<Approval>,
    /// All that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Of these, the ones that wait for a decision.
    #[schema(minimum = 0)]
    pub pending_count: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// A gate for an external system: nothing runs when it is approved, the caller asks for the outcome.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(example = json!({"agent_id": "deploy-bot", "tool_name": "deploy", "action_summary": "Deploy 1.4 to production"}))]
pub struct CreateApproval {
    /// Id or name of an agent, or a name of your own.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128)]
    pub agent_id: String,
    /// What it is for.
    #[validate(custom(function = tool_name))]
    #[schema(pattern = "^[A-Za-z0-9_.:-]{1,64}$")]
    pub tool_name: String,
    /// Why a person is asked; default `Manual approval request for <tool>`.
    #[serde(default)]
    #[validate(length(max = 1024))]
    #[schema(max_length = 1024)]
    pub description: Option<String>,
    /// What would happen; default: the name of the tool.
    #[serde(default)]
    #[validate(length(max = 512))]
    #[schema(max_length = 512)]
    pub action_summary: Option<String>,
    /// What may go wrong; default `high`.
    #[serde(default, deserialize_with = "any_case::maybe")]
    #[schema(inline)]
    pub risk_level: Option<RiskLevel>,
    /// How long it waits, in seconds; default: as the policy says.
    #[serde(default)]
    #[validate(range(min = 10, max = 604_800))]
    #[schema(minimum = 10, maximum = 604_800)]
    pub timeout_secs: Option<i32>,
    /// Shown to whoever decides.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub arguments: Option<Map<String, Value>>,
}

fn tool_name(text: &str) -> Result<(), ValidationError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
    match (1..=64).contains(&text.len()) && text.chars().all(fits) {
        true => Ok(()),
        false => Err(ValidationError::new("pattern").with_message("must match ^[A-Za-z0-9_.:-]{1,64}$".into())),
    }
}

/// A new approval.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalCreated {
    /// Its identifier.
    pub id: Id,
    /// `pending`.
    pub status: ApprovalStatus,
    /// All of it.
    pub approval: Approval,
}

/// Yes.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"reason": "looks right"}))]
pub struct ApproveRequest {
    /// What to tell the agent.
    #[validate(length(max = 1000))]
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
    /// Runs with these in place of the asked ones; they are checked as the model's would be.
    #[schema(value_type = Option<Object>)]
    pub arguments: Option<Map<String, Value>>,
    /// For how long it holds.
    #[serde(deserialize_with = "any_case::maybe")]
    #[schema(inline, default = "once")]
    pub remember: Option<Remember>,
}

/// No.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"reason": "not now"}))]
pub struct RejectRequest {
    /// What to tell the agent.
    #[validate(length(max = 1000))]
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalDecided {
    /// The approval.
    pub id: Id,
    /// `approved` or `rejected`.
    pub status: ApprovalStatus,
    /// When.
    pub decided_at: Option<Ts>,
    /// By whom.
    pub decided_by: Option<String>,
    /// All of it.
    pub approval: Approval,
}

impl From<ApprovalRow> for ApprovalDecided {
    fn from(row: ApprovalRow) -> Self {
        Self {
            id: row.id,
            status: row.status,
            decided_at: row.decided_at,
            decided_by: row.decided_by.clone(),
            approval: row.into(),
        }
    }
}

/// When a person is asked before a tool call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalPolicy {
    /// Names or globs of tools.
    pub require_approval: Vec<String>,
    /// How long a question waits, in seconds.
    #[schema(minimum = 10, maximum = 604_800)]
    pub timeout_secs: u32,
    /// No tool asks because of this policy.
    pub auto_approve: bool,
    /// As `auto_approve`, but only for runs that a schedule or a trigger started.
    pub auto_approve_autonomous: bool,
    /// Questions of one agent that may wait at once; further calls are refused.
    #[schema(minimum = 1, maximum = 100)]
    pub max_pending_per_agent: u32,
}

impl From<ServerApproval> for ApprovalPolicy {
    fn from(policy: ServerApproval) -> Self {
        Self {
            require_approval: policy.require_approval,
            timeout_secs: policy.timeout_secs,
            auto_approve: policy.auto_approve,
            auto_approve_autonomous: policy.auto_approve_autonomous,
            max_pending_per_agent: policy.max_pending_per_agent,
        }
    }
}

/// Absent members stay as they are; null gives the default back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"require_approval": ["shell_exec", "file_delete"], "timeout_secs": 600}))]
pub struct UpdateApprovalPolicy {
    /// Names or globs of tools; `true` = `["shell_exec"]`, `false` = none.
    #[serde(deserialize_with = "present")]
    #[validate(custom(function = tool_patterns))]
    #[schema(value_type = Option<RequireApproval>)]
    pub require_approval: Option<Option<RequireApproval>>,
    /// How long a question waits, in seconds.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 10, max = 604_800))]
    #[schema(value_type = Option<u32>, minimum = 10, maximum = 604_800)]
    pub timeout_secs: Option<Option<u32>>,
    /// `true` empties the list.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    pub auto_approve: Option<Option<bool>>,
    /// As `auto_approve`, but only for runs that a schedule or a trigger started.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    pub auto_approve_autonomous: Option<Option<bool>>,
    /// Questions of one agent that may wait at once.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 1, max = 100))]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 100)]
    pub max_pending_per_agent: Option<Option<u32>>,
}

/// Tools that ask.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum RequireApproval {
    Usual(bool),
    Tools(Vec<String>),
}

impl RequireApproval {
    pub fn tools(self) -> Vec<String> {
        match self {
            Self::Usual(true) => ServerApproval::default().require_approval,
            Self::Usual(false) => vec![],
            Self::Tools(tools) => tools,
        }
    }
}

fn tool_patterns(list: &RequireApproval) -> Result<(), ValidationError> {
    let RequireApproval::Tools(tools) = list else { return Ok(()) };
    let fits = |tool: &String| (1..=64).contains(&tool.len()) && tool.chars().all(|c| c.is_ascii_graphic());
    match tools.len() <= 256 && tools.iter().all(fits) {
        true => Ok(()),
        false => Err(ValidationError::new("tools")
            .with_message("must be at most 256 names or globs of 1 to 64 characters".into())),
    }
}
