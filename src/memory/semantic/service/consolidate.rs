//! Merging near-duplicates, and letting unused memories fade.

use std::collections::HashMap;

use futures::TryStreamExt;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde_json::{Map, Value};

use super::{VectorRow, next_rev, purged, read::vector_rows, rows};
use crate::{
    db::Db,
    error::{Error, Result},
    ids::Id,
    memory::semantic::{
        MemoryRow,
        duplicates::groups,
        entity::{Column, Entity, head},
        filter::Filter,
        matrix::{from_bytes, unit},
    },
    time::Ts,
};

/// Memories of one person and scope that are compared with each other: the newest.
const COMPARED: usize = 20_000;
const UNUSED_MS: i64 = 7 * 86_400_000;
/// A memory fades once a day, however often it is asked for.
const FADE_EVERY_MS: i64 = 23 * 3_600_000;
/// What is least sure stays so.
const FAINTEST: f64 = 0.1;

#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The embedder in use.
    pub model: &'a str,
    /// Cosine from which on two memories say the same.
    pub similarity: f32,
    /// Share of confidence that an unused memory loses.
    pub decay_rate: f64,
    /// Only count.
    pub dry_run: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consolidated {
    /// Memories that went into another one.
    pub merged: u64,
    pub faded: u64,
}

pub async fn consolidate(db: &Db, agent: Id, wish: Wish<'_>) -> Result<Consolidated> {
    let now = Ts::now();
    let groups = same(db, agent, wish).await?;
    let merged: usize = groups.iter().map(|group| group.len() - 1).sum();
    let merged = u64::try_from(merged).unwrap_or(u64::MAX);
    if wish.dry_run {
        let faded = Entity::find().filter(unused(agent, now)).count(db.read()).await?;
        return Ok(Consolidated { merged, faded });
    }
    let tx = db.begin().await?;
    let rev = next_rev(&tx, agent).await?;
    for group in groups {
        merge(&tx, group, rev, now).await?;
    }
    let less = || Expr::col(Column::Confidence).mul(1.0 - wish.decay_rate);
    let faded = Entity::update_many()
        .col_expr(Column::Confidence, Expr::case(less().lt(FAINTEST), FAINTEST).finally(less()).into())
        .col_expr(Column::FadedAt, Expr::value(now))
        .col_expr(Column::Rev, Expr::value(rev))
        .filter(unused(agent, now))
        .exec(&tx)
        .await?
        .rows_affected;
    head::Entity::update_many()
        .col_expr(head::Column::ConsolidatedAt, Expr::value(now))
        .filter(head::Column::AgentId.eq(agent))
        .exec(&tx)
        .await?;
    if merged > 0 {
        purged(&tx, agent, rev).await?;
    }
    tx.commit().await?;
    Ok(Consolidated { merged, faded })
}

fn unused(agent: Id, now: Ts) -> Condition {
    let long_ago = Condition::any().add(Column::FadedAt.is_null()).add(Column::FadedAt.lt(now.plus_ms(-FADE_EVERY_MS)));
    Condition::all()
        .add(Column::AgentId.eq(agent))
        .add(Column::AccessedAt.lt(now.plus_ms(-UNUSED_MS)))
        .add(Column::Confidence.gt(FAINTEST))
        .add(long_ago)
}

/// Groups of memories of one person and scope that say nearly the same.
async fn same(db: &Db, agent: Id, wish: Wish<'_>) -> Result<Vec<Vec<Id>>> {
    let filter = Filter::of(None);
    let rows: Vec<VectorRow> = vector_rows(db, Some(agent), 0).await?.try_collect().await?;
    let mut piles: HashMap<(String, String), Vec<(Id, Vec<f32>)>> = HashMap::new();
    let usable = rows.into_iter().filter(|row| {
        row.embedding_model.as_deref() == Some(wish.model) && row.expires_at.is_none_or(|at| at > filter.now)
    });
    for row in usable {
        let vector = unit(row.embedding.as_deref().map(from_bytes).unwrap_or_default());
        if !vector.is_empty() {
            piles.entry((row.person, row.scope)).or_default().push((row.id, vector));
        }
    }
    let similarity = wish.similarity;
    let compare = move || {
        let mut found = vec![];
        for mut pile in piles.into_values() {
            pile.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
            pile.truncate(COMPARED);
            let (ids, vectors): (Vec<Id>, Vec<Vec<f32>>) = pile.into_iter().unzip();
            let of = |group: Vec<usize>| group.into_iter().filter_map(|n| ids.get(n).copied()).collect();
            found.extend(groups(&vectors, similarity).into_iter().map(of));
        }
        found
    };
    tokio::task::spawn_blocking(compare).await.map_err(Error::internal)
}

/// The longest text stays, with the highest confidence and everybody's metadata.
async fn merge(tx: &DatabaseTransaction, group: Vec<Id>, rev: i64, now: Ts) -> Result<()> {
    let mut rows = rows(tx, group).await?;
    rows.sort_by_key(|row| (std::cmp::Reverse(row.content.chars().count()), row.id));
    let Some(kept) = rows.first().cloned().filter(|_| rows.len() > 1) else { return Ok(()) };
    let others: Vec<Id> = rows.iter().skip(1).map(|row| row.id).collect();
    let confidence = rows.iter().map(|row| row.confidence).fold(0.0, f64::max);
    let accessed_at = rows.iter().map(|row| row.accessed_at).max().unwrap_or(now);
    let access_count = rows.iter().map(|row| row.access_count).sum();
    let forever = rows.iter().any(|row| row.expires_at.is_none());
    let expires_at = rows.iter().filter_map(|row| row.expires_at).max().filter(|_| !forever);
    let metadata = joined(&rows);
    let mut row = kept.into_active_model();
    row.confidence = Set(confidence);
    row.metadata = Set(metadata);
    row.accessed_at = Set(accessed_at);
    row.access_count = Set(access_count);
    row.expires_at = Set(expires_at);
    row.updated_at = Set(now);
    row.rev = Set(rev);
    Entity::delete_many().filter(Column::Id.is_in(others)).exec(tx).await?;
    Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Of members with one name, that of the earlier row stays.
fn joined(rows: &[MemoryRow]) -> Value {
    let mut all = Map::new();
    for (name, value) in rows.iter().filter_map(|row| row.metadata.as_object()).flatten() {
        all.entry(name.clone()).or_insert_with(|| value.clone());
    }
    Value::Object(all)
}

/// Agents whose memories were last consolidated before `before`, or never.
pub async fn due<C: ConnectionTrait>(db: &C, before: Ts, limit: u64) -> Result<Vec<Id>> {
    let old = Condition::any().add(head::Column::ConsolidatedAt.is_null()).add(head::Column::ConsolidatedAt.lt(before));
    Ok(head::Entity::find()
        .select_only()
        .column(head::Column::AgentId)
        .filter(old)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}
