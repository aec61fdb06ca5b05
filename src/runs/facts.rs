//! The JSON columns of runs and steps, typed.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::ModelOutcome;
use crate::{
    caller::{Caller, CallerKind},
    error::ErrorCode,
    llm::{ErrorClass, Purpose, StopReason as ModelStop},
};

/// Who started the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct RunCaller {
    pub kind: CallerKind,
    pub id: Option<String>,
    pub name: Option<String>,
    /// Whom its sessions belong to.
    pub owner: String,
    /// May use the tools of administrators.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub admin: bool,
}

impl From<&Caller> for RunCaller {
    fn from(caller: &Caller) -> Self {
        Self {
            kind: caller.kind,
            id: caller.id.map(|id| id.to_string()),
            name: caller.name.clone(),
            owner: caller.owner(),
            admin: caller.scopes.has("system:write"),
        }
    }
}

/// What was said to the agent. Emptied when the session is deleted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct RunInput {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// The call of a run of the door `tool`, which says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<ToolCall>,
}

/// One call of a tool without a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    pub tool: String,
    pub arguments: Map<String, Value>,
}

/// What the caller asked of this run alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct RunOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<ThinkingWish>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_iterations: Option<u32>,
    /// Followers see the model's thinking.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stream_thinking: bool,
}

/// Whether the model shall reason before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThinkingWish {
    Off,
    On,
}

/// Why a run failed, as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct RunFailure {
    pub code: ErrorCode,
    pub message: String,
    pub hint: Option<String>,
    pub retryable: bool,
    pub provider: Option<String>,
    pub retry_after_secs: Option<u64>,
    /// Class of the model error behind it.
    pub class: Option<ErrorClass>,
    /// The limit that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitFacts>,
}

/// A limit on money or tokens that a run met, as its caller is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitFacts {
    /// `global`, `agent`, `api_key` or `run`.
    pub scope: String,
    /// Of the agent, the key or the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope_id: Option<String>,
    /// `hour`, `day`, `month`, `tokens_hour` or `run`.
    pub window: String,
    /// US dollars, or tokens.
    pub limit: String,
    pub spent: String,
    pub reserved: String,
    /// A time, or `never`.
    pub resets_at: String,
}

/// Control words that the final answer carried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Directives {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reply_current: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
}

impl Directives {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A list of short texts in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct TextList(pub Vec<String>);

/// Input of a model step: what the call was for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelCall {
    pub purpose: Purpose,
    /// This call goes on with an answer that was cut.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub continues: bool,
}

/// Output of a model step that ended well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelAnswer {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub thinking: String,
    /// As the model wrote it, control words included.
    pub text: String,
    pub stop: ModelStop,
    pub outcome: ModelOutcome,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub calls: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct StepFault {
    pub class: ErrorClass,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The server stopped in the middle of the call; the provider is not to blame.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takeover: bool,
    /// Every model had failed and the run waited some minutes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub long_wait: bool,
}

/// What the policy said about a call, and which facts it saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Verdict {
    /// `allow` or the code of the refusal.
    pub verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    pub manifest_version: i32,
    pub mode: String,
}
