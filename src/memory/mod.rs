//! What agents remember: key-values, semantic memories, and one knowledge graph for the whole server.

pub mod graph;
pub mod kv;
pub mod person;
pub mod recall;
pub mod semantic;
pub mod transfer;
pub mod upkeep;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use utoipa_axum::router::OpenApiRouter;

use crate::{app::AppState, caller::Caller};

/// The routes of all stores.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().merge(graph::router()).merge(kv::router()).merge(semantic::router()).merge(transfer::router())
}

/// Ids of the agents that are not terminated.
fn live_agents() -> SelectStatement {
    Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("agents"))
        .and_where(Expr::col(Alias::new("terminated_at")).is_null())
        .to_owned()
}

/// How this caller names people.
fn naming(app: &AppState, caller: &Caller) -> person::Naming {
    person::Naming { owner: caller.owner(), login: app.config.auth.username.clone() }
}
