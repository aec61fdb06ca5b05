//! The engine: run queue, turn loop, policy and tools. It knows services and events, never HTTP.

pub mod content;
pub mod context;
pub mod engine;
pub mod event;
pub mod loop_guard;
pub mod next;
mod nul;
pub mod policy;
pub mod retry;
pub mod routing;
pub mod tools;
pub mod transcript;
