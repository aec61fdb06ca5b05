//! Opens the pools. What SQLite and Postgres need before the first query stands here and nowhere else.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

use super::Db;

/// Readers beside the one SQLite writer; more gain nothing on two to four cores.
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the data lives. Never shown: a Postgres address may hold a password.
#[derive(Clone)]
pub enum DbUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

impl DbUrl {
    /// `sqlite://path`, `sqlite:path`, `postgres://…` or `postgresql://…`.
    pub fn parse(url: &str) -> Result<Self, String> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
        match path.map(|p| p.split('?').next().unwrap_or(p)) {
            Some(path) if !path.is_empty() && path != ":memory:" => Ok(Self::Sqlite(path.into())),
            _ => Err("expected sqlite://PATH, postgres://… or postgresql://…".into()),
        }
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("the database folder {0} cannot be used: {1}")]
    Folder(PathBuf, std::io::Error),
    #[error("{0} is used by another openfang process; stop it first, or give this one a data_dir of its own")]
    InUse(PathBuf),
    #[error("{0} holds data but was not written by openfang, so it is left alone; set database.url to another file")]
    Foreign(PathBuf),
    #[error(
        "{0} was written by a newer openfang (migration {1}); install that version or restore the backup beside it"
    )]
    Newer(String, String),
    #[error("the backup before migrating to {0} failed: {1}")]
    Backup(PathBuf, DbErr),
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Db {
    /// Opens the pools; migrations are a separate step.
    pub async fn connect(url: &DbUrl) -> Result<Self, ConnectError> {
        let statements = Arc::new(AtomicU64::new(0));
        let (mut write, mut read, lock) = match url {
            DbUrl::Sqlite(path) => {
                let lock = prepare_file(path)?;
                let write = Database::connect(sqlite_options(path, 1, false)).await?;
                let read = Database::connect(sqlite_options(path, SQLITE_READERS, true)).await?;
                (write, read, Some(Arc::new(lock)))
            }
            DbUrl::Postgres(url) => {
                let mut options = ConnectOptions::new(url);
                options.max_connections(POSTGRES_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
                let pool = Database::connect(options).await?;
                (pool.clone(), pool, None)
            }
        };
        count_statements(&mut write, &statements);
        count_statements(&mut read, &statements);
        Ok(Self { write, read, statements, lock })
    }
}

fn count_statements(connection: &mut DatabaseConnection, counter: &Arc<AtomicU64>) {
    let counter = counter.clone();
    connection.set_metric_callback(move |info| {
        counter.fetch_add(1, Ordering::Relaxed);
        metrics::histogram!("openfang_db_query_duration_seconds").record(info.elapsed.as_secs_f64());
    });
}

fn sqlite_options(path: &Path, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(format!("sqlite://{}", path.display()));
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(move |o| {
            o.create_if_missing(!read_only)
                .read_only(read_only)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "NORMAL")
                .pragma("temp_store", "MEMORY")
                .statement_cache_capacity(256)
        });
    options
}

/// Makes folder and file readable by the owner only, and takes the lock that keeps a second process out.
fn prepare_file(path: &Path) -> Result<File, ConnectError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let fail = |e| ConnectError::Folder(folder.to_owned(), e);
    std::fs::create_dir_all(folder).map_err(fail)?;
    private_file(path).map_err(fail)?;
    let lock = private_file(&path.with_extension("lock")).map_err(fail)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(ConnectError::InUse(path.to_owned())),
        Err(TryLockError::Error(e)) => Err(fail(e)),
    }
}

fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
