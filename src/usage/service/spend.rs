//! What was spent since several moments at once, for whoever limits spending. Sums are read from the rows, by indexes that
//! cover them.

use std::{cmp::min, collections::HashMap};

use sea_orm::{
    ColumnTrait, ConnectionTrait, FromQueryResult,
    sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, SelectStatement, UnionType, WindowStatement},
};

use crate::{
    error::Result,
    ids::Id,
    time::Ts,
    usage::{ChargeScope, charge_entity, entity},
};

type Column = entity::Column;
type Charge = charge_entity::Column;

/// Whose calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Charged {
    All,
    /// Its own, and those of the agents below it.
    Agent(Id),
    Key(Id),
    /// Its own, and those of the runs below it.
    Run(Id),
}

/// Where the spans begin; all end now.
#[derive(Clone, Copy, Debug)]
pub struct Spans {
    pub hour: Ts,
    pub day: Ts,
    pub month: Ts,
    /// Calls that ended before this are also summed apart.
    pub settled: Ts,
}

/// Sums of the spans: micro-USD, but for the tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Amounts {
    pub hour: i64,
    pub day: i64,
    pub month: i64,
    /// Input and output of the hour.
    pub tokens: i64,
    /// Of `day`, what ended before `settled`.
    pub day_settled: i64,
    /// Of `month`, likewise.
    pub month_settled: i64,
}

impl Amounts {
    pub fn plus(self, other: Self) -> Self {
        Self {
            hour: self.hour + other.hour,
            day: self.day + other.day,
            month: self.month + other.month,
            tokens: self.tokens + other.tokens,
            day_settled: self.day_settled + other.day_settled,
            month_settled: self.month_settled + other.month_settled,
        }
    }
}

/// Queries whose rows add up to the amounts of `of`, each marked with `n`: columns `n` and those of `Amounts`.
pub fn spent(n: i32, of: Charged, spans: Spans) -> Vec<SelectStatement> {
    let marked = |part: &Part| {
        let mut query = Query::select();
        query.expr_as(Expr::val(n), Alias::new("n"));
        part.add_amounts(&mut query, spans);
        query
    };
    parts(of).iter().map(marked).collect()
}

/// The amounts of every agent, or of every key, that spent something.
pub async fn of_each<C: ConnectionTrait>(db: &C, keys: bool, spans: Spans) -> Result<HashMap<Id, Amounts>> {
    let (own, column) = match keys {
        true => (Part::usage(Column::ApiKeyId.is_not_null()), Column::ApiKeyId),
        false => (Part::usage(Column::AgentId.is_not_null()), Column::AgentId),
    };
    let grouped = |part: &Part, column: Expr| {
        let mut query = Query::select();
        query.expr_as(column.clone(), Alias::new("id")).add_group_by([column]);
        part.add_amounts(&mut query, spans);
        query
    };
    let mut query = grouped(&own, Expr::col(column));
    if !keys {
        let others = Part::charges(Charge::Scope.eq(ChargeScope::Agent));
        query.union(UnionType::All, grouped(&others, Expr::col(Charge::ScopeId)));
    }
    let mut all: HashMap<Id, Amounts> = HashMap::new();
    for row in db.query_all(&query).await? {
        let amounts = all.entry(row.try_get("", "id")?).or_default();
        *amounts = amounts.plus(Amounts::from_query_result(&row, "")?);
    }
    Ok(all)
}

/// Tokens of agents' own calls since `from`, and when the first of these ended.
pub async fn tokens_by_agent<C: ConnectionTrait>(db: &C, from: Ts) -> Result<HashMap<Id, (i64, Ts)>> {
    let tokens = Expr::col(Column::InputTokens).add(Expr::col(Column::OutputTokens));
    let query = Query::select()
        .expr_as(Expr::col(Column::AgentId), Alias::new("id"))
        .expr_as(sum_of(tokens, Expr::val(1).eq(1)), Alias::new("tokens"))
        .expr_as(Expr::col(Column::CreatedAt).min(), Alias::new("first"))
        .from(entity::Entity)
        .and_where(Column::CreatedAt.gte(from))
        .and_where(Column::AgentId.is_not_null())
        .add_group_by([Expr::col(Column::AgentId)])
        .to_owned();
    let rows = db.query_all(&query).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "id")?, (row.try_get("", "tokens")?, row.try_get("", "first")?))))
        .collect()
}

/// When the first call since `from` that cost something ended.
pub async fn oldest<C: ConnectionTrait>(db: &C, of: Charged, from: Ts) -> Result<Option<Ts>> {
    let query = Query::select()
        .expr_as(Expr::col(Alias::new("created_at")).min(), Alias::new("at"))
        .from_subquery(each(of, from), Alias::new("calls"))
        .and_where(Expr::col(Alias::new("cost")).gt(0_i64).or(Expr::col(Alias::new("tokens")).gt(0_i64)))
        .to_owned();
    Ok(db.query_one(&query).await?.map(|row| row.try_get("", "at")).transpose()?.flatten())
}

