//! What is left of runs that ended long ago: first only the events that a replay needs, at last nothing.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType, Query},
};

use super::read::first_id_at;
use crate::{
    db::{
        Db,
        batches::{BATCH, delete_in_batches},
    },
    error::Result,
    ids::Id,
    runs::entity::{event, run},
    time::Ts,
};

/// Events that say what no other row does: the calls in their order, what was withdrawn, and the end.
const KEPT: [&str; 5] = ["tool.call", "tool.finished", "step.discarded", "done", "error"];

/// Cuts the events of runs that ended before `cut` down to those that a replay needs.
pub async fn trim_events(db: &Db, cut: Ts, now: Ts) -> Result<()> {
    loop {
        let tx = db.begin().await?;
        let ended = run::Entity::find()
            .select_only()
            .column(run::Column::Id)
            .filter(run::Column::TrimmedAt.is_null())
            .filter(run::Column::EndedAt.lt(cut))
            .limit(BATCH)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let ids: Vec<Id> = ended.into_tuple().all(&tx).await?;
        event::Entity::delete_many()
            .filter(event::Column::RunId.is_in(ids.iter().copied()))
            .filter(event::Column::Name.is_not_in(KEPT))
            .exec(&tx)
            .await?;
        run::Entity::update_many()
            .col_expr(run::Column::TrimmedAt, Expr::value(now))
            .filter(run::Column::Id.is_in(ids.iter().copied()))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        if (ids.len() as u64) < BATCH {
            return Ok(());
        }
    }
}

/// Deletes runs that ended before `cut`, with their steps and events. The runs that an open one started stay with it.
/// Messages, usage and stored answers name runs without needing them.
pub async fn delete_ended(db: &Db, cut: Ts) -> Result<()> {
    let open =
        Query::select().column(run::Column::Id).from(run::Entity).and_where(run::Column::EndedAt.is_null()).to_owned();
    let old = Condition::all()
        // A run ends after it began, and ids begin with their time: only old keys are read.
        .add(run::Column::Id.lt(first_id_at(cut)))
        .add(run::Column::EndedAt.lt(cut))
        .add(run::Column::RootRunId.not_in_subquery(open));
    delete_in_batches::<run::Entity>(db.write(), old).await
}
