//! Table `secrets`.

use sea_orm::entity::prelude::*;

use crate::time::Ts;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "secrets")]
pub struct Model {
    /// Bound into the ciphertext: under another name it does not open.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// 12 random bytes, fresh at every write.
    pub nonce: Vec<u8>,
    /// AES-256-GCM, tag at the end.
    pub ciphertext: Vec<u8>,
    pub updated_at: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
