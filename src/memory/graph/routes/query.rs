//! The search handler.

use axum::{Json, extract::State};

use super::agent;
use crate::{
    app::AppState,
    error::{Error, Result},
    http::{extract::ValidJson, respond::ErrorBody},
    memory::graph::{
        schema::{GraphMatch, GraphMatches, QueryGraph},
        service::{self, GraphQuery, Match, View},
    },
};

/// Matches that are shown when nobody says how many.
const LIMIT: usize = 100;

impl From<Match> for GraphMatch {
    fn from(found: Match) -> Self {
        Self {
            source: found.source.into(),
            relation: found.relation.into(),
            target: found.target.into(),
            depth: found.depth,
        }
    }
}

/// Find connections
///
/// From one end: its relations, theirs and so on, breadth first; each relation once, with the depth at which it was first
/// reached. Between two ends: the relations on paths that visit no entity twice. Without an end: all relations, the surest
/// first. `relation` and `min_confidence` hold for every hop. An unknown name finds nothing.
#[utoipa::path(post, path = "/api/memory/graph/query", tag = "memory", request_body = QueryGraph,
    security(("api_key" = ["memory:read"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "What was found", body = GraphMatches),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn query_graph(
    State(app): State<AppState>,
    ValidJson(body): ValidJson<QueryGraph>,
) -> Result<Json<GraphMatches>> {
    let max_depth = body.max_depth.unwrap_or(1);
    if max_depth > 1 && body.source.is_none() && body.target.is_none() {
        return Err(Error::invalid("max_depth", "needs source or target when it is above 1"));
    }
    let query = GraphQuery {
        view: View { scope: body.scope, agent: agent(&app, body.agent.as_deref()).await? },
        source: body.source,
        target: body.target,
        relation: body.relation.map(|word| word.0),
        max_depth,
        direction: body.direction,
        min_confidence: body.min_confidence.unwrap_or(0.0),
        limit: body.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(LIMIT),
    };
    let found = service::query(app.db.read(), &query).await?;
    Ok(Json(GraphMatches {
        matches: found.matches.into_iter().map(GraphMatch::from).collect(),
        total: i64::try_from(found.total).unwrap_or(i64::MAX),
        truncated: found.truncated,
    }))
}
