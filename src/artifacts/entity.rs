//! Table `artifacts`.

use sea_orm::entity::prelude::*;

use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "artifacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Id,
    /// `art_` and the first 32 hex digits of the SHA-256 of the content.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub agent_id: Id,
    pub sha256: String,
    pub media_type: String,
    pub size: i64,
    /// What it comes from, such as the tool's name.
    pub origin: String,
    pub bytes: Vec<u8>,
    pub created_at: Ts,
    pub expires_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
