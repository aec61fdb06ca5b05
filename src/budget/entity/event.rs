//! Table `budget_events`: warnings, refusals and changes.

use sea_orm::entity::prelude::*;

use crate::{
    budget::{BudgetEventKind, BudgetScope, BudgetWindow},
    ids::Id,
    time::Ts,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub kind: BudgetEventKind,
    pub scope: BudgetScope,
    /// Nil for the server.
    pub scope_id: Id,
    pub span: BudgetWindow,
    /// Beginning of the window, so that warnings and refusals are noted once for each; a moment where windows roll.
    pub instance: Ts,
    /// Micro-USD, or tokens.
    pub limit_value: i64,
    /// Micro-USD, or tokens.
    pub spent: i64,
    /// Share of the limit that was reached; of warnings.
    pub threshold: Option<f64>,
    pub run_id: Option<Id>,
    pub created_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
