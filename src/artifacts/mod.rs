//! Artifacts: long tool results kept whole, content addressed, owned by the session.

mod entity;
pub mod service;

pub use entity::Model as ArtifactRow;
