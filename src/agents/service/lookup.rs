//! Finding one agent: by id, by name, or by what a path says.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use crate::{
    agents::{AgentRow, entity},
    error::{Error, ErrorCode, Result},
    ids::Id,
};

/// The agent with this id, terminated ones included.
pub async fn find<C: ConnectionTrait>(db: &C, id: Id) -> Result<Option<AgentRow>> {
    Ok(entity::Entity::find_by_id(id).one(db).await?)
}

/// The agent that holds this name now; case matters.
pub async fn find_by_name<C: ConnectionTrait>(db: &C, name: &str) -> Result<Option<AgentRow>> {
    let row = entity::Entity::find()
        .filter(entity::Column::NameKey.eq(name.to_lowercase()))
        .filter(entity::Column::TerminatedAt.is_null())
        .one(db)
        .await?;
    Ok(row.filter(|agent| agent.name == name))
}

/// The live agent that a path's `{id}` means: a UUID, else the exact name.
pub async fn find_ref<C: ConnectionTrait>(db: &C, text: &str) -> Result<AgentRow> {
    let row = match Id::parse(text) {
        Ok(id) => find(db, id).await?.filter(|agent| agent.terminated_at.is_none()),
        Err(_) => find_by_name(db, text).await?,
    };
    row.ok_or_else(|| not_found(text))
}

/// As `find_ref`; a UUID also finds a terminated agent that was not erased.
pub async fn find_ref_or_terminated<C: ConnectionTrait>(db: &C, text: &str) -> Result<AgentRow> {
    match Id::parse(text) {
        Ok(id) => find(db, id).await?.filter(|agent| !agent.workspace.is_empty()).ok_or_else(|| not_found(text)),
        Err(_) => find_ref(db, text).await,
    }
}

/// The live agent, locked for the rest of the transaction.
pub(super) async fn locked<C: ConnectionTrait>(tx: &C, id: Id) -> Result<AgentRow> {
    let row = entity::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    row.filter(|agent| agent.terminated_at.is_none()).ok_or_else(|| not_found(&id.to_string()))
}

fn not_found(text: &str) -> Error {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(256).collect();
    Error::new(ErrorCode::AgentNotFound, format!("Agent '{shown}' does not exist; GET /api/agents lists all agents"))
}

/// Number of agents that are not terminated.
pub async fn live_count<C: ConnectionTrait>(db: &C) -> Result<u64> {
    Ok(entity::Entity::find().filter(entity::Column::TerminatedAt.is_null()).count(db).await?)
}
