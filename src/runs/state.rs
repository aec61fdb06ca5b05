//! The closed word lists of runs and steps.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::llm::TokenUsage;

/// State of a run as stored; part A's `status` shows the waiting ones but `waiting_approval`, and `parked`, as running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    Queued,
    Running,
    WaitingApproval,
    WaitingChild,
    WaitingRetry,
    /// Stopped between steps by a suspended agent or a stopping server; goes on when both run again.
    Parked,
    Completed,
    Failed,
    Cancelled,
}

impl RunState {
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The model finished.
    EndTurn,
    /// The answer was still cut after five continuations.
    MaxTokens,
    /// A stop sequence of the manifest.
    StopSequence,
    MaxIterations,
    MaxToolCalls,
    /// The agent chose not to answer.
    Silent,
    Cancelled,
    /// The loop guard ended the run.
    LoopDetected,
    /// The answer was empty, unreadable or not of the required format.
    InvalidOutput,
    /// The run waited too long in the queue.
    Expired,
    /// A tool of the client was called (`/v1` only).
    ClientTool,
    /// The run failed; `error` says why.
    Error,
}

/// Where a run came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Door {
    Api,
    Stream,
    Websocket,
    Openai,
    Hook,
    Mcp,
    A2a,
    Channel,
    Schedule,
    Trigger,
    Workflow,
    Agent,
    Hand,
    Tool,
    Compaction,
}

impl Door {
    /// Nobody waits at this door: the run may be queued for an agent that is not running, and retried for a long time.
    pub fn is_durable(self) -> bool {
        matches!(self, Self::Channel | Self::Schedule | Self::Trigger | Self::Hand)
    }

    /// Started by the server itself; few of them run at once.
    pub fn is_background(self) -> bool {
        matches!(self, Self::Schedule | Self::Trigger | Self::Hand)
    }
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    ModelCall,
    ToolCall,
    Approval,
    Compaction,
}

/// State of a step as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Planned,
    Running,
    Waiting,
    Done,
    Failed,
    Interrupted,
    Skipped,
    Cancelled,
}

impl StepState {
    pub fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Running | Self::Waiting)
    }
}

/// What an answer of the model meant for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelOutcome {
    /// The run ends with it.
    Final,
    /// It asked for tools.
    Calls,
    /// It was cut at the output limit; the next call continues it.
    Cut,
    /// It does not have the required format; the next call repairs it.
    Malformed,
}

/// Token counts in the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    pub input: i64,
    pub output: i64,
    pub cached: i64,
    pub cache_write: i64,
    pub reasoning: i64,
}

impl Tokens {
    pub fn plus(self, other: Tokens) -> Self {
        Self {
            input: self.input + other.input,
            output: self.output + other.output,
            cached: self.cached + other.cached,
            cache_write: self.cache_write + other.cache_write,
            reasoning: self.reasoning + other.reasoning,
        }
    }

    pub fn total(self) -> i64 {
        self.input + self.output
    }
}

impl From<TokenUsage> for Tokens {
    fn from(usage: TokenUsage) -> Self {
        Self {
            input: usage.input.into(),
            output: usage.output.into(),
            cached: usage.cached.into(),
            cache_write: usage.cache_write.into(),
            reasoning: usage.reasoning.into(),
        }
    }
}
