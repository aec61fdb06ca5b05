//! Table `messages`: append only.

use sea_orm::entity::prelude::*;

use super::{Blocks, MessageFlags, MessageRole};
use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub session_id: Id,
    /// Dense from 1 in the session.
    pub seq: i64,
    pub run_id: Option<Id>,
    pub step_id: Option<Id>,
    pub role: MessageRole,
    pub blocks: Blocks,
    /// Estimate of section 11 of the turn loop.
    pub tokens: i32,
    pub replaces_from: Option<i64>,
    pub replaces_to: Option<i64>,
    pub flags: MessageFlags,
    pub sender_id: Option<String>,
    pub sender_name: Option<String>,
    /// `provider/model` that wrote it.
    pub model: Option<String>,
    pub usage: Option<Json>,
    pub metadata: Json,
    pub created_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
