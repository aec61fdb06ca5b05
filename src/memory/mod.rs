//! What agents remember: key-values, semantic memories, and one knowledge graph for the whole server.

pub mod graph;

use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;

/// The routes of all stores.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().merge(graph::router())
}
