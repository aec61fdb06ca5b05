//! Table `approvals`.

use sea_orm::entity::prelude::*;

use super::{ApprovalKind, ApprovalStatus, Remember, RiskLevel};
use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "approvals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub kind: ApprovalKind,
    pub status: ApprovalStatus,
    /// Id of the agent, or what an external system calls whoever asks.
    pub agent_id: String,
    pub agent_name: String,
    pub tool_name: String,
    pub description: String,
    pub action_summary: String,
    pub risk_level: RiskLevel,
    /// As shown: secrets are masked. What runs is in the step.
    pub arguments: Option<Json>,
    /// Of the canonical call with agent, run and step.
    pub arguments_sha256: Option<String>,
    /// Of tool and arguments alone, for decisions that are remembered.
    pub call_hash: Option<String>,
    /// What asked: a rule or a setting.
    pub rule: Option<String>,
    pub run_id: Option<Id>,
    pub session_id: Option<Id>,
    /// The tool call it releases.
    pub step_id: Option<Id>,
    pub timeout_secs: i32,
    pub created_at: Ts,
    pub expires_at: Ts,
    pub decided_at: Option<Ts>,
    pub decided_by: Option<String>,
    pub reason: Option<String>,
    pub remember: Option<Remember>,
    /// Arguments that the person put in place of the asked ones.
    pub new_arguments: Option<Json>,
    /// The run knows of the decision.
    pub applied: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
