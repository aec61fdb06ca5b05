//! Handlers that create, switch, name and erase sessions. Runs of a session are cancelled before it is erased.

use axum::{Json, extract::State};
use serde_json::json;

use crate::{
    agents,
    app::AppState,
    caller::Caller,
    error::Result,
    http::{
        extract::{PathId, PathParams, PathText, ValidJson},
        respond::{Created, ErrorBody},
    },
    ids::Id,
    runtime::engine,
    sessions::{
        SessionKind,
        reset::{announce, may_change, needs_agents_write, reset},
        schema::{
            CreateSession, HistoryCleared, ResetSession, Session, SessionDeleted, SessionLabelSet, SessionReset,
            SessionSwitched, SetSessionLabel,
        },
        service::{self, NewSession, Which},
    },
    time::Ts,
};

/// Create a session
///
/// It becomes the caller's active one unless `activate` is false. Runs already queued stay in their session.
#[utoipa::path(post, path = "/api/agents/{id}/sessions", tag = "sessions",
    params(("id" = String, Path, description = "Id or name of the agent")), request_body = CreateSession,
    security(("api_key" = ["messages:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 201, description = "The session", body = Session),
        (status = 404, description = "`agent_not_found`", body = ErrorBody),
        (status = 409, description = "`session_label_taken`", body = ErrorBody)))]
pub async fn create_agent_session(
    State(app): State<AppState>,
    caller: Caller,
    PathText(agent): PathText,
    ValidJson(body): ValidJson<CreateSession>,
) -> Result<Created<Session>> {
    let agent = agents::service::find_ref(app.db.read(), &agent).await?;
    let new = NewSession {
        agent_id: agent.id,
        owner: engine::active_key(&agent, &caller),
        kind: SessionKind::Main,
        conversation: None,
        label: service::check_label(body.label.as_deref())?,
        activate: body.activate,
    };
    let made = service::create(&app.db, new, Ts::now()).await?;
    announce(&app, "session.created", &made.session);
    Ok(Created { location: made.session.path(), body: made.into() })
}

/// Switch to a session
///
/// Its owner's next message goes there.
#[utoipa::path(post, path = "/api/agents/{id}/sessions/{session_id}/switch", tag = "sessions",
    params(("id" = String, Path, description = "Id or name of the agent"), ("session_id" = Id, Path, description = "The session")),
    security(("api_key" = ["messages:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The session is active", body = SessionSwitched),
        (status = 404, description = "`agent_not_found`, `session_not_found`", body = ErrorBody)))]
pub async fn switch_agent_session(
    State(app): State<AppState>,
    caller: Caller,
    PathParams((agent, session)): PathParams<(String, String)>,
) -> Result<Json<SessionSwitched>> {
    let session = Id::parse(&session)?;
    let agent = agents::service::find_ref(app.db.read(), &agent).await?;
    may_change(&caller, &service::find_of_agent(app.db.read(), agent.id, session).await?)?;
    let (row, answer) = service::switch(&app.db, agent.id, session, Ts::now()).await?;
    announce(&app, "session.switched", &row);
    Ok(Json(answer))
}

/// Start over
///
/// A fresh session takes the place of the active one. Its running and queued runs are cancelled; it stays readable unless
/// `delete_old` is set. Budgets and quotas are untouched.
#[utoipa::path(post, path = "/api/agents/{id}/session/reset", tag = "sessions",
    params(("id" = String, Path, description = "Id or name of the agent")), request_body = ResetSession,
    security(("api_key" = ["messages:write"])), extensions(("x-cost" = json!(5)), ("x-long-running" = json!(true))),
    responses((status = 200, description = "The fresh session", body = SessionReset),
        (status = 404, description = "`agent_not_found`, `session_not_found`", body = ErrorBody)))]
