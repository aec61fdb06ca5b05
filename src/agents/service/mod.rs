//! Rules and SQL of agents.

mod change;
mod create;
mod documents;
mod erase;
mod lifecycle;
mod list;
mod lookup;
mod view;
mod workspace;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, SqlErr, sea_query::Expr,
};
use serde::Deserialize;
use serde_json::Value;

use super::{AgentRow, AgentState, entity, manifest::AgentManifest};
use crate::{
    error::{Error, ErrorCode, Result},
    ids::Id,
    time::Ts,
};

pub use change::{Change, Changed, change, replace};
pub use create::{Created, Envelope, NewAgent, clone_of, create};
pub use documents::{FILE_NAMES, MAX_FILE_BYTES, files, get_file, remove_file, set_file};
pub use erase::{erase, remove_folder, remove_left_folders};
pub use lifecycle::{Terminated, Transition, start, suspend, terminate};
pub use list::{AgentFilter, AgentSort, list, newest_active};
pub use lookup::{find, find_by_name, find_ref, find_ref_or_terminated, live_count, live_names, resources_of_live};
pub use view::{describe, summaries};

impl AgentRow {
    pub fn manifest(&self) -> Result<AgentManifest> {
        AgentManifest::deserialize(&self.manifest).map_err(Error::internal)
    }
}

pub async fn insert<C: ConnectionTrait>(db: &C, mut row: AgentRow) -> Result<()> {
    row.search_key = search_key(&row);
    let name = row.name.clone();
    let inserted = entity::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(db).await;
    inserted.map(|_| ()).map_err(|e| name_taken(e, &name))
}

/// Writes every column.
pub async fn save<C: ConnectionTrait>(db: &C, mut row: AgentRow) -> Result<AgentRow> {
    row.search_key = search_key(&row);
    let name = row.name.clone();
    let saved = entity::Entity::update(row.into_active_model().reset_all()).exec(db).await;
    saved.map_err(|e| name_taken(e, &name))
}

/// What a search looks in. A name holds no line break, so that both stay apart.
fn search_key(row: &AgentRow) -> String {
    let description = row.manifest.get("description").and_then(Value::as_str).unwrap_or_default();
    fold(&format!("{}\n{description}", row.name))
}

/// Text without case in all of Unicode, letter by letter: `ß`, `ẞ` and `SS` are one, and so are all forms of sigma.
fn fold(text: &str) -> String {
    let fold = |c: char| c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    text.chars().flat_map(fold).collect()
}

fn name_taken(error: sea_orm::DbErr, name: &str) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            let message = format!("An agent named '{name}' already exists; names are compared without regard to case");
            Error::new(ErrorCode::DuplicateName, message).with_detail("name", "is taken")
        }
        _ => error.into(),
    }
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
