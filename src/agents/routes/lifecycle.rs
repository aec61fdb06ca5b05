//! Starting, suspending, stopping and uninstalling agents.

use axum::{Json, extract::State};
use serde_json::json;

use super::announce;
use crate::{
    agents::{
        AgentState,
        schema::{AgentStopped, AgentTransition, AgentUninstalled, StopAgent, SuspendAgent},
        service::{self, Terminated, Transition},
    },
    app::AppState,
    caller::Caller,
    error::Result,
    http::{
        extract::{PathText, ValidJson},
        respond::ErrorBody,
    },
    ids::Id,
    runs,
    runtime::engine,
    sessions,
};

fn announce_start(app: &AppState, transition: &Transition) {
    let resumed = transition.previous == AgentState::Suspended;
    announce(app, if resumed { "agent.resumed" } else { "agent.started" }, &transition.row);
}

/// Restart an agent
///
/// Running runs end as cancelled, queued ones start afterwards, sessions stay. A crash and its counters are forgotten.
#[utoipa::path(post, path = "/api/agents/{id}/restart", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "The agent runs", body = AgentTransition),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn restart_agent(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
) -> Result<Json<AgentTransition>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let cancelled = cancel(&app, &caller, row.id, Cancel::Active, "agent_restarted").await?;
    app.engine.end_processes(row.id).await;
    let (transition, answer) = service::start(&app.db, row.id, "restarted", cancelled).await?;
    announce_start(&app, &transition);
    app.engine.resume();
    Ok(Json(answer))
}

/// Start an agent
///
/// Does nothing to an agent that runs.
#[utoipa::path(post, path = "/api/agents/{id}/start", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "The agent runs", body = AgentTransition),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn start_agent(State(app): State<AppState>, PathText(id): PathText) -> Result<Json<AgentTransition>> {
    start(&app, &id, "started").await
}

/// Activate an agent
///
/// Same as `start_agent`.
#[utoipa::path(post, path = "/api/agents/{id}/activate", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "The agent runs", body = AgentTransition),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn activate_agent(State(app): State<AppState>, PathText(id): PathText) -> Result<Json<AgentTransition>> {
    start(&app, &id, "activated").await
}

async fn start(app: &AppState, id: &str, status: &str) -> Result<Json<AgentTransition>> {
    let row = service::find_ref(app.db.read(), id).await?;
    let (transition, answer) = service::start(&app.db, row.id, status, vec![]).await?;
    if transition.previous != AgentState::Running {
        announce_start(app, &transition);
        app.engine.resume();
    }
    Ok(Json(answer))
}

/// Suspend an agent
///
/// Messages are refused until it is started again. A running run finishes its current step and is parked, unless
/// `cancel_runs` ends it.
#[utoipa::path(post, path = "/api/agents/{id}/suspend", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")), request_body = SuspendAgent,
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "The agent is suspended", body = AgentTransition),
        (status = 404, description = "`agent_not_found`", body = ErrorBody),
        (status = 409, description = "`illegal_transition`", body = ErrorBody)))]
pub async fn suspend_agent(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<SuspendAgent>,
) -> Result<Json<AgentTransition>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let transition = service::suspend(&app.db, row.id).await?;
    if transition.previous == AgentState::Running {
        announce(&app, "agent.suspended", &transition.row);
        app.engine.suspend(row.id);
        app.engine.end_processes(row.id).await;
    }
    let cancelled = match body.cancel_runs {
        true => cancel(&app, &caller, row.id, Cancel::All, "agent_suspended").await?,
        false => vec![],
    };
    Ok(Json(transition.answer("suspended", cancelled)))
}

