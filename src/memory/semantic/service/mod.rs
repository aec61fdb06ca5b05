//! Rules and SQL of semantic memories.

mod consolidate;
mod incoming;
mod read;
mod write;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use sha2::{Digest, Sha256};

use super::{
    entity::{Column, Entity, head},
    filter::Filter,
};
use crate::{
    error::{Error, ErrorCode, Result},
    ids::Id,
    time::Ts,
};

pub use consolidate::{Consolidated, Wish, consolidate, due};
pub use incoming::{Incomer, clear, take};
pub use read::{
    Head, ListFilter, Progress, VectorRow, all_after, get, has_any, head, list, progress, rows, vector_rows, with_word,
};
pub use write::{
    Change, ManyFilter, NewMemory, Unembedded, create, delete, delete_many, erase_all, forget_expired, set_embeddings,
    touch, unembedded, update,
};

fn unexpired(now: Ts) -> Condition {
    Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now))
}

fn not_found(id: Id) -> Error {
    Error::new(ErrorCode::MemoryNotFound, format!("The agent has no memory {id}"))
}

fn hash(content: &str) -> String {
    hex::encode(Sha256::digest(content))
}

/// What the filter says, but for metadata, as a condition on rows.
fn seen_by(filter: &Filter) -> Condition {
    Condition::all()
        .add(Column::Person.is_in(filter.people.iter().cloned()))
        .add_option(filter.scope.as_ref().map(|scope| Column::Scope.eq(scope)))
        .add_option(filter.sources.as_ref().map(|sources| Column::Source.is_in(sources.iter().copied())))
        .add(Column::Confidence.gte(filter.min_confidence))
        .add_option(filter.after.map(|at| Column::CreatedAt.gt(at)))
        .add_option(filter.before.map(|at| Column::CreatedAt.lt(at)))
        .add(unexpired(filter.now))
}

/// The number of a change of this agent's memories. It locks the row until the end of the transaction, so that numbers
/// become visible in their order, and changes of one agent do not cross.
async fn next_rev<C: ConnectionTrait>(tx: &C, agent: Id) -> Result<i64> {
    let row = head::ActiveModel {
        agent_id: sea_orm::Set(agent),
        rev: sea_orm::Set(1),
        purged_rev: sea_orm::Set(0),
        consolidated_at: sea_orm::Set(None),
    };
    let one_more = Expr::col((head::Entity, head::Column::Rev)).add(1_i64);
    let on_conflict = OnConflict::column(head::Column::AgentId).value(head::Column::Rev, one_more).to_owned();
    let row = head::Entity::insert(row).on_conflict(on_conflict).exec_with_returning(tx).await?;
    Ok(row.rev)
}

/// Many memories went: copies begin anew.
async fn purged<C: ConnectionTrait>(tx: &C, agent: Id, rev: i64) -> Result<()> {
    head::Entity::update_many()
        .col_expr(head::Column::PurgedRev, Expr::value(rev))
        .filter(head::Column::AgentId.eq(agent))
        .exec(tx)
        .await?;
    Ok(())
}

async fn find<C: ConnectionTrait>(db: &C, agent: Id, id: Id) -> Result<super::MemoryRow> {
    let row = Entity::find_by_id(id).filter(Column::AgentId.eq(agent)).filter(unexpired(Ts::now())).one(db).await?;
    row.ok_or_else(|| not_found(id))
}
