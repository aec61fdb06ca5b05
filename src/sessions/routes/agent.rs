//! Handlers that read the sessions of one agent.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use super::{ConversationView, conversation, page};
use crate::{
    agents, any_case,
    app::AppState,
    caller::Caller,
    error::Result,
    http::{
        extract::{PathParams, PathText, ValidQuery},
        respond::ErrorBody,
    },
    ids::Id,
    page::ListParams,
    runtime::engine,
    sessions::{
        SessionKind,
        schema::{ContextReport, Conversation, Session, SessionList},
        service::{self, Described, SessionFilter, Which},
    },
};

/// Filter of the sessions of one agent.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AgentSessionsFilter {
    /// What kind of conversation.
    #[serde(deserialize_with = "any_case::maybe")]
    kind: Option<SessionKind>,
    /// The whole label.
    #[validate(length(max = 128))]
    #[param(max_length = 128)]
    label: Option<String>,
}

/// Which session of the agent.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct SessionRef {
    /// Another session of this agent than the caller's active one.
    session_id: Option<Id>,
}

/// Get the active session
///
/// The session that the caller's next message goes to, or another one of this agent, with its conversation, folded for
/// display. 404 before the caller's first message.
#[utoipa::path(get, path = "/api/agents/{id}/session", tag = "sessions",
    params(("id" = String, Path, description = "Id or name of the agent"), ConversationView, SessionRef),
    security(("api_key" = ["messages:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The session and its messages", body = Conversation),
        (status = 404, description = "`agent_not_found`, `session_not_found`", body = ErrorBody)))]
pub async fn get_agent_session(
    State(app): State<AppState>,
    caller: Caller,
    PathText(agent): PathText,
    ValidQuery(view): ValidQuery<ConversationView>,
    ValidQuery(which): ValidQuery<SessionRef>,
) -> Result<Json<Conversation>> {
    let agent = agents::service::find_ref(app.db.read(), &agent).await?;
    let described = chosen(&app, &agent, &caller, which.session_id).await?;
    conversation(&app, Some(&agent), described, view).await.map(Json)
}

/// The named session of this agent, or the caller's active one.
async fn chosen(app: &AppState, agent: &agents::AgentRow, caller: &Caller, session: Option<Id>) -> Result<Described> {
    let key = engine::active_key(agent, caller);
    let which = session.map_or(Which::Key(&key), Which::Id);
    service::describe(app.db.read(), Some(agent.id), which).await
}

/// List the sessions of an agent
///
/// Latest activity first.
#[utoipa::path(get, path = "/api/agents/{id}/sessions", tag = "sessions",
    params(("id" = String, Path, description = "Id or name of the agent"), ListParams, AgentSessionsFilter),
    security(("api_key" = ["messages:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of sessions", body = SessionList),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn list_agent_sessions(
    State(app): State<AppState>,
    PathText(agent): PathText,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(filter): ValidQuery<AgentSessionsFilter>,
) -> Result<Json<SessionList>> {
    let agent = agents::service::find_ref(app.db.read(), &agent).await?;
    let filter =
        SessionFilter { agent: Some(agent.id), kind: filter.kind, label: filter.label, ..SessionFilter::default() };
    Ok(Json(page(service::list(app.db.read(), &filter, &params).await?)))
}

/// Find a session by its label
///
/// The agent's session with exactly this label.
#[utoipa::path(get, path = "/api/agents/{id}/sessions/by-label/{label}", tag = "sessions",
    params(("id" = String, Path, description = "Id or name of the agent"), ("label" = String, Path, description = "The label")),
    security(("api_key" = ["messages:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The session", body = Session),
        (status = 404, description = "`agent_not_found`, `session_not_found`", body = ErrorBody)))]
pub async fn find_session_by_label(
    State(app): State<AppState>,
    PathParams((agent, label)): PathParams<(String, String)>,
) -> Result<Json<Session>> {
    let agent = agents::service::find_ref(app.db.read(), &agent).await?;
    let session = service::find_by_label(app.db.read(), agent.id, &label).await?;
    Ok(Json(service::describe(app.db.read(), None, Which::Id(session.id)).await?.into()))
}

/// How full the context is
///
/// What the next call of the model would send, and where it goes.
#[utoipa::path(get, path = "/api/agents/{id}/session/context", tag = "sessions",
    params(("id" = String, Path, description = "Id or name of the agent"), SessionRef),
    security(("api_key" = ["messages:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The report", body = ContextReport),
        (status = 404, description = "`agent_not_found`, `session_not_found`", body = ErrorBody)))]
pub async fn get_agent_context(
    State(app): State<AppState>,
    caller: Caller,
    PathText(agent): PathText,
    ValidQuery(which): ValidQuery<SessionRef>,
) -> Result<Json<ContextReport>> {
    let agent = agents::service::find_ref(app.db.read(), &agent).await?;
    let described = chosen(&app, &agent, &caller, which.session_id).await?;
    let facts = app.engine.context_facts(&agent, &caller, described.session.id).await?;
    Ok(Json(ContextReport::new(&described, facts)))
}
