//! Budgets: limits on money and tokens of the server, of agents and of API keys. Before a model call the most it can cost is
//! reserved, afterwards the reservation gives way to what it cost.

mod check;
mod entity;
mod limits;
mod memo;
mod routes;
pub mod schema;
pub mod service;
mod views;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use check::{Need, Refusal, Reset};
pub use entity::event::Model as BudgetEventRow;
pub use limits::{Limits, Payer, Payers, PayingAgent, Subject};
pub use routes::router;
pub use service::Budget;

/// Whom a limit is for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum BudgetScope {
    /// The whole server.
    Global,
    Agent,
    ApiKey,
    /// One run with those that it started.
    #[serde(skip)]
    Run,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum BudgetWindow {
    /// Money of the last 3,600 seconds.
    Hour,
    /// Money of the calendar day.
    Day,
    /// Money of the calendar month.
    Month,
    /// Tokens of the last 3,600 seconds.
    TokensHour,
    /// Money of a run.
    #[serde(skip)]
    Run,
}

/// What happened to a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum BudgetEventKind {
    /// Spending reached the alert threshold.
    Warning,
    /// A call was refused.
    Exceeded,
    /// Somebody set the limit.
    Changed,
}

impl BudgetScope {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Agent => "agent",
            Self::ApiKey => "api_key",
            Self::Run => "run",
        }
    }
}

impl BudgetWindow {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
            Self::TokensHour => "tokens_hour",
            Self::Run => "run",
        }
    }
}
