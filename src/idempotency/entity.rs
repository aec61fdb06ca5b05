//! Table `idempotency_keys`.

use sea_orm::entity::prelude::*;

use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// SHA-256 of owner, method, path and key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// SHA-256 of query and body.
    pub body_hash: String,
    /// The process that works on it; void when that process is gone.
    pub boot_id: Id,
    /// None while the first call runs.
    pub status: Option<i32>,
    pub headers: Option<String>,
    pub body: Option<Vec<u8>>,
    pub created_at: Ts,
    pub expires_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
