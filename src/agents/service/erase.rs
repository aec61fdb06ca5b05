//! Erasing what a terminated agent leaves behind. Its runs, their cost and its name stay.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{documents, save, workspace};
use crate::{agents::AgentRow, db::Db, error::Result, sessions, time::Ts};

#[derive(Debug)]
pub struct Uninstalled {
    pub row: AgentRow,
    pub dir_removed: bool,
}

/// Erases sessions, messages, texts of runs and documents; removes the workspace if it lies inside `home` and no other
/// agent uses it.
pub async fn erase(db: &Db, home: &Path, mut row: AgentRow) -> Result<Uninstalled> {
    let tx = db.begin().await?;
    let folder = PathBuf::from(std::mem::take(&mut row.workspace));
    let is_unshared = workspace::is_unshared(&tx, &folder, row.id).await?;
    sessions::service::erase_all(&tx, row.id).await?;
    documents::erase_all(&tx, row.id).await?;
    row.manifest = json!({"name": row.name});
    row.manifest_toml = None;
    row.signed_manifest = None;
    row.updated_at = Ts::now();
    let row = save(&tx, row).await?;
    tx.commit().await?;
    let dir_removed = is_unshared && remove_folder(home, &folder).await;
    Ok(Uninstalled { row, dir_removed })
}

async fn remove_folder(home: &Path, folder: &Path) -> bool {
    // A link in its place may lead anywhere.
    let (Ok(home), Ok(real)) = (tokio::fs::canonicalize(home).await, tokio::fs::canonicalize(folder).await) else {
        return false;
    };
    let is_link = tokio::fs::symlink_metadata(folder).await.is_ok_and(|meta| meta.is_symlink());
    if is_link || real == home || !real.starts_with(&home) {
        return false;
    }
    match tokio::fs::remove_dir_all(&real).await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(folder = %real.display(), %error, "the workspace of an erased agent could not be removed");
            false
        }
    }
}
