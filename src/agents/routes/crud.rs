//! Listing, reading, changing, replacing and terminating agents.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::IntoParams;
use validator::Validate;

use super::{
    changed,
    config::{as_mode, mode_words},
    create::Given,
    lifecycle, model_patch,
};
use crate::{
    agents::{
        AgentState,
        manifest::ManifestModel,
        rules::ManifestRules,
        schema::{Agent, AgentChanged, AgentKilled, AgentSummary, ReplaceAgent, UpdateAgent},
        service::{self, AgentFilter, AgentSort, Change},
    },
    app::AppState,
    caller::Caller,
    error::{Error, Result},
    http::{
        extract::{PathText, ValidJson, ValidQuery, query_bool},
        respond::ErrorBody,
    },
    page::ListParams,
};

/// Filters and order of the list of agents.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AgentQuery {
    /// One or several states, separated by commas.
    #[param(example = "Running,Suspended")]
    state: Option<String>,
    /// `observe`, `assist` or `full`.
    #[param(example = "full")]
    mode: Option<String>,
    /// Only agents with this tag.
    #[validate(length(max = 64))]
    #[param(max_length = 64)]
    tag: Option<String>,
    /// Part of name or description, without regard to case in all of Unicode: `ß` is found by `SS`.
    #[validate(length(max = 200))]
    #[param(max_length = 200)]
    q: Option<String>,
    /// Also agents that were deleted but not uninstalled.
    #[serde(deserialize_with = "query_bool")]
    #[param(default = false)]
    include_terminated: bool,
    /// `created_at`, `name` or `last_active`.
    #[param(pattern = "^(created_at|name|last_active)?$", default = "created_at")]
    sort: Option<String>,
    /// `asc` or `desc`.
    #[param(pattern = "^(asc|desc)?$", default = "asc")]
    order: Option<String>,
}

impl AgentQuery {
    fn filter(&self) -> Result<AgentFilter> {
        let states = self.state.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|s| !s.is_empty());
        Ok(AgentFilter {
            states: states.map(state_word).collect::<Result<_>>()?,
            mode: self.mode.as_deref().map(as_mode).transpose()?,
            tag: self.tag.clone(),
            text: self.q.clone(),
            include_terminated: self.include_terminated,
        })
    }

    fn order(&self) -> Result<(AgentSort, bool)> {
        let word = |text: &Option<String>| text.as_deref().unwrap_or_default().to_ascii_lowercase();
        let sort = match word(&self.sort).as_str() {
            "" | "created_at" => AgentSort::CreatedAt,
            "name" => AgentSort::Name,
            "last_active" => AgentSort::LastActive,
            _ => return Err(Error::invalid("sort", "must be created_at, name or last_active")),
        };
        match word(&self.order).as_str() {
            "" | "asc" => Ok((sort, false)),
            "desc" => Ok((sort, true)),
            _ => Err(Error::invalid("order", "must be asc or desc")),
        }
    }
}

fn state_word(word: &str) -> Result<AgentState> {
    let all =
        [AgentState::Created, AgentState::Running, AgentState::Suspended, AgentState::Terminated, AgentState::Crashed];
    all.into_iter().find(|state| format!("{state:?}").eq_ignore_ascii_case(word)).ok_or_else(|| {
        Error::invalid("state", "must be Created, Running, Suspended, Terminated or Crashed, or several of them")
    })
}

/// List agents
///
/// A bare array; the headers tell the total and where the next page begins.
#[utoipa::path(get, path = "/api/agents", tag = "agents", params(ListParams, AgentQuery),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(2))),
    responses((status = 200, description = "A page of agents", body = Vec<AgentSummary>,
        headers(("X-Total-Count" = i64, description = "All agents that match"),
            ("X-Next-Cursor" = String, description = "`cursor` of the next page; absent on the last one")))))]
