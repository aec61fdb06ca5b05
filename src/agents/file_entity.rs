//! Table `agent_files`: persona documents.

use sea_orm::entity::prelude::*;

use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent_files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: Id,
    #[sea_orm(primary_key, auto_increment = false)]
    pub filename: String,
    pub content: String,
    pub updated_by: String,
    pub created_at: Ts,
    pub updated_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
