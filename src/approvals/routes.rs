//! Handlers of approvals.

use std::time::Duration;

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::{
    ApprovalKind, ApprovalStatus, Remember,
    schema::{
        Approval, ApprovalCreated, ApprovalDecided, ApprovalList, ApprovalPolicy, ApproveRequest, CreateApproval,
        RejectRequest, UpdateApprovalPolicy,
    },
    service::{self, ApprovalFilter, Decision},
};
use crate::{
    agents, any_case,
    app::AppState,
    caller::Caller,
    error::{Error, ErrorCode, Result},
    http::{
        extract::{PathId, ValidJson, ValidQuery},
        respond::{Created, ErrorBody},
    },
    ids::Id,
    page::ListParams,
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_approvals, create_approval))
        .routes(routes!(get_approval_policy, update_approval_policy))
        .routes(routes!(get_approval))
        .routes(routes!(approve_request))
        .routes(routes!(reject_request))
}

/// Filter of the list of approvals.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ApprovalsFilter {
    /// Only these, separated by commas.
    #[param(
        pattern = "^(pending|approved|rejected|expired|cancelled)(, ?(pending|approved|rejected|expired|cancelled))*$"
    )]
    status: Option<String>,
    /// Id or name of the agent, or what an external system called whoever asks.
    #[validate(length(min = 1, max = 256))]
    #[param(min_length = 1, max_length = 256)]
    agent_id: Option<String>,
    /// What is asked for.
    #[serde(deserialize_with = "any_case::maybe")]
    kind: Option<ApprovalKind>,
    /// Only those of this run.
    run_id: Option<Id>,
    /// Only those of this workflow run.
    workflow_run_id: Option<Id>,
}

/// List approvals
///
/// Those that wait for a decision first, then the newest.
#[utoipa::path(get, path = "/api/approvals", tag = "approvals", params(ListParams, ApprovalsFilter),
    security(("api_key" = ["approvals:read"])), extensions(("x-cost" = json!(2))),
    responses((status = 200, description = "A page of approvals", body = ApprovalList)))]
pub async fn list_approvals(
    State(app): State<AppState>,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(filter): ValidQuery<ApprovalsFilter>,
) -> Result<Json<ApprovalList>> {
    let agent_id = match filter.agent_id {
        Some(text) => Some(agent_of(&app, &text).await?.map_or(text, |(id, _)| id.to_string())),
        None => None,
    };
    let filter = ApprovalFilter {
        statuses: statuses(filter.status.as_deref())?,
        agent_id,
        kind: filter.kind,
        run_id: filter.run_id,
        workflow_run_id: filter.workflow_run_id,
    };
    let listed = service::list(&app.db, &filter, &params).await?;
    let page = listed.page.map(Approval::from);
    Ok(Json(ApprovalList {
        total: page.total(),
        pending_count: listed.pending,
        approvals: page.rows,
        next_cursor: page.next_cursor,
    }))
}

fn statuses(list: Option<&str>) -> Result<Vec<ApprovalStatus>> {
    let words = list.into_iter().flat_map(|list| list.split(','));
    words
        .map(|word| {
            serde_json::from_value(Value::String(word.trim().to_lowercase())).map_err(|_| {
                Error::invalid(
                    "status",
                    "must be pending, approved, rejected, expired or cancelled, separated by commas",
                )
            })
        })
        .collect()
}

/// Id and name of the agent that a text refers to, if it refers to one.
async fn agent_of(app: &AppState, text: &str) -> Result<Option<(Id, String)>> {
    match agents::service::find_ref_or_terminated(app.db.read(), text).await {
        Ok(row) => Ok(Some((row.id, row.name))),
        Err(error) if error.code() == ErrorCode::AgentNotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Ask for an approval
///
/// A gate for an external system: nothing runs when it is approved. Ask for the outcome with `get_approval`.
#[utoipa::path(post, path = "/api/approvals", tag = "approvals", request_body = CreateApproval,
    security(("api_key" = ["approvals:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 201, description = "It waits for a decision", body = ApprovalCreated),
        (status = 429, description = "`too_many_pending`", body = ErrorBody)))]
pub async fn create_approval(
    State(app): State<AppState>,
    ValidJson(body): ValidJson<CreateApproval>,
) -> Result<Created<ApprovalCreated>> {
    let agent = agent_of(&app, &body.agent_id).await?;
    let policy = service::policy(app.db.read(), &app.config.approval).await?;
    let row = service::create(&app.db, body, agent, &policy).await?;
    app.engine.tell_approval("approval.requested", &row);
    let body = ApprovalCreated { id: row.id, status: row.status, approval: row.into() };
    Ok(Created { location: service::path(body.id), body })
}

/// How long to wait for a decision.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct WaitForDecision {
    /// Answers as soon as it is decided, at the latest after so many seconds.
    #[validate(range(min = 0, max = 60))]
    #[param(minimum = 0, maximum = 60, default = 0)]
    wait_secs: u32,
}

/// Get an approval
#[utoipa::path(get, path = "/api/approvals/{id}", tag = "approvals",
    params(("id" = Id, Path, description = "The approval"), WaitForDecision),
    security(("api_key" = ["approvals:read"])), extensions(("x-cost" = json!(2))),
    responses((status = 200, description = "The approval", body = Approval),
        (status = 404, description = "`approval_not_found`", body = ErrorBody)))]
