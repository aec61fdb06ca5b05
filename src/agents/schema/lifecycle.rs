//! Requests and answers of the lifecycle.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{agents::AgentState, ids::Id};

/// An agent after a change of its state.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentTransition {
    /// What was done: `started`, `activated`, `restarted` or `suspended`.
    #[schema(example = "started")]
    pub status: String,
    /// Its name.
    #[schema(example = "desk")]
    pub agent: String,
    /// Its id.
    pub agent_id: Id,
    /// Same as `agent_id`.
    pub id: Id,
    /// State before.
    pub previous_state: AgentState,
    /// State now.
    pub state: AgentState,
    /// Whether a run was cancelled.
    pub task_cancelled: bool,
    /// Runs that were cancelled.
    pub cancelled_runs: Vec<Id>,
}

/// How to suspend.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"cancel_runs": false}))]
pub struct SuspendAgent {
    /// False: a running run finishes its current step and is parked until the agent starts again.
    pub cancel_runs: bool,
}

/// Which work to stop.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"session_id": "0192f0c4-9b7a-7c3e-8f21-5d1f0a6b7c8d"}))]
pub struct StopAgent {
    /// Only the runs of this session.
    pub session_id: Option<Id>,
}

/// Work that was stopped.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentStopped {
    /// `stopped`, or `ok` when nothing was under way.
    #[schema(example = "stopped")]
    pub status: String,
    /// The same in a sentence.
    pub message: String,
    /// The agent.
    pub agent_id: Id,
    /// Runs that were cancelled.
    pub cancelled_runs: Vec<Id>,
}

/// An agent that was terminated.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentKilled {
    /// Always `killed`.
    #[schema(example = "killed")]
    pub status: String,
    /// The agent.
    pub agent_id: Id,
    /// Same as `agent_id`.
    pub id: Id,
    /// Its name, which is free again.
    #[schema(example = "desk")]
    pub name: String,
    /// Runs that were cancelled, those of its children included.
    pub cancelled_runs: Vec<Id>,
    /// Agents that it spawned and nobody adopted.
    pub terminated_children: Vec<Id>,
}

/// An agent that was erased.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentUninstalled {
    /// Always `uninstalled`.
    #[schema(example = "uninstalled")]
    pub status: String,
    /// The agent.
    pub agent_id: Id,
    /// Same as `agent_id`.
    pub id: Id,
    /// The name it had.
    #[schema(example = "desk")]
    pub name: String,
    /// Whether its workspace folder was removed.
    pub dir_removed: bool,
}
