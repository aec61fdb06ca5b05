//! Sums over calls: all of them, by agent, by model, by day.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QuerySelect,
    sea_query::{Alias, CaseStatement, Condition, Expr, ExprTrait, Order, Query, SelectStatement, SubQueryStatement},
};
use serde::{Deserialize, Serialize};

use super::{UsageFilter, spend::sum_of};
use crate::{
    error::Result,
    ids::Id,
    page::{ListParams, Page},
    time::Ts,
    usage::{
        UsageStatus,
        calendar::{Calendar, DAY_MS, Span},
        entity,
    },
};

const AGENTS: &str = "usage_agents";
const MODELS: &str = "usage_models";

type Column = entity::Column;

/// What calls took. Refused ones are counted, they took nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Sums {
    pub calls: i64,
    /// Calls that neither ended well nor were cancelled.
    pub failed: i64,
    pub input_tokens: i64,
    pub cached_tokens: i64,
    pub output_tokens: i64,
    pub reasoning_tokens: i64,
    pub tool_calls: i64,
    pub cost_micro_usd: i64,
}

/// Adds the columns of `Sums`.
pub(super) fn add_sums(query: &mut SelectStatement) {
    let always = || Expr::val(1).eq(1);
    let failed = Column::Status.is_not_in([UsageStatus::Ok, UsageStatus::Cancelled]);
    query
        .expr_as(Expr::col(Column::Id).count(), Alias::new("calls"))
        .expr_as(sum_of(Expr::val(1_i64), failed), Alias::new("failed"));
    for (column, name) in [
        (Column::InputTokens, "input_tokens"),
        (Column::CachedInputTokens, "cached_tokens"),
        (Column::OutputTokens, "output_tokens"),
        (Column::ReasoningTokens, "reasoning_tokens"),
        (Column::ToolCalls, "tool_calls"),
        (Column::CostMicroUsd, "cost_micro_usd"),
    ] {
        query.expr_as(sum_of(Expr::col(column), always()), Alias::new(name));
    }
}

/// Sums over all calls of the filter, and how many agents made them.
pub async fn totals<C: ConnectionTrait>(db: &C, filter: &UsageFilter) -> Result<(Sums, i64)> {
    let mut query = Query::select();
    add_sums(&mut query);
    query
        .expr_as(Expr::col(Column::AgentId).count_distinct(), Alias::new("agents"))
        .from(entity::Entity)
        .cond_where(filter.condition());
    match db.query_one(&query).await? {
        Some(row) => Ok((Sums::from_query_result(&row, "")?, row.try_get("", "agents")?)),
        None => Ok((Sums::default(), 0)),
    }
}

/// Sums since ever and since `midnight`, and the end of the first call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summary {
    pub all: Sums,
    pub today_input: i64,
    pub today_output: i64,
    pub today_cost: i64,
    pub today_calls: i64,
    pub first: Option<Ts>,
}

pub async fn summary<C: ConnectionTrait>(db: &C, midnight: Ts) -> Result<Summary> {
    let today = |amount: Expr| sum_of(amount, Column::CreatedAt.gte(midnight));
    let mut query = Query::select();
    add_sums(&mut query);
    query
        .expr_as(today(Expr::col(Column::InputTokens)), Alias::new("today_input"))
        .expr_as(today(Expr::col(Column::OutputTokens)), Alias::new("today_output"))
        .expr_as(today(Expr::col(Column::CostMicroUsd)), Alias::new("today_cost"))
        .expr_as(today(Expr::val(1_i64)), Alias::new("today_calls"))
        .expr_as(Expr::col(Column::CreatedAt).min(), Alias::new("first"))
        .from(entity::Entity);
    let Some(row) = db.query_one(&query).await? else { return Ok(Summary::default()) };
    Ok(Summary {
        all: Sums::from_query_result(&row, "")?,
        today_input: row.try_get("", "today_input")?,
        today_output: row.try_get("", "today_output")?,
        today_cost: row.try_get("", "today_cost")?,
        today_calls: row.try_get("", "today_calls")?,
        first: row.try_get("", "first")?,
    })
}

