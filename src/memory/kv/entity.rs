//! Table `kv_pairs`.

use sea_orm::entity::prelude::*;

use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "kv_pairs")]
pub struct Model {
    /// Agent, agent and person, or `shared`: one column, so that all look-ups take the primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub holder: String,
    /// Without the prefix of its namespace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Null when shared.
    pub agent_id: Option<Id>,
    /// Set in the namespace `user`.
    pub person: Option<String>,
    /// JSON text.
    pub value: String,
    /// Bytes of `value`.
    pub size: i32,
    pub version: i64,
    pub written_by: String,
    pub expires_at: Option<Ts>,
    pub created_at: Ts,
    pub updated_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
