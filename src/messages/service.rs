//! Rules and SQL of messages: they are appended by the turn loop and read by views and the context.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Order, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait},
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
    pub role: Option<MessageRole>,
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
    if let Some(role) = filter.role {
        query = query.filter(entity::Column::Role.eq(role));
    }
    if let Some(seq) = filter.after_seq {
        query = query.filter(entity::Column::Seq.gt(seq));
    }
    query
}

/// What a display shows of each session: rows that are neither results nor notices, cut answers counted once.
pub async fn visible_counts<C: ConnectionTrait>(db: &C, sessions: &[Id]) -> Result<Vec<(Id, i64)>> {
    Ok(entity::Entity::find()
        .select_only()
        .column(entity::Column::SessionId)
        .column_as(entity::Column::Id.count(), "visible")
        .filter(entity::Column::SessionId.is_in(sessions.iter().copied()))
        .filter(entity::Column::Role.is_in([MessageRole::User, MessageRole::Assistant]))
        .filter(Expr::col(entity::Column::Flags).cast_as(Alias::new("text")).not_like("%\"continued\"%"))
        .group_by(entity::Column::SessionId)
        .into_tuple()
        .all(db)
        .await?)
}

/// Erases every message of a session.
pub async fn erase<C: ConnectionTrait>(db: &C, session: Id) -> Result<u64> {
    let deleted = entity::Entity::delete_many().filter(entity::Column::SessionId.eq(session)).exec(db).await?;
    Ok(deleted.rows_affected)
}
