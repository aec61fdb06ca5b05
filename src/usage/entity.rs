//! Table `usage`: one row for each model call.

use sea_orm::entity::prelude::*;

use super::{UsagePurpose, UsageStatus};
use crate::{ids::Id, runs::Door, time::Ts};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub agent_id: Option<Id>,
    pub agent_name: Option<String>,
    pub run_id: Option<Id>,
    pub step_id: Option<Id>,
    pub session_id: Option<Id>,
    /// `ROOT_KEY` stands for the key of the configuration.
    pub api_key_id: Option<Id>,
    pub origin_user: Option<String>,
    pub door: Door,
    pub purpose: UsagePurpose,
    pub provider: String,
    pub model: String,
    pub upstream_model: String,
    pub status: UsageStatus,
    pub error_code: Option<String>,
    pub input_tokens: i64,
    pub cached_input_tokens: i64,
    pub cache_write_tokens: i64,
    pub output_tokens: i64,
    pub reasoning_tokens: i64,
    pub tool_calls: i32,
    /// The provider gave no usage.
    pub estimated: bool,
    pub cost_micro_usd: i64,
    /// The price is not known; the assumed one was used.
    pub price_assumed: bool,
    /// Counts the prices that this model of this provider has had.
    pub price_version: i32,
    pub latency_ms: i64,
    pub first_token_ms: Option<i64>,
    pub attempt: i32,
    /// End of the call.
    pub created_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