pub async fn list_agents(
    State(app): State<AppState>,
    caller: Caller,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(query): ValidQuery<AgentQuery>,
) -> Result<(HeaderMap, Json<Vec<AgentSummary>>)> {
    let (sort, descending) = query.order()?;
    let page = service::list(app.db.read(), &query.filter()?, sort, descending, &params).await?;
    let rows = service::summaries(app.db.read(), &app.rules, &page.rows, &caller.owner()).await?;
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static("x-total-count"), page.total.into());
    if let Some(cursor) = page.next_cursor {
        let cursor = HeaderValue::from_str(&cursor).map_err(Error::internal)?;
        headers.insert(HeaderName::from_static("x-next-cursor"), cursor);
    }
    Ok((headers, Json(rows)))
}

/// Which agents can be read.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct IncludeTerminated {
    /// Also an agent that was deleted but not uninstalled, by its UUID.
    #[serde(deserialize_with = "query_bool")]
    #[param(default = false)]
    include_terminated: bool,
}

/// Get an agent
#[utoipa::path(get, path = "/api/agents/{id}", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent"), IncludeTerminated),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The agent in full", body = Agent),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn get_agent(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidQuery(query): ValidQuery<IncludeTerminated>,
) -> Result<Json<Agent>> {
    let row = match query.include_terminated {
        true => service::find_ref_or_terminated(app.db.read(), &id).await?,
        false => service::find_ref(app.db.read(), &id).await?,
    };
    let (agent, _) = service::describe(app.db.read(), &app.rules, &row, &caller.owner()).await?;
    Ok(Json(agent))
}

/// Change an agent
///
/// All or nothing. Runs under way keep the old settings except for mode, removed grants and block lists. A new name does
/// not move the workspace.
#[utoipa::path(patch, path = "/api/agents/{id}", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")), request_body = UpdateAgent,
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The agent as it is now", body = AgentChanged),
        (status = 400, description = "`invalid_manifest`", body = ErrorBody),
        (status = 403, description = "`unsigned`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`", body = ErrorBody),
        (status = 409, description = "`duplicate_name`", body = ErrorBody)))]
pub async fn update_agent(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<UpdateAgent>,
) -> Result<Json<AgentChanged>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let strict = body.strict;
    let (mode, mode_stable) = body.mode.as_deref().map(mode_words).transpose()?.unwrap_or_default();
    let adopt = match body.parent_id {
        Some(Some(_)) => return Err(Error::invalid("parent_id", "can only be set to null")),
        other => other.is_some(),
    };
    let stable = body.stable.or(mode_stable);
    let fields = Fields {
        name: body.name,
        description: body.description,
        model: body.model,
        provider: body.provider,
        system_prompt: body.system_prompt,
        tags: body.tags,
        profile: body.profile,
    };
    let patch = body.manifest.unwrap_or_default();
    if patch.is_empty() && fields.is_empty() && mode.is_none() && stable.is_none() && !adopt {
        return Err(Error::invalid("body", "names nothing to change"));
    }
    let rules = &app.rules;
    let plan = |_: &_, manifest: &crate::agents::manifest::AgentManifest| {
        Ok(Change { patch: fields.onto(patch, rules, &manifest.model), mode, stable, adopt })
    };
    let done = Box::pin(service::change(&app.db, rules, &caller, row.id, strict, plan)).await?;
    Ok(Json(changed(&app, &caller, done, "ok").await?))
}

/// Replace an agent's manifest
///
/// With a manifest everything in it is replaced; id, state, mode, sessions, memory and documents stay. Without one the
/// named fields change, as in `PATCH /api/agents/{id}`.
#[utoipa::path(put, path = "/api/agents/{id}/update", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")), request_body = ReplaceAgent,
    security(("api_key" = ["agents:write"])),
    extensions(("x-cost" = json!(10)), ("x-body-limit" = json!(2_097_152))),
    responses((status = 200, description = "The agent as it is now", body = AgentChanged),
        (status = 400, description = "`invalid_manifest`, `manifest_mismatch`", body = ErrorBody),
        (status = 403, description = "`signature_invalid`, `unsigned`, `signer_not_trusted`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`", body = ErrorBody),
        (status = 409, description = "`duplicate_name`", body = ErrorBody),
        (status = 413, description = "`manifest_too_large`", body = ErrorBody)))]
