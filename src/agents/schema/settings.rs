//! Requests and answers about single settings: identity, config form, model, mode, tool filters.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    agents::manifest::{AgentMode, FallbackModel, ManifestWarning, Profile},
    http::extract::present,
    ids::Id,
};

/// The visual identity. Absent members stay, null or `""` clears.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"emoji": "🦊", "color": "#2b6cb0"}))]
pub struct UpdateAgentIdentity {
    /// A sign for lists.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 16)]
    pub emoji: Option<Option<String>>,
    /// An `http(s)` address (2,048 characters) or a `data:image/…` URI (256 KiB).
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 262_144)]
    pub avatar_url: Option<Option<String>>,
    /// `#RGB`, `#RRGGBB` or `#RRGGBBAA`.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 9)]
    pub color: Option<Option<String>>,
    /// Kind of worker, such as researcher, coder, assistant.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 64, example = "coder")]
    pub archetype: Option<Option<String>>,
    /// Manner, such as professional, friendly, concise.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 64, example = "friendly")]
    pub vibe: Option<Option<String>>,
    /// Manner of greeting, such as warm, formal, brief.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 64, example = "warm")]
    pub greeting_style: Option<Option<String>>,
}

/// One form for name, texts, identity and model. Absent members stay.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"description": "Answers questions", "vibe": "concise", "model": "gpt-4o"}))]
pub struct UpdateAgentConfig {
    /// `""` is ignored.
    #[schema(max_length = 256)]
    pub name: Option<String>,
    /// What the agent is for.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 4096)]
    pub description: Option<Option<String>>,
    /// Instructions; null = made of name and description.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 65_536)]
    pub system_prompt: Option<Option<String>>,
    #[serde(flatten)]
    #[validate(nested)]
    pub identity: UpdateAgentIdentity,
    /// As in `PUT /api/agents/{id}/model`; `""` is ignored.
    #[schema(max_length = 256)]
    pub model: Option<String>,
    /// `""` = work it out.
    #[schema(max_length = 64)]
    pub provider: Option<String>,
    /// Needs `config:write`.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 128)]
    pub api_key_env: Option<Option<String>>,
    /// Needs `config:write`.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 2048)]
    pub base_url: Option<Option<String>>,
    /// Null = the server's chain, `[]` = none.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Vec<FallbackModel>>, max_items = 8)]
    pub fallback_models: Option<Option<Vec<FallbackModel>>>,
}

/// A model to switch to.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(example = json!({"model": "gpt-4o"}))]
pub struct SetAgentModel {
    /// Id, alias or `provider/id`; `default` goes back to the server's default.
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub model: String,
    /// Look the model up at this provider only.
    #[validate(length(max = 64))]
    #[schema(max_length = 64)]
    pub provider: Option<String>,
}

/// The model of the next run.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentModelSet {
    /// Always `updated`.
    #[schema(example = "updated")]
    pub status: String,
    /// The agent.
    pub agent_id: Id,
    /// Model id as in the catalogue.
    #[schema(example = "gpt-4o")]
    pub model: String,
    /// Provider id; `unknown` when no provider has the model, so that runs fail; a warning says more.
    #[schema(example = "openai")]
    pub provider: String,
    /// Same as `model`.
    pub model_name: String,
    /// Same as `provider`.
    pub model_provider: String,
    /// What deserves attention.
    pub warnings: Vec<ManifestWarning>,
}

/// A mode, by one of five words in any case.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(example = json!({"mode": "assist"}))]
pub struct SetAgentMode {
    /// `observe` (no tools), `assist` (only looking), `full` (all granted tools); or `stable` (pins the model, the mode stays)
    /// or `normal` (full and not stable).
    #[schema(example = "assist")]
    pub mode: String,
}

/// Tool filters and what they come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentTools {
    /// Narrows the granted tools; empty = no narrowing.
    pub tool_allowlist: Vec<String>,
    /// Tools that are removed last.
    pub tool_blocklist: Vec<String>,
    /// Tools offered to the model.
    pub effective: Vec<String>,
    /// Named set of tools and grants; null = none is named.
    pub profile: Option<Profile>,
    /// Mode in force.
    pub mode: AgentMode,
}

/// New tool filters; at least one, an absent one stays.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"tool_blocklist": ["file_delete"]}))]
pub struct SetAgentTools {
    /// Names or globs; `[]` = no narrowing.
    #[validate(length(max = 500))]
    #[schema(max_items = 500)]
    pub tool_allowlist: Option<Vec<String>>,
    /// Names or globs; wins over everything.
    #[validate(length(max = 500))]
    #[schema(max_items = 500)]
    pub tool_blocklist: Option<Vec<String>>,
}

/// Tool filters after a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentToolsSet {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub status: String,
    /// The agent.
    pub agent_id: Id,
    #[serde(flatten)]
    pub tools: AgentTools,
    /// Names that no tool has now, and the like.
    pub warnings: Vec<ManifestWarning>,
}
