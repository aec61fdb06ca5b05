//! Removing many rows a few at a time, so that other writers get their turn in between.

use sea_orm::{
    Condition, ConnectionTrait, EntityTrait, Iterable, PrimaryKeyToColumn, QueryFilter,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query},
};

use crate::error::Result;

/// Rows that one statement takes.
pub const BATCH: u64 = 200;

/// Deletes the rows that match. Those that another server has in hand are left to it.
pub async fn delete_in_batches<E: EntityTrait>(db: &impl ConnectionTrait, which: Condition) -> Result<()> {
    let key: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    loop {
        let some = Query::select()
            .columns(key.iter().copied())
            .from(E::default())
            .cond_where(which.clone())
            .limit(BATCH)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .to_owned();
        let columns = key.iter().map(|column| Expr::col(*column));
        let gone = E::delete_many().filter(Expr::tuple(columns).in_subquery(some)).exec(db).await?;
        if gone.rows_affected < BATCH {
            return Ok(());
        }
    }
}