pub async fn replace_agent(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<ReplaceAgent>,
) -> Result<Json<AgentChanged>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let rules = &app.rules;
    let strict = body.strict;
    let given = Given::read(body.manifest_toml.as_deref(), body.manifest.as_ref(), body.signed_manifest.as_ref())?;
    let fields = Fields {
        name: body.name,
        description: body.description,
        model: body.model.map(|model| model.map(Value::String)),
        provider: body.provider,
        system_prompt: body.system_prompt,
        tags: body.tags,
        profile: None,
    };
    let done = match given {
        Some(_) if !fields.is_empty() => {
            return Err(Error::invalid("body", "holds a manifest and single fields: send one or the other"));
        }
        Some(given) => {
            let work = service::replace(&app.db, rules, &caller, row.id, given.source(), given.envelope(), strict);
            Box::pin(work).await?
        }
        None if fields.is_empty() => return Err(Error::invalid("body", "names nothing to change")),
        None => {
            let plan = |_: &_, manifest: &crate::agents::manifest::AgentManifest| {
                Ok(Change { patch: fields.onto(Map::new(), rules, &manifest.model), ..Change::default() })
            };
            Box::pin(service::change(&app.db, rules, &caller, row.id, strict, plan)).await?
        }
    };
    Ok(Json(changed(&app, &caller, done, "updated").await?))
}

/// The members that several requests share.
struct Fields {
    name: Option<Option<String>>,
    description: Option<Option<String>>,
    model: Option<Option<Value>>,
    provider: Option<Option<String>>,
    system_prompt: Option<Option<String>>,
    tags: Option<Option<Value>>,
    profile: Option<Option<Value>>,
}

impl Fields {
    fn is_empty(&self) -> bool {
        let texts = [&self.name, &self.description, &self.provider, &self.system_prompt];
        texts.iter().all(|text| text.is_none()) && self.model.is_none() && self.tags.is_none() && self.profile.is_none()
    }

    /// Adds the members to a merge patch; null clears.
    fn onto(self, mut patch: Map<String, Value>, rules: &ManifestRules, current: &ManifestModel) -> Map<String, Value> {
        let provider = self.provider.as_ref().map(Option::as_deref);
        let mut model = model_patch::wish(&rules.models, current, self.model, provider);
        if let Some(prompt) = self.system_prompt {
            model.insert("system_prompt".into(), json!(prompt));
        }
        model_patch::add(&mut patch, model);
        for (key, text) in [("name", self.name), ("description", self.description)] {
            patch.extend(text.map(|text| (key.to_owned(), json!(text))));
        }
        for (key, value) in [("tags", self.tags), ("profile", self.profile)] {
            patch.extend(value.map(|value| (key.to_owned(), json!(value))));
        }
        patch
    }
}

/// Terminate an agent
///
/// Its runs are cancelled, its name is free again, and agents that it spawned go with it unless somebody adopted them.
/// Sessions, memory and usage stay until it is uninstalled.
#[utoipa::path(delete, path = "/api/agents/{id}", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "What ended", body = AgentKilled),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn delete_agent(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
) -> Result<Json<AgentKilled>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let (terminated, cancelled_runs) = lifecycle::terminate(&app, &caller, row.id).await?;
    Ok(Json(AgentKilled {
        status: "killed".into(),
        agent_id: terminated.row.id,
        id: terminated.row.id,
        name: terminated.row.name,
        cancelled_runs,
        terminated_children: terminated.children.into_iter().map(|child| child.id).collect(),
    }))
}
