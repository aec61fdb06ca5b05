//! The chat socket of an agent. `connection` is the loop of one socket, `view` turns run events into frames, `commands`
//! carries out what people type behind a slash.

mod commands;
mod connection;
mod frames;
mod notices;
#[cfg(test)]
mod tests;
mod view;

use axum::{
    extract::{
        State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub use self::frames::{ClientFrame, ServerFrame};
use self::{
    connection::{Connection, Opening},
    frames::Verbosity,
};
use crate::{
    agents, any_case,
    app::AppState,
    caller::Caller,
    error::{Error, ErrorCode, Result},
    http::{
        client::Client,
        extract::{PathText, ValidQuery},
        middleware::request_id::RequestId,
        respond::ErrorBody,
        ws::{BUFFER, MAX_MESSAGE},
    },
    ids::Id,
    runtime::{engine, event::EventId},
    sessions,
};

/// How to open the socket.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct SocketOptions {
    /// A session of this agent. Default: the caller's active one, followed when it is switched.
    session_id: Option<Id>,
    /// Amount of tool detail.
    #[serde(deserialize_with = "any_case::one")]
    #[param(inline)]
    verbose: Verbosity,
    /// Replay this run first, behind `last_event_id`.
    run_id: Option<Id>,
    /// The last event of it that was seen.
    #[validate(range(min = 0))]
    #[param(minimum = 0, default = 0)]
    last_event_id: i64,
}

/// Chat over a WebSocket
///
/// Frames are JSON objects with a `type`: the client sends `ClientFrame`, the server `ServerFrame`. Text that is no JSON
/// object is the content of a message. Every run ends with exactly one of `response`, `silent_complete` and `error`.
/// Runs of the session that were started elsewhere are shown too. Browsers give the credential as `?token=`.
#[utoipa::path(get, path = "/api/agents/{id}/ws", tag = "messages",
    params(("id" = String, Path, description = "Id or name of the agent"), SocketOptions),
    security(("api_key" = ["messages:write"])), extensions(("x-cost" = json!(5)), ("x-long-running" = json!(true)),
        ("x-frames" = json!({"client": {"$ref": "#/components/schemas/ClientFrame"},
            "server": {"$ref": "#/components/schemas/ServerFrame"}}))),
    responses((status = 101, description = "The connection is a WebSocket now"),
        (status = 400, description = "`upgrade_required`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`, `session_not_found`, `run_not_found`", body = ErrorBody),
        (status = 429, description = "`too_many_connections`", body = ErrorBody),
        (status = 503, description = "`draining`", body = ErrorBody)))]
pub async fn agent_ws(
    State(app): State<AppState>,
    caller: Caller,
    client: Client,
    RequestId(request_id): RequestId,
    PathText(agent): PathText,
    ValidQuery(options): ValidQuery<SocketOptions>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    let upgrade = upgrade.map_err(|rejection| {
        let text = format!("This is a WebSocket: send an upgrade request ({rejection})");
        Error::new(ErrorCode::UpgradeRequired, text)
    })?;
    let agent = agents::service::find_ref(app.db.read(), &agent).await?;
    let session = session(&app, &agent, &caller, options.session_id).await?;
    if let Some(run) = options.run_id {
        connection::visible_run(&app, &caller, agent.id, session, run).await?;
    }
    if app.shutdown.is_draining() {
        return Err(app.shutdown.draining_error());
    }
    let max = app.config.websocket.max_per_ip;
    let seat = app.sockets.take(client.ip, max).ok_or_else(|| {
        let text = format!("{max} connections of this address are open; close one first");
        Error::new(ErrorCode::TooManyConnections, text)
    })?;
    let opening = Opening {
        caller,
        ip: client.ip,
        request_id,
        agent,
        session,
        fixed: options.session_id.is_some(),
        verbose: options.verbose,
        resume: options.run_id.map(|run| (run, EventId(options.last_event_id))),
    };
    let upgrade = upgrade.max_message_size(MAX_MESSAGE).max_frame_size(MAX_MESSAGE);
    // The defaults of 128 KiB each are what an idle socket would cost.
    let upgrade = upgrade.read_buffer_size(BUFFER).write_buffer_size(BUFFER);
    Ok(upgrade.on_upgrade(async move |socket| {
        Connection::serve(app, opening, socket).await;
        drop(seat);
    }))
}

/// The session that the socket shows, if there is one yet.
async fn session(app: &AppState, agent: &agents::AgentRow, caller: &Caller, named: Option<Id>) -> Result<Option<Id>> {
    let Some(id) = named else {
        let key = engine::active_key(agent, caller);
        let active = sessions::service::find_active(app.db.read(), agent.id, &key).await?;
        return Ok(active.map(|session| session.id));
    };
    let row = sessions::service::find_of_agent(app.db.read(), agent.id, id).await?;
    if !engine::owns(caller, &row.owner) && !caller.scopes.has("messages:read") {
        let text = "Showing a session of another caller needs the scope messages:read";
        return Err(Error::new(ErrorCode::InsufficientScope, text).with_detail("scope", "messages:read"));
    }
    Ok(Some(id))
}
