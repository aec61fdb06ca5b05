//! Tables of the server itself: keys and logins, audit entries, stored answers, running servers.

use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary_null, boolean, integer, integer_null, text, text_null, uuid, uuid_null,
};
use sea_orm_migration::{
    async_trait,
    prelude::{
        ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager, Table,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 6] = ["replicas", "idempotency_keys", "audit_entries", "login_failures", "logins", "api_keys"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        credentials(manager).await?;
        records(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn credentials(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut keys = Table::create();
    keys.table("api_keys").col(uuid("id").primary_key()).col(text("name")).col(text("prefix")).col(text("key_hash"));
    keys.col(text_null("previous_hash"))
        .col(big_integer_null("previous_valid_until"))
        .col(text_null("role"))
        .col(text("scopes"));
    keys.col(integer_null("quota_per_hour"))
        .col(integer_null("burst"))
        .col(big_integer_null("expires_at"))
        .col(big_integer_null("revoked_at"));
    keys.col(big_integer_null("last_used_at")).col(text_null("last_used_ip")).col(text("created_by"));
    keys.col(big_integer("created_at")).col(big_integer("updated_at"));
    manager.create_table(keys).await?;
    let by_hash = Index::create().name("api_keys_key_hash").table("api_keys").col("key_hash").unique().to_owned();
    manager.create_index(by_hash).await?;
    let by_previous = Index::create().name("api_keys_previous_hash").table("api_keys").col("previous_hash").to_owned();
    manager.create_index(by_previous).await?;
    let mut names = Index::create();
    names.name("api_keys_name").table("api_keys").col("name").unique();
    manager.create_index(names.and_where(Expr::col("revoked_at").is_null()).to_owned()).await?;

    let mut logins = Table::create();
    logins.table("logins").col(uuid("id").primary_key()).col(text("token_hash").unique_key()).col(text("username"));
    logins.col(text("password_mark")).col(text("ip")).col(big_integer("created_at")).col(big_integer("expires_at"));
    manager.create_table(logins).await?;

    let mut failures = Table::create();
    failures
        .table("login_failures")
        .col(uuid("id").primary_key())
        .col(text("ip"))
        .col(text("username"))
        .col(big_integer("at"));
    manager.create_table(failures).await?;
    let recent = Index::create()
        .name("login_failures_recent")
        .table("login_failures")
        .col("ip")
        .col("username")
        .col("at")
        .to_owned();
    manager.create_index(recent).await
}

async fn records(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut audit = Table::create();
    audit.table("audit_entries").col(uuid("id").primary_key()).col(big_integer("at")).col(uuid_null("request_id"));
    audit
        .col(text("operation_id"))
        .col(text_null("caller_kind"))
        .col(uuid_null("caller_id"))
        .col(text_null("caller_name"));
    audit.col(text_null("ip")).col(text("target")).col(integer("status"));
    manager.create_table(audit).await?;

    let mut answers = Table::create();
    answers.table("idempotency_keys").col(text("id").primary_key()).col(text("body_hash")).col(uuid("boot_id"));
    answers.col(integer_null("status")).col(text_null("headers")).col(binary_null("body"));
    answers.col(big_integer("created_at")).col(big_integer("expires_at"));
    manager.create_table(answers).await?;
    let expiry = Index::create().name("idempotency_keys_expiry").table("idempotency_keys").col("expires_at").to_owned();
    manager.create_index(expiry).await?;

    let mut replicas = Table::create();
    replicas.table("replicas").col(uuid("id").primary_key()).col(text("version")).col(text_null("address"));
    replicas.col(big_integer("started_at")).col(big_integer("last_seen")).col(big_integer_null("stopped_at"));
    // True when it was found dead instead of having said goodbye.
    replicas.col(boolean("unclean"));
    manager.create_table(replicas).await
}
