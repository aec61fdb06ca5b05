//! Handlers of tools.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::schema::{InvokeTool, ToolDefinition, ToolInvoked, ToolList, ToolSource};
use crate::{
    agents,
    app::AppState,
    approvals::ServerApproval,
    caller::Caller,
    error::{Error, ErrorCode, Result},
    http::{
        extract::{PathText, ValidJson, ValidQuery},
        respond::ErrorBody,
    },
    ids::Id,
    page::{ListParams, Page},
    runs::{self, StepKind, schema::Run},
    runtime::{
        engine::{InvokeFault, NewCall},
        tools::{ToolError, ToolErrorCode},
    },
};

/// Bytes of a result that are sent.
const MAX_RESULT: usize = 256 * 1024;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_tools)).routes(routes!(get_tool)).routes(routes!(invoke_tool))
}

/// Filter of the list of tools.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ToolFilter {
    /// Only tools from there.
    source: Option<ToolSource>,
    /// Part of the name or the description, in any case.
    #[validate(length(max = 200))]
    #[param(max_length = 200)]
    q: Option<String>,
    /// Id or exact name of an agent: only what it may call now.
    #[validate(length(max = 256))]
    #[param(max_length = 256)]
    agent: Option<String>,
}

/// List tools
///
/// Every tool that an agent could be given, by name.
#[utoipa::path(get, path = "/api/tools", tag = "tools", params(ListParams, ToolFilter),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "A page of tools", body = ToolList),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn list_tools(
    State(app): State<AppState>,
    caller: Caller,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(filter): ValidQuery<ToolFilter>,
) -> Result<Json<ToolList>> {
    const LIST: &str = "tools";
    let usable = match filter.agent.as_deref() {
        Some(agent) => {
            let agent = agents::service::find_ref(app.db.read(), agent).await?;
            Some(app.engine.usable_tools(&agent, &caller).await?)
        }
        None => None,
    };
    let after: Option<String> = params.after(LIST)?;
    let text = filter.q.map(|q| q.to_lowercase());
    let wanted = |tool: &ToolDefinition| {
        filter.source.is_none_or(|source| source == tool.source)
            && usable.as_ref().is_none_or(|names| names.contains(&tool.name))
            && text
                .as_ref()
                .is_none_or(|q| tool.name.to_lowercase().contains(q) || tool.description.to_lowercase().contains(q))
    };
    let policy = app.engine.approval_policy().await?;
    let all: Vec<ToolDefinition> = definitions(&app, &policy).filter(wanted).collect();
    let total = all.len() as u64;
    let rows = all.into_iter().filter(|tool| after.as_ref().is_none_or(|last| tool.name > *last)).collect();
    let page = Page::cut(rows, params.limit(), total, LIST, |tool: &ToolDefinition| tool.name.clone());
    Ok(Json(ToolList { total: page.total(), tools: page.rows, next_cursor: page.next_cursor }))
}

/// Get a tool
///
/// What a model is told of it, and what the policy knows of it.
#[utoipa::path(get, path = "/api/tools/{name}", tag = "tools",
    params(("name" = String, Path, description = "Name of the tool")),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "The tool", body = ToolDefinition),
        (status = 404, description = "`tool_not_found`", body = ErrorBody)))]
pub async fn get_tool(State(app): State<AppState>, PathText(name): PathText) -> Result<Json<ToolDefinition>> {
    let policy = app.engine.approval_policy().await?;
    definitions(&app, &policy).find(|tool| tool.name == name).map(Json).ok_or_else(|| not_found(&name))
}

