//! Erasing what a terminated agent leaves behind. Its runs, their cost and its name stay.

use std::path::PathBuf;

use serde_json::json;

use super::{documents, save, workspace};
use crate::{
    agents::{AgentRow, rules::ManifestRules},
    db::Db,
    error::Result,
    runtime::engine::Engine,
    sessions,
    time::Ts,
};

#[derive(Debug)]
pub struct Uninstalled {
    pub row: AgentRow,
    pub dir_removed: bool,
}

/// Erases sessions, messages, texts of runs and documents; removes the workspace if it lies below the folder of
/// workspaces inside the server's home and no other agent uses it.
pub async fn erase(db: &Db, engine: &Engine, rules: &ManifestRules, mut row: AgentRow) -> Result<Uninstalled> {
    let tx = db.begin().await?;
    let folder = PathBuf::from(std::mem::take(&mut row.workspace));
    let is_unshared = workspace::is_unshared(&tx, rules, &folder, row.id).await?;
    let ended = engine.end_with(&tx, Some(row.id), None).await?;
    sessions::service::erase_all(&tx, row.id).await?;
    documents::erase_all(&tx, row.id).await?;
    row.manifest = json!({"name": row.name});
    row.manifest_toml = None;
    row.signed_manifest = None;
    row.updated_at = Ts::now();
    let row = save(&tx, row).await?;
    tx.commit().await?;
    engine.tell_ended(ended);
    let dir_removed = is_unshared && workspace::remove(rules, folder).await?;
    Ok(Uninstalled { row, dir_removed })
}
