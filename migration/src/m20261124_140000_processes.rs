//! Programs of agents that run now, so that the next start finds those of a server that was killed.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, integer, text, uuid},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_140000_processes"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut processes = Table::create();
        processes
            .table("processes")
            .col(uuid("id").primary_key())
            // No key to the agent: the mark outlives it.
            .col(uuid("agent_id"))
            .col(text("host"))
            .col(integer("server_pid"))
            .col(big_integer("server_born"))
            .col(integer("group_pid"))
            .col(big_integer("group_born"))
            .col(big_integer("started_at"));
        manager.create_table(processes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("processes").to_owned()).await
    }
}
