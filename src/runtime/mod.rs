//! The engine: run queue, turn loop, policy and tools. It knows services and events, never HTTP.

pub mod loop_guard;
pub mod policy;
pub mod tools;