/// Invoke a tool
///
/// Makes one call as an agent, without a model: a run of the door `tool` with one step, under the same policy as in a
/// conversation. The messages of the session stay as they are. A tool that fails answers 200 with `is_error`.
#[utoipa::path(post, path = "/api/tools/{name}/invoke", tag = "tools",
    params(("name" = String, Path, description = "Name of the tool")), request_body = InvokeTool,
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(30))),
    responses((status = 200, description = "The call is over", body = ToolInvoked),
        (status = 202, description = "The call goes on; `Location` names its run", body = Run,
            headers(("Location" = String, description = "Path of the run"))),
        (status = 403, description = "`tool_denied`: the text says by which rule", body = ErrorBody),
        (status = 404, description = "`tool_not_found`, `agent_not_found` or `session_not_found`", body = ErrorBody),
        (status = 409, description = "`agent_not_running`", body = ErrorBody),
        (status = 429, description = "`quota_exceeded` or `queue_full`", body = ErrorBody),
        (status = 503, description = "`draining`", body = ErrorBody)))]
pub async fn invoke_tool(
    State(app): State<AppState>,
    caller: Caller,
    PathText(name): PathText,
    ValidJson(body): ValidJson<InvokeTool>,
) -> Result<Response> {
    if app.tools.get(&name).is_none() {
        return Err(not_found(&name));
    }
    let agent = agents::service::find_ref(app.db.read(), &body.agent).await?;
    let wait = Duration::from_secs(body.timeout_secs.unsigned_abs().into());
    let call = NewCall { agent, caller, tool: name, arguments: body.arguments, session: body.session_id };
    let accepted = app.engine.invoke(call).await.map_err(|fault| match fault {
        InvokeFault::Refused(error) => refused(error),
        InvokeFault::Failed(error) => error,
    })?;
    match accepted.wait(&app.engine, wait).await? {
        Some(finished) => Ok(Json(invoked(&app, finished.run.id).await?).into_response()),
        None => {
            let location = format!("/api/runs/{}", accepted.run.id);
            let run = runs::service::describe(app.db.read(), accepted.run.id).await?;
            Ok((StatusCode::ACCEPTED, [(LOCATION, location)], Json(Run::from(run))).into_response())
        }
    }
}

fn definitions(app: &AppState, policy: &ServerApproval) -> impl Iterator<Item = ToolDefinition> {
    app.tools.iter().map(|tool| ToolDefinition::of(tool.info(), policy.asks_for(tool.info())))
}

fn not_found(name: &str) -> Error {
    Error::new(ErrorCode::ToolNotFound, format!("There is no tool named '{}'", name.escape_default()))
}

/// The policy's answer, before there is a run.
fn refused(error: ToolError) -> Error {
    let code = match error.code {
        ToolErrorCode::InvalidArguments => ErrorCode::InvalidArguments,
        ToolErrorCode::RateLimited | ToolErrorCode::QuotaExceeded => ErrorCode::QuotaExceeded,
        _ => ErrorCode::ToolDenied,
    };
    let text = match &error.hint {
        Some(hint) => format!("{}. {hint}", error.message),
        None => error.message.clone(),
    };
    let reason = serde_json::to_value(error.code).ok().and_then(|code| code.as_str().map(str::to_owned));
    let refused = Error::new(code, text);
    match error.rule.or(reason).filter(|_| code == ErrorCode::ToolDenied) {
        Some(rule) => refused.with_detail("rule", rule),
        None => refused,
    }
}

async fn invoked(app: &AppState, run: Id) -> Result<ToolInvoked> {
    let steps = runs::service::all_steps(app.db.read(), run).await?;
    let Some(step) = steps.into_iter().find(|step| step.kind == StepKind::ToolCall) else {
        let run = runs::service::get(app.db.read(), run).await?;
        let why = run.error.map_or_else(|| "The call was cancelled".to_owned(), |error| error.message);
        return Err(Error::new(ErrorCode::Conflict, why));
    };
    let mut result = step.output.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    let truncated = result.len() > MAX_RESULT;
    result.truncate(result.floor_char_boundary(MAX_RESULT));
    let took = step.started_at.zip(step.ended_at).map_or(0, |(from, to)| to.since(from));
    Ok(ToolInvoked {
        run_id: step.run_id,
        step_id: step.id,
        tool: step.tool.unwrap_or_default(),
        result,
        is_error: step.is_error,
        truncated,
        duration_ms: took,
    })
}
