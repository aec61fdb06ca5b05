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
    /// Its id, for good.
    pub id: Id,
    /// Unique among live agents, without regard to case.
    #[schema(example = "desk")]
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Where it stands in its life.
    pub state: AgentState,
    /// What it may do with its tools.
    pub mode: AgentMode,
    /// Model and skills are pinned.
    pub stable: bool,
    /// Named set of tools and grants; null = none is named.
    pub profile: Option<Profile>,
    /// Words for searching.
    pub tags: Vec<String>,
    /// Provider that the next run will use, with `default` resolved; `default` when no provider has the model.
    #[schema(example = "openai")]
    pub model_provider: String,
    /// Model that the next run will use, with `default` resolved.
    #[schema(example = "gpt-4o")]
    pub model_name: String,
    /// Class of that model.
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
    /// How it looks.
    pub identity: AgentIdentity,
    /// When it was made.
    pub created_at: Ts,
    /// When settings or state changed last.
    pub updated_at: Ts,
    /// When a run ended last.
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
    /// What the next run will use, and why.
    pub model: AgentModel,
    /// Tried in order when the model fails.
    pub fallback_models: Vec<FallbackModel>,
    /// The manifest's text; empty when it is made of name and description.
    pub system_prompt: String,
    /// In force, with profile and implied grants applied.
    pub capabilities: Capabilities,
    /// Narrows the granted tools; empty = no narrowing.
    pub tool_allowlist: Vec<String>,
    /// Tools that are removed last.
    pub tool_blocklist: Vec<String>,
    /// Skills of the manifest, names or globs.
    pub skills: Vec<String>,
    /// What that list means.
    pub skills_mode: SelectionMode,
    /// MCP servers of the manifest, names or globs.
    pub mcp_servers: Vec<String>,
    /// What that list means.
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
    /// What is known about the signature of its manifest.
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
    /// Provider id; `default` when no provider has the model.
    #[schema(example = "openai")]
    pub provider: String,
    /// Model id as in the catalogue.
    #[schema(example = "gpt-4o")]
    pub model: String,
    /// Class of the model, if the catalogue says.
    pub tier: Option<TierWord>,
    /// Output limit of one call, in tokens; cut to what the model can do.
    #[schema(minimum = 1)]
    pub max_tokens: i64,
    /// Randomness, where the model takes it.
    pub temperature: f64,
    /// Name of the variable with a key of its own.
    pub api_key_env: Option<String>,
    /// Address of its own.
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
    /// When it crashed.
    pub at: Ts,
    /// Why.
    pub reason: String,
    /// Automatic recoveries since.
    #[schema(minimum = 0)]
    pub restarts: i32,
}

/// What an agent may do and use right now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Effective {
    /// What it holds, in canonical form.
    #[schema(example = json!(["tool:web_fetch", "net:*"]))]
    pub grants: Vec<String>,
    /// Tools offered to the model.
    pub tools: Vec<String>,
    /// Limits in force.
    pub limits: AgentResources,
    /// What programs may be run.
    pub exec_policy: ExecPolicy,
    /// Mode in force.
    pub mode: AgentMode,
    /// What the next run will use, and why.
    pub model: AgentModel,
    /// Tried in order when the model fails.
    pub fallback_models: Vec<FallbackModel>,
}

/// What an agent may do and use right now, with remarks.
#[derive(Debug, Serialize, ToSchema)]
pub struct EffectiveView {
    /// The agent.
    pub agent_id: Id,
    #[serde(flatten)]
    pub effective: Effective,
    /// What deserves attention in its manifest.
    pub warnings: Vec<ManifestWarning>,
}

/// A new agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentCreated {
    #[serde(flatten)]
    pub agent: Agent,
    /// Same as `id`.
    pub agent_id: Id,
    /// What it may do and use.
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
    /// What was done.
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
    /// The agent.
    pub agent_id: Id,
    /// Its name.
    pub name: String,
    /// 1; one more with every change.
    #[schema(minimum = 1)]
    pub manifest_version: i32,
    /// When it was changed last.
    pub updated_at: Ts,
    /// Who changed it last.
    pub updated_by: String,
    /// As stored.
    pub manifest: AgentManifest,
    /// The same as TOML: the text given at create, comments included, as long as nothing was changed.
    pub manifest_toml: String,
    /// The envelope, if the manifest is signed and was not changed since.
    #[schema(value_type = Option<SignedManifestInput>)]
    pub signed_manifest: Option<Value>,
}
