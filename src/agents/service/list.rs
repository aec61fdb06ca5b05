//! Lists of agents: filters, orders, keyset paging. Rows and their total come with one statement.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Order, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Func, LikeExpr, Query, SubQueryStatement},
};

use super::fold;
use crate::{
    agents::{AgentRow, AgentState, entity, manifest::AgentMode},
    error::{Error, Result},
    ids::Id,
    page::{ListParams, Page},
    time::Ts,
};

/// Which agents a list shows; empty means no restriction.
#[derive(Clone, Debug, Default)]
pub struct AgentFilter {
    pub states: Vec<AgentState>,
    pub mode: Option<AgentMode>,
    pub tag: Option<String>,
    /// Part of name or description, without regard to case in all of Unicode.
    pub text: Option<String>,
    pub include_terminated: bool,
}

/// What a list is sorted by; equal ones by age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgentSort {
    #[default]
    CreatedAt,
    Name,
    LastActive,
}

type Column = entity::Column;

impl AgentFilter {
    fn condition(&self) -> Condition {
        let asks_for_terminated = self.include_terminated || self.states.contains(&AgentState::Terminated);
        let by_text = self
            .text
            .as_ref()
            .filter(|text| !text.is_empty())
            .map(|text| Expr::col((entity::Entity, Column::SearchKey)).like(containing(&fold(text))));
        let by_tag = self.tag.as_ref().map(|tag| {
            // A list in JSON: the quotes around the tag make it a whole element. `LIKE` would ignore case on SQLite only.
            let element = serde_json::Value::from(tag.as_str()).to_string();
            let without = Func::cust("replace").arg(tags()).arg(element).arg("");
            Expr::expr(without).ne(tags())
        });
        Condition::all()
            // Without a workspace it was erased.
            .add(Column::Workspace.ne(""))
            .add_option((!asks_for_terminated).then(|| Column::TerminatedAt.is_null()))
            .add_option((!self.states.is_empty()).then(|| Column::State.is_in(self.states.iter().copied())))
            .add_option(self.mode.map(|mode| Column::Mode.eq(mode.as_str())))
            .add_option(by_text)
            .add_option(by_tag)
    }
}

/// The stored manifest's tags as text; the operator is the same in both dialects.
fn tags() -> Expr {
    Expr::cust(r#""agents"."manifest" ->> 'tags'"#)
}

fn containing(text: &str) -> LikeExpr {
    let escaped = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    LikeExpr::new(format!("%{escaped}%")).escape('\\')
}

/// Sort key and id of the last agent of a page.
type Key = (Option<String>, Option<Ts>, Id);

impl AgentSort {
    fn key(self, agent: &AgentRow) -> Key {
        match self {
            Self::CreatedAt => (None, None, agent.id),
            Self::Name => (Some(agent.name_key.clone()), None, agent.id),
            Self::LastActive => (None, Some(agent.last_active), agent.id),
        }
    }

    fn behind(self, key: Key, descending: bool) -> Condition {
        let beyond = |column: Column, value: sea_orm::Value| match descending {
            true => column.lt(value),
            false => column.gt(value),
        };
        let (column, value): (Column, sea_orm::Value) = match (self, key.0, key.1) {
            (Self::Name, Some(name), _) => (Column::NameKey, name.into()),
            (Self::LastActive, _, Some(at)) => (Column::LastActive, at.into()),
            _ => return Condition::all().add(beyond(Column::Id, key.2.into())),
        };
        Condition::any()
            .add(beyond(column, value.clone()))
            .add(Condition::all().add(column.eq(value)).add(beyond(Column::Id, key.2.into())))
    }

    fn column(self) -> Option<Column> {
        match self {
            // Ids rise with time.
            Self::CreatedAt => None,
            Self::Name => Some(Column::NameKey),
            Self::LastActive => Some(Column::LastActive),
        }
    }
}

pub async fn list<C: ConnectionTrait>(
    db: &C,
    filter: &AgentFilter,
    sort: AgentSort,
    descending: bool,
    params: &ListParams,
) -> Result<Page<AgentRow>> {
    let name = format!("agents:{sort:?}:{descending}");
    let after = params.after::<Key>(&name)?;
    let is_first = after.is_none();
    let condition = filter.condition();
    let total = Query::select()
        .expr(Expr::col((entity::Entity, Column::Id)).count())
        .from(entity::Entity)
        .cond_where(condition.clone())
        .to_owned();
    let order = if descending { Order::Desc } else { Order::Asc };
    let mut query = entity::Entity::find()
        .expr_as(Expr::from(SubQueryStatement::SelectStatement(total)), "total")
        .filter(condition.clone())
        .filter(Condition::all().add_option(after.map(|key| sort.behind(key, descending))));
    if let Some(column) = sort.column() {
        query = query.order_by(column, order.clone());
    }
    let query = query.order_by(Column::Id, order).limit(params.limit() + 1).into_query();
    let (mut rows, mut total) = (vec![], 0_i64);
    for row in db.query_all(&query).await? {
        total = row.try_get("", "total")?;
        rows.push(AgentRow::from_query_result(&row, "")?);
    }
    let mut total = u64::try_from(total).map_err(Error::internal)?;
    if rows.is_empty() && !is_first {
        // All behind the cursor are gone, and with them the rows that carry the total.
        total = entity::Entity::find().filter(condition).count(db).await?;
    }
    Ok(Page::cut(rows, params.limit(), total, &name, |row| sort.key(row)))
}

/// Live agents, newest activity first, for the status of the server.
pub async fn newest_active<C: ConnectionTrait>(db: &C, limit: u64) -> Result<Vec<AgentRow>> {
    Ok(entity::Entity::find()
        .filter(Column::TerminatedAt.is_null())
        .order_by_desc(Column::LastActive)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}
