//! An agent as it is shown.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::SignedManifestInput;
use crate::{
    agents::{
        AgentState,
        manifest::{
            AgentIdentity, AgentManifest, AgentMode, AgentResources, Capabilities, ExecPolicy, FallbackModel,
            ManifestSignature, ManifestWarning, Profile,
        },
    },
    ids::Id,
    llm::registry::{AuthStatus, ModelSource},
    time::Ts,
};

/// An agent as a row of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentSummary {
    pub id: Id,
    #[schema(example = "desk")]
    pub name: String,
    pub description: String,
    pub state: AgentState,
    pub mode: AgentMode,
    /// Model and skills are pinned.
    pub stable: bool,
    pub profile: Option<Profile>,
    pub tags: Vec<String>,
    /// Provider that the next run will use, with `default` resolved; `default` when no provider has the model.
    #[schema(example = "openai")]
    pub model_provider: String,
    /// Model that the next run will use, with `default` resolved.
    #[schema(example = "gpt-4o")]
    pub model_name: String,
    pub model_tier: TierWord,
    /// Whether the provider has the credential it needs.
    pub auth_status: AuthStatus,
    /// It runs, and its provider lacks no credential.
    pub ready: bool,
    /// At least one run is under way.
    pub is_inferencing: bool,
    /// Runs under way, waiting ones included.
    #[schema(minimum = 0)]
    pub active_runs: i64,
    /// Runs that wait for a place.
    #[schema(minimum = 0)]
    pub queued_runs: i64,
    /// The session that gets your next message; null before your first one.
    pub session_id: Option<Id>,
    /// The agent that spawned it.
    pub parent_id: Option<Id>,
    pub identity: AgentIdentity,
    pub created_at: Ts,
    pub updated_at: Ts,
    pub last_active: Ts,
}

/// Class of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TierWord {
    Frontier,
    Smart,
    Balanced,
    Fast,
    Local,
    Custom,
    /// The catalogue does not say.
    Unknown,
}

/// An agent in full.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Agent {
    #[serde(flatten)]
    pub summary: AgentSummary,
    pub model: AgentModel,
    /// Tried in order when the model fails.
    pub fallback_models: Vec<FallbackModel>,
    /// The manifest's text; empty when it is made of name and description.
    pub system_prompt: String,
    /// In force, with profile and implied grants applied.
    pub capabilities: Capabilities,
    pub tool_allowlist: Vec<String>,
    pub tool_blocklist: Vec<String>,
    pub skills: Vec<String>,
    pub skills_mode: SelectionMode,
    pub mcp_servers: Vec<String>,
    pub mcp_servers_mode: SelectionMode,
    /// Live agents that it spawned.
    pub children: Vec<Id>,
    /// Folder that its file tools see.
    pub workspace: String,
    /// Whether `BOOTSTRAP.md` is absent or empty.
    pub onboarding_completed: bool,
    /// When `BOOTSTRAP.md` was emptied; null if it is absent.
    pub onboarding_completed_at: Option<Ts>,
    /// Why it is in state Crashed.
    pub crash: Option<AgentCrash>,
    pub signature: ManifestSignature,
    /// 1; one more with every change.
    #[schema(minimum = 1)]
    pub manifest_version: i32,
    /// As stored: `default` is not resolved.
    pub manifest: AgentManifest,
}

/// What the next run will use, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentModel {
    #[schema(example = "openai")]
    pub provider: String,
    #[schema(example = "gpt-4o")]
    pub model: String,
    pub tier: Option<TierWord>,
    /// Output limit of one call, in tokens; cut to what the model can do.
    #[schema(minimum = 1)]
    pub max_tokens: i64,
    pub temperature: f64,
    pub api_key_env: Option<String>,
    pub base_url: Option<String>,
    /// Who chose it.
    pub source: ModelSource,
    /// Whether it can be called now.
    pub ready: bool,
    /// Why not, and what to do about it.
    pub reason: Option<String>,
}

/// Which of all skills or MCP servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SelectionMode {
    All,
    /// Those of the list.
    Allowlist,
    None,
}

impl SelectionMode {
    pub fn of(list: &[String]) -> Self {
        match list {
            [] => Self::All,
            [one] if one == "*" => Self::All,
            [one] if one == "!*" => Self::None,
            _ => Self::Allowlist,
        }
    }
}

/// The end of an agent that failed too often.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentCrash {
    pub at: Ts,
    pub reason: String,
    /// Automatic recoveries since.
    #[schema(minimum = 0)]
    pub restarts: i32,
}

/// What an agent may do and use right now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Effective {
    #[schema(example = json!(["tool:web_fetch", "net:*"]))]
    pub grants: Vec<String>,
    /// Tools offered to the model.
    pub tools: Vec<String>,
    pub limits: AgentResources,
    pub exec_policy: ExecPolicy,
    pub mode: AgentMode,
    pub model: AgentModel,
    pub fallback_models: Vec<FallbackModel>,
}

/// What an agent may do and use right now, with remarks.
#[derive(Debug, Serialize, ToSchema)]
pub struct EffectiveView {
    pub agent_id: Id,
    #[serde(flatten)]
    pub effective: Effective,
    pub warnings: Vec<ManifestWarning>,
}

/// A new agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentCreated {
    #[serde(flatten)]
    pub agent: Agent,
    /// Same as `id`.
    pub agent_id: Id,
    pub effective: Effective,
    /// What deserves attention in the manifest.
    pub warnings: Vec<ManifestWarning>,
}

/// An agent after a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentChanged {
    #[serde(flatten)]
    pub agent: Agent,
    /// Same as `id`.
    pub agent_id: Id,
    #[schema(example = "ok")]
    pub status: String,
    /// What deserves attention in the manifest.
    pub warnings: Vec<ManifestWarning>,
    /// The mode word that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_mode: Option<String>,
}

/// The stored manifest of an agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentManifestView {
    pub agent_id: Id,
    pub name: String,
    #[schema(minimum = 1)]
    pub manifest_version: i32,
    pub updated_at: Ts,
    /// Who changed it last.
    pub updated_by: String,
    pub manifest: AgentManifest,
    /// The same as TOML: the text given at create, comments included, as long as nothing was changed.
    pub manifest_toml: String,
    /// The envelope, if the manifest is signed and was not changed since.
    #[schema(value_type = Option<SignedManifestInput>)]
    pub signed_manifest: Option<Value>,
}
