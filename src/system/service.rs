//! Running servers and the state of the database.

use std::time::{Duration, Instant};

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    Statement, sea_query::Expr,
};

use super::entity::{ActiveModel, Column, Entity, Model};
use crate::{
    db::Db,
    error::{Error, ErrorCode, Result},
    ids::Id,
    time::Ts,
};

/// A server that has not been seen for so long is dead.
const DEAD_AFTER_MS: i64 = 15_000;
/// How often a server says that it lives.
pub const HEARTBEAT: Duration = Duration::from_secs(5);
/// The database must answer a health check within this time.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
const KEPT_MS: i64 = 30 * 86_400_000;

/// Announces this process, and marks the ones that died without a word.
pub async fn enter(db: &Db, boot_id: Id, address: &str) -> Result<()> {
    let now = Ts::now();
    // The file lock of SQLite proves that no other process lives; on Postgres only silence does.
    let dead = match db.is_sqlite() {
        true => Condition::all(),
        false => Condition::all().add(Column::LastSeen.lt(now.plus_ms(-DEAD_AFTER_MS))),
    };
    Entity::update_many()
        .col_expr(Column::Unclean, true.into())
        .col_expr(Column::StoppedAt, Expr::col(Column::LastSeen))
        .filter(Column::StoppedAt.is_null())
        .filter(dead)
        .exec(db.write())
        .await?;
    let row = ActiveModel {
        id: Set(boot_id),
        version: Set(env!("CARGO_PKG_VERSION").into()),
        address: Set(Some(address.to_owned())),
        started_at: Set(now),
        last_seen: Set(now),
        stopped_at: Set(None),
        unclean: Set(false),
    };
    Entity::insert(row).exec_without_returning(db.write()).await?;
    Ok(())
}

pub async fn heartbeat(db: &Db, boot_id: Id) -> Result<()> {
    let row = ActiveModel { id: Set(boot_id), last_seen: Set(Ts::now()), ..Default::default() };
    Entity::update_many().set(row).filter(Column::Id.eq(boot_id)).exec(db.write()).await?;
    Ok(())
}

pub async fn leave(db: &Db, boot_id: Id) -> Result<()> {
    let now = Ts::now();
    let row = ActiveModel { last_seen: Set(now), stopped_at: Set(Some(now)), ..Default::default() };
    Entity::update_many().set(row).filter(Column::Id.eq(boot_id)).exec(db.write()).await?;
    Ok(())
}

/// Servers that are running now, oldest first.
pub async fn running(db: &Db) -> Result<Vec<Model>> {
    let alive = Entity::find()
        .filter(Column::StoppedAt.is_null())
        .filter(Column::LastSeen.gte(Ts::now().plus_ms(-DEAD_AFTER_MS)));
    Ok(alive.order_by_asc(Column::Id).all(db.read()).await?)
}

/// Whether the process behind `boot_id` still runs; `own` is this one.
pub async fn is_alive(db: &Db, boot_id: Id, own: Id) -> Result<bool> {
    if boot_id == own {
        return Ok(true);
    }
    Ok(!db.is_sqlite() && running(db).await?.iter().any(|r| r.id == boot_id))
}

/// Starts of this database's servers that followed a death.
pub async fn unclean_stops(db: &Db) -> Result<i64> {
    let count = Entity::find().filter(Column::Unclean.eq(true)).count(db.read()).await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Forgets servers of long ago, but not that they died.
pub async fn forget_old(db: &Db, now: Ts) -> Result<()> {
    let old = Column::StoppedAt.lt(now.plus_ms(-KEPT_MS));
    Entity::delete_many().filter(old).filter(Column::Unclean.eq(false)).exec(db.write()).await?;
    Ok(())
}

/// Milliseconds that the database takes to answer; an error when it does not in time.
pub async fn ping(db: &Db) -> Result<f64> {
    let start = Instant::now();
    let answer = tokio::time::timeout(ANSWER_WITHIN, db.read().execute_unprepared("SELECT 1")).await;
    match answer {
        Ok(Ok(_)) => Ok(start.elapsed().as_secs_f64() * 1e3),
        Ok(Err(error)) => {
            Err(Error::new(ErrorCode::Unavailable, ErrorCode::Unavailable.general_sentence()).caused_by(error))
        }
        Err(_) => Err(Error::new(ErrorCode::Unavailable, ErrorCode::Unavailable.general_sentence())),
    }
}

/// Bytes of the database; None where it will not say.
pub async fn size_bytes(db: &Db) -> Option<i64> {
    let sql = match db.is_sqlite() {
        true => "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        false => "SELECT pg_database_size(current_database())",
    };
    let row = db.read().query_one_raw(Statement::from_string(db.backend(), sql)).await.ok()??;
    row.try_get_by_index(0).ok()
}

/// Number of applied migrations.
pub async fn schema_version(db: &Db) -> Result<i64> {
    let row =
        db.read().query_one_raw(Statement::from_string(db.backend(), "SELECT COUNT(*) FROM seaql_migrations")).await?;
    Ok(row.and_then(|r| r.try_get_by_index(0).ok()).unwrap_or(0))
}
