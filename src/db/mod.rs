//! The database: pools, transactions, dialect differences. SQLite (embedded, default) and Postgres behind one face.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sea_orm::{
    DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

pub mod batches;
pub mod connect;
pub mod full_text;
pub mod migrate;

pub use connect::{ConnectError, DbUrl};

/// Handle on the database. On SQLite `write` is one connection, so that writers queue instead of colliding, and `read`
/// is a pool of read-only ones beside it; on Postgres both are the same pool.
#[derive(Clone)]
pub struct Db {
    write: DatabaseConnection,
    read: DatabaseConnection,
    statements: Arc<AtomicU64>,
    /// Held while this process lives; proves to the next one that the leases of this one are void.
    lock: Option<Arc<std::fs::File>>,
}

impl Db {
    /// For queries outside a transaction. May lag behind an uncommitted write, never behind a committed one.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// For single writing statements. Never call it while holding a transaction of `begin`: SQLite has one writer.
    pub fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Begins a writing transaction. On SQLite it takes the write lock at once, so it can not fail half-way for want of it.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let sqlite_transaction_mode = self.is_sqlite().then_some(SqliteTransactionMode::Immediate);
        self.write.begin_with_options(TransactionOptions { sqlite_transaction_mode, ..Default::default() }).await
    }

    pub fn backend(&self) -> DatabaseBackend {
        self.write.get_database_backend()
    }

    pub fn is_sqlite(&self) -> bool {
        self.backend() == DatabaseBackend::Sqlite
    }

    pub fn kind(&self) -> &'static str {
        if self.is_sqlite() { "sqlite" } else { "postgres" }
    }

    /// Statements sent so far, BEGIN and COMMIT not counted. For tests that bound the number of queries.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Closes the pools for every clone of this handle, and lets another process have the file.
    pub async fn close(self) -> Result<(), DbErr> {
        if self.is_sqlite() {
            self.read.close().await?;
        }
        self.write.close().await?;
        match self.lock {
            Some(lock) => lock.unlock().map_err(|e| DbErr::Custom(e.to_string())),
            None => Ok(()),
        }
    }
}
