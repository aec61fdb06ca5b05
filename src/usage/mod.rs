//! Usage: what model calls took and cost, one row each, and the sums over them.

pub mod calendar;
mod charge_entity;
mod entity;
mod export;
mod routes;
pub mod schema;
pub mod service;
pub(crate) mod views;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use calendar::{Calendar, Span};
pub use charge_entity::Model as ChargeRow;
pub use entity::Model as UsageRow;
pub use routes::router;

use crate::ids::Id;

/// Stands for the key of the configuration, which has no row.
pub const ROOT_KEY: Id = Id(uuid::Uuid::max());
/// Its name on the wire.
pub const ROOT: &str = "root";

/// What a model call was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum UsagePurpose {
    /// A turn of an agent, closing and repair calls included.
    Turn,
    Compaction,
    Embedding,
    Test,
    Routing,
    Other,
}

/// How a model call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum UsageStatus {
    Ok,
    Error,
    Cancelled,
    /// The server stopped in the middle.
    Interrupted,
    /// A limit did not let it happen.
    BudgetRefused,
}

/// Kind of thing that a call is charged to as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ChargeScope {
    Agent,
    Run,
}
