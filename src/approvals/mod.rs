//! Approvals: a person is asked before something happens. A row is bound to the exact call; deciding it releases that
//! call once, also after a restart.

mod entity;
mod routes;
pub mod schema;
pub mod service;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::runtime::policy::ServerApproval;
pub use entity::Model as ApprovalRow;
pub use routes::{approve, reject, router};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    /// A tool call of a run.
    Tool,
    /// A step of a workflow.
    WorkflowStep,
    /// Dependencies of a hand.
    HandInstall,
    /// Commands of a hand.
    HandCommands,
    /// A gate that another system asked for.
    Manual,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStatus {
    Pending,
    Approved,
    Rejected,
    /// Nobody decided in time.
    Expired,
    /// What asked for it ended.
    Cancelled,
}

impl ApprovalStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What may go wrong.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// It only looks.
    Low,
    /// It writes, or speaks to another server.
    Medium,
    /// It deletes, spends, or runs a program.
    High,
    /// It may do anything.
    Critical,
}

/// For how long an approval holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Remember {
    /// For this call.
    #[default]
    Once,
    /// For the same call with the same arguments in the same session.
    Session,
    /// For the same call with the same arguments of this agent, always. Needs `system:write`.
    Rule,
}
