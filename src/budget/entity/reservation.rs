//! Table `budget_reservations`: what calls under way may cost at most, one row for each that pays.

use sea_orm::entity::prelude::*;

use crate::{budget::BudgetScope, ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_reservations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub step_id: Id,
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: BudgetScope,
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope_id: Id,
    pub run_id: Id,
    pub micro_usd: i64,
    pub tokens: i64,
    pub created_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
