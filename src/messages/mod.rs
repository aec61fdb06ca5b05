//! Messages: the append-only history of sessions, and the ways to speak to an agent.

mod blocks;
mod commands;
mod entity;
mod errors;
mod intake;
mod reply;
mod routes;
pub mod schema;
pub mod service;
pub mod views;
mod ws;

pub use blocks::{Block, Blocks, MessageFlag, MessageFlags, MessageRole};
pub use entity::Model as MessageRow;
pub use errors::{StartErrors, WorkErrors};
pub use intake::Intake;
pub use routes::router;
pub use ws::{ClientFrame, ServerFrame};