/// End of the first call of the filter.
pub async fn first_at<C: ConnectionTrait>(db: &C, filter: &UsageFilter) -> Result<Option<Ts>> {
    let query = entity::Entity::find().select_only().column_as(Column::CreatedAt.min(), "at");
    let first: Option<Option<Ts>> =
        sea_orm::QueryFilter::filter(query, filter.condition()).into_tuple().one(db).await?;
    Ok(first.flatten())
}

/// Sums of an agent, with its name at its last call.
#[derive(Clone, Debug)]
pub struct AgentSums {
    pub agent_id: Id,
    pub name: Option<String>,
    pub sums: Sums,
}

/// By cost, falling. `total` is the number of agents, which `totals` knows.
pub async fn by_agent<C: ConnectionTrait>(
    db: &C,
    filter: &UsageFilter,
    total: i64,
    params: &ListParams,
) -> Result<Page<AgentSums>> {
    let after: Option<(i64, Id)> = params.after(AGENTS)?;
    let groups = Alias::new("groups");
    let mut grouped = Query::select();
    grouped.column(Column::AgentId).from(entity::Entity).cond_where(filter.condition());
    grouped.and_where(Column::AgentId.is_not_null()).add_group_by([Expr::col(Column::AgentId)]);
    add_sums(&mut grouped);
    let last = Alias::new("last");
    let name = Query::select()
        .column((last.clone(), Column::AgentName))
        .from_as(entity::Entity, last.clone())
        .and_where(Expr::col((last.clone(), Column::AgentId)).equals((groups.clone(), Column::AgentId)))
        .order_by((last.clone(), Column::CreatedAt), Order::Desc)
        .order_by((last, Column::Id), Order::Desc)
        .limit(1)
        .to_owned();
    let behind = after.map(|(cost, id)| {
        let equal = Condition::all().add(cost_column().eq(cost)).add(Expr::col(Column::AgentId).gt(id));
        Condition::any().add(cost_column().lt(cost)).add(equal)
    });
    let query = Query::select()
        .column(sea_orm::sea_query::Asterisk)
        .expr_as(Expr::from(SubQueryStatement::SelectStatement(name)), Alias::new("name"))
        .from_subquery(grouped, groups)
        .cond_where(Condition::all().add_option(behind))
        .order_by(Alias::new("cost_micro_usd"), Order::Desc)
        .order_by(Column::AgentId, Order::Asc)
        .limit(params.limit() + 1)
        .to_owned();
    let mut rows = vec![];
    for row in db.query_all(&query).await? {
        let (agent_id, name) = (row.try_get("", "agent_id")?, row.try_get("", "name")?);
        rows.push(AgentSums { agent_id, name, sums: Sums::from_query_result(&row, "")? });
    }
    let total = u64::try_from(total).unwrap_or_default();
    Ok(Page::cut(rows, params.limit(), total, AGENTS, |row| (row.sums.cost_micro_usd, row.agent_id)))
}

fn cost_column() -> Expr {
    Expr::col(Alias::new("cost_micro_usd"))
}

/// Sums of a model of a provider.
#[derive(Clone, Debug)]
pub struct ModelSums {
    pub provider: String,
    pub model: String,
    pub avg_latency_ms: i64,
    pub sums: Sums,
}

#[derive(Serialize, Deserialize)]
struct ModelKey(i64, String, String);

