//! Changing memories. The same content of one person in one scope is kept once.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, IntoCondition},
};
use serde_json::{Map, Value};

use super::{find, hash, next_rev, not_found, purged, unexpired};
use crate::{
    db::{Db, batches::delete_in_batches},
    error::{Error, ErrorCode, Result},
    idempotency,
    ids::Id,
    memory::semantic::{
        MemoryRow, MemorySource,
        entity::{Column, Entity, head},
        matrix::to_bytes,
        words::words,
    },
    time::Ts,
};

/// Something to remember.
#[derive(Clone, Debug)]
pub struct NewMemory {
    pub agent: Id,
    /// Stored form; blank: the agent's own.
    pub person: String,
    pub scope: String,
    pub source: MemorySource,
    pub content: String,
    pub confidence: f64,
    pub metadata: Map<String, Value>,
    pub session: Option<Id>,
    pub ttl_secs: Option<i64>,
    /// Vector and the name of its embedder; none when that is out of reach.
    pub embedding: Option<(Vec<f32>, String)>,
}

/// Stores a memory, or returns the one that says the same, with the larger confidence. `answer` makes the body that a
/// repeated request is answered with.
pub async fn create<A: serde::Serialize>(
    db: &Db,
    new: NewMemory,
    answer: impl FnOnce(&MemoryRow) -> A,
) -> Result<(MemoryRow, bool)> {
    let now = Ts::now();
    let tx = db.begin().await?;
    let rev = next_rev(&tx, new.agent).await?;
    let same = Entity::find()
        .filter(Column::AgentId.eq(new.agent))
        .filter(Column::Person.eq(&new.person))
        .filter(Column::Scope.eq(&new.scope))
        .filter(Column::ContentHash.eq(hash(&new.content)))
        .one(&tx)
        .await?;
    let is_over = |row: &MemoryRow| row.expires_at.is_some_and(|at| at <= now);
    let (row, is_new) = match same {
        Some(row) if !is_over(&row) => (keep(&tx, row, &new, rev, now).await?, false),
        same => {
            if let Some(over) = same {
                Entity::delete_by_id(over.id).exec(&tx).await?;
            }
            (Entity::insert(fresh(new, rev, now)).exec_with_returning(&tx).await?, true)
        }
    };
    let location = is_new.then(|| format!("/api/memory/agents/{}/memories/{}", row.agent_id, row.id));
    idempotency::service::keep(&tx, if is_new { 201 } else { 200 }, location, &answer(&row)).await?;
    tx.commit().await?;
    Ok((row, is_new))
}

/// What is remembered already lives as long as the newer wish says.
async fn keep<C: ConnectionTrait>(tx: &C, row: MemoryRow, new: &NewMemory, rev: i64, now: Ts) -> Result<MemoryRow> {
    let confidence = row.confidence.max(new.confidence);
    let mut row = row.into_active_model();
    row.confidence = Set(confidence);
    row.expires_at = Set(new.ttl_secs.map(|secs| now.plus_secs(secs)));
    row.rev = Set(rev);
    row.updated_at = Set(now);
    if let Some((vector, model)) = &new.embedding {
        row.embedding = Set(Some(to_bytes(vector)));
        row.embedding_model = Set(Some(model.clone()));
    }
    Ok(Entity::update(row).exec(tx).await?)
}

fn fresh(new: NewMemory, rev: i64, now: Ts) -> super::super::entity::ActiveModel {
    let (vector, model) = new.embedding.unzip();
    let row = MemoryRow {
        row_no: 0,
        id: Id::new(),
        agent_id: new.agent,
        person: new.person,
        scope: new.scope,
        source: new.source,
        content_hash: hash(&new.content),
        words: words(&new.content).join(" "),
        content: new.content,
        confidence: new.confidence,
        metadata: Value::Object(new.metadata),
        session_id: new.session,
        embedding: vector.as_deref().map(to_bytes),
        embedding_model: model,
        rev,
        expires_at: new.ttl_secs.map(|secs| now.plus_secs(secs)),
        faded_at: None,
        created_at: now,
        updated_at: now,
        accessed_at: now,
        access_count: 0,
    };
    let mut row = row.into_active_model().reset_all();
    row.row_no = NotSet;
    row
}

/// A correction; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub content: Option<String>,
    pub scope: Option<String>,
    pub source: Option<MemorySource>,
    pub confidence: Option<f64>,
    pub metadata: Option<Map<String, Value>>,
    /// Null clears it.
    pub ttl_secs: Option<Option<i64>>,
    /// Of the new content; none when the embedder is out of reach.
    pub embedding: Option<(Vec<f32>, String)>,
}

