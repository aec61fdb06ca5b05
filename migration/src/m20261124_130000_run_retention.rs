//! When the events of an ended run were cut down to those that a replay needs, and which runs still wait for it.

use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_130000_run_retention"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new(Runs::TrimmedAt).big_integer().to_owned();
        manager.alter_table(Table::alter().table(Runs::Table).add_column(column).to_owned()).await?;
        let waiting = Expr::col(Runs::EndedAt).is_not_null().and(Expr::col(Runs::TrimmedAt).is_null());
        let index =
            Index::create().name("runs_untrimmed").table(Runs::Table).col(Runs::EndedAt).cond_where(waiting).to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("runs_untrimmed").table(Runs::Table).to_owned()).await?;
        manager.alter_table(Table::alter().table(Runs::Table).drop_column(Runs::TrimmedAt).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Runs {
    Table,
    EndedAt,
    TrimmedAt,
}
