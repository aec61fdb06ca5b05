//! Table `processes`: programs of agents that run now.

use sea_orm::entity::prelude::*;

use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "processes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub agent_id: Id,
    /// Start of the machine and name space of the process numbers.
    pub host: String,
    pub server_pid: i32,
    /// In ticks of the machine, so that a number used again is seen.
    pub server_born: i64,
    pub group_pid: i32,
    pub group_born: i64,
    pub started_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
