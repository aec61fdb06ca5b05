//! What the turn loop writes to sessions.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, SqlErr,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use crate::{
    error::Result,
    ids::Id,
    sessions::{SessionRow, entity},
    time::Ts,
};

/// How an accepted message names its session.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    Key(&'a str),
    Id(Id),
}

/// Takes the next place in the queue and the number of the next message, and locks the row until the transaction ends.
pub async fn start_turn<C: ConnectionTrait>(
    db: &C,
    agent: Id,
    which: Which<'_>,
    now: Ts,
) -> Result<Option<SessionRow>> {
    let rows = entity::Entity::update_many()
        .col_expr(entity::Column::LastSeq, Expr::col(entity::Column::LastSeq).add(1))
        .col_expr(entity::Column::QueueSeq, Expr::col(entity::Column::QueueSeq).add(1))
        .col_expr(entity::Column::LastActive, Expr::value(now))
        .filter(entity::Column::AgentId.eq(agent))
        .filter(match which {
            Which::Key(key) => entity::Column::Key.eq(key),
            Which::Id(id) => entity::Column::Id.eq(id),
        })
        .exec_with_returning(db)
        .await?;
    Ok(rows.into_iter().next())
}

/// Gives the number of the message back: the run waits in the queue and appends its message later.
pub async fn give_back<C: ConnectionTrait>(db: &C, session: Id) -> Result<()> {
    advance(db, session, -1).await?.map(|_| ()).ok_or_else(super::read::not_found)
}

/// Takes numbers for `messages` further messages. None: the session was deleted.
pub async fn advance<C: ConnectionTrait>(db: &C, session: Id, messages: i64) -> Result<Option<i64>> {
    let rows = entity::Entity::update_many()
        .col_expr(entity::Column::LastSeq, Expr::col(entity::Column::LastSeq).add(messages))
        .filter(entity::Column::Id.eq(session))
        .exec_with_returning(db)
        .await?;
    Ok(rows.first().map(|s| s.last_seq))
}

/// As `advance`, and notes what the next call would send.
pub async fn note_context<C: ConnectionTrait>(
    db: &C,
    session: Id,
    messages: i64,
    context_tokens: i64,
    now: Ts,
) -> Result<Option<i64>> {
    let rows = entity::Entity::update_many()
        .col_expr(entity::Column::LastSeq, Expr::col(entity::Column::LastSeq).add(messages))
        .col_expr(entity::Column::ContextTokens, Expr::value(context_tokens))
        .col_expr(entity::Column::LastActive, Expr::value(now))
        .col_expr(entity::Column::UpdatedAt, Expr::value(now))
        .filter(entity::Column::Id.eq(session))
        .exec_with_returning(db)
        .await?;
    Ok(rows.first().map(|s| s.last_seq))
}

/// False: another session got the key in this very moment, and nothing was written. Said without an error, which would
/// spoil the rest of a transaction of Postgres.
pub async fn insert<C: ConnectionTrait>(db: &C, row: &SessionRow) -> Result<bool> {
    let key = [entity::Column::AgentId, entity::Column::Key];
    let inserted = entity::Entity::insert(row.clone().into_active_model().reset_all())
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await;
    match inserted {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) if is_taken(&error) && row.label.is_some() => {
            Err(super::change::label_taken(row.label.as_deref().unwrap_or_default()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Another row has the key or the label.
pub(super) fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// The owner's next message no longer goes to the session that held the key.
pub async fn release_key<C: ConnectionTrait>(db: &C, agent: Id, key: &str) -> Result<Option<Id>> {
    let rows = entity::Entity::update_many()
        .col_expr(entity::Column::Key, Expr::value(None::<String>))
        .filter(entity::Column::AgentId.eq(agent))
        .filter(entity::Column::Key.eq(key))
        .exec_with_returning(db)
        .await?;
    Ok(rows.first().map(|s| s.id))
}
