//! Table `replicas`: every process that works on this database.

use sea_orm::entity::prelude::*;

use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "replicas")]
pub struct Model {
    /// The boot id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub version: String,
    pub address: Option<String>,
    pub started_at: Ts,
    pub last_seen: Ts,
    pub stopped_at: Option<Ts>,
    /// It was found dead; it did not say goodbye.
    pub unclean: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
