//! Runs, their steps and their stored events.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, boolean, integer, json, json_null, text, text_null, uuid, uuid_null},
};

use super::m20261124_110000_agents::Agents;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_110200_runs"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(runs()).await?;
        for index in run_indexes() {
            manager.create_index(index).await?;
        }
        manager.create_table(run_steps()).await?;
        for index in step_indexes() {
            manager.create_index(index).await?;
        }
        manager.create_table(run_events()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(RunEvents::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(RunSteps::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Runs::Table).to_owned()).await
    }
}

fn runs() -> TableCreateStatement {
    Table::create()
        .table(Runs::Table)
        .col(uuid(Runs::Id).primary_key())
        .col(uuid(Runs::AgentId))
        .col(integer(Runs::ManifestVersion))
        .col(uuid(Runs::SessionId))
        .col(text(Runs::Door))
        .col(json(Runs::Caller))
        .col(text_null(Runs::OriginUser))
        .col(uuid_null(Runs::ParentRunId))
        .col(uuid_null(Runs::ParentStepId))
        .col(uuid(Runs::RootRunId))
        .col(integer(Runs::Depth))
        .col(big_integer(Runs::Rank))
        .col(big_integer(Runs::QueueSeq))
        .col(integer(Runs::MaxConcurrent))
        .col(boolean(Runs::Background))
        .col(text(Runs::State))
        .col(text_null(Runs::StopReason))
        .col(json_null(Runs::Error))
        .col(json(Runs::Input))
        .col(json(Runs::Options))
        .col(text_null(Runs::IdempotencyKey))
        .col(integer(Runs::Attempts))
        .col(integer(Runs::StalledAttempts))
        .col(text_null(Runs::LeaseOwner))
        .col(integer(Runs::LeaseEpoch))
        .col(big_integer_null(Runs::LeaseUntil))
        .col(big_integer_null(Runs::WakeAt))
        .col(big_integer(Runs::WaitedMs))
        .col(big_integer_null(Runs::ExpiresAt))
        .col(big_integer_null(Runs::CancelRequestedAt))
        .col(text_null(Runs::CancelReason))
        .col(text_null(Runs::CancelBy))
        .col(text_null(Runs::Provider))
        .col(text_null(Runs::Model))
        .col(text_null(Runs::FallbackModel))
        .col(integer(Runs::Iterations))
        .col(integer(Runs::ToolCalls))
        .col(big_integer(Runs::InputTokens))
        .col(big_integer(Runs::OutputTokens))
        .col(big_integer(Runs::CachedTokens))
        .col(big_integer(Runs::CacheWriteTokens))
        .col(big_integer(Runs::ReasoningTokens))
        .col(big_integer_null(Runs::CostMicroUsd))
        .col(text_null(Runs::Response))
        .col(boolean(Runs::Silent))
        .col(json_null(Runs::Directives))
        .col(json(Runs::Warnings))
        .col(uuid_null(Runs::ReplyMessageId))
        .col(big_integer(Runs::EventSeq))
        .col(big_integer(Runs::CreatedAt))
        .col(big_integer_null(Runs::StartedAt))
        .col(big_integer_null(Runs::EndedAt))
        .foreign_key(ForeignKey::create().from(Runs::Table, Runs::AgentId).to(Agents::Table, Agents::Id))
        .to_owned()
}

/// "Open" runs are few; every index the queue looks at holds only those.
fn run_indexes() -> Vec<IndexCreateStatement> {
    let open = || Expr::col(Runs::EndedAt).is_null();
    let active = || Expr::col(Runs::EndedAt).is_null().and(Expr::col(Runs::State).ne("queued"));
    vec![
        Index::create()
            .name("runs_one_active")
            .table(Runs::Table)
            .col(Runs::SessionId)
            .unique()
            .cond_where(active())
            .to_owned(),
        Index::create()
            .name("runs_session_open")
            .table(Runs::Table)
            .col(Runs::SessionId)
            .col(Runs::QueueSeq)
            .cond_where(open())
            .to_owned(),
        Index::create().name("runs_session").table(Runs::Table).col(Runs::SessionId).col(Runs::Id).to_owned(),
        Index::create()
            .name("runs_queue")
            .table(Runs::Table)
            .col(Runs::State)
            .col(Runs::Rank)
            .cond_where(open())
            .to_owned(),
        Index::create()
            .name("runs_open_of_agent")
            .table(Runs::Table)
            .col(Runs::AgentId)
            .col(Runs::State)
            .cond_where(open())
            .to_owned(),
        Index::create().name("runs_agent").table(Runs::Table).col(Runs::AgentId).col(Runs::Id).to_owned(),
        Index::create()
            .name("runs_parent")
            .table(Runs::Table)
            .col(Runs::ParentRunId)
            .cond_where(Expr::col(Runs::ParentRunId).is_not_null())
            .to_owned(),
        Index::create()
            .name("runs_idempotency")
            .table(Runs::Table)
            .col(Runs::IdempotencyKey)
            .cond_where(Expr::col(Runs::IdempotencyKey).is_not_null())
            .to_owned(),
    ]
}

