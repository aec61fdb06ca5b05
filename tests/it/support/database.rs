//! A database of its own for each test: a SQLite file in the test's folder, or a schema on the Postgres of
//! `TEST_DATABASE_URL`.

use std::path::Path;

use sea_orm::{ConnectionTrait, Database};

/// The address of a fresh, empty database.
pub async fn fresh(folder: &Path) -> String {
    match std::env::var("TEST_DATABASE_URL") {
        Ok(url) if !url.is_empty() => postgres_schema(&url).await,
        _ => format!("sqlite://{}", folder.join("openfang.db").display()),
    }
}

async fn postgres_schema(url: &str) -> String {
    let schema = format!("t_{}", uuid::Uuid::now_v7().simple());
    let admin = Database::connect(url).await.expect("TEST_DATABASE_URL answers");
    admin.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await.expect("a schema for the test");
    admin.close().await.expect("closes");
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-c%20search_path%3D{schema}")
}
