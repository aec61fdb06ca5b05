//! Reading memories: one, a list, the rows and vectors that a search needs.

use futures::{Stream, StreamExt};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Alias, Expr, ExprTrait, LikeExpr, Query},
};

use super::{find, seen_by, unexpired};
use crate::{
    db::{Db, full_text},
    error::Result,
    ids::Id,
    memory::{
        live_agents,
        semantic::{
            MemoryRow, MemorySource,
            entity::{Column, Entity, head},
            filter::Filter,
        },
    },
    page::{ListParams, Page},
    time::Ts,
};

const LIST: &str = "memories";

pub async fn get<C: ConnectionTrait>(db: &C, agent: Id, id: Id) -> Result<MemoryRow> {
    find(db, agent, id).await
}

#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    /// Whose; blank stands for the agent's own.
    pub people: Vec<String>,
    pub scope: Option<String>,
    pub source: Option<MemorySource>,
    pub min_confidence: Option<f64>,
    pub after: Option<Ts>,
    pub before: Option<Ts>,
    /// Part of the content.
    pub part: Option<String>,
}

/// Newest first.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    agent: Id,
    filter: ListFilter,
    params: &ListParams,
) -> Result<Page<MemoryRow>> {
    let after = params.after::<i64>(LIST)?;
    let part = filter.part.map(|part| {
        let escaped = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        Expr::col(Column::Content).like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
    });
    let wanted = Filter {
        people: filter.people,
        scope: filter.scope,
        sources: filter.source.map(|source| vec![source]),
        min_confidence: filter.min_confidence.unwrap_or(0.0),
        after: filter.after,
        before: filter.before,
        ..Filter::of(None)
    };
    let matching = Entity::find()
        .filter(Column::AgentId.eq(agent))
        .filter(seen_by(&wanted))
        .filter(Condition::all().add_option(part));
    let total = matching.clone().count(db).await?;
    let page = matching.filter(Condition::all().add_option(after.map(|row_no| Column::RowNo.lt(row_no))));
    let rows = page.order_by_desc(Column::RowNo).limit(params.limit() + 1).all(db).await?;
    Ok(Page::cut(rows, params.limit(), total, LIST, |row| row.row_no))
}

/// How far the memories of an agent have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Head {
    pub rev: i64,
    pub purged_rev: i64,
}

/// None: the agent never had a memory.
pub async fn head<C: ConnectionTrait>(db: &C, agent: Id) -> Result<Option<Head>> {
    Ok(head::Entity::find_by_id(agent)
        .select_only()
        .columns([head::Column::Rev, head::Column::PurgedRev])
        .into_model()
        .one(db)
        .await?)
}

/// What the copy of an agent takes in.
#[derive(Clone, Debug, FromQueryResult)]
pub struct VectorRow {
    pub id: Id,
    pub person: String,
    pub scope: String,
    pub source: MemorySource,
    pub confidence: f64,
    pub embedding: Option<Vec<u8>>,
    pub embedding_model: Option<String>,
    pub rev: i64,
    pub created_at: Ts,
    pub expires_at: Option<Ts>,
}

/// Rows of an agent that changed after `rev`, or of all live agents, one after another.
pub async fn vector_rows(
    db: &Db,
    agent: Option<Id>,
    rev: i64,
) -> Result<impl Stream<Item = Result<VectorRow>> + Send + '_> {
    let rows = Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::Person,
            Column::Scope,
            Column::Source,
            Column::Confidence,
            Column::Embedding,
            Column::EmbeddingModel,
            Column::Rev,
            Column::CreatedAt,
            Column::ExpiresAt,
        ])
        .filter(of(agent))
        .filter(Condition::all().add_option((rev > 0).then(|| Column::Rev.gt(rev))))
        .into_model::<VectorRow>()
        .stream(db.read())
        .await?;
    Ok(rows.map(|row| row.map_err(Into::into)))
}

/// One agent, or all that are not terminated.
fn of(agent: Option<Id>) -> Condition {
    let live = || Column::AgentId.in_subquery(live_agents());
    Condition::all().add(agent.map_or_else(live, |agent| Column::AgentId.eq(agent)))
}

/// The newest memories that have this word, at most `limit`.
pub async fn with_word<C: ConnectionTrait>(
    db: &C,
    agent: Option<Id>,
    word: &str,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<Id>> {
    let mut rows = Entity::find().select_only().column(Column::Id).filter(of(agent)).filter(seen_by(filter));
    full_text::narrow(QueryTrait::query(&mut rows), db.get_database_backend(), agent, word);
    Ok(rows.limit(limit).into_tuple().all(db).await?)
}

/// These memories, as far as they are still there.
pub async fn rows<C: ConnectionTrait>(db: &C, ids: Vec<Id>) -> Result<Vec<MemoryRow>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    Ok(Entity::find().filter(Column::Id.is_in(ids)).filter(unexpired(Ts::now())).all(db).await?)
}

/// Memories of an agent, or of all live agents, behind a place.
pub async fn all_after<C: ConnectionTrait>(
    db: &C,
    agent: Option<Id>,
    place: i64,
    limit: u64,
) -> Result<Vec<MemoryRow>> {
    Ok(Entity::find()
        .filter(of(agent))
        .filter(unexpired(Ts::now()))
        .filter(Column::RowNo.gt(place))
        .order_by_asc(Column::RowNo)
        .limit(limit)
        .all(db)
        .await?)
}

/// Whether the agent has had a memory, or one of these holders has a key-value. One statement, since each run asks.
pub async fn has_any<C: ConnectionTrait>(db: &C, agent: Id, holders: Vec<String>) -> Result<bool> {
    let one = |table: &str| Query::select().expr(Expr::value(1)).from(Alias::new(table)).to_owned();
    let memories = one("memory_heads").and_where(Expr::col(Alias::new("agent_id")).eq(agent)).to_owned();
    let values = one("kv_pairs").and_where(Expr::col(Alias::new("holder")).is_in(holders)).to_owned();
    let any = Query::select().expr(Expr::exists(memories).or(Expr::exists(values))).to_owned();
    let row = db.query_one(&any).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(false))
}

/// How many memories there are, and how many have a vector of this embedder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub total: u64,
    pub embedded: u64,
}

pub async fn progress<C: ConnectionTrait>(db: &C, model: &str) -> Result<Progress> {
    let total = Entity::find().count(db).await?;
    let embedded = Entity::find().filter(Column::EmbeddingModel.eq(model)).count(db).await?;
    Ok(Progress { total, embedded: std::cmp::min(embedded, total) })
}
