//! Table `usage_charges`: whom a model call is charged to beside its own agent and run: those that started them.

use sea_orm::entity::prelude::*;

use super::ChargeScope;
use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_charges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub usage_id: Id,
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: ChargeScope,
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope_id: Id,
    pub cost_micro_usd: i64,
    /// Input and output.
    pub tokens: i64,
    /// End of the call.
    pub created_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
