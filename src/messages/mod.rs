//! Messages: the append-only history of sessions, and the ways to speak to an agent.

mod blocks;
mod entity;
pub mod service;

pub use blocks::{Block, Blocks, MessageFlag, MessageFlags, MessageRole};
pub use entity::Model as MessageRow;
