//! Questions to a person, and settings that operations change.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, boolean, integer, json, json_null, text, text_null, uuid, uuid_null},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_120000_approvals"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(approvals()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        let settings = Table::create()
            .table(Settings::Table)
            .col(text(Settings::Name).primary_key())
            .col(json(Settings::Value))
            .col(text(Settings::UpdatedBy))
            .col(big_integer(Settings::UpdatedAt))
            .to_owned();
        manager.create_table(settings).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Settings::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Approvals::Table).to_owned()).await
    }
}

fn approvals() -> TableCreateStatement {
    Table::create()
        .table(Approvals::Table)
        .col(uuid(Approvals::Id).primary_key())
        .col(text(Approvals::Kind))
        .col(text(Approvals::Status))
        .col(text(Approvals::AgentId))
        .col(text(Approvals::AgentName))
        .col(text(Approvals::ToolName))
        .col(text(Approvals::Description))
        .col(text(Approvals::ActionSummary))
        .col(text(Approvals::RiskLevel))
        .col(json_null(Approvals::Arguments))
        .col(text_null(Approvals::ArgumentsSha256))
        .col(text_null(Approvals::CallHash))
        .col(text_null(Approvals::Rule))
        .col(uuid_null(Approvals::RunId))
        .col(uuid_null(Approvals::SessionId))
        .col(uuid_null(Approvals::StepId))
        .col(integer(Approvals::TimeoutSecs))
        .col(big_integer(Approvals::CreatedAt))
        .col(big_integer(Approvals::ExpiresAt))
        .col(big_integer_null(Approvals::DecidedAt))
        .col(text_null(Approvals::DecidedBy))
        .col(text_null(Approvals::Reason))
        .col(text_null(Approvals::Remember))
        .col(json_null(Approvals::NewArguments))
        .col(boolean(Approvals::Applied))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        Index::create()
            .name("approvals_due")
            .table(Approvals::Table)
            .col(Approvals::ExpiresAt)
            .cond_where(Expr::col(Approvals::Status).eq("pending"))
            .to_owned(),
        Index::create()
            .name("approvals_agent")
            .table(Approvals::Table)
            .col(Approvals::AgentId)
            .col(Approvals::Status)
            .col(Approvals::Id)
            .to_owned(),
        Index::create()
            .name("approvals_status")
            .table(Approvals::Table)
            .col(Approvals::Status)
            .col(Approvals::Id)
            .to_owned(),
        Index::create()
            .name("approvals_run")
            .table(Approvals::Table)
            .col(Approvals::RunId)
            .cond_where(Expr::col(Approvals::RunId).is_not_null())
            .to_owned(),
        Index::create()
            .name("approvals_remembered")
            .table(Approvals::Table)
            .col(Approvals::CallHash)
            .cond_where(Expr::col(Approvals::Remember).is_not_null())
            .to_owned(),
    ]
}

#[derive(DeriveIden)]
enum Approvals {
    Table,
    Id,
    Kind,
    Status,
    AgentId,
    AgentName,
    ToolName,
    Description,
    ActionSummary,
    RiskLevel,
    Arguments,
    ArgumentsSha256,
    CallHash,
    Rule,
    RunId,
    SessionId,
    StepId,
    TimeoutSecs,
    CreatedAt,
    ExpiresAt,
    DecidedAt,
    DecidedBy,
    Reason,
    Remember,
    NewArguments,
    Applied,
}

#[derive(DeriveIden)]
enum Settings {
    Table,
    Name,
    Value,
    UpdatedBy,
    UpdatedAt,
}
