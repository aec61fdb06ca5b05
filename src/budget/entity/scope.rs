//! Table `budget_scopes`: limits that were set over the API, and the row that is locked while one is checked.

use sea_orm::entity::prelude::*;

use crate::{budget::BudgetScope, ids::Id, time::Ts};

/// Null means: whatever lies below (configuration, default).
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_scopes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: BudgetScope,
    /// Nil for the server.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope_id: Id,
    pub max_hourly_micro_usd: Option<i64>,
    pub max_daily_micro_usd: Option<i64>,
    pub max_monthly_micro_usd: Option<i64>,
    /// Of a key. Of an agent only 0: it has no token limit, not even the default one; its other limits are in its manifest.
    pub max_tokens_per_hour: Option<i64>,
    /// Of the server.
    pub alert_threshold: Option<f64>,
    /// Of the server, for agents without a token limit.
    pub default_tokens_per_hour: Option<i64>,
    pub updated_at: Option<Ts>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
