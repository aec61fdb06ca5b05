//! Handlers of the knowledge graph.

mod entities;
mod query;
mod relations;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{agents, app::AppState, error::Result, ids::Id, memory::graph::GraphScope};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(entities::list_entities, entities::create_entity))
        .routes(routes!(entities::get_entity, entities::update_entity, entities::delete_entity))
        .routes(routes!(relations::list_relations, relations::create_relation))
        .routes(routes!(relations::get_relation, relations::delete_relation))
        .routes(routes!(query::query_graph))
}

/// The agent that a request names.
async fn agent(app: &AppState, text: Option<&str>) -> Result<Option<Id>> {
    match text {
        Some(text) => Ok(Some(agents::service::find_ref(app.db.read(), text).await?.id)),
        None => Ok(None),
    }
}

/// Says that the graph changed, after commit.
fn announce(app: &AppState, scope: GraphScope, operation: &str, id: &str) {
    app.events.publish("graph.changed", serde_json::json!({"scope": scope, "operation": operation, "ids": [id]}));
}
