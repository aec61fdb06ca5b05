//! Every table of the product, one file per category. Migrations run in a transaction on both databases.

use sea_orm_migration::MigrationTrait;
pub use sea_orm_migration::MigratorTrait;

mod m20261124_100000_server;
mod m20261124_110000_agents;
mod m20261124_110100_sessions;
mod m20261124_110200_runs;
mod m20261124_110300_usage;
mod m20261124_110400_artifacts;
mod m20261124_120000_agent_search;
mod m20261124_120000_secrets;
mod m20261124_130000_run_retention;
mod m20261124_140000_erased_folders;
mod m20261124_140000_processes;
mod m20261125_100000_memory;
mod m20261125_100100_graph;
mod m20261125_110000_budgets;
mod m20261125_120000_approvals;

pub struct Migrator;

#[sea_orm_migration::async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_100000_server::Migration),
            Box::new(m20261124_110000_agents::Migration),
            Box::new(m20261124_110100_sessions::Migration),
            Box::new(m20261124_110200_runs::Migration),
            Box::new(m20261124_110300_usage::Migration),
            Box::new(m20261124_110400_artifacts::Migration),
            Box::new(m20261124_120000_agent_search::Migration),
            Box::new(m20261124_120000_secrets::Migration),
            Box::new(m20261124_130000_run_retention::Migration),
            Box::new(m20261124_140000_processes::Migration),
            Box::new(m20261125_100000_memory::Migration),
            Box::new(m20261124_140000_erased_folders::Migration),
            Box::new(m20261125_100100_graph::Migration),
            Box::new(m20261125_110000_budgets::Migration),
            Box::new(m20261125_120000_approvals::Migration),
        ]
    }
}
