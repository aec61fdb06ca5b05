//! Persona documents: eight texts that belong to an agent. Rows, not files of its workspace.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::lookup;
use crate::{
    agents::{AgentFileRow, entity, file_entity as file, manifest::AgentManifest},
    db::Db,
    error::{Error, ErrorCode, Result},
    ids::Id,
    time::Ts,
};

pub const FILE_NAMES: [&str; 8] =
    ["SOUL.md", "IDENTITY.md", "USER.md", "TOOLS.md", "MEMORY.md", "AGENTS.md", "BOOTSTRAP.md", "HEARTBEAT.md"];
pub const MAX_FILE_BYTES: usize = 32_768;
pub(super) const BOOTSTRAP: &str = "BOOTSTRAP.md";
const HEARTBEAT: &str = "HEARTBEAT.md";

/// Starter texts. `BOOTSTRAP.md` has none: an agent could not finish what it asks for before it can write documents.
const STARTERS: [(&str, &str); 7] = [
    ("SOUL.md", "Be honest, calm and useful. Say plainly what you do not know.\n"),
    ("IDENTITY.md", "Introduce yourself by your name, and never as a person.\n"),
    ("AGENTS.md", "Finish what you begin. Ask before you do what cannot be undone.\n"),
    ("TOOLS.md", "Use a tool where looking is better than remembering, and say what you found.\n"),
    ("USER.md", "Nothing is known about the user yet.\n"),
    ("MEMORY.md", "Nothing is noted yet.\n"),
    (HEARTBEAT, "Continue open work. If nothing is due, say so in one line.\n"),
];

/// Documents of a new agent.
pub(super) fn starters(manifest: &AgentManifest, agent: Id, by: &str, now: Ts) -> Vec<AgentFileRow> {
    if !manifest.generate_identity_files {
        return vec![];
    }
    let wanted = |name: &str| name != HEARTBEAT || manifest.autonomous.is_some();
    STARTERS
        .into_iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, content)| AgentFileRow {
            agent_id: agent,
            filename: name.to_owned(),
            content: content.to_owned(),
            updated_by: by.to_owned(),
            created_at: now,
            updated_at: now,
        })
        .collect()
}

/// Documents of a copy: those that the original has, but its memory and its heartbeat.
pub(super) fn copies(original: Vec<AgentFileRow>, agent: Id, now: Ts) -> Vec<AgentFileRow> {
    original
        .into_iter()
        .filter(|row| !matches!(row.filename.as_str(), "MEMORY.md" | HEARTBEAT))
        .map(|row| AgentFileRow { agent_id: agent, created_at: now, updated_at: now, ..row })
        .collect()
}

pub(super) async fn insert_all<C: ConnectionTrait>(db: &C, rows: Vec<AgentFileRow>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    file::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Persona documents of an agent.
pub async fn files<C: ConnectionTrait>(db: &C, agent: Id) -> Result<Vec<AgentFileRow>> {
    Ok(file::Entity::find().filter(file::Column::AgentId.eq(agent)).all(db).await?)
}

pub(super) async fn find_file<C: ConnectionTrait>(db: &C, agent: Id, name: &str) -> Result<Option<AgentFileRow>> {
    Ok(file::Entity::find_by_id((agent, name.to_owned())).one(db).await?)
}

/// # Errors
/// `invalid_filename`, `file_not_found`.
pub async fn get_file<C: ConnectionTrait>(db: &C, agent: Id, name: &str) -> Result<AgentFileRow> {
    check_name(name)?;
    find_file(db, agent, name).await?.ok_or_else(|| not_found(name))
}

fn check_name(name: &str) -> Result<()> {
    if FILE_NAMES.contains(&name) {
        return Ok(());
    }
    let message = format!("There is no such document; the names are {}", FILE_NAMES.join(", "));
    Err(Error::new(ErrorCode::InvalidFilename, message).with_detail("filename", "is not one of the eight names"))
}

fn not_found(name: &str) -> Error {
    Error::new(ErrorCode::FileNotFound, format!("The agent has no {name}"))
}

/// Writes a document as a whole.
pub async fn set_file(db: &Db, agent: Id, name: &str, content: String, by: &str) -> Result<AgentFileRow> {
    check_name(name)?;
    if content.len() > MAX_FILE_BYTES {
        let message = format!("A document has at most {MAX_FILE_BYTES} bytes, this one has {}", content.len());
        return Err(Error::new(ErrorCode::PayloadTooLarge, message).with_detail("limit", MAX_FILE_BYTES.to_string()));
    }
    if content.contains('\0') {
        return Err(Error::invalid("content", "must not contain the character U+0000"));
    }
    let now = Ts::now();
    let tx = db.begin().await?;
    lookup::locked(&tx, agent).await?;
    let row = AgentFileRow {
        agent_id: agent,
        filename: name.to_owned(),
        content,
        updated_by: by.to_owned(),
        created_at: now,
        updated_at: now,
    };
    let replace = OnConflict::columns([file::Column::AgentId, file::Column::Filename])
        .update_columns([file::Column::Content, file::Column::UpdatedBy, file::Column::UpdatedAt])
        .to_owned();
    file::Entity::insert(row.clone().into_active_model().reset_all())
        .on_conflict(replace)
        .exec_without_returning(&tx)
        .await?;
    note_change(&tx, agent, now).await?;
    tx.commit().await?;
    Ok(row)
}

pub async fn remove_file(db: &Db, agent: Id, name: &str) -> Result<()> {
    check_name(name)?;
    let tx = db.begin().await?;
    lookup::locked(&tx, agent).await?;
    let deleted = file::Entity::delete_by_id((agent, name.to_owned())).exec(&tx).await?;
    if deleted.rows_affected == 0 {
        return Err(not_found(name));
    }
    note_change(&tx, agent, Ts::now()).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn erase_all<C: ConnectionTrait>(db: &C, agent: Id) -> Result<()> {
    file::Entity::delete_many().filter(file::Column::AgentId.eq(agent)).exec(db).await?;
    Ok(())
}

async fn note_change<C: ConnectionTrait>(db: &C, agent: Id, now: Ts) -> Result<()> {
    entity::Entity::update_many()
        .col_expr(entity::Column::FilesVersion, Expr::col(entity::Column::FilesVersion).add(1))
        .col_expr(entity::Column::UpdatedAt, Expr::value(now))
        .filter(entity::Column::Id.eq(agent))
        .exec(db)
        .await?;
    Ok(())
}
