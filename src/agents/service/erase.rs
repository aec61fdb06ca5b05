//! Erasing what a terminated agent leaves behind. Its runs, their cost and its name stay.

use std::path::PathBuf;

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use super::{documents, save, workspace};
use crate::{
    agents::{AgentRow, entity, rules::ManifestRules},
    db::Db,
    error::Result,
    memory, sessions,
    time::Ts,
};

/// Erases sessions, messages, texts of runs, its own knowledge and documents in the engine's transaction, which ended the runs before.
/// The folder is removed afterwards, by `remove_folder`.
pub async fn erase(tx: &DatabaseTransaction, mut row: AgentRow) -> Result<AgentRow> {
    row.erased_folder = Some(std::mem::take(&mut row.workspace)).filter(|folder| !folder.is_empty());
    sessions::service::erase_all(tx, row.id).await?;
    memory::graph::service::forget_agent(tx, row.id).await?;
    memory::kv::service::erase_all(tx, row.id).await?;
    memory::semantic::service::erase_all(tx, row.id).await?;
    documents::erase_all(tx, row.id).await?;
    row.manifest = json!({"name": row.name});
    row.manifest_toml = None;
    row.signed_manifest = None;
    row.updated_at = Ts::now();
    save(tx, row).await
}

/// Removes the folder of an erased agent, unless another agent uses it. False: it stays. Where the disk refuses, it is tried
/// again later.
pub async fn remove_folder(db: &Db, rules: &ManifestRules, row: &AgentRow) -> Result<bool> {
    let Some(folder) = row.erased_folder.as_ref().map(PathBuf::from) else { return Ok(false) };
    let is_unshared = workspace::is_unshared(db.read(), rules, &folder, row.id).await?;
    let removed = match is_unshared {
        true => workspace::remove(rules, folder).await?,
        false => workspace::Removed::NotOurs,
    };
    if removed != workspace::Removed::Failed {
        entity::Entity::update_many()
            .col_expr(entity::Column::ErasedFolder, Expr::value(None::<String>))
            .filter(entity::Column::Id.eq(row.id))
            .exec(db.write())
            .await?;
    }
    Ok(removed == workspace::Removed::Gone)
}

/// Finishes what a server began that died, or what the disk refused.
pub async fn remove_left_folders(db: &Db, rules: &ManifestRules) -> Result<()> {
    let left = entity::Entity::find().filter(entity::Column::ErasedFolder.is_not_null()).all(db.read()).await?;
    for row in left {
        remove_folder(db, rules, &row).await?;
    }
    Ok(())
}
