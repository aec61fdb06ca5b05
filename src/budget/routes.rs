//! Handlers of budgets.

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::{
    BudgetEventKind, BudgetScope, Limits,
    limits::micro_usd,
    schema::{
        AgentBudget, AgentBudgetList, BudgetEventList, BudgetStatus, KeyBudget, KeyBudgetList, UpdateBudget,
        UpdateSpending,
    },
    service::{self, ChangeAgent, ChangeGlobal, EventFilter},
};
use crate::{
    agents::{self, service::Change},
    any_case,
    app::AppState,
    caller::Caller,
    error::{Error, Result},
    http::{
        extract::{PathText, ValidJson, ValidQuery, query_bool},
        respond::ErrorBody,
    },
    ids::Id,
    page::ListParams,
    time::Ts,
    usage::{ROOT, ROOT_KEY},
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_budget, update_budget))
        .routes(routes!(list_agent_budgets))
        .routes(routes!(get_agent_budget, update_agent_budget))
        .routes(routes!(list_key_budgets))
        .routes(routes!(get_key_budget, update_key_budget))
        .routes(routes!(list_budget_events))
}

/// Get the server's budget
///
/// Limits in force, what is spent, and what calls under way may add.
#[utoipa::path(get, path = "/api/budget", tag = "budget",
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(3))),
    responses((status = 200, description = "Limits and spending", body = BudgetStatus)))]
pub async fn get_budget(State(app): State<AppState>) -> Result<Json<BudgetStatus>> {
    Ok(Json(service::global(&app.budget, Ts::now()).await?.into()))
}

/// Change the server's budget
///
/// In force before the answer, and after a restart. Calls that are reserved already go on.
#[utoipa::path(put, path = "/api/budget", tag = "budget", request_body = UpdateBudget,
    security(("api_key" = ["usage:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "Limits and spending as they are now", body = BudgetStatus)))]
pub async fn update_budget(
    State(app): State<AppState>,
    ValidJson(body): ValidJson<UpdateBudget>,
) -> Result<Json<BudgetStatus>> {
    let wish = ChangeGlobal {
        hour: money("max_hourly_usd", body.max_hourly_usd)?,
        day: money("max_daily_usd", body.max_daily_usd)?,
        month: money("max_monthly_usd", body.max_monthly_usd)?,
        alert_threshold: body.alert_threshold,
        default_tokens_per_hour: body.default_max_llm_tokens_per_hour,
    };
    let named = [wish.hour.is_some(), wish.day.is_some(), wish.month.is_some(), wish.alert_threshold.is_some()];
    at_least_one(named.contains(&true) || wish.default_tokens_per_hour.is_some())?;
    let facts = service::change_global(&app.budget, wish, Ts::now()).await?;
    Ok(Json(BudgetStatus { status: ok(), message: Some("The budget was changed".into()), ..facts.into() }))
}

/// Which agents a list shows.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct OverFilter {
    /// Only those at or above the alert threshold of one of their limits, or only the others.
    #[serde(deserialize_with = "maybe_bool")]
    over: Option<bool>,
}

fn maybe_bool<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<bool>, D::Error> {
    query_bool(d).map(Some)
}

/// List the budgets of agents
#[utoipa::path(get, path = "/api/budget/agents", tag = "budget", params(OverFilter, ListParams),
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(3))),
    responses((status = 200, description = "A page of agents", body = AgentBudgetList)))]
pub async fn list_agent_budgets(
    State(app): State<AppState>,
    ValidQuery(filter): ValidQuery<OverFilter>,
    ValidQuery(params): ValidQuery<ListParams>,
) -> Result<Json<AgentBudgetList>> {
    let page = service::agents(&app.budget, filter.over, &params, Ts::now()).await?.map(Into::into);
    Ok(Json(AgentBudgetList { total: page.total(), agents: page.rows, next_cursor: page.next_cursor }))
}

/// Get an agent's budget
#[utoipa::path(get, path = "/api/budget/agents/{id}", tag = "budget",
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(3))),
    responses((status = 200, description = "Limits and spending", body = AgentBudget),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn get_agent_budget(State(app): State<AppState>, PathText(id): PathText) -> Result<Json<AgentBudget>> {
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    Ok(Json(service::agent(&app.budget, &agent, Ts::now()).await?.into()))
}

/// Change an agent's budget
///
/// The limits are part of its manifest's resources. In force for the next model call, and after a restart.
#[utoipa::path(put, path = "/api/budget/agents/{id}", tag = "budget", request_body = UpdateSpending,
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    security(("api_key" = ["usage:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "Limits and spending as they are now", body = AgentBudget),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn update_agent_budget(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<UpdateSpending>,
) -> Result<Json<AgentBudget>> {
    let wish = spending(&body)?;
    let row = agents::service::find_ref(app.db.read(), &id).await?;
    let money = [
        ("max_cost_per_hour_usd", body.max_cost_per_hour_usd),
        ("max_cost_per_day_usd", body.max_cost_per_day_usd),
        ("max_cost_per_month_usd", body.max_cost_per_month_usd),
    ];
    let money = money.into_iter().filter_map(|(name, wish)| Some((name.to_owned(), Value::from(wish?))));
    let tokens = body.max_llm_tokens_per_hour.map(|wish| ("max_llm_tokens_per_hour".to_owned(), Value::from(wish)));
    let patch = Map::from_iter([("resources".to_owned(), Value::Object(money.chain(tokens).collect()))]);
    let mut before = Limits::default();
    let plan = |_: &_, manifest: &agents::manifest::AgentManifest| {
        before = Limits::of_agent(&manifest.resources);
        Ok(Change { patch, ..Change::default() })
    };
    let changed = agents::service::change(&app.db, &app.rules, &caller, row.id, false, plan);
    let changed = Box::pin(changed).await?.row;
    let facts = service::note_agent_change(&app.budget, before, &changed, wish.tokens, Ts::now()).await?;
    let about = serde_json::json!({"agent_id": changed.id, "name": changed.name, "state": changed.state});
    app.events.publish("agent.updated", about);
    Ok(Json(AgentBudget { status: ok(), message: Some("The agent's budget was changed".into()), ..facts.into() }))
}

/// List the budgets of API keys
#[utoipa::path(get, path = "/api/budget/keys", tag = "budget", params(ListParams),
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(3))),
    responses((status = 200, description = "A page of keys", body = KeyBudgetList)))]
