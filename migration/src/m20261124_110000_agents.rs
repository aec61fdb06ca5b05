//! Agents and their persona documents.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, boolean, integer, json, json_null, text, text_null, uuid, uuid_null},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_110000_agents"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(agents()).await?;
        manager
            .create_index(
                Index::create()
                    .name("agents_name")
                    .table(Agents::Table)
                    .col(Agents::NameKey)
                    .unique()
                    .cond_where(Expr::col(Agents::TerminatedAt).is_null())
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("agents_parent").table(Agents::Table).col(Agents::ParentId).to_owned())
            .await?;
        manager.create_table(agent_files()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(AgentFiles::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Agents::Table).to_owned()).await
    }
}

fn agents() -> TableCreateStatement {
    Table::create()
        .table(Agents::Table)
        .col(uuid(Agents::Id).primary_key())
        .col(text(Agents::Name))
        .col(text(Agents::NameKey))
        .col(text(Agents::State))
        .col(text(Agents::Mode))
        .col(boolean(Agents::Stable))
        .col(json(Agents::Manifest))
        .col(text_null(Agents::ManifestToml))
        .col(json_null(Agents::SignedManifest))
        .col(text(Agents::SignatureStatus))
        .col(text_null(Agents::SignerId))
        .col(text_null(Agents::SignerKeyId))
        .col(integer(Agents::ManifestVersion))
        .col(integer(Agents::FilesVersion))
        .col(text(Agents::UpdatedBy))
        .col(uuid_null(Agents::ParentId))
        .col(text_null(Agents::PinnedModel))
        .col(text(Agents::Workspace))
        .col(big_integer_null(Agents::CrashAt))
        .col(text_null(Agents::CrashReason))
        .col(integer(Agents::CrashRestarts))
        .col(big_integer(Agents::CreatedAt))
        .col(big_integer(Agents::UpdatedAt))
        .col(big_integer(Agents::LastActive))
        .col(big_integer_null(Agents::TerminatedAt))
        .foreign_key(ForeignKey::create().from(Agents::Table, Agents::ParentId).to(Agents::Table, Agents::Id))
        .to_owned()
}

fn agent_files() -> TableCreateStatement {
    Table::create()
        .table(AgentFiles::Table)
        .col(uuid(AgentFiles::AgentId))
        .col(text(AgentFiles::Filename))
        .col(text(AgentFiles::Content))
        .col(text(AgentFiles::UpdatedBy))
        .col(big_integer(AgentFiles::CreatedAt))
        .col(big_integer(AgentFiles::UpdatedAt))
        .primary_key(Index::create().col(AgentFiles::AgentId).col(AgentFiles::Filename))
        .foreign_key(
            ForeignKey::create()
                .from(AgentFiles::Table, AgentFiles::AgentId)
                .to(Agents::Table, Agents::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

#[derive(DeriveIden)]
pub enum Agents {
    Table,
    Id,
    Name,
    NameKey,
    State,
    Mode,
    Stable,
    Manifest,
    ManifestToml,
    SignedManifest,
    SignatureStatus,
    SignerId,
    SignerKeyId,
    ManifestVersion,
    FilesVersion,
    UpdatedBy,
    ParentId,
    PinnedModel,
    Workspace,
    CrashAt,
    CrashReason,
    CrashRestarts,
    CreatedAt,
    UpdatedAt,
    LastActive,
    TerminatedAt,
}

#[derive(DeriveIden)]
enum AgentFiles {
    Table,
    AgentId,
    Filename,
    Content,
    UpdatedBy,
    CreatedAt,
    UpdatedAt,
}
