//! Table `audit_entries`.

use sea_orm::entity::prelude::*;

use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub at: Ts,
    pub request_id: Option<Id>,
    pub operation_id: String,
    pub caller_kind: Option<String>,
    pub caller_id: Option<Id>,
    pub caller_name: Option<String>,
    pub ip: Option<String>,
    /// Path of the request.
    pub target: String,
    pub status: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