pub async fn reset_agent_session(
    State(app): State<AppState>,
    caller: Caller,
    PathText(agent): PathText,
    ValidJson(body): ValidJson<ResetSession>,
) -> Result<Json<SessionReset>> {
    let agent = agents::service::find_ref(app.db.read(), &agent).await?;
    let key = engine::active_key(&agent, &caller);
    let which = body.session_id.map_or(Which::Key(&key), Which::Id);
    let old = service::describe(app.db.read(), Some(agent.id), which).await?.session;
    reset(&app, &caller, old, body.delete_old).await.map(Json)
}

/// Clear the history of an agent
///
/// Erases all its sessions and messages; runs are cancelled first. Memories and usage stay.
#[utoipa::path(delete, path = "/api/agents/{id}/history", tag = "sessions",
    params(("id" = String, Path, description = "Id or name of the agent")),
    security(("api_key" = ["messages:write"])), extensions(("x-cost" = json!(10)), ("x-long-running" = json!(true))),
    responses((status = 200, description = "Erased", body = HistoryCleared),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn clear_agent_history(
    State(app): State<AppState>,
    caller: Caller,
    PathText(agent): PathText,
) -> Result<Json<HistoryCleared>> {
    let agent = agents::service::find_ref(app.db.read(), &agent).await?;
    if service::any_of_others(app.db.read(), agent.id, |owner| engine::owns(&caller, owner)).await? {
        needs_agents_write(&caller)?;
    }
    app.engine.cancel_agent(agent.id, None, Some(engine::SESSION_DELETED), &caller.label()).await?;
    let key = engine::active_key(&agent, &caller);
    let (erased, fresh) = app.engine.clear_sessions(agent.id, &key).await?;
    for id in &erased {
        app.events.publish("session.deleted", json!({"agent_id": agent.id, "session_id": id}));
    }
    Ok(Json(HistoryCleared {
        status: "ok".into(),
        message: format!("{} sessions were erased", erased.len()),
        agent_id: agent.id,
        sessions_deleted: i64::try_from(erased.len()).unwrap_or(i64::MAX),
        new_session_id: fresh.id,
    }))
}

/// Delete a session
///
/// With its messages and all that was said in its runs. Its usage stays.
#[utoipa::path(delete, path = "/api/sessions/{id}", tag = "sessions", params(("id" = Id, Path, description = "The session")),
    security(("api_key" = ["messages:write"])), extensions(("x-cost" = json!(5)), ("x-long-running" = json!(true))),
    responses((status = 200, description = "Erased", body = SessionDeleted),
        (status = 404, description = "`session_not_found`", body = ErrorBody)))]
pub async fn delete_session(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<SessionDeleted>> {
    may_change(&caller, &service::get(app.db.read(), id).await?)?;
    app.engine.cancel_session(id, Some(engine::SESSION_DELETED), &caller.label()).await?;
    let (old, fresh) = app.engine.delete_session(id).await?;
    announce(&app, "session.deleted", &old);
    Ok(Json(SessionDeleted {
        status: "deleted".into(),
        session_id: id,
        id,
        agent_id: old.agent_id,
        new_session_id: fresh.map(|row| row.id),
    }))
}

/// Name a session
#[utoipa::path(put, path = "/api/sessions/{id}/label", tag = "sessions", params(("id" = Id, Path, description = "The session")),
    request_body = SetSessionLabel, security(("api_key" = ["messages:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The label is set", body = SessionLabelSet),
        (status = 404, description = "`session_not_found`", body = ErrorBody),
        (status = 409, description = "`session_label_taken`", body = ErrorBody)))]
pub async fn set_session_label(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId,
    ValidJson(body): ValidJson<SetSessionLabel>,
) -> Result<Json<SessionLabelSet>> {
    let label = service::check_label(body.label.as_deref())?;
    may_change(&caller, &service::get(app.db.read(), id).await?)?;
    let row = service::set_label(&app.db, id, label.as_deref(), Ts::now()).await?;
    Ok(Json(SessionLabelSet { status: "updated".into(), session_id: id, id, label: row.label }))
}
