//! Table `master_key`: which key this database was set up with. One row; never the key.

use sea_orm::entity::prelude::*;

use crate::time::Ts;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "master_key")]
pub struct Model {
    /// Always 1, so that of servers that start at once only one can put its key down.
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot: i32,
    pub fingerprint: String,
    pub created_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
