//! Table `api_keys`. The key itself is not in it, only its SHA-256.

use sea_orm::entity::prelude::*;

use crate::{ids::Id, scopes::Role, time::Ts};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// Unique among keys that are not revoked.
    pub name: String,
    /// First characters of the key, to tell keys apart.
    pub prefix: String,
    pub key_hash: String,
    /// The secret before the last rotation, while it still works.
    pub previous_hash: Option<String>,
    pub previous_valid_until: Option<Ts>,
    pub role: Option<Role>,
    /// Scopes besides the role's, separated by blanks.
    pub scopes: String,
    pub quota_per_hour: Option<i32>,
    pub burst: Option<i32>,
    pub expires_at: Option<Ts>,
    pub revoked_at: Option<Ts>,
    /// To the minute.
    pub last_used_at: Option<Ts>,
    pub last_used_ip: Option<String>,
    pub created_by: String,
    pub created_at: Ts,
    pub updated_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
