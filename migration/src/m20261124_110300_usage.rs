//! One row for each model call, failed ones included. Rows outlive runs, sessions and agents, so they name them without foreign keys.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, boolean, integer, text, text_null, uuid, uuid_null},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_110300_usage"
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
                    .table(Usage::Table)
                    .col(uuid(Usage::Id).primary_key())
                    .col(uuid_null(Usage::AgentId))
                    .col(text_null(Usage::AgentName))
                    .col(uuid_null(Usage::RunId))
                    .col(uuid_null(Usage::StepId))
                    .col(uuid_null(Usage::SessionId))
                    .col(uuid_null(Usage::ApiKeyId))
                    .col(text_null(Usage::OriginUser))
                    .col(text(Usage::Door))
                    .col(text(Usage::Purpose))
                    .col(text(Usage::Provider))
                    .col(text(Usage::Model))
                    .col(text(Usage::UpstreamModel))
                    .col(text(Usage::Status))
                    .col(text_null(Usage::ErrorCode))
                    .col(big_integer(Usage::InputTokens))
                    .col(big_integer(Usage::CachedInputTokens))
                    .col(big_integer(Usage::CacheWriteTokens))
                    .col(big_integer(Usage::OutputTokens))
                    .col(big_integer(Usage::ReasoningTokens))
                    .col(integer(Usage::ToolCalls))
                    .col(boolean(Usage::Estimated))
                    .col(big_integer(Usage::CostMicroUsd))
                    .col(boolean(Usage::PriceAssumed))
                    .col(big_integer(Usage::LatencyMs))
                    .col(big_integer_null(Usage::FirstTokenMs))
                    .col(integer(Usage::Attempt))
                    .col(big_integer(Usage::CreatedAt))
                    .to_owned(),
            )
            .await?;
        for (name, column) in
            [("usage_run", Usage::RunId), ("usage_session", Usage::SessionId), ("usage_created", Usage::CreatedAt)]
        {
            manager.create_index(Index::create().name(name).table(Usage::Table).col(column).to_owned()).await?;
        }
        manager
            .create_index(
                Index::create()
                    .name("usage_agent_created")
                    .table(Usage::Table)
                    .col(Usage::AgentId)
                    .col(Usage::CreatedAt)
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Usage::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Usage {
    Table,
    Id,
    AgentId,
    AgentName,
    RunId,
    StepId,
    SessionId,
    ApiKeyId,
    OriginUser,
    Door,
    Purpose,
    Provider,
    Model,
    UpstreamModel,
    Status,
    ErrorCode,
    InputTokens,
    CachedInputTokens,
    CacheWriteTokens,
    OutputTokens,
    ReasoningTokens,
    ToolCalls,
    Estimated,
    CostMicroUsd,
    PriceAssumed,
    LatencyMs,
    FirstTokenMs,
    Attempt,
    CreatedAt,
}
