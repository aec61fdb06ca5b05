//! Handlers of runs: starting one without waiting, reading, following and cancelling them.

use std::time::Duration;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::{
    Door, StepKind,
    schema::{CancelRun, Run, RunEvent, RunList, RunStatus, RunStepList},
    service::{self, RunFilter},
    stream::{self, Follower},
    views,
};
use crate::{
    agents,
    app::AppState,
    caller::Caller,
    error::{Error, Result},
    http::{
        extract::{PathId, PathText, ValidJson, ValidQuery},
        middleware::request_id::RequestId,
        respond::{ErrorBody, NoContent},
    },
    idempotency::Slot,
    ids::Id,
    messages::{Intake, StartErrors, schema::SendMessage},
    page::{ListParams, Page},
    runtime::event::EventId,
    sessions,
    time::Ts,
};

const STEPS: &str = "steps";

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_run))
        .routes(routes!(list_runs))
        .routes(routes!(get_run))
        .routes(routes!(list_run_steps))
        .routes(routes!(stream_run))
        .routes(routes!(cancel_run))
}

/// Send a message without waiting
///
/// Answers as soon as the run is stored; what happens then shows in the run.
#[utoipa::path(post, path = "/api/agents/{id}/runs", tag = "runs",
    params(("id" = String, Path, description = "Id or name of the agent")), request_body = SendMessage,
    security(("api_key" = ["messages:write"])), extensions(("x-cost" = json!(30))),
    responses(
        (status = 202, description = "The run", body = Run, headers(("Location" = String, description = "Path of the run"))),
        StartErrors))]
pub async fn create_run(
    State(app): State<AppState>,
    caller: Caller,
    slot: Option<Extension<Slot>>,
    PathText(agent): PathText,
    ValidJson(body): ValidJson<SendMessage>,
) -> Result<Response> {
    let slot = slot.map(|Extension(slot)| slot);
    let run = match slot.as_ref().and_then(|slot| slot.attach) {
        Some(run) => run,
        None => {
            let agent = agents::service::find_ref(app.db.read(), &agent).await?;
            let intake = Intake { agent, caller, door: Door::Api, idempotency_key: slot.map(|slot| slot.key) };
            app.engine.accept(intake.new_run(&app, body).await?).await?.run.id
        }
    };
    let location = format!("/api/runs/{run}");
    let run = Run::from(service::describe(app.db.read(), run).await?);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(run)).into_response())
}

/// Which runs a list shows.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct RunsFilter {
    /// Id or name of the agent.
    #[validate(length(min = 1, max = 256))]
    #[param(min_length = 1, max_length = 256)]
    agent: Option<String>,
    /// Runs of this session.
    session_id: Option<Id>,
    /// One or more statuses, separated by commas.
    #[param(
        pattern = "^(queued|running|waiting_approval|completed|failed|cancelled)(, ?(queued|running|waiting_approval|completed|failed|cancelled))*$",
        example = "queued,running"
    )]
    status: Option<String>,
    /// Where it came in.
    #[param(value_type = Option<Door>)]
    door: Option<String>,
    /// Runs that this one started.
    parent_run_id: Option<Id>,
    /// Queued at this time or later.
    after: Option<Ts>,
    /// Queued before this time.
    before: Option<Ts>,
}

/// A word of a closed list, in any case.
fn word<T: serde::de::DeserializeOwned>(field: &str, text: &str) -> Result<T> {
    serde_json::from_value(json!(text.trim().to_lowercase())).map_err(|e| Error::invalid(field, e.to_string()))
}

/// List runs
///
/// Of all agents, newest first. Message and answer are cut to 256 characters.
#[utoipa::path(get, path = "/api/runs", tag = "runs", params(ListParams, RunsFilter),
    security(("api_key" = ["messages:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of runs", body = RunList),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn list_runs(
    State(app): State<AppState>,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(filter): ValidQuery<RunsFilter>,
) -> Result<Json<RunList>> {
    let mut states = vec![];
    for text in filter.status.iter().flat_map(|all| all.split(',')) {
        states.extend(word::<RunStatus>("status", text)?.states());
    }
    let doors = filter.door.as_deref().map(|text| word::<Door>("door", text)).transpose()?;
    let agent = match &filter.agent {
        Some(text) => Some(agents::service::find_ref_or_terminated(app.db.read(), text).await?.id),
        None => None,
    };
    let filter = RunFilter {
        agent,
        session: filter.session_id,
        states,
        doors: doors.into_iter().collect(),
        parent: filter.parent_run_id,
        after: filter.after,
        before: filter.before,
    };
    let page = service::list(app.db.read(), &filter, &params).await?.map(|run| views::shortened(run.into()));
    Ok(Json(RunList { total: page.total(), runs: page.rows, next_cursor: page.next_cursor }))
}

/// How long to wait for the end.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct WaitForEnd {
    /// Seconds to wait for the end of the run before answering.
    #[validate(range(min = 0, max = 60))]
    #[param(minimum = 0, maximum = 60, default = 0)]
    wait_secs: i32,
}

/// Get a run
#[utoipa::path(get, path = "/api/runs/{id}", tag = "runs", params(("id" = Id, Path, description = "The run"), WaitForEnd),
    security(("api_key" = ["messages:read"])), extensions(("x-cost" = json!(2)), ("x-long-running" = json!(true))),
    responses((status = 200, description = "The run", body = Run),
        (status = 404, description = "`run_not_found`", body = ErrorBody)))]
