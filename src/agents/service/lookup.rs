//! Finding one agent: by id, by name, or by what a path says.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use crate::{
    agents::{AgentRow, entity, manifest::AgentResources},
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

/// Name and limits of every agent that is not terminated.
pub async fn resources_of_live<C: ConnectionTrait>(db: &C) -> Result<Vec<(Id, String, AgentResources)>> {
    // The operator is the same in both dialects.
    let resources = Expr::cust(r#""agents"."manifest" ->> 'resources'"#);
    let rows: Vec<(Id, String, Option<String>)> = entity::Entity::find()
        .select_only()
        .columns([entity::Column::Id, entity::Column::Name])
        .expr_as(resources, "resources")
        .filter(entity::Column::TerminatedAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    let read = |(id, name, text): (Id, String, Option<String>)| {
        let resources = text.map(|text| serde_json::from_str(&text)).transpose().map_err(Error::internal)?;
        Ok((id, name, resources.unwrap_or_default()))
    };
    rows.into_iter().map(read).collect()
}

/// Number of agents that are not terminated.
pub async fn live_count<C: ConnectionTrait>(db: &C) -> Result<u64> {
    Ok(entity::Entity::find().filter(entity::Column::TerminatedAt.is_null()).count(db).await?)
}

/// Ids and names of the agents that are not terminated, by name.
pub async fn live_names<C: ConnectionTrait>(db: &C) -> Result<Vec<(Id, String)>> {
    Ok(entity::Entity::find()
        .select_only()
        .columns([entity::Column::Id, entity::Column::Name])
        .filter(entity::Column::TerminatedAt.is_null())
        .order_by_asc(entity::Column::Name)
        .into_tuple()
        .all(db)
        .await?)
}
