//! Agents: named workers made of a manifest, with a workspace, sessions and memory.

pub mod capabilities;
pub mod manifest;
