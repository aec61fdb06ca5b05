//! The text that a search of agents looks in: folded by Rust, since SQLite knows the case of ASCII letters only.

use sea_orm_migration::{prelude::*, sea_orm::prelude::Uuid};

pub struct Migration;

/// Rows that one statement reads.
const BATCH: u64 = 500;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261124_120000_agent_search"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new(Agents::SearchKey).text().not_null().default("").to_owned();
        manager.alter_table(Table::alter().table(Agents::Table).add_column(column).to_owned()).await?;
        fill(manager.get_connection()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(Agents::Table).drop_column(Agents::SearchKey).to_owned()).await
    }
}

async fn fill(db: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let mut last = Uuid::nil();
    loop {
        let batch = Query::select()
            .columns([Agents::Id, Agents::Name])
            .expr(Expr::cust(r#"COALESCE("agents"."manifest" ->> 'description', '')"#))
            .from(Agents::Table)
            .and_where(Expr::col(Agents::Id).gt(last))
            .order_by(Agents::Id, Order::Asc)
            .limit(BATCH)
            .to_owned();
        let rows = db.query_all(&batch).await?;
        for row in &rows {
            let (name, description): (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            last = row.try_get_by_index(0)?;
            let update = Query::update()
                .table(Agents::Table)
                .value(Agents::SearchKey, search_key(&name, &description))
                .and_where(Expr::col(Agents::Id).eq(last))
                .to_owned();
            db.execute(&update).await?;
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}

/// As the server wrote it when this migration was new. A later rule takes a later migration.
fn search_key(name: &str, description: &str) -> String {
    let text = format!("{name}\n{description}");
    let fold = |c: char| c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    text.chars().flat_map(fold).collect()
}

#[derive(DeriveIden)]
enum Agents {
    Table,
    Id,
    Name,
    SearchKey,
}