/// End of the call with which the calls since `from`, oldest first, reach `amount`: micro-USD, or tokens.
pub async fn leaves_when<C: ConnectionTrait>(
    db: &C,
    of: Charged,
    from: Ts,
    amount: i64,
    tokens: bool,
) -> Result<Option<Ts>> {
    let by_age = WindowStatement::new().order_by(Alias::new("created_at"), Order::Asc).take();
    let column = Alias::new(if tokens { "tokens" } else { "cost" });
    let running = Query::select()
        .column(Alias::new("created_at"))
        .expr_window_as(Expr::col(column).sum(), by_age, Alias::new("so_far"))
        .from_subquery(each(of, from), Alias::new("calls"))
        .to_owned();
    let query = Query::select()
        .expr_as(Expr::col(Alias::new("created_at")).min(), Alias::new("at"))
        .from_subquery(running, Alias::new("running"))
        .and_where(Expr::col(Alias::new("so_far")).gte(amount))
        .to_owned();
    Ok(db.query_one(&query).await?.map(|row| row.try_get("", "at")).transpose()?.flatten())
}

/// One row for each call since `from`: `created_at`, `cost`, `tokens`.
fn each(of: Charged, from: Ts) -> SelectStatement {
    let mut queries = parts(of).into_iter().map(|part| {
        Query::select()
            .expr_as(part.created.clone(), Alias::new("created_at"))
            .expr_as(part.cost, Alias::new("cost"))
            .expr_as(part.tokens, Alias::new("tokens"))
            .from(part.table)
            .and_where(part.whose)
            .and_where(part.created.gte(from))
            .to_owned()
    });
    let mut query = queries.next().unwrap_or_default();
    query.unions(queries.map(|further| (UnionType::All, further)));
    query
}

/// A table with calls, and which rows of it count.
struct Part {
    table: Alias,
    whose: Expr,
    created: Expr,
    cost: Expr,
    tokens: Expr,
}

fn parts(of: Charged) -> Vec<Part> {
    let above = |scope: ChargeScope, id: Id| Part::charges(Charge::Scope.eq(scope).and(Charge::ScopeId.eq(id)));
    match of {
        Charged::All => vec![Part::usage(Expr::val(1).eq(1))],
        Charged::Agent(id) => vec![Part::usage(Column::AgentId.eq(id)), above(ChargeScope::Agent, id)],
        Charged::Key(id) => vec![Part::usage(Column::ApiKeyId.eq(id))],
        Charged::Run(id) => vec![Part::usage(Column::RunId.eq(id)), above(ChargeScope::Run, id)],
    }
}

impl Part {
    fn usage(whose: Expr) -> Self {
        Self {
            table: Alias::new("usage"),
            whose,
            created: Expr::col(Column::CreatedAt),
            cost: Expr::col(Column::CostMicroUsd),
            tokens: Expr::col(Column::InputTokens).add(Expr::col(Column::OutputTokens)),
        }
    }

    fn charges(whose: Expr) -> Self {
        Self {
            table: Alias::new("usage_charges"),
            whose,
            created: Expr::col(Charge::CreatedAt),
            cost: Expr::col(Charge::CostMicroUsd),
            tokens: Expr::col(Charge::Tokens),
        }
    }

    fn add_amounts(&self, query: &mut SelectStatement, spans: Spans) {
        let sum = |amount: &Expr, since: Ts| {
            let counted = self.created.clone().gte(since);
            sum_of(amount.clone(), counted)
        };
        let settled = |since: Ts| {
            let counted = self.created.clone().gte(since).and(self.created.clone().lt(spans.settled));
            sum_of(self.cost.clone(), counted)
        };
        let first = min(spans.hour, min(spans.day, spans.month));
        query
            .expr_as(sum(&self.cost, spans.hour), Alias::new("hour"))
            .expr_as(sum(&self.cost, spans.day), Alias::new("day"))
            .expr_as(sum(&self.cost, spans.month), Alias::new("month"))
            .expr_as(sum(&self.tokens, spans.hour), Alias::new("tokens"))
            .expr_as(settled(spans.day), Alias::new("day_settled"))
            .expr_as(settled(spans.month), Alias::new("month_settled"))
            .from(self.table.clone())
            .and_where(self.whose.clone())
            .and_where(self.created.clone().gte(first));
    }
}

/// Sum of `amount` over the rows that count; 0 without any. Postgres makes a decimal of a sum, hence the cast.
pub(super) fn sum_of(amount: Expr, counted: Expr) -> Expr {
    let case: Expr = Expr::case(counted, amount).finally(0_i64).into();
    Expr::expr(Func::coalesce([case.sum(), Expr::val(0_i64)])).cast_as(Alias::new("bigint"))
}