pub async fn list_key_budgets(
    State(app): State<AppState>,
    ValidQuery(params): ValidQuery<ListParams>,
) -> Result<Json<KeyBudgetList>> {
    let has_root = app.config.config_key().is_some();
    let page = service::keys(&app.budget, has_root, &params, Ts::now()).await?.map(Into::into);
    Ok(Json(KeyBudgetList { total: page.total(), keys: page.rows, next_cursor: page.next_cursor }))
}

/// Get the budget of an API key
#[utoipa::path(get, path = "/api/budget/keys/{id}", tag = "budget",
    params(("id" = String, Path, description = "UUID of the key, or `root` for that of the configuration")),
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(3))),
    responses((status = 200, description = "Limits and spending", body = KeyBudget),
        (status = 404, description = "`key_not_found`", body = ErrorBody)))]
pub async fn get_key_budget(State(app): State<AppState>, PathText(id): PathText) -> Result<Json<KeyBudget>> {
    let has_root = app.config.config_key().is_some();
    Ok(Json(service::key(&app.budget, key_id(&id)?, has_root, Ts::now()).await?.into()))
}

/// Change the budget of an API key
///
/// For all runs that it starts. In force before the answer, and after a restart.
#[utoipa::path(put, path = "/api/budget/keys/{id}", tag = "budget", request_body = UpdateSpending,
    params(("id" = String, Path, description = "UUID of the key, or `root` for that of the configuration")),
    security(("api_key" = ["usage:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "Limits and spending as they are now", body = KeyBudget),
        (status = 404, description = "`key_not_found`", body = ErrorBody)))]
pub async fn update_key_budget(
    State(app): State<AppState>,
    PathText(id): PathText,
    ValidJson(body): ValidJson<UpdateSpending>,
) -> Result<Json<KeyBudget>> {
    let (id, wish, has_root) = (key_id(&id)?, spending(&body)?, app.config.config_key().is_some());
    let facts = service::change_key(&app.budget, id, has_root, wish, Ts::now()).await?;
    Ok(Json(KeyBudget { status: ok(), message: Some("The key's budget was changed".into()), ..facts.into() }))
}

/// Which events a list shows.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct BudgetEventsFilter {
    /// Whom the limit is for.
    #[serde(deserialize_with = "any_case::maybe")]
    #[param(inline)]
    scope: Option<BudgetScope>,
    /// What happened.
    #[serde(deserialize_with = "any_case::maybe")]
    #[param(inline)]
    kind: Option<BudgetEventKind>,
}

/// List budget events
///
/// Warnings, refusals and changes of limits, newest first.
#[utoipa::path(get, path = "/api/budget/events", tag = "budget", params(BudgetEventsFilter, ListParams),
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(3))),
    responses((status = 200, description = "A page of events", body = BudgetEventList)))]
pub async fn list_budget_events(
    State(app): State<AppState>,
    ValidQuery(filter): ValidQuery<BudgetEventsFilter>,
    ValidQuery(params): ValidQuery<ListParams>,
) -> Result<Json<BudgetEventList>> {
    let filter = EventFilter { scope: filter.scope, kind: filter.kind };
    let page = service::list_events(app.db.read(), filter, &params).await?.map(Into::into);
    Ok(Json(BudgetEventList { total: page.total(), events: page.rows, next_cursor: page.next_cursor }))
}

fn ok() -> Option<String> {
    Some("ok".to_owned())
}

fn key_id(text: &str) -> Result<Id> {
    if text == ROOT { Ok(ROOT_KEY) } else { Id::parse(text) }
}

fn spending(body: &UpdateSpending) -> Result<ChangeAgent> {
    let wish = ChangeAgent {
        hour: money("max_cost_per_hour_usd", body.max_cost_per_hour_usd)?,
        day: money("max_cost_per_day_usd", body.max_cost_per_day_usd)?,
        month: money("max_cost_per_month_usd", body.max_cost_per_month_usd)?,
        tokens: body.max_llm_tokens_per_hour,
    };
    at_least_one([wish.hour, wish.day, wish.month, wish.tokens].iter().any(Option::is_some))?;
    Ok(wish)
}

fn at_least_one(named: bool) -> Result<()> {
    if named { Ok(()) } else { Err(Error::invalid("body", "must name at least one limit")) }
}

/// Dollars as micro-dollars, which must not lose anything.
fn money(field: &str, wish: Option<Option<f64>>) -> Result<Option<Option<i64>>> {
    let exact = |usd: f64| match ((usd * 1e6) - (usd * 1e6).round()).abs() < 1e-3 {
        true => Ok(micro_usd(usd)),
        false => Err(Error::invalid(field, "must have at most six decimals")),
    };
    wish.map(|usd| usd.map(exact).transpose()).transpose()
}