pub async fn update(db: &Db, agent: Id, id: Id, change: Change) -> Result<MemoryRow> {
    let now = Ts::now();
    let tx = db.begin().await?;
    let rev = next_rev(&tx, agent).await?;
    let old = find(&tx, agent, id).await?;
    let mut row = old.clone().into_active_model();
    if let Some(content) = change.content {
        let (vector, model) = change.embedding.unzip();
        row.content_hash = Set(hash(&content));
        row.words = Set(words(&content).join(" "));
        row.content = Set(content);
        row.embedding = Set(vector.as_deref().map(to_bytes));
        row.embedding_model = Set(model);
    }
    row.scope = Set(change.scope.unwrap_or(old.scope));
    row.source = Set(change.source.unwrap_or(old.source));
    row.confidence = Set(change.confidence.unwrap_or(old.confidence));
    row.metadata = Set(change.metadata.map_or(old.metadata, Value::Object));
    row.expires_at = Set(match change.ttl_secs {
        Some(ttl) => ttl.map(|secs| now.plus_secs(secs)),
        None => old.expires_at,
    });
    row.rev = Set(rev);
    row.updated_at = Set(now);
    let row = Entity::update(row).exec(&tx).await.map_err(says_the_same)?;
    tx.commit().await?;
    Ok(row)
}

fn says_the_same(error: sea_orm::DbErr) -> Error {
    match error.sql_err() {
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => {
            Error::new(ErrorCode::Conflict, "Another memory of this scope has the same content; delete one of them")
                .with_detail("content", "is remembered already")
        }
        _ => error.into(),
    }
}

/// Forgets one; gives it back.
pub async fn delete(db: &Db, agent: Id, id: Id) -> Result<MemoryRow> {
    let tx = db.begin().await?;
    next_rev(&tx, agent).await?;
    let row = Entity::delete_by_id(id).filter(Column::AgentId.eq(agent)).exec_with_returning(&tx).await?;
    let row = row.ok_or_else(|| not_found(id))?;
    tx.commit().await?;
    Ok(row)
}

/// Which memories are forgotten together; all that are named must hold.
#[derive(Clone, Debug, Default)]
pub struct ManyFilter {
    pub person: Option<String>,
    pub scope: Option<String>,
    pub source: Option<MemorySource>,
    pub before: Option<Ts>,
    pub max_confidence: Option<f64>,
}

pub async fn delete_many(db: &Db, agent: Id, filter: ManyFilter) -> Result<u64> {
    let tx = db.begin().await?;
    let rev = next_rev(&tx, agent).await?;
    let matching = Condition::all()
        .add(Column::AgentId.eq(agent))
        .add_option(filter.person.map(|person| Column::Person.eq(person)))
        .add_option(filter.scope.map(|scope| Column::Scope.eq(scope)))
        .add_option(filter.source.map(|source| Column::Source.eq(source)))
        .add_option(filter.before.map(|at| Column::CreatedAt.lt(at)))
        .add_option(filter.max_confidence.map(|most| Column::Confidence.lte(most)));
    let deleted = Entity::delete_many().filter(matching).exec(&tx).await?.rows_affected;
    purged(&tx, agent, rev).await?;
    tx.commit().await?;
    Ok(deleted)
}

/// Notes that these were used.
pub async fn touch<C: ConnectionTrait>(db: &C, ids: Vec<Id>, now: Ts) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::AccessedAt, Expr::value(now))
        .col_expr(Column::AccessCount, Expr::col(Column::AccessCount).add(1_i64))
        .filter(Column::Id.is_in(ids))
        .exec(db)
        .await?;
    Ok(())
}

/// A memory that has no vector of the embedder in use.
#[derive(Clone, Debug, sea_orm::FromQueryResult)]
pub struct Unembedded {
    pub id: Id,
    pub agent_id: Id,
    pub content: String,
    pub content_hash: String,
}

/// The oldest memories without a vector of this embedder.
pub async fn unembedded<C: ConnectionTrait>(db: &C, model: &str, limit: u64) -> Result<Vec<Unembedded>> {
    let other = Condition::any().add(Column::EmbeddingModel.is_null()).add(Column::EmbeddingModel.ne(model));
    Ok(Entity::find()
        .select_only()
        .columns([Column::Id, Column::AgentId, Column::Content, Column::ContentHash])
        .filter(other)
        .filter(unexpired(Ts::now()))
        .order_by_asc(Column::RowNo)
        .limit(limit)
        .into_model()
        .all(db)
        .await?)
}

/// Stores vectors of one agent's memories whose content is still the same.
pub async fn set_embeddings(db: &Db, agent: Id, model: &str, made: Vec<(Unembedded, Vec<f32>)>) -> Result<()> {
    let tx = db.begin().await?;
    let rev = next_rev(&tx, agent).await?;
    for (row, vector) in made {
        Entity::update_many()
            .col_expr(Column::Embedding, Expr::value(to_bytes(&vector)))
            .col_expr(Column::EmbeddingModel, Expr::value(model))
            .col_expr(Column::Rev, Expr::value(rev))
            .filter(Column::Id.eq(row.id))
            .filter(Column::ContentHash.eq(row.content_hash))
            .exec(&tx)
            .await?;
    }
    Ok(tx.commit().await?)
}

/// Removes what has expired. Searches leave it out already.
pub async fn forget_expired(db: &Db, now: Ts) -> Result<()> {
    delete_in_batches::<Entity>(db.write(), Column::ExpiresAt.lte(now).into_condition()).await
}

/// Removes all memories of an agent.
pub async fn erase_all<C: ConnectionTrait>(db: &C, agent: Id) -> Result<()> {
    Entity::delete_many().filter(Column::AgentId.eq(agent)).exec(db).await?;
    head::Entity::delete_by_id(agent).exec(db).await?;
    Ok(())
}
