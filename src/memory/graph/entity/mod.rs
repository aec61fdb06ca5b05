//! Tables of the graph.

pub mod entities;
pub mod names;
pub mod relations;
pub mod scope;
