//! Brings the schema up to date at start: refuses files that are not ours, and copies a SQLite file that holds data first.

use std::path::{Path, PathBuf};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbErr, Statement, TransactionTrait};

use super::{ConnectError, Db, DbUrl};
use crate::time::Ts;

/// Key of the Postgres advisory lock that lets one server at a time migrate ("openfang" in ASCII).
const MIGRATION_LOCK: i64 = 0x6f70_656e_6661_6e67;

/// What a migration run did.
#[derive(Debug, Default)]
pub struct Migrated {
    /// Names of the applied migrations, in order.
    pub applied: Vec<String>,
    /// The copy made before, when a SQLite file already held data.
    pub backup: Option<PathBuf>,
}

/// Applies what is missing.
pub async fn migrate(db: &Db, url: &DbUrl) -> Result<Migrated, ConnectError> {
    match url {
        DbUrl::Sqlite(path) => {
            let fresh = is_fresh(db, path).await?;
            let applied = pending(db, url).await?;
            let backup = if fresh || applied.is_empty() { None } else { Some(backup(db, path).await?) };
            Migrator::up(db.write(), None).await?;
            Ok(Migrated { applied, backup })
        }
        DbUrl::Postgres(_) => {
            let lock = db.write().begin().await?;
            lock.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
            let applied = pending(db, url).await?;
            Migrator::up(db.write(), None).await?;
            lock.commit().await?;
            Ok(Migrated { applied, backup: None })
        }
    }
}

/// Names of the migrations that are due. Fails for a database that is not ours or belongs to a newer version.
pub async fn pending(db: &Db, url: &DbUrl) -> Result<Vec<String>, ConnectError> {
    let name = match url {
        DbUrl::Sqlite(path) if is_fresh(db, path).await? => return Ok(known()),
        DbUrl::Sqlite(path) => path.display().to_string(),
        DbUrl::Postgres(_) => {
            Migrator::install(db.write()).await?;
            "the Postgres database".into()
        }
    };
    let rows =
        db.write().query_all_raw(Statement::from_string(db.backend(), "SELECT version FROM seaql_migrations")).await?;
    let done = rows.iter().map(|r| r.try_get_by_index(0)).collect::<Result<Vec<String>, _>>()?;
    let known = known();
    if let Some(unknown) = done.iter().find(|d| !known.contains(d)) {
        return Err(ConnectError::Newer(name, unknown.clone()));
    }
    Ok(known.into_iter().filter(|k| !done.contains(k)).collect())
}

fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|m| m.name().to_owned()).collect()
}

/// A file without tables is fresh; one with tables but without our list of migrations belongs to somebody else.
async fn is_fresh(db: &Db, path: &Path) -> Result<bool, ConnectError> {
    let sql = "SELECT COUNT(*), COALESCE(SUM(name = 'seaql_migrations'), 0) FROM sqlite_master WHERE type = 'table'";
    let row = db.write().query_one_raw(Statement::from_string(db.backend(), sql)).await?;
    let row = row.ok_or_else(|| DbErr::Custom("sqlite_master gave no row".into()))?;
    let (tables, ours): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    match (tables, ours) {
        (0, _) => Ok(true),
        (_, 0) => Err(ConnectError::Foreign(path.to_owned())),
        _ => Ok(false),
    }
}

async fn backup(db: &Db, path: &Path) -> Result<PathBuf, ConnectError> {
    let stamp = Ts::now().to_string().replace([':', '.'], "-");
    let target = path.with_extension(format!("before-migration-{stamp}.db"));
    let quoted = target.display().to_string().replace('\'', "''");
    db.write()
        .execute_unprepared(&format!("VACUUM INTO '{quoted}'"))
        .await
        .map_err(|e| ConnectError::Backup(target.clone(), e))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o600))
            .map_err(|e| ConnectError::Folder(target.clone(), e))?;
    }
    Ok(target)
}
