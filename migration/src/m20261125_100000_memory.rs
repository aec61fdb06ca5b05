//! Key-values and semantic memories of agents, and the index of the words of the latter: FTS5 in SQLite, a `tsvector` in
//! Postgres. Words are split by the server, so that both find the same.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, binary_null, double, integer, json, text, text_null, uuid, uuid_null},
    sea_orm::DatabaseBackend,
};

use super::m20261124_110000_agents::Agents;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_100000_memory"
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_sqlite = manager.get_database_backend() == DatabaseBackend::Sqlite;
        manager.create_table(kv_pairs(is_sqlite)).await?;
        for (name, column) in [("kv_pairs_agent", KvPairs::AgentId), ("kv_pairs_expiry", KvPairs::ExpiresAt)] {
            manager.create_index(Index::create().name(name).table(KvPairs::Table).col(column).to_owned()).await?;
        }
        manager.create_table(memories()).await?;
        for index in memory_indexes() {
            manager.create_index(index).await?;
        }
        manager.create_table(memory_heads()).await?;
        let statements = if is_sqlite { WORDS_IN_SQLITE } else { WORDS_IN_POSTGRES };
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DatabaseBackend::Sqlite {
            manager.get_connection().execute_unprepared("DROP TABLE memory_words").await?;
        }
        manager.drop_table(Table::drop().table(MemoryHeads::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Memories::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(KvPairs::Table).to_owned()).await
    }
}

/// The index holds no text of its own; the triggers keep it equal to the table. `holder` lets a search skip the words of
/// other agents.
const WORDS_IN_SQLITE: &[&str] = &[
    "CREATE VIRTUAL TABLE memory_words USING fts5(holder, words, content='', contentless_delete=1, detail=column, \
     tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER memories_insert AFTER INSERT ON memories BEGIN \
     INSERT INTO memory_words(rowid, holder, words) VALUES (new.row_no, lower(hex(new.agent_id)), new.words); END",
    "CREATE TRIGGER memories_delete AFTER DELETE ON memories BEGIN \
     DELETE FROM memory_words WHERE rowid = old.row_no; END",
    "CREATE TRIGGER memories_update AFTER UPDATE OF words ON memories BEGIN \
     DELETE FROM memory_words WHERE rowid = old.row_no; \
     INSERT INTO memory_words(rowid, holder, words) VALUES (new.row_no, lower(hex(new.agent_id)), new.words); END",
];

const WORDS_IN_POSTGRES: &[&str] = &[
    "ALTER TABLE memories ADD COLUMN word_vector tsvector \
     GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED",
    "CREATE INDEX memories_words ON memories USING gin (word_vector)",
];

/// Keys sort by their bytes on both databases.
fn kv_pairs(is_sqlite: bool) -> TableCreateStatement {
    let sorted = |mut column: ColumnDef| {
        if !is_sqlite {
            column.extra("COLLATE \"C\"");
        }
        column
    };
    Table::create()
        .table(KvPairs::Table)
        .col(sorted(text(KvPairs::Holder)))
        .col(sorted(text(KvPairs::Key)))
        .col(uuid_null(KvPairs::AgentId))
        .col(text_null(KvPairs::Person))
        .col(text(KvPairs::Value))
        .col(integer(KvPairs::Size))
        .col(big_integer(KvPairs::Version))
        .col(text(KvPairs::WrittenBy))
        .col(big_integer_null(KvPairs::ExpiresAt))
        .col(big_integer(KvPairs::CreatedAt))
        .col(big_integer(KvPairs::UpdatedAt))
        .primary_key(Index::create().col(KvPairs::Holder).col(KvPairs::Key))
        .foreign_key(ForeignKey::create().from(KvPairs::Table, KvPairs::AgentId).to(Agents::Table, Agents::Id))
        .to_owned()
}

fn memories() -> TableCreateStatement {
    Table::create()
        .table(Memories::Table)
        .col(ColumnDef::new(Memories::RowNo).big_integer().not_null().auto_increment().primary_key())
        .col(uuid(Memories::Id).unique_key())
        .col(uuid(Memories::AgentId))
        .col(text(Memories::Person))
        .col(text(Memories::Scope))
        .col(text(Memories::Source))
        .col(text(Memories::Content))
        .col(text(Memories::ContentHash))
        .col(text(Memories::Words))
        .col(double(Memories::Confidence))
        .col(json(Memories::Metadata))
        .col(uuid_null(Memories::SessionId))
        .col(binary_null(Memories::Embedding))
        .col(text_null(Memories::EmbeddingModel))
        .col(big_integer(Memories::Rev))
        .col(big_integer_null(Memories::ExpiresAt))
        .col(big_integer_null(Memories::FadedAt))
        .col(big_integer(Memories::CreatedAt))
        .col(big_integer(Memories::UpdatedAt))
        .col(big_integer(Memories::AccessedAt))
        .col(big_integer(Memories::AccessCount))
        .foreign_key(ForeignKey::create().from(Memories::Table, Memories::AgentId).to(Agents::Table, Agents::Id))
        .to_owned()
}

fn memory_indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &str, columns: &[Memories]| {
        let mut index = Index::create();
        index.name(name).table(Memories::Table);
        for column in columns {
            index.col(*column);
        }
        index
    };
    vec![
        index("memories_rev", &[Memories::AgentId, Memories::Rev]),
        index("memories_newest", &[Memories::AgentId, Memories::RowNo]),
        index("memories_expiry", &[Memories::ExpiresAt]),
        index("memories_model", &[Memories::EmbeddingModel]),
        index("memories_same", &[Memories::AgentId, Memories::Person, Memories::Scope, Memories::ContentHash])
            .unique()
            .to_owned(),
    ]
}

fn memory_heads() -> TableCreateStatement {
    Table::create()
        .table(MemoryHeads::Table)
        .col(uuid(MemoryHeads::AgentId).primary_key())
        .col(big_integer(MemoryHeads::Rev))
        .col(big_integer(MemoryHeads::PurgedRev))
        .col(big_integer_null(MemoryHeads::ConsolidatedAt))
        .foreign_key(ForeignKey::create().from(MemoryHeads::Table, MemoryHeads::AgentId).to(Agents::Table, Agents::Id))
        .to_owned()
}

#[derive(DeriveIden)]
enum KvPairs {
    Table,
    Holder,
    Key,
    AgentId,
    Person,
    Value,
    Size,
    Version,
    WrittenBy,
    ExpiresAt,
    CreatedAt,
    UpdatedAt,
}

#[derive(Clone, Copy, DeriveIden)]
enum Memories {
    Table,
    RowNo,
    Id,
    AgentId,
    Person,
    Scope,
    Source,
    Content,
    ContentHash,
    Words,
    Confidence,
    Metadata,
    SessionId,
    Embedding,
    EmbeddingModel,
    Rev,
    ExpiresAt,
    FadedAt,
    CreatedAt,
    UpdatedAt,
    AccessedAt,
    AccessCount,
}

#[derive(DeriveIden)]
enum MemoryHeads {
    Table,
    AgentId,
    Rev,
    PurgedRev,
    ConsolidatedAt,
}