/// By cost, falling.
pub async fn by_model<C: ConnectionTrait>(
    db: &C,
    filter: &UsageFilter,
    params: &ListParams,
) -> Result<Page<ModelSums>> {
    let after: Option<ModelKey> = params.after(MODELS)?;
    let mut grouped = Query::select();
    grouped.column(Column::Provider).column(Column::Model).from(entity::Entity).cond_where(filter.condition());
    grouped.add_group_by([Expr::col(Column::Provider), Expr::col(Column::Model)]);
    let total = count_groups(db, grouped.clone()).await?;
    add_sums(&mut grouped);
    let average = Expr::col(Column::LatencyMs).avg().cast_as(Alias::new("bigint"));
    grouped.expr_as(average, Alias::new("avg_latency_ms"));
    let col = |column: Column| Expr::col(column);
    let behind = after.map(|ModelKey(cost, provider, model)| {
        let same = |value: &str| Condition::all().add(cost_column().eq(cost)).add(col(Column::Provider).eq(value));
        let next_provider =
            Condition::all().add(cost_column().eq(cost)).add(col(Column::Provider).gt(provider.as_str()));
        Condition::any()
            .add(cost_column().lt(cost))
            .add(next_provider)
            .add(same(&provider).add(col(Column::Model).gt(model)))
    });
    let query = Query::select()
        .column(sea_orm::sea_query::Asterisk)
        .from_subquery(grouped, Alias::new("groups"))
        .cond_where(Condition::all().add_option(behind))
        .order_by(Alias::new("cost_micro_usd"), Order::Desc)
        .order_by(Column::Provider, Order::Asc)
        .order_by(Column::Model, Order::Asc)
        .limit(params.limit() + 1)
        .to_owned();
    let mut rows = vec![];
    for row in db.query_all(&query).await? {
        rows.push(ModelSums {
            provider: row.try_get("", "provider")?,
            model: row.try_get("", "model")?,
            avg_latency_ms: row.try_get("", "avg_latency_ms")?,
            sums: Sums::from_query_result(&row, "")?,
        });
    }
    let key = |row: &ModelSums| ModelKey(row.sums.cost_micro_usd, row.provider.clone(), row.model.clone());
    Ok(Page::cut(rows, params.limit(), total, MODELS, key))
}

pub(super) async fn count_groups<C: ConnectionTrait>(db: &C, grouped: SelectStatement) -> Result<u64> {
    let query = Query::select()
        .expr_as(Expr::val(1_i64).count(), Alias::new("groups"))
        .from_subquery(grouped, Alias::new("grouped"))
        .to_owned();
    let count: i64 = db.query_one(&query).await?.map_or(Ok(0), |row| row.try_get("", "groups"))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Sums of a local day, which is a number of days since 1970.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct DaySums {
    pub day: i64,
    pub calls: i64,
    pub tokens: i64,
    pub cost_micro_usd: i64,
}

/// Days with calls, in order.
pub async fn by_day<C: ConnectionTrait>(db: &C, calendar: Calendar, span: Span) -> Result<Vec<DaySums>> {
    let always = || Expr::val(1).eq(1);
    let tokens = Expr::col(Column::InputTokens).add(Expr::col(Column::OutputTokens));
    let query = Query::select()
        .expr_as(local_day(calendar, span), Alias::new("day"))
        .expr_as(Expr::col(Column::Id).count(), Alias::new("calls"))
        .expr_as(sum_of(tokens, always()), Alias::new("tokens"))
        .expr_as(sum_of(Expr::col(Column::CostMicroUsd), always()), Alias::new("cost_micro_usd"))
        .from(entity::Entity)
        .and_where(Column::CreatedAt.gte(span.from))
        .and_where(Column::CreatedAt.lt(span.to))
        .add_group_by([Expr::col(Alias::new("day"))])
        .order_by(Alias::new("day"), Order::Asc)
        .to_owned();
    let rows = db.query_all(&query).await?;
    rows.iter().map(|row| Ok(DaySums::from_query_result(row, "")?)).collect()
}

/// Number of the local day of a call. The clock changes at a few moments of a span, so that these are named.
pub(super) fn local_day(calendar: Calendar, span: Span) -> Expr {
    let created = || Expr::col(Column::CreatedAt);
    let mut offsets = calendar.offsets(span);
    let last = offsets.pop().map_or(0, |(_, offset)| offset);
    let offset: Expr = match offsets.is_empty() {
        true => Expr::val(last),
        false => {
            let by_time = |case: CaseStatement, (until, offset): &(Ts, i64)| case.case(created().lt(*until), *offset);
            offsets.iter().fold(CaseStatement::new(), by_time).finally(last).into()
        }
    };
    created().add(offset).div(DAY_MS)
}
