//! Long tool results, kept whole beside the shortened text that the model sees.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, binary, text, uuid},
};

use super::{m20261124_110000_agents::Agents, m20261124_110100_sessions::Sessions};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_110400_artifacts"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Artifacts::Table)
                    .col(uuid(Artifacts::SessionId))
                    .col(text(Artifacts::Id))
                    .col(uuid(Artifacts::AgentId))
                    .col(text(Artifacts::Sha256))
                    .col(text(Artifacts::MediaType))
                    .col(big_integer(Artifacts::Size))
                    .col(text(Artifacts::Origin))
                    .col(binary(Artifacts::Bytes))
                    .col(big_integer(Artifacts::CreatedAt))
                    .col(big_integer(Artifacts::ExpiresAt))
                    .primary_key(Index::create().col(Artifacts::SessionId).col(Artifacts::Id))
                    .foreign_key(
                        ForeignKey::create()
                            .from(Artifacts::Table, Artifacts::SessionId)
                            .to(Sessions::Table, Sessions::Id)
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .foreign_key(
                        ForeignKey::create().from(Artifacts::Table, Artifacts::AgentId).to(Agents::Table, Agents::Id),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("artifacts_agent")
                    .table(Artifacts::Table)
                    .col(Artifacts::AgentId)
                    .col(Artifacts::CreatedAt)
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("artifacts_expiry").table(Artifacts::Table).col(Artifacts::ExpiresAt).to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Artifacts::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Artifacts {
    Table,
    SessionId,
    Id,
    AgentId,
    Sha256,
    MediaType,
    Size,
    Origin,
    Bytes,
    CreatedAt,
    ExpiresAt,
}
