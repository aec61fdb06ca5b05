//! The folder of an uninstalled agent, until it is removed: a server that dies in between finishes it after the next start.

use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_140000_erased_folders"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new(Agents::ErasedFolder).text().to_owned();
        manager.alter_table(Table::alter().table(Agents::Table).add_column(column).to_owned()).await?;
        let index = Index::create()
            .name("agents_erased_folder")
            .table(Agents::Table)
            .col(Agents::Id)
            .cond_where(Expr::col(Agents::ErasedFolder).is_not_null())
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("agents_erased_folder").table(Agents::Table).to_owned()).await?;
        manager.alter_table(Table::alter().table(Agents::Table).drop_column(Agents::ErasedFolder).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Agents {
    Table,
    Id,
    ErasedFolder,
}
