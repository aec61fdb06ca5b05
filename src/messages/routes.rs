//! Handlers that send messages: waiting for the answer, or as a stream of events.

use std::time::Duration;

use axum::{
    Extension, Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::{
    Intake, WorkErrors,
    commands::{self, CommandList, Surface},
    reply,
    schema::{MessageReply, SendMessage},
    ws,
};
use crate::{
    agents, any_case,
    app::AppState,
    caller::Caller,
    error::Result,
    http::{
        extract::{PathText, ValidJson, ValidQuery},
        middleware::request_id::RequestId,
    },
    idempotency::Slot,
    ids::Id,
    runs::{
        self, Door, RunRow,
        schema::{Run, RunEvent},
        stream::{self, Follower},
    },
    runtime::{engine::Finished, event::EventId},
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(send_message))
        .routes(routes!(send_message_stream))
        .routes(routes!(ws::agent_ws))
        .routes(routes!(list_commands))
}

/// Send a message and wait
///
/// Waits for the answer, also through the runs before this one in its session. A run that is not over after `wait_secs` goes
/// on: then the answer is 202 with the run. Hanging up does not stop it either.
#[utoipa::path(post, path = "/api/agents/{id}/message", tag = "messages",
    params(("id" = String, Path, description = "Id or name of the agent")), request_body = SendMessage,
    security(("api_key" = ["messages:write"])),
    extensions(("x-cost" = json!(30)), ("x-long-running" = json!(true))),
    responses(
        (status = 200, description = "The answer", body = MessageReply, headers(
            ("X-Run-Id" = Id, description = "The run"), ("X-Session-Id" = Id, description = "The session"))),
        (status = 202, description = "The run goes on", body = Run, headers(
            ("Location" = String, description = "Path of the run"),
            ("X-Run-Id" = Id, description = "The run"), ("X-Session-Id" = Id, description = "The session"))),
        WorkErrors))]
pub async fn send_message(
    State(app): State<AppState>,
    caller: Caller,
    slot: Option<Extension<Slot>>,
    PathText(agent): PathText,
    ValidJson(body): ValidJson<SendMessage>,
) -> Result<Response> {
    let limit = Duration::from_secs(u64::from(body.wait_secs.unsigned_abs()));
    let slot = slot.map(|Extension(slot)| slot);
    let (run, finished) = match slot.as_ref().and_then(|slot| slot.attach) {
        Some(run) => (runs::service::get(app.db.read(), run).await?, app.engine.wait(run, limit).await?),
        None => {
            let agent = agents::service::find_ref(app.db.read(), &agent).await?;
            let intake = Intake { agent, caller, door: Door::Api, idempotency_key: slot.map(|slot| slot.key) };
            let accepted = app.engine.accept(intake.new_run(&app, body).await?).await?;
            let finished = accepted.wait(&app.engine, limit).await?;
            (accepted.run, finished)
        }
    };
    let (run_id, session_id) = (run.id, run.session_id);
    let mut response = match finished {
        Some(finished) => Json(folded(&app, &finished).await?).into_response(),
        None => going_on(&app, run_id).await?,
    };
    stream::add_ids(&mut response, run_id, session_id);
    Ok(response)
}

async fn folded(app: &AppState, finished: &Finished) -> Result<MessageReply> {
    let run = finished.run.clone();
    let steps = match run.tool_calls {
        0 => vec![],
        _ => runs::service::all_steps(app.db.read(), run.id).await?,
    };
    reply::fold(run, &steps)
}

async fn going_on(app: &AppState, run: Id) -> Result<Response> {
    let location = format!("/api/runs/{run}");
    let run = runs::service::describe(app.db.read(), run).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(Run::from(run))).into_response())
}

/// Send a message and stream the answer
///
/// The events of the run as Server-Sent Events: `event` is the `type` of the data, `id` rises within the run. The last one is
/// `done` or `error`. Hanging up does not stop the run; `GET /api/runs/{id}/stream` resumes it.
#[utoipa::path(post, path = "/api/agents/{id}/message/stream", tag = "messages",
    params(("id" = String, Path, description = "Id or name of the agent")), request_body = SendMessage,
    security(("api_key" = ["messages:write"])),
    extensions(("x-cost" = json!(30)), ("x-long-running" = json!(true))),
    responses(
        (status = 200, description = "The events; the data of each is a RunEvent", content_type = "text/event-stream", body = RunEvent, headers(
            ("X-Run-Id" = Id, description = "The run"), ("X-Session-Id" = Id, description = "The session"))),
        WorkErrors))]
pub async fn send_message_stream(
    State(app): State<AppState>,
    caller: Caller,
    RequestId(request_id): RequestId,
    slot: Option<Extension<Slot>>,
    PathText(agent): PathText,
    ValidJson(body): ValidJson<SendMessage>,
) -> Result<Response> {
    let slot = slot.map(|Extension(slot)| slot);
    let run: RunRow = match slot.as_ref().and_then(|slot| slot.attach) {
        Some(run) => runs::service::get(app.db.read(), run).await?,
        None => {
            let agent = agents::service::find_ref(app.db.read(), &agent).await?;
            let idempotency_key = slot.map(|slot| slot.key);
            let intake = Intake { agent, caller: caller.clone(), door: Door::Stream, idempotency_key };
            app.engine.accept(intake.new_run(&app, body).await?).await?.run
        }
    };
    stream::response(&app, &run, Follower { caller, request_id, after: EventId(0) }).await
}

/// Which commands a list shows.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct CommandsFilter {
    /// Where they can be typed.
    #[serde(deserialize_with = "any_case::one")]
    #[param(default = "web")]
    surface: Surface,
}

/// List slash commands
///
/// For menus and help: the commands that work.
#[utoipa::path(get, path = "/api/commands", tag = "messages", params(CommandsFilter),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "The commands", body = CommandList)))]
pub async fn list_commands(ValidQuery(filter): ValidQuery<CommandsFilter>) -> Json<CommandList> {
    Json(commands::list(filter.surface))
}
