//! Limits on money and tokens: what was set over the API, what calls under way may cost at most, what happened, and whom
//! besides its agent a call is charged to. The indexes of `usage` give sums of a time span without reading the rows.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, double_null, integer, text, uuid, uuid_null},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_110000_budgets"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(scopes()).await?;
        manager.create_table(reservations()).await?;
        manager.create_table(events()).await?;
        manager.create_table(charges()).await?;
        let version = integer(Usage::PriceVersion).not_null().default(1).to_owned();
        manager.alter_table(Table::alter().table(Usage::Table).add_column(version).to_owned()).await?;
        for old in ["usage_created", "usage_agent_created"] {
            manager.drop_index(Index::drop().name(old).table(Usage::Table).to_owned()).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["usage_spent", "usage_agent_spent", "usage_key_spent"] {
            manager.drop_index(Index::drop().name(name).table(Usage::Table).to_owned()).await?;
        }
        let created = Index::create().name("usage_created").table(Usage::Table).col(Usage::CreatedAt).to_owned();
        manager.create_index(created).await?;
        let mut of_agent = Index::create().name("usage_agent_created").table(Usage::Table).to_owned();
        manager.create_index(of_agent.col(Usage::AgentId).col(Usage::CreatedAt).to_owned()).await?;
        let version = Table::alter().table(Usage::Table).drop_column(Usage::PriceVersion).to_owned();
        manager.alter_table(version).await?;
        manager.drop_table(Table::drop().table(Charges::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Events::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Reservations::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Scopes::Table).to_owned()).await
    }
}

fn scopes() -> TableCreateStatement {
    Table::create()
        .table(Scopes::Table)
        .col(text(Scopes::Scope))
        .col(uuid(Scopes::ScopeId))
        .col(big_integer_null(Scopes::MaxHourlyMicroUsd))
        .col(big_integer_null(Scopes::MaxDailyMicroUsd))
        .col(big_integer_null(Scopes::MaxMonthlyMicroUsd))
        .col(big_integer_null(Scopes::MaxTokensPerHour))
        .col(double_null(Scopes::AlertThreshold))
        .col(big_integer_null(Scopes::DefaultTokensPerHour))
        .col(big_integer_null(Scopes::UpdatedAt))
        .primary_key(Index::create().col(Scopes::Scope).col(Scopes::ScopeId))
        .to_owned()
}

fn reservations() -> TableCreateStatement {
    Table::create()
        .table(Reservations::Table)
        .col(uuid(Reservations::StepId))
        .col(text(Reservations::Scope))
        .col(uuid(Reservations::ScopeId))
        .col(uuid(Reservations::RunId))
        .col(big_integer(Reservations::MicroUsd))
        .col(big_integer(Reservations::Tokens))
        .col(big_integer(Reservations::CreatedAt))
        .primary_key(Index::create().col(Reservations::StepId).col(Reservations::Scope).col(Reservations::ScopeId))
        .to_owned()
}

fn events() -> TableCreateStatement {
    Table::create()
        .table(Events::Table)
        .col(uuid(Events::Id).primary_key())
        .col(text(Events::Kind))
        .col(text(Events::Scope))
        .col(uuid(Events::ScopeId))
        .col(text(Events::Span))
        .col(big_integer(Events::Instance))
        .col(big_integer(Events::LimitValue))
        .col(big_integer(Events::Spent))
        .col(double_null(Events::Threshold))
        .col(uuid_null(Events::RunId))
        .col(big_integer(Events::CreatedAt))
        .to_owned()
}

fn charges() -> TableCreateStatement {
    Table::create()
        .table(Charges::Table)
        .col(uuid(Charges::UsageId))
        .col(text(Charges::Scope))
        .col(uuid(Charges::ScopeId))
        .col(big_integer(Charges::CostMicroUsd))
        .col(big_integer(Charges::Tokens))
        .col(big_integer(Charges::CreatedAt))
        .primary_key(Index::create().col(Charges::UsageId).col(Charges::Scope).col(Charges::ScopeId))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let amounts = [Usage::CreatedAt, Usage::CostMicroUsd, Usage::InputTokens, Usage::OutputTokens];
    let spent = |name: &str, whose: Option<Usage>| {
        let mut index = Index::create().name(name).table(Usage::Table).to_owned();
        for column in whose.into_iter().chain(amounts) {
            index.col(column);
        }
        index
    };
    let once = Expr::col(Events::Kind).is_in(["warning", "exceeded"]);
    vec![
        spent("usage_spent", None),
        spent("usage_agent_spent", Some(Usage::AgentId)),
        spent("usage_key_spent", Some(Usage::ApiKeyId)),
        Index::create()
            .name("budget_reservations_scope")
            .table(Reservations::Table)
            .col(Reservations::Scope)
            .col(Reservations::ScopeId)
            .to_owned(),
        Index::create()
            .name("budget_events_once")
            .table(Events::Table)
            .col(Events::Kind)
            .col(Events::Scope)
            .col(Events::ScopeId)
            .col(Events::Span)
            .col(Events::Instance)
            .unique()
            .cond_where(once)
            .to_owned(),
        Index::create()
            .name("usage_charges_spent")
            .table(Charges::Table)
            .col(Charges::Scope)
            .col(Charges::ScopeId)
            .col(Charges::CreatedAt)
            .col(Charges::CostMicroUsd)
            .col(Charges::Tokens)
            .to_owned(),
    ]
}

#[derive(Clone, Copy, DeriveIden)]
enum Usage {
    Table,
    AgentId,
    ApiKeyId,
    InputTokens,
    OutputTokens,
    CostMicroUsd,
    PriceVersion,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Scopes {
    #[sea_orm(iden = "budget_scopes")]
    Table,
    Scope,
    ScopeId,
    MaxHourlyMicroUsd,
    MaxDailyMicroUsd,
    MaxMonthlyMicroUsd,
    MaxTokensPerHour,
    AlertThreshold,
    DefaultTokensPerHour,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Reservations {
    #[sea_orm(iden = "budget_reservations")]
    Table,
    StepId,
    Scope,
    ScopeId,
    RunId,
    MicroUsd,
    Tokens,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Events {
    #[sea_orm(iden = "budget_events")]
    Table,
    Id,
    Kind,
    Scope,
    ScopeId,
    Span,
    Instance,
    LimitValue,
    Spent,
    Threshold,
    RunId,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Charges {
    #[sea_orm(iden = "usage_charges")]
    Table,
    UsageId,
    Scope,
    ScopeId,
    CostMicroUsd,
    Tokens,
    CreatedAt,
}