fn run_steps() -> TableCreateStatement {
    Table::create()
        .table(RunSteps::Table)
        .col(uuid(RunSteps::Id).primary_key())
        .col(uuid(RunSteps::RunId))
        .col(integer(RunSteps::Idx))
        .col(text(RunSteps::Kind))
        .col(text(RunSteps::State))
        .col(integer(RunSteps::Attempt))
        .col(integer(RunSteps::Batch))
        .col(text_null(RunSteps::CallId))
        .col(text_null(RunSteps::Tool))
        .col(json(RunSteps::Input))
        .col(text_null(RunSteps::InputHash))
        .col(text_null(RunSteps::Effect))
        .col(text_null(RunSteps::Resume))
        .col(json_null(RunSteps::Verdict))
        .col(json_null(RunSteps::Output))
        .col(boolean(RunSteps::IsError))
        .col(text_null(RunSteps::ArtifactId))
        .col(uuid_null(RunSteps::ChildRunId))
        .col(uuid_null(RunSteps::ApprovalId))
        .col(text_null(RunSteps::Provider))
        .col(text_null(RunSteps::Model))
        .col(text_null(RunSteps::Partial))
        .col(text_null(RunSteps::RequestHash))
        .col(big_integer_null(RunSteps::ContextToSeq))
        .col(json_null(RunSteps::Error))
        .col(big_integer(RunSteps::InputTokens))
        .col(big_integer(RunSteps::OutputTokens))
        .col(big_integer(RunSteps::CachedTokens))
        .col(big_integer(RunSteps::CacheWriteTokens))
        .col(big_integer(RunSteps::ReasoningTokens))
        .col(big_integer_null(RunSteps::CostMicroUsd))
        .col(big_integer(RunSteps::EventSeq))
        .col(integer(RunSteps::LeaseEpoch))
        .col(big_integer(RunSteps::CreatedAt))
        .col(big_integer_null(RunSteps::StartedAt))
        .col(big_integer_null(RunSteps::EndedAt))
        .foreign_key(
            ForeignKey::create()
                .from(RunSteps::Table, RunSteps::RunId)
                .to(Runs::Table, Runs::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn step_indexes() -> Vec<IndexCreateStatement> {
    vec![
        Index::create()
            .name("run_steps_idx")
            .table(RunSteps::Table)
            .col(RunSteps::RunId)
            .col(RunSteps::Idx)
            .unique()
            .to_owned(),
        Index::create()
            .name("run_steps_call")
            .table(RunSteps::Table)
            .col(RunSteps::RunId)
            .col(RunSteps::CallId)
            .col(RunSteps::Attempt)
            .unique()
            .cond_where(Expr::col(RunSteps::CallId).is_not_null())
            .to_owned(),
    ]
}

fn run_events() -> TableCreateStatement {
    Table::create()
        .table(RunEvents::Table)
        .col(uuid(RunEvents::RunId))
        .col(big_integer(RunEvents::Seq))
        .col(uuid_null(RunEvents::StepId))
        .col(text(RunEvents::Name))
        .col(json(RunEvents::Payload))
        .col(big_integer(RunEvents::CreatedAt))
        .primary_key(Index::create().col(RunEvents::RunId).col(RunEvents::Seq))
        .foreign_key(
            ForeignKey::create()
                .from(RunEvents::Table, RunEvents::RunId)
                .to(Runs::Table, Runs::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

#[derive(DeriveIden)]
enum Runs {
    Table,
    Id,
    AgentId,
    ManifestVersion,
    SessionId,
    Door,
    Caller,
    OriginUser,
    ParentRunId,
    ParentStepId,
    RootRunId,
    Depth,
    Rank,
    QueueSeq,
    MaxConcurrent,
    Background,
    State,
    StopReason,
    Error,
    Input,
    Options,
    IdempotencyKey,
    Attempts,
    StalledAttempts,
    LeaseOwner,
    LeaseEpoch,
    LeaseUntil,
    WakeAt,
    WaitedMs,
    ExpiresAt,
    CancelRequestedAt,
    CancelReason,
    CancelBy,
    Provider,
    Model,
    FallbackModel,
    Iterations,
    ToolCalls,
    InputTokens,
    OutputTokens,
    CachedTokens,
    CacheWriteTokens,
    ReasoningTokens,
    CostMicroUsd,
    Response,
    Silent,
    Directives,
    Warnings,
    ReplyMessageId,
    EventSeq,
    CreatedAt,
    StartedAt,
    EndedAt,
}

#[derive(DeriveIden)]
enum RunSteps {
    Table,
    Id,
    RunId,
    Idx,
    Kind,
    State,
    Attempt,
    Batch,
    CallId,
    Tool,
    Input,
    InputHash,
    Effect,
    Resume,
    Verdict,
    Output,
    IsError,
    ArtifactId,
    ChildRunId,
    ApprovalId,
    Provider,
    Model,
    Partial,
    RequestHash,
    ContextToSeq,
    Error,
    InputTokens,
    OutputTokens,
    CachedTokens,
    CacheWriteTokens,
    ReasoningTokens,
    CostMicroUsd,
    EventSeq,
    LeaseEpoch,
    CreatedAt,
    StartedAt,
    EndedAt,
}

#[derive(DeriveIden)]
enum RunEvents {
    Table,
    RunId,
    Seq,
    StepId,
    Name,
    Payload,
    CreatedAt,
}
