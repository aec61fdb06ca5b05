//! Rules and SQL of agents.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr,
};

use super::{AgentFileRow, AgentRow, AgentState, entity, file_entity as file};
use crate::{
    error::{Error, ErrorCode, Result},
    ids::Id,
    time::Ts,
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

pub async fn insert<C: ConnectionTrait>(db: &C, row: AgentRow) -> Result<()> {
    match entity::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(db).await {
        Ok(_) => Ok(()),
        Err(e) if matches!(e.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))) => {
            Err(Error::new(ErrorCode::DuplicateName, "An agent of this name exists"))
        }
        Err(e) => Err(e.into()),
    }
}

/// Writes every column of an agent.
pub async fn replace<C: ConnectionTrait>(db: &C, row: AgentRow) -> Result<()> {
    let id = row.id;
    let changes = row.into_active_model().reset_all();
    entity::Entity::update_many().set(changes).filter(entity::Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

/// Persona documents of an agent, by name.
pub async fn files<C: ConnectionTrait>(db: &C, agent: Id) -> Result<Vec<AgentFileRow>> {
    Ok(file::Entity::find().filter(file::Column::AgentId.eq(agent)).all(db).await?)
}

/// Notes that a run of the agent ended.
pub async fn touch<C: ConnectionTrait>(db: &C, agent: Id, now: Ts) -> Result<()> {
    entity::Entity::update_many()
        .col_expr(entity::Column::LastActive, Expr::value(now))
        .filter(entity::Column::Id.eq(agent))
        .exec(db)
        .await?;
    Ok(())
}

/// Running becomes Crashed; any other state stays. True when it changed.
pub async fn crash<C: ConnectionTrait>(db: &C, agent: Id, reason: &str, now: Ts) -> Result<bool> {
    let changed = entity::Entity::update_many()
        .col_expr(entity::Column::State, Expr::value(AgentState::Crashed))
        .col_expr(entity::Column::CrashAt, Expr::value(now))
        .col_expr(entity::Column::CrashReason, Expr::value(reason))
        .col_expr(entity::Column::UpdatedAt, Expr::value(now))
        .filter(entity::Column::Id.eq(agent))
        .filter(entity::Column::State.eq(AgentState::Running))
        .exec(db)
        .await?;
    Ok(changed.rows_affected > 0)
}
