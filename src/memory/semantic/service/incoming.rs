//! Taking in memories of an import.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter,
};
use serde_json::{Map, Value};

use super::{hash, next_rev, purged};
use crate::{
    error::Result,
    ids::Id,
    memory::semantic::{
        MemoryRow, MemorySource,
        entity::{ActiveModel, Column, Entity},
        matrix::to_bytes,
        words::words,
    },
    time::Ts,
};

/// Memories of one statement: below what the databases take in values.
const CHUNK: usize = 200;

/// A checked memory of an import.
#[derive(Clone, Debug)]
pub struct Incomer {
    pub id: Id,
    pub agent: Id,
    /// Stored form; blank: the agent's own.
    pub person: String,
    pub scope: String,
    pub source: MemorySource,
    pub content: String,
    pub confidence: f64,
    pub metadata: Map<String, Value>,
    pub session: Option<Id>,
    pub embedding: Option<(Vec<f32>, String)>,
    pub expires_at: Option<Ts>,
    pub created_at: Ts,
    pub updated_at: Ts,
    pub accessed_at: Ts,
    pub access_count: i64,
}

/// What says that two memories are one.
type Same = (String, String, String);

fn same(row: &MemoryRow) -> Same {
    (row.person.clone(), row.scope.clone(), row.content_hash.clone())
}

/// Takes in memories of one agent. What says the same as a memory that is there takes its place, unless `skip`. Returns how
/// many were written.
pub async fn take<C: ConnectionTrait>(tx: &C, agent: Id, memories: Vec<Incomer>, skip: bool) -> Result<u64> {
    let rev = next_rev(tx, agent).await?;
    let mut rows: HashMap<Same, MemoryRow> = HashMap::new();
    for memory in memories {
        let row = row(memory, rev);
        rows.insert(same(&row), row);
    }
    let mut written = 0;
    let rows: Vec<MemoryRow> = rows.into_values().collect();
    for chunk in rows.chunks(CHUNK) {
        written += take_chunk(tx, agent, chunk, skip).await?;
    }
    Ok(written)
}

async fn take_chunk<C: ConnectionTrait>(tx: &C, agent: Id, rows: &[MemoryRow], skip: bool) -> Result<u64> {
    let alike = Condition::any().add(Column::Id.is_in(rows.iter().map(|row| row.id))).add(
        Condition::all()
            .add(Column::AgentId.eq(agent))
            .add(Column::ContentHash.is_in(rows.iter().map(|row| row.content_hash.clone()))),
    );
    let there = Entity::find().filter(alike).all(tx).await?;
    let by_id: HashMap<Id, &MemoryRow> = there.iter().map(|row| (row.id, row)).collect();
    let by_content: HashMap<Same, &MemoryRow> =
        there.iter().filter(|row| row.agent_id == agent).map(|row| (same(row), row)).collect();
    let (mut fresh, mut written) = (vec![], 0);
    for row in rows {
        let own = by_id.get(&row.id).filter(|old| old.agent_id == agent);
        let old = by_content.get(&same(row)).or(own);
        match old {
            Some(_) if skip => continue,
            Some(old) => {
                let mut changed = MemoryRow { id: old.id, ..row.clone() }.into_active_model().reset_all();
                changed.row_no = NotSet;
                Entity::update_many().set(changed).filter(Column::Id.eq(old.id)).exec(tx).await?;
            }
            None => {
                // An id that belongs to another agent's memory stays there.
                let id = if by_id.contains_key(&row.id) { Id::new() } else { row.id };
                fresh.push(inserted(MemoryRow { id, ..row.clone() }));
            }
        }
        written += 1;
    }
    if !fresh.is_empty() {
        Entity::insert_many(fresh).exec_without_returning(tx).await?;
    }
    Ok(written)
}

fn inserted(row: MemoryRow) -> ActiveModel {
    let mut row = row.into_active_model().reset_all();
    row.row_no = NotSet;
    row
}

fn row(memory: Incomer, rev: i64) -> MemoryRow {
    let (vector, model) = memory.embedding.unzip();
    MemoryRow {
        row_no: 0,
        id: memory.id,
        agent_id: memory.agent,
        person: memory.person,
        scope: memory.scope,
        source: memory.source,
        content_hash: hash(&memory.content),
        words: words(&memory.content).join(" "),
        content: memory.content,
        confidence: memory.confidence,
        metadata: Value::Object(memory.metadata),
        session_id: memory.session,
        embedding: vector.as_deref().map(to_bytes),
        embedding_model: model,
        rev,
        expires_at: memory.expires_at,
        faded_at: None,
        created_at: memory.created_at,
        updated_at: memory.updated_at,
        accessed_at: memory.accessed_at,
        access_count: memory.access_count,
    }
}

/// Removes all memories of an agent that goes on.
pub async fn clear<C: ConnectionTrait>(tx: &C, agent: Id) -> Result<()> {
    let rev = next_rev(tx, agent).await?;
    Entity::delete_many().filter(Column::AgentId.eq(agent)).exec(tx).await?;
    purged(tx, agent, rev).await
}
