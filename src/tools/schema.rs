//! Wire types of tools.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    ids::Id,
    runtime::tools::{Effect, ToolInfo},
};

/// Where a tool comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToolSource {
    /// Comes with the server.
    Builtin,
    /// From a connected MCP server.
    Mcp,
    /// From an installed skill.
    Skill,
    /// From a hand.
    Hand,
}

/// Strongest first-hand consequence of a call, from harmless to dangerous.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToolEffect {
    /// No input or output at all.
    Pure,
    /// Looks at local state.
    Read,
    /// Bytes leave the host.
    Network,
    /// Local or shared state changes.
    Write,
    /// A paid service is used.
    Spend,
    /// A program runs.
    Exec,
}

impl From<Effect> for ToolEffect {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Pure => Self::Pure,
            Effect::Read => Self::Read,
            Effect::Network => Self::Network,
            Effect::Write => Self::Write,
            Effect::Spend => Self::Spend,
            Effect::Exec => Self::Exec,
        }
    }
}

/// A tool as a model is told of it, and what the policy knows of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"name": "system_time", "description": "Present date and time.", "input_schema": {"type": "object"},
    "source": "builtin", "server": null, "skill": null, "effect": "pure", "side_effects": false, "assist_mode": true,
    "requires_approval": false, "enabled": true, "unavailable_reason": null}))]
pub struct ToolDefinition {
    /// Name by which it is granted and called.
    pub name: String,
    /// What a model is told.
    pub description: String,
    /// JSON Schema of the arguments.
    #[schema(value_type = std::collections::BTreeMap<String, Value>)]
    pub input_schema: Value,
    /// Where it comes from.
    pub source: ToolSource,
    /// The MCP server that has it.
    pub server: Option<String>,
    /// The skill that brings it.
    pub skill: Option<String>,
    /// Strongest consequence of a call.
    pub effect: ToolEffect,
    /// A call does more than look.
    pub side_effects: bool,
    /// Usable in the mode `assist`.
    pub assist_mode: bool,
    /// A person is asked before a call unless a rule or the agent's exec policy says otherwise.
    pub requires_approval: bool,
    /// It can be called here.
    pub enabled: bool,
    /// Why it cannot be called.
    pub unavailable_reason: Option<String>,
}

impl ToolDefinition {
    pub fn of(info: &ToolInfo, requires_approval: bool) -> Self {
        Self {
            name: info.name.to_owned(),
            description: info.description.to_owned(),
            input_schema: info.schema.clone(),
            source: ToolSource::Builtin,
            server: None,
            skill: None,
            effect: info.effect.into(),
            side_effects: info.effect > Effect::Read,
            assist_mode: info.assist_mode,
            requires_approval,
            enabled: true,
            unavailable_reason: None,
        }
    }
}

/// A page of tools.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ToolList {
    /// By name.
    pub tools: Vec<ToolDefinition>,
    /// Tools on all pages.
    pub total: i64,
    /// Cursor of the next page.
    pub next_cursor: Option<String>,
}

/// One call of a tool.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"agent": "desk", "arguments": {"tz": "Europe/Vienna"}}))]
pub struct InvokeTool {
    /// Id or exact name of the agent that makes the call.
    #[serde(alias = "agent_id")]
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub agent: String,
    /// Arguments by name.
    #[serde(default)]
    pub arguments: Map<String, Value>,
    /// Session that the call belongs to; the caller's own if absent. Its messages stay as they are.
    pub session_id: Option<Id>,
    /// Longest wait for the result; the call goes on.
    #[serde(default = "default_timeout")]
    #[validate(range(min = 1, max = 600))]
    #[schema(minimum = 1, maximum = 600, default = 60)]
    pub timeout_secs: i32,
}

fn default_timeout() -> i32 {
    60
}

/// What a call of a tool gave.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ToolInvoked {
    /// The run of the call.
    pub run_id: Id,
    /// Its only step.
    pub step_id: Id,
    /// Name of the tool.
    pub tool: String,
    /// Result as a model would read it.
    pub result: String,
    /// The tool failed; `result` says why.
    pub is_error: bool,
    /// The result was longer than 256 KiB.
    pub truncated: bool,
    /// Time of the call.
    pub duration_ms: i64,
}
