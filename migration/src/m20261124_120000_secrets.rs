//! Encrypted secrets, and the fingerprint of the key they are encrypted under.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, binary, integer, text},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_120000_secrets"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut secrets = Table::create();
        secrets
            .table("secrets")
            .col(text("name").primary_key())
            .col(binary("nonce"))
            .col(binary("ciphertext"))
            .col(big_integer("updated_at"));
        manager.create_table(secrets).await?;
        let mut key = Table::create();
        key.table("master_key")
            .col(integer("slot").primary_key())
            .col(text("fingerprint"))
            .col(big_integer("created_at"));
        manager.create_table(key).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("master_key").to_owned()).await?;
        manager.drop_table(Table::drop().table("secrets").to_owned()).await
    }
}
