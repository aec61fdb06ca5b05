//! Every table of the product, one file per category. Migrations run in a transaction on both databases.

use sea_orm_migration::MigrationTrait;
pub use sea_orm_migration::MigratorTrait;

pub struct Migrator;

#[sea_orm_migration::async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![]
    }
}
