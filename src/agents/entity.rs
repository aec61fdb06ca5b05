//! Table `agents`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ids::Id, time::Ts};

/// Life of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum AgentState {
    Created,
    Running,
    Suspended,
    Terminated,
    Crashed,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub name: String,
    /// Lower case of the name; unique among agents that are not terminated.
    pub name_key: String,
    /// Name and description without case, to be searched; written whenever the row is.
    pub search_key: String,
    pub state: AgentState,
    /// `observe`, `assist` or `full`.
    pub mode: String,
    pub stable: bool,
    /// As stored: `default` is not resolved.
    pub manifest: Json,
    /// The text as it was given, until a change by API.
    pub manifest_toml: Option<String>,
    pub signed_manifest: Option<Json>,
    /// `none`, `trusted` or `untrusted`.
    pub signature_status: String,
    pub signer_id: Option<String>,
    pub signer_key_id: Option<String>,
    /// 1; one more with every change.
    pub manifest_version: i32,
    /// One more with every change of a persona document, so that a cached prompt is known to be stale.
    pub files_version: i32,
    pub updated_by: String,
    pub parent_id: Option<Id>,
    pub pinned_model: Option<String>,
    /// Absolute path of the folder that file tools see.
    pub workspace: String,
    pub crash_at: Option<Ts>,
    pub crash_reason: Option<String>,
    pub crash_restarts: i32,
    pub created_at: Ts,
    pub updated_at: Ts,
    pub last_active: Ts,
    pub terminated_at: Option<Ts>,
    /// Folder of an uninstalled agent that is still to be removed.
    pub erased_folder: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
