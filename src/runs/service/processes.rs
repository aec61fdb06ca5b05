//! Programs of agents that run now.

use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};

use super::super::{ProcessRow, entity::process};
use crate::{error::Result, ids::Id};

pub async fn note_process<C: ConnectionTrait>(db: &C, row: ProcessRow) -> Result<()> {
    process::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(db).await?;
    Ok(())
}

pub async fn forget_process<C: ConnectionTrait>(db: &C, id: Id) -> Result<()> {
    process::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Of all servers of this database.
pub async fn processes<C: ConnectionTrait>(db: &C) -> Result<Vec<ProcessRow>> {
    Ok(process::Entity::find().all(db).await?)
}
