//! Sums over calls by one or two dimensions of the caller's choice.

use sea_orm::{
    ConnectionTrait, FromQueryResult, QueryResult,
    sea_query::{Alias, CaseStatement, Condition, Expr, ExprTrait, Func, Order, Query},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Sums, UsageFilter,
    sums::{add_sums, count_groups, local_day},
};
use crate::{
    error::Result,
    ids::Id,
    page::{ListParams, Page},
    usage::{
        calendar::{Calendar, HOUR_MS, Span},
        entity,
    },
};

/// Names of the key columns.
const KEYS: [&str; 2] = ["k1", "k2"];

type Column = entity::Column;

/// What calls can be told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    Agent,
    Model,
    Provider,
    ApiKey,
    Door,
    Purpose,
    Status,
    Hour,
    Day,
    Month,
}

/// Value of a dimension: an id (the nil UUID: none), a word, or a number: of hours since 1970, of local days since 1970, of
/// months since that of the first call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupKey {
    Number(i64),
    Id(Id),
    Text(String),
}

impl GroupKey {
    fn value(&self) -> sea_orm::Value {
        match self {
            Self::Number(number) => (*number).into(),
            Self::Id(id) => (*id).into(),
            Self::Text(text) => text.clone().into(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Group {
    /// In the order of the dimensions.
    pub keys: Vec<GroupKey>,
    pub sums: Sums,
}

impl Dimension {
    /// By its name on the wire.
    pub fn parse(word: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(word.trim().to_lowercase().replace('-', "_"))).ok()
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Model => "model",
            Self::Provider => "provider",
            Self::ApiKey => "api_key",
            Self::Door => "door",
            Self::Purpose => "purpose",
            Self::Status => "status",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    fn expression(self, calendar: Calendar, span: Span) -> Expr {
        let id = |column: Column| Expr::expr(Func::coalesce([Expr::col(column), Expr::val(Uuid::nil())]));
        match self {
            Self::Agent => id(Column::AgentId),
            Self::ApiKey => id(Column::ApiKeyId),
            Self::Model => Expr::col(Column::Model),
            Self::Provider => Expr::col(Column::Provider),
            Self::Door => Expr::col(Column::Door),
            Self::Purpose => Expr::col(Column::Purpose),
            Self::Status => Expr::col(Column::Status),
            Self::Hour => Expr::col(Column::CreatedAt).div(HOUR_MS),
            Self::Day => local_day(calendar, span),
            Self::Month => {
                let starts = calendar.months(span);
                let last = i64::try_from(starts.len()).unwrap_or(0);
                if last == 0 {
                    return Expr::val(0_i64);
                }
                let numbered = (0_i64..).zip(starts);
                let cases = numbered.fold(CaseStatement::new(), |case, (n, start)| {
                    case.case(Expr::col(Column::CreatedAt).lt(start), n)
                });
                cases.finally(last).into()
            }
        }
    }

    fn read(self, row: &QueryResult, column: &str) -> Result<GroupKey> {
        Ok(match self {
            Self::Agent | Self::ApiKey => GroupKey::Id(row.try_get("", column)?),
            Self::Hour | Self::Day | Self::Month => GroupKey::Number(row.try_get("", column)?),
            _ => GroupKey::Text(row.try_get("", column)?),
        })
    }
}

/// Groups in the order of their keys. `span` is that of the filter.
pub async fn groups<C: ConnectionTrait>(
    db: &C,
    filter: &UsageFilter,
    dimensions: &[Dimension],
    calendar: Calendar,
    span: Span,
    params: &ListParams,
) -> Result<Page<Group>> {
    let list = format!("usage_groups:{dimensions:?}");
    let after: Option<Vec<GroupKey>> = params.after(&list)?;
    let columns = || dimensions.iter().zip(KEYS);
    let mut grouped = Query::select();
    grouped.from(entity::Entity).cond_where(filter.condition());
    for (dimension, name) in columns() {
        grouped.expr_as(dimension.expression(calendar, span), Alias::new(name));
        // By name: the databases would take the same expression with other parameters for another one.
        grouped.add_group_by([Expr::col(Alias::new(name))]);
    }
    let total = count_groups(db, grouped.clone()).await?;
    add_sums(&mut grouped);
    let mut query = Query::select()
        .column(sea_orm::sea_query::Asterisk)
        .from_subquery(grouped, Alias::new("grouped"))
        .cond_where(Condition::all().add_option(after.map(|keys| behind(&keys))))
        .limit(params.limit() + 1)
        .to_owned();
    for (_, name) in columns() {
        query.order_by(Alias::new(name), Order::Asc);
    }
    let mut rows = vec![];
    for row in db.query_all(&query).await? {
        let keys = columns().map(|(dimension, name)| dimension.read(&row, name)).collect::<Result<_>>()?;
        rows.push(Group { keys, sums: Sums::from_query_result(&row, "")? });
    }
    Ok(Page::cut(rows, params.limit(), total, &list, |group| group.keys.clone()))
}

fn behind(keys: &[GroupKey]) -> Condition {
    let key = |n: usize| Expr::col(Alias::new(KEYS[n.min(1)]));
    match keys {
        [first, second] => {
            let same_first = Condition::all().add(key(0).eq(first.value())).add(key(1).gt(second.value()));
            Condition::any().add(key(0).gt(first.value())).add(same_first)
        }
        [first] => Condition::all().add(key(0).gt(first.value())),
        _ => Condition::all(),
    }
}
