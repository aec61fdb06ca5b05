//! Pages of an export, and taking in a document in one transaction.

use std::collections::HashMap;

use super::{
    import::Import,
    schema::{ExportedKv, ExportedMemory, ImportMode, Incoming, MemoryImported, OnError},
};
use crate::{
    db::Db,
    error::{Error, ErrorCode, ErrorDetail, Result},
    idempotency,
    ids::Id,
    memory::{kv, semantic},
};

/// Rows of one page of an export.
const PAGE: u64 = 500;
/// Records at fault that are told.
const TOLD: usize = 100;

/// Key-values behind a place, and the place of the next page.
pub async fn kv_page(
    db: &Db,
    agent: Option<Id>,
    after: Option<(String, String)>,
) -> Result<(Vec<ExportedKv>, Option<(String, String)>)> {
    let rows = kv::service::all_after(db.read(), agent, after, PAGE).await?;
    let next = rows.last().map(|row| (row.holder.clone(), row.key.clone()));
    Ok((rows.into_iter().map(ExportedKv::from).collect(), next))
}

/// As `kv_page`, for memories. `model`: with the vectors that this embedder made.
pub async fn memory_page(
    db: &Db,
    agent: Option<Id>,
    after: i64,
    model: Option<&str>,
) -> Result<(Vec<ExportedMemory>, Option<i64>)> {
    let rows = semantic::service::all_after(db.read(), agent, after, PAGE).await?;
    let next = rows.last().map(|row| row.row_no);
    Ok((rows.into_iter().map(|row| ExportedMemory::new(row, model)).collect(), next))
}

/// How a document is taken in.
pub struct Wish<'a> {
    pub mode: ImportMode,
    pub on_error: OnError,
    pub dry_run: bool,
    /// The embedder in use.
    pub model: &'a str,
    /// For each agent of a document the one that it is here.
    pub agents: HashMap<Id, Id>,
    /// All rows of agents go to this one.
    pub all_to: Option<Id>,
    pub caller: String,
}

/// 400 `invalid_import`, or 404 `agent_not_found`, when a record cannot be taken in and `on_error` is abort; nothing is
/// written then.
pub async fn import(db: &Db, document: Incoming, wish: &Wish<'_>) -> Result<MemoryImported> {
    let tx = db.begin().await?;
    let mut import = Import::new(wish, document.embedding_model.as_deref() == Some(wish.model));
    if wish.mode == ImportMode::Replace {
        import.clear(&tx, &document).await?;
    }
    import.take_kv(&tx, document.kv.unwrap_or_default()).await?;
    import.take_memories(&tx, document.memories.unwrap_or_default()).await?;
    let mut done = import.done;
    if wish.on_error == OnError::Abort && !import.faults.is_empty() {
        return Err(refusal(import.faults, import.unknown_agent));
    }
    done.skipped += i64::try_from(import.faults.len()).unwrap_or(i64::MAX);
    done.errors = import.faults.iter().take(TOLD).map(|fault| format!("{}: {}", fault.field, fault.message)).collect();
    done.dry_run = wish.dry_run;
    if wish.dry_run {
        tx.rollback().await?;
        return Ok(done);
    }
    idempotency::service::keep(&tx, 200, None, &done).await?;
    tx.commit().await?;
    Ok(done)
}

fn refusal(mut faults: Vec<ErrorDetail>, unknown_agent: bool) -> Error {
    let count = faults.len();
    faults.truncate(TOLD);
    let (code, what) = match unknown_agent {
        true => (ErrorCode::AgentNotFound, "a record belongs to an agent that is known neither by id nor by name"),
        false => (ErrorCode::InvalidImport, "nothing was written"),
    };
    Error::new(code, format!("{count} records cannot be taken in: {what}")).with_details(faults)
}
