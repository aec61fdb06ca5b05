//! Rules and SQL of messages: they are appended by the turn loop and read by views and the context.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, ColumnRef, Expr, ExprTrait, Query, SelectStatement},
};

use super::{MessageRole, MessageRow, entity};
use crate::{error::Result, ids::Id};

/// Appends rows, with one statement.
pub async fn append<C: ConnectionTrait>(db: &C, rows: Vec<MessageRow>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    entity::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// The newest rows of a session, oldest first: at most `limit`, all with `seq` above `after`.
pub async fn newest<C: ConnectionTrait>(db: &C, session: Id, after: i64, limit: u64) -> Result<Vec<MessageRow>> {
    let mut rows = entity::Entity::find()
        .filter(entity::Column::SessionId.eq(session))
        .filter(entity::Column::Seq.gt(after))
        .order_by(entity::Column::Seq, Order::Desc)
        .limit(limit)
        .all(db)
        .await?;
    rows.reverse();
    Ok(rows)
}

/// Which rows of a session a list shows.
#[derive(Clone, Debug, Default)]
pub struct MessageFilter {
    /// Empty means no restriction.
    pub roles: Vec<MessageRole>,
    pub after_seq: Option<i64>,
    pub newest_first: bool,
}

/// Rows as stored; `after` is the `seq` of the last row of the page before.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    session: Id,
    filter: &MessageFilter,
    limit: u64,
    after: Option<i64>,
) -> Result<Vec<MessageRow>> {
    let mut query = filtered(session, filter);
    if let Some(after) = after {
        query = match filter.newest_first {
            true => query.filter(entity::Column::Seq.lt(after)),
            false => query.filter(entity::Column::Seq.gt(after)),
        };
    }
    let order = if filter.newest_first { Order::Desc } else { Order::Asc };
    Ok(query.order_by(entity::Column::Seq, order).limit(limit).all(db).await?)
}

pub async fn count<C: ConnectionTrait>(db: &C, session: Id, filter: &MessageFilter) -> Result<u64> {
    Ok(filtered(session, filter).count(db).await?)
}

fn filtered(session: Id, filter: &MessageFilter) -> sea_orm::Select<entity::Entity> {
    let mut query = entity::Entity::find().filter(entity::Column::SessionId.eq(session));
    if !filter.roles.is_empty() {
        query = query.filter(entity::Column::Role.is_in(filter.roles.iter().copied()));
    }
    if let Some(seq) = filter.after_seq {
        query = query.filter(entity::Column::Seq.gt(seq));
    }
    query
}

/// Rows that the folded view shows by themselves: neither results nor words of the server, cut answers counted once.
fn visible(include_system: bool) -> Condition {
    let mut roles = vec![MessageRole::User, MessageRole::Assistant];
    if include_system {
        roles.extend([MessageRole::Summary, MessageRole::Notice]);
    }
    let flags = Expr::col((entity::Entity, entity::Column::Flags)).cast_as(Alias::new("text"));
    Condition::all().add(entity::Column::Role.is_in(roles)).add(flags.not_like("%\"continued\"%"))
}

/// Counts what the folded view shows of the session that a column of another query names.
pub fn visible_count_of(session: ColumnRef) -> SelectStatement {
    Query::select()
        .expr(Expr::col((entity::Entity, entity::Column::Id)).count())
        .from(entity::Entity)
        .and_where(Expr::col((entity::Entity, entity::Column::SessionId)).eq(Expr::col(session)))
        .cond_where(visible(false))
        .to_owned()
}

/// The newest rows of which the folded view shows `limit` messages, oldest first, all with `seq` below `before`; and whether
/// there are older ones.
pub async fn newest_visible<C: ConnectionTrait>(
    db: &C,
    session: Id,
    before: Option<i64>,
    limit: u64,
    include_system: bool,
) -> Result<(Vec<MessageRow>, bool)> {
    let below = Condition::all().add_option(before.map(|seq| entity::Column::Seq.lt(seq)));
    let last_hidden: Option<i64> = entity::Entity::find()
        .select_only()
        .column(entity::Column::Seq)
        .filter(entity::Column::SessionId.eq(session))
        .filter(below.clone())
        .filter(visible(include_system))
        .order_by(entity::Column::Seq, Order::Desc)
        .offset(limit)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    let rows = entity::Entity::find()
        .filter(entity::Column::SessionId.eq(session))
        .filter(below)
        .filter(entity::Column::Seq.gt(last_hidden.unwrap_or(0)))
        .order_by(entity::Column::Seq, Order::Asc)
        .all(db)
        .await?;
    Ok((rows, last_hidden.is_some()))
}

/// Erases every message of a session.
pub async fn erase<C: ConnectionTrait>(db: &C, session: Id) -> Result<u64> {
    let deleted = entity::Entity::delete_many().filter(entity::Column::SessionId.eq(session)).exec(db).await?;
    Ok(deleted.rows_affected)
}