pub async fn get_run(
    State(app): State<AppState>,
    PathId(id): PathId,
    ValidQuery(wait): ValidQuery<WaitForEnd>,
) -> Result<Json<Run>> {
    if wait.wait_secs > 0 {
        app.engine.wait(id, Duration::from_secs(wait.wait_secs.unsigned_abs().into())).await?;
    }
    Ok(Json(service::describe(app.db.read(), id).await?.into()))
}

/// Which steps a list shows.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct StepsFilter {
    /// `model_call`, `tool_call`, `approval` or `compaction`.
    #[param(pattern = "^[a-zA-Z_]+$", example = "tool_call")]
    kind: Option<String>,
}

/// List the steps of a run
///
/// Every model call, tool call, approval and compaction, in order.
#[utoipa::path(get, path = "/api/runs/{id}/steps", tag = "runs",
    params(("id" = Id, Path, description = "The run"), ListParams, StepsFilter),
    security(("api_key" = ["messages:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of steps", body = RunStepList),
        (status = 404, description = "`run_not_found`", body = ErrorBody)))]
pub async fn list_run_steps(
    State(app): State<AppState>,
    PathId(id): PathId,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(filter): ValidQuery<StepsFilter>,
) -> Result<Json<RunStepList>> {
    let db = app.db.read();
    service::get(db, id).await?;
    let kind = filter.kind.as_deref().map(|text| word::<StepKind>("kind", text)).transpose()?;
    let after = params.after(STEPS)?.unwrap_or(0);
    let rows = service::steps(db, id, kind, params.limit() + 1, after).await?;
    let total = service::count_steps(db, id, kind).await?;
    let page = Page::cut(rows, params.limit(), total, STEPS, |row| row.idx).map(views::step);
    Ok(Json(RunStepList { total: page.total(), steps: page.rows, next_cursor: page.next_cursor }))
}

/// Where to resume a stream.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ResumeAfter {
    /// Only later events; the header `Last-Event-ID` comes first.
    #[validate(range(min = 0))]
    #[param(minimum = 0, default = 0)]
    after: i64,
}

/// Follow a run
///
/// Its events from the beginning, or behind `Last-Event-ID`, then live; a finished run is replayed. 204 when its last event
/// was seen already.
#[utoipa::path(get, path = "/api/runs/{id}/stream", tag = "runs",
    params(("id" = Id, Path, description = "The run"), ResumeAfter,
        ("Last-Event-ID" = Option<i64>, Header, description = "Only later events", minimum = 0)),
    security(("api_key" = ["messages:read"])), extensions(("x-cost" = json!(5)), ("x-long-running" = json!(true))),
    responses(
        (status = 200, description = "The events; the data of each is a RunEvent", content_type = "text/event-stream", body = RunEvent, headers(
            ("X-Run-Id" = Id, description = "The run"), ("X-Session-Id" = Id, description = "The session"))),
        (status = 204, description = "The last event was seen already"),
        (status = 404, description = "`run_not_found`", body = ErrorBody)))]
pub async fn stream_run(
    State(app): State<AppState>,
    caller: Caller,
    RequestId(request_id): RequestId,
    headers: HeaderMap,
    PathId(id): PathId,
    ValidQuery(resume): ValidQuery<ResumeAfter>,
) -> Result<Response> {
    let after = EventId(last_event_id(&headers)?.unwrap_or(resume.after));
    let run = service::get(app.db.read(), id).await?;
    if run.state.is_terminal() && after >= EventId::stored(run.event_seq) {
        return Ok(NoContent.into_response());
    }
    stream::response(&app, &run, Follower { caller, request_id, after }).await
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let id = value.to_str().ok().and_then(|text| text.trim().parse::<i64>().ok()).filter(|id| *id >= 0);
    id.map(Some).ok_or_else(|| Error::invalid("Last-Event-ID", "must be the id of an event, a whole number"))
}

/// Cancel a run
///
/// Reaches the model call and the tools; what was written is kept. 202 while the run is on its way to the end, 200 when it was
/// over before. Runs of another caller's session need the scope `agents:write` besides.
#[utoipa::path(post, path = "/api/runs/{id}/cancel", tag = "runs", params(("id" = Id, Path, description = "The run")),
    request_body = CancelRun, security(("api_key" = ["messages:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "It was over", body = Run),
        (status = 202, description = "It ends", body = Run),
        (status = 404, description = "`run_not_found`", body = ErrorBody)))]
pub async fn cancel_run(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId,
    ValidJson(body): ValidJson<CancelRun>,
) -> Result<(StatusCode, Json<Run>)> {
    let run = service::get(app.db.read(), id).await?;
    sessions::may_cancel(app.db.read(), &caller, run.session_id).await?;
    let over = run.state.is_terminal();
    if !over {
        app.engine.cancel_run(id, body.reason.as_deref(), &caller.label()).await?;
    }
    let run = Run::from(service::describe(app.db.read(), id).await?);
    Ok((if over { StatusCode::OK } else { StatusCode::ACCEPTED }, Json(run)))
}