/// Stop an agent's work
///
/// Cancels running and queued runs and keeps the agent. Text that was produced already is kept. Without the scope
/// `agents:write` only runs of the caller's own sessions are cancelled, and naming another session is refused.
#[utoipa::path(post, path = "/api/agents/{id}/stop", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")), request_body = StopAgent,
    security(("api_key" = ["messages:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "What was cancelled", body = AgentStopped),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn stop_agent(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<StopAgent>,
) -> Result<Json<AgentStopped>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let which = match body.session_id {
        Some(session) => {
            sessions::may_cancel(app.db.read(), &caller, session).await?;
            Cancel::Sessions(vec![session])
        }
        None if caller.scopes.has("agents:write") => Cancel::All,
        None => Cancel::Sessions(own_busy_sessions(&app, &caller, row.id).await?),
    };
    let cancelled = cancel(&app, &caller, row.id, which, "stopped").await?;
    let (status, message) = match cancelled.len() {
        0 => ("ok", format!("Agent '{}' has no work under way", row.name)),
        1 => ("stopped", "1 run was cancelled".to_owned()),
        n => ("stopped", format!("{n} runs were cancelled")),
    };
    Ok(Json(AgentStopped { status: status.into(), message, agent_id: row.id, cancelled_runs: cancelled }))
}

/// Uninstall an agent
///
/// Terminates the agent if it lives, then erases sessions, messages, the texts of its runs and its documents. The
/// workspace folder is removed only if it lies below the workspaces folder inside the server's home and no other agent
/// uses it, not even as a named workspace.
#[utoipa::path(delete, path = "/api/agents/{id}/uninstall", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent; the UUID of a terminated one")),
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "What was erased", body = AgentUninstalled),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn uninstall_agent(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
) -> Result<Json<AgentUninstalled>> {
    let mut row = service::find_ref_or_terminated(app.db.read(), &id).await?;
    if row.terminated_at.is_none() {
        row = terminate(&app, &caller, row.id).await?.0.row;
    }
    let erased = app.engine.erase_agent(row).await?;
    let dir_removed = service::remove_folder(&app.db, &app.rules, &erased).await?;
    Ok(Json(AgentUninstalled {
        status: "uninstalled".into(),
        agent_id: erased.id,
        id: erased.id,
        name: erased.name,
        dir_removed,
    }))
}

/// Ends an agent with its children and all their work. Gives what ended.
pub async fn terminate(app: &AppState, caller: &Caller, id: Id) -> Result<(Terminated, Vec<Id>)> {
    let terminated = service::terminate(&app.db, id).await?;
    let mut cancelled = vec![];
    for agent in std::iter::once(&terminated.row).chain(&terminated.children) {
        cancelled.extend(cancel(app, caller, agent.id, Cancel::All, "agent_terminated").await?);
        app.engine.end_processes(agent.id).await;
        app.events.publish("agent.terminated", json!({"agent_id": agent.id, "name": agent.name}));
    }
    Ok((terminated, cancelled))
}

/// Which runs of an agent are cancelled.
enum Cancel {
    /// Those under way; queued ones stay.
    Active,
    /// All unfinished ones.
    All,
    /// All unfinished ones of these sessions.
    Sessions(Vec<Id>),
}

/// Cancels runs and gives their ids.
async fn cancel(app: &AppState, caller: &Caller, agent: Id, which: Cancel, reason: &str) -> Result<Vec<Id>> {
    let by = caller.label();
    match which {
        Cancel::Active => app.engine.cancel_active(agent, Some(reason), &by).await,
        Cancel::All => app.engine.cancel_agent(agent, None, Some(reason), &by).await,
        Cancel::Sessions(sessions) => {
            let each = sessions.into_iter().map(|id| app.engine.cancel_agent(agent, Some(id), Some(reason), &by));
            Ok(futures::future::try_join_all(each).await?.concat())
        }
    }
}

/// The caller's sessions with this agent that have runs under way or waiting.
async fn own_busy_sessions(app: &AppState, caller: &Caller, agent: Id) -> Result<Vec<Id>> {
    let open = runs::service::open(app.db.read(), Some(agent), None).await?;
    let busy = open.iter().map(|run| run.session_id).collect();
    sessions::service::own_among(app.db.read(), busy, |owner| engine::owns(caller, owner)).await
}
