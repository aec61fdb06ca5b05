//! The database: pools, transactions, dialect differences. SQLite (embedded, default) and Postgres behind one face.
