//! Table `run_events`: everything clients were told, but for the pieces of text.

use sea_orm::entity::prelude::*;

use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "run_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Id,
    /// Dense from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub step_id: Option<Id>,
    pub name: String,
    pub payload: Json,
    pub created_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