pub async fn get_approval(
    State(app): State<AppState>,
    PathId(id): PathId,
    ValidQuery(wait): ValidQuery<WaitForDecision>,
) -> Result<Json<Approval>> {
    let limit = Duration::from_secs(wait.wait_secs.into());
    Ok(Json(app.engine.wait_for_decision(id, limit).await?.into()))
}

/// Approve
///
/// Releases exactly the stored call, once; the run that waits goes on, also after a restart. The same decision again
/// answers as the first did.
#[utoipa::path(post, path = "/api/approvals/{id}/approve", tag = "approvals",
    params(("id" = Id, Path, description = "The approval")), request_body = ApproveRequest,
    security(("api_key" = ["approvals:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "Approved", body = ApprovalDecided),
        (status = 403, description = "`insufficient_scope`: `remember: rule` needs `system:write`", body = ErrorBody),
        (status = 404, description = "`approval_not_found`", body = ErrorBody),
        (status = 409, description = "`already_decided`", body = ErrorBody)))]
pub async fn approve_request(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId,
    ValidJson(body): ValidJson<ApproveRequest>,
) -> Result<Json<ApprovalDecided>> {
    let row = approve(&app, &caller, id, body).await?;
    Ok(Json(row.into()))
}

/// As `approve_request`, for every door.
pub async fn approve(app: &AppState, caller: &Caller, id: Id, body: ApproveRequest) -> Result<super::ApprovalRow> {
    let remember = body.remember.unwrap_or_default();
    if remember == Remember::Rule && !caller.scopes.has("system:write") {
        let text = "Remembering an approval as a rule needs the scope system:write";
        return Err(Error::new(ErrorCode::InsufficientScope, text).with_detail("scope", "system:write"));
    }
    let decision = Decision {
        approve: true,
        reason: body.reason,
        arguments: body.arguments.map(Value::Object),
        remember,
        by: service::decided_by(caller),
    };
    app.engine.decide_approval(id, decision).await
}

/// Reject
///
/// The call is not made; the agent is told so, with the reason, and goes on.
#[utoipa::path(post, path = "/api/approvals/{id}/reject", tag = "approvals",
    params(("id" = Id, Path, description = "The approval")), request_body = RejectRequest,
    security(("api_key" = ["approvals:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "Rejected", body = ApprovalDecided),
        (status = 404, description = "`approval_not_found`", body = ErrorBody),
        (status = 409, description = "`already_decided`", body = ErrorBody)))]
pub async fn reject_request(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId,
    ValidJson(body): ValidJson<RejectRequest>,
) -> Result<Json<ApprovalDecided>> {
    let row = reject(&app, &caller, id, body.reason).await?;
    Ok(Json(row.into()))
}

/// As `reject_request`, for every door.
pub async fn reject(app: &AppState, caller: &Caller, id: Id, reason: Option<String>) -> Result<super::ApprovalRow> {
    let by = service::decided_by(caller);
    let decision = Decision { approve: false, reason, arguments: None, remember: Remember::Once, by };
    app.engine.decide_approval(id, decision).await
}

/// Get the approval policy
#[utoipa::path(get, path = "/api/approvals/policy", tag = "approvals",
    security(("api_key" = ["approvals:read"])), extensions(("x-cost" = json!(2))),
    responses((status = 200, description = "The policy in force", body = ApprovalPolicy)))]
pub async fn get_approval_policy(State(app): State<AppState>) -> Result<Json<ApprovalPolicy>> {
    Ok(Json(service::policy(app.db.read(), &app.config.approval).await?.into()))
}

/// Change the approval policy
///
/// Absent members stay; null gives the configured value back. In force from the next tool call on; what waits already
/// keeps its terms.
#[utoipa::path(put, path = "/api/approvals/policy", tag = "approvals", request_body = UpdateApprovalPolicy,
    security(("api_key" = ["config:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The policy in force", body = ApprovalPolicy)))]
pub async fn update_approval_policy(
    State(app): State<AppState>,
    caller: Caller,
    ValidJson(body): ValidJson<UpdateApprovalPolicy>,
) -> Result<Json<ApprovalPolicy>> {
    let policy = service::change_policy(&app.db, &app.config.approval, body, &caller.label()).await?;
    app.events.publish("approval.policy_updated", json!({"by": caller.label()}));
    Ok(Json(policy.into()))
}
