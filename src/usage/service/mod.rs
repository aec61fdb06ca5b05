//! Rules and SQL of usage rows.

mod groups;
mod records;
mod spend;
mod sums;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait},
};

use super::{ChargeRow, UsageRow, charge_entity, entity};
use crate::{error::Result, ids::Id};

pub use groups::{Dimension, Group, GroupKey, groups};
pub use records::{RecordKey, UsageFilter, records, records_before};
pub use spend::{Amounts, Charged, Spans, leaves_when, of_each, oldest, spent, tokens_by_agent};
pub use sums::{AgentSums, DaySums, ModelSums, Summary, Sums, by_agent, by_day, by_model, first_at, summary, totals};

pub async fn record<C: ConnectionTrait>(db: &C, rows: Vec<UsageRow>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    entity::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Charges calls to the agents and runs above them.
pub async fn charge<C: ConnectionTrait>(db: &C, rows: Vec<ChargeRow>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    charge_entity::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Sums over the calls of one session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct SessionUsage {
    pub session_id: Option<Id>,
    pub calls: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cached_tokens: i64,
    pub cache_write_tokens: i64,
    pub reasoning_tokens: i64,
    pub cost_micro_usd: i64,
}

/// Sums of several sessions at once; a session without calls has no row.
pub async fn of_sessions<C: ConnectionTrait>(db: &C, sessions: &[Id]) -> Result<Vec<SessionUsage>> {
    let sum = |column| Expr::col(column).sum().cast_as(Alias::new("bigint"));
    Ok(entity::Entity::find()
        .select_only()
        .column(entity::Column::SessionId)
        .column_as(entity::Column::Id.count(), "calls")
        .column_as(sum(entity::Column::InputTokens), "input_tokens")
        .column_as(sum(entity::Column::OutputTokens), "output_tokens")
        .column_as(sum(entity::Column::CachedInputTokens), "cached_tokens")
        .column_as(sum(entity::Column::CacheWriteTokens), "cache_write_tokens")
        .column_as(sum(entity::Column::ReasoningTokens), "reasoning_tokens")
        .column_as(sum(entity::Column::CostMicroUsd), "cost_micro_usd")
        .filter(entity::Column::SessionId.is_in(sessions.iter().copied()))
        .group_by(entity::Column::SessionId)
        .into_model()
        .all(db)
        .await?)
}

/// The rows of one run, in order.
pub async fn of_run<C: ConnectionTrait>(db: &C, run: Id) -> Result<Vec<UsageRow>> {
    Ok(entity::Entity::find().filter(entity::Column::RunId.eq(run)).order_by_asc(entity::Column::Id).all(db).await?)
}
