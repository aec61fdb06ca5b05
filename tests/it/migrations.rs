//! Migrations go up, down and up again, and leave the tables that the entities describe.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use migration::{Migrator, MigratorTrait};
use regex::Regex;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use uuid::Uuid;

use crate::support::database;

/// Table → column → whether it takes NULL.
type Tables = BTreeMap<String, BTreeMap<String, bool>>;

#[tokio::test]
async fn migrations_go_up_down_and_up() {
    let folder = tempfile::tempdir().unwrap();
    let url = database::fresh(folder.path()).await;
    let url = if url.starts_with("sqlite") { format!("{url}?mode=rwc") } else { url };
    let db = Database::connect(&url).await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    let first = tables(&db).await;
    Migrator::down(&db, None).await.unwrap();
    assert_eq!(tables(&db).await.keys().collect::<Vec<_>>(), Vec::<&String>::new(), "down leaves nothing");
    Migrator::up(&db, None).await.unwrap();
    assert_eq!(tables(&db).await, first);

    let entities = entities();
    let names = |tables: &Tables| tables.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&entities), names(&first), "each table has an entity");
    for (table, columns) in &entities {
        assert_eq!(columns, &first[table], "{table}: columns, and whether they take NULL");
    }
    every_foreign_key_is_indexed(&db, &first).await;
    db.close().await.unwrap();
}

#[tokio::test]
async fn agents_made_before_there_was_a_search_key_get_one() {
    let folder = tempfile::tempdir().unwrap();
    let url = database::fresh(folder.path()).await;
    let url = if url.starts_with("sqlite") { format!("{url}?mode=rwc") } else { url };
    let db = Database::connect(&url).await.unwrap();
    Migrator::up(&db, Some(6)).await.unwrap();
    // More than a batch, and one without a description.
    for n in 0..502 {
        let description = if n == 501 { "null".to_owned() } else { format!("\"ÄHRE {n} Straße\"") };
        let id = Uuid::from_u128(n + 1);
        let id = if db.get_database_backend() == DbBackend::Sqlite {
            format!("x'{}'", id.simple())
        } else {
            format!("'{id}'")
        };
        let sql = format!(
            "INSERT INTO agents (id, name, name_key, state, mode, stable, manifest, signature_status, \
             manifest_version, files_version, updated_by, workspace, crash_restarts, created_at, updated_at, last_active) \
             VALUES ({id}, 'ÖL {n}', 'öl {n}', 'running', 'full', FALSE, '{{\"description\": {description}}}', 'none', \
             1, 1, 'test', '/w', 0, 0, 0, 0)"
        );
        db.execute_unprepared(&sql).await.unwrap();
    }
    Migrator::up(&db, None).await.unwrap();
    let rows = rows(&db, "SELECT search_key FROM agents ORDER BY id").await;
    let keys: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert_eq!((keys.len(), keys[0].as_str()), (502, "öl 0\nähre 0 strasse"));
    assert_eq!((keys[500].as_str(), keys[501].as_str()), ("öl 500\nähre 500 strasse", "öl 501\n"));
    db.close().await.unwrap();
}

/// What the entities say, read from their source, since they are private to their slices.
fn entities() -> Tables {
    let model = Regex::new(r#"(?s)table_name = "(\w+)".*?pub struct Model \{(.*?)\n\}"#).unwrap();
    let field = Regex::new(r"(?m)^\s+pub (?:r#)?(\w+): (.+),$").unwrap();
    let mut found = Tables::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            for model in model.captures_iter(&text) {
                let columns = field.captures_iter(&model[2]);
                let columns = columns.map(|f| (f[1].to_owned(), f[2].starts_with("Option<"))).collect();
                assert!(found.insert(model[1].to_owned(), columns).is_none(), "{} has one entity", &model[1]);
            }
        }
    }
    assert!(found.len() > 5, "the entities are where the test looks for them");
    found
}

async fn rows(db: &DatabaseConnection, sql: &str) -> Vec<sea_orm::QueryResult> {
    db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap()
}

/// All but the indexes of words, which only the database sees.
async fn tables(db: &DatabaseConnection) -> Tables {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name, c.name, c.\"notnull\" = 0 AND c.pk = 0 FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'memory_words%'"
        }
        _ => {
            "SELECT table_name::text, column_name::text, is_nullable = 'YES' FROM information_schema.columns \
             WHERE table_schema = current_schema() AND data_type <> 'tsvector'"
        }
    };
    let mut found = Tables::new();
    for row in rows(db, sql).await {
        let (table, column): (String, String) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        let nullable: bool = row.try_get_by_index(2).unwrap();
        if table != "seaql_migrations" {
            found.entry(table).or_default().insert(column, nullable);
        }
    }
    found
}

/// Deleting a parent would read the whole child table otherwise.
async fn every_foreign_key_is_indexed(db: &DatabaseConnection, tables: &Tables) {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name, f.\"from\", EXISTS (SELECT 1 FROM pragma_index_list(m.name) l, pragma_index_info(l.name) i \
             WHERE i.seqno = 0 AND i.name = f.\"from\") OR EXISTS (SELECT 1 FROM pragma_table_info(m.name) c \
             WHERE c.pk = 1 AND c.name = f.\"from\") FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' AND f.seq = 0"
        }
        _ => {
            "SELECT c.conrelid::regclass::text, a.attname::text, EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = \
             c.conrelid AND i.indkey[0] = c.conkey[1]) FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = \
             c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace"
        }
    };
    let found = rows(db, sql).await;
    for row in &found {
        let (table, column): (String, String) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        let indexed: bool = row.try_get_by_index(2).unwrap();
        assert!(indexed, "{table}.{column} refers to another table and has no index");
    }
    assert!(!found.is_empty() || tables.len() < 7, "there are foreign keys");
}
