//! Sessions: one conversation each, of one agent with one owner. Runs of a session go strictly one after another.

mod entity;
mod reset;
mod routes;
pub mod schema;
pub mod service;
mod views;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use entity::Model as SessionRow;
pub use reset::{may_cancel, reset};
pub use routes::router;
pub use views::fill;

/// What kind of conversation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    Main,
    Channel,
    Openai,
    Hook,
    Schedule,
    A2a,
    Workflow,
    Agent,
    Trigger,
    Mcp,
}
