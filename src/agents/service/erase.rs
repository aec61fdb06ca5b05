//! Erasing what a terminated agent leaves behind. Its runs, their cost and its name stay.

use std::path::PathBuf;

use sea_orm::DatabaseTransaction;
use serde_json::json;

use super::{documents, save, workspace};
use crate::{
    agents::{AgentRow, rules::ManifestRules},
    error::Result,
    memory, sessions,
    time::Ts,
};

#[derive(Debug)]
pub struct Erased {
    pub row: AgentRow,
    /// Its workspace, if no other agent uses it.
    pub folder: Option<PathBuf>,
}

/// Erases sessions, messages, texts of runs, its own knowledge and documents in the engine's transaction, which ended the runs before.
pub async fn erase(tx: &DatabaseTransaction, rules: &ManifestRules, mut row: AgentRow) -> Result<Erased> {
    let folder = PathBuf::from(std::mem::take(&mut row.workspace));
    let is_unshared = workspace::is_unshared(tx, rules, &folder, row.id).await?;
    sessions::service::erase_all(tx, row.id).await?;
    memory::graph::service::forget_agent(tx, row.id).await?;
    memory::kv::service::erase_all(tx, row.id).await?;
    memory::semantic::service::erase_all(tx, row.id).await?;
    documents::erase_all(tx, row.id).await?;
    row.manifest = json!({"name": row.name});
    row.manifest_toml = None;
    row.signed_manifest = None;
    row.updated_at = Ts::now();
    let row = save(tx, row).await?;
    Ok(Erased { row, folder: is_unshared.then_some(folder) })
}
