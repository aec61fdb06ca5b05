//! Sessions and their messages.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, integer, json, json_null, text, text_null, uuid, uuid_null},
};

use super::m20261124_110000_agents::Agents;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_110100_sessions"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(sessions()).await?;
        for index in session_indexes() {
            manager.create_index(index).await?;
        }
        manager.create_table(messages()).await?;
        manager
            .create_index(
                Index::create()
                    .name("messages_seq")
                    .table(Messages::Table)
                    .col(Messages::SessionId)
                    .col(Messages::Seq)
                    .unique()
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Messages::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Sessions::Table).to_owned()).await
    }
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table(Sessions::Table)
        .col(uuid(Sessions::Id).primary_key())
        .col(uuid(Sessions::AgentId))
        .col(text_null(Sessions::Key))
        .col(text(Sessions::Owner))
        .col(text(Sessions::Kind))
        .col(text_null(Sessions::Conversation))
        .col(text_null(Sessions::Label))
        .col(big_integer(Sessions::LastSeq))
        .col(big_integer(Sessions::QueueSeq))
        .col(uuid_null(Sessions::SummaryMessageId))
        .col(big_integer(Sessions::ContextTokens))
        .col(big_integer(Sessions::CreatedAt))
        .col(big_integer(Sessions::UpdatedAt))
        .col(big_integer(Sessions::LastActive))
        .foreign_key(ForeignKey::create().from(Sessions::Table, Sessions::AgentId).to(Agents::Table, Agents::Id))
        .to_owned()
}

fn session_indexes() -> Vec<IndexCreateStatement> {
    vec![
        Index::create()
            .name("sessions_key")
            .table(Sessions::Table)
            .col(Sessions::AgentId)
            .col(Sessions::Key)
            .unique()
            .to_owned(),
        Index::create()
            .name("sessions_label")
            .table(Sessions::Table)
            .col(Sessions::AgentId)
            .col(Sessions::Label)
            .unique()
            .to_owned(),
        Index::create()
            .name("sessions_agent_active")
            .table(Sessions::Table)
            .col(Sessions::AgentId)
            .col(Sessions::LastActive)
            .to_owned(),
        Index::create().name("sessions_active").table(Sessions::Table).col(Sessions::LastActive).to_owned(),
    ]
}

fn messages() -> TableCreateStatement {
    Table::create()
        .table(Messages::Table)
        .col(uuid(Messages::Id).primary_key())
        .col(uuid(Messages::SessionId))
        .col(big_integer(Messages::Seq))
        .col(uuid_null(Messages::RunId))
        .col(uuid_null(Messages::StepId))
        .col(text(Messages::Role))
        .col(json(Messages::Blocks))
        .col(integer(Messages::Tokens))
        .col(big_integer_null(Messages::ReplacesFrom))
        .col(big_integer_null(Messages::ReplacesTo))
        .col(json(Messages::Flags))
        .col(text_null(Messages::SenderId))
        .col(text_null(Messages::SenderName))
        .col(text_null(Messages::Model))
        .col(json_null(Messages::Usage))
        .col(json(Messages::Metadata))
        .col(big_integer(Messages::CreatedAt))
        .foreign_key(
            ForeignKey::create()
                .from(Messages::Table, Messages::SessionId)
                .to(Sessions::Table, Sessions::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

#[derive(DeriveIden)]
pub enum Sessions {
    Table,
    Id,
    AgentId,
    Key,
    Owner,
    Kind,
    Conversation,
    Label,
    LastSeq,
    QueueSeq,
    SummaryMessageId,
    ContextTokens,
    CreatedAt,
    UpdatedAt,
    LastActive,
}

#[derive(DeriveIden)]
enum Messages {
    Table,
    Id,
    SessionId,
    Seq,
    RunId,
    StepId,
    Role,
    Blocks,
    Tokens,
    ReplacesFrom,
    ReplacesTo,
    Flags,
    SenderId,
    SenderName,
    Model,
    Usage,
    Metadata,
    CreatedAt,
}
