//! Single settings: mode, identity, the config form, model, tool filters.

use axum::{Json, extract::State};
use serde_json::{Map, Value, json};

use super::{announce, changed, model_patch};
use crate::{
    agents::{
        AgentRow,
        manifest::{AgentManifest, AgentMode},
        schema::{
            AgentChanged, AgentModelSet, AgentTools, AgentToolsSet, SetAgentMode, SetAgentModel, SetAgentTools,
            UpdateAgentConfig, UpdateAgentIdentity,
        },
        service::{self, Change, Changed},
    },
    app::AppState,
    caller::Caller,
    error::{Error, ErrorCode, ErrorDetail, Result},
    http::{
        extract::{PathText, ValidJson},
        respond::ErrorBody,
    },
};

/// A word for a mode, in any case.
pub fn as_mode(word: &str) -> Result<AgentMode> {
    match word.trim().to_ascii_lowercase().as_str() {
        "observe" => Ok(AgentMode::Observe),
        "assist" => Ok(AgentMode::Assist),
        "full" => Ok(AgentMode::Full),
        _ => Err(Error::invalid("mode", "must be observe, assist or full")),
    }
}

/// A word of the mode operation as mode and stability; what is None stays.
pub fn mode_words(word: &str) -> Result<(Option<AgentMode>, Option<bool>)> {
    match word.trim().to_ascii_lowercase().as_str() {
        "stable" => Ok((None, Some(true))),
        "normal" => Ok((Some(AgentMode::Full), Some(false))),
        word => match as_mode(word) {
            Ok(mode) => Ok((Some(mode), None)),
            Err(_) => Err(Error::invalid("mode", "must be observe, assist, full, stable or normal")),
        },
    }
}

/// Set an agent's mode
///
/// Applies from the next tool call on, also in running runs, and survives a restart.
#[utoipa::path(put, path = "/api/agents/{id}/mode", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")), request_body = SetAgentMode,
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The agent as it is now", body = AgentChanged),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn set_agent_mode(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<SetAgentMode>,
) -> Result<Json<AgentChanged>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let (mode, stable) = mode_words(&body.mode)?;
    let done = edit(&app, &caller, &row, |_| Change { mode, stable, ..Change::default() }).await?;
    let view = changed(&app, &caller, done, "updated").await?;
    Ok(Json(AgentChanged { requested_mode: Some(body.mode), ..view }))
}

/// Change an agent's identity
#[utoipa::path(patch, path = "/api/agents/{id}/identity", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")), request_body = UpdateAgentIdentity,
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The agent as it is now", body = AgentChanged),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn update_agent_identity(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<UpdateAgentIdentity>,
) -> Result<Json<AgentChanged>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let patch = identity_patch(body);
    let done = edit(&app, &caller, &row, |_| Change { patch, ..Change::default() }).await?;
    Ok(Json(changed(&app, &caller, done, "ok").await?))
}

/// The identity's changed members as a merge patch; empty when none is named.
fn identity_patch(body: UpdateAgentIdentity) -> Map<String, Value> {
    let members = [
        ("emoji", body.emoji),
        ("avatar_url", body.avatar_url),
        ("color", body.color),
        ("archetype", body.archetype),
        ("vibe", body.vibe),
        ("greeting_style", body.greeting_style),
    ];
    let named = members.into_iter().filter_map(|(key, wish)| {
        let text = wish?.filter(|text| !text.is_empty());
        Some((key.to_owned(), json!(text)))
    });
    let identity: Map<String, Value> = named.collect();
    if identity.is_empty() { Map::new() } else { Map::from_iter([("identity".to_owned(), Value::Object(identity))]) }
}

/// Change an agent's settings
///
/// One form for name, texts, identity and model. All or nothing.
#[utoipa::path(patch, path = "/api/agents/{id}/config", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")), request_body = UpdateAgentConfig,
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The agent as it is now", body = AgentChanged),
        (status = 404, description = "`agent_not_found`", body = ErrorBody),
        (status = 409, description = "`duplicate_name`", body = ErrorBody)))]
pub async fn update_agent_config(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<UpdateAgentConfig>,
) -> Result<Json<AgentChanged>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let plan = |manifest: &AgentManifest| Change { patch: config_patch(&app, manifest, body), ..Change::default() };
    let done = edit(&app, &caller, &row, plan).await?;
    Ok(Json(changed(&app, &caller, done, "ok").await?))
}

fn config_patch(app: &AppState, manifest: &AgentManifest, body: UpdateAgentConfig) -> Map<String, Value> {
    let mut patch = identity_patch(body.identity);
    let name = body.name.filter(|name| !name.is_empty());
    patch.extend(name.map(|name| ("name".to_owned(), json!(name))));
    patch.extend(body.description.map(|text| ("description".to_owned(), json!(text))));
    patch.extend(body.fallback_models.map(|list| ("fallback_models".to_owned(), json!(list))));
    let model = body.model.as_deref().filter(|model| !model.is_empty());
    let provider = body.provider.as_deref().map(|provider| Some(provider).filter(|p| !p.is_empty()));
    let mut keys = model_patch::names(&app.models, &manifest.model, model.map(Some), provider);
    let own = [("system_prompt", body.system_prompt), ("api_key_env", body.api_key_env), ("base_url", body.base_url)];
    keys.extend(own.into_iter().filter_map(|(key, wish)| Some((key.to_owned(), json!(wish?)))));
    model_patch::add(&mut patch, keys);
    patch
}

/// Switch an agent's model
///
/// History is kept; the next run uses the new model. A model that the catalogue does not know is accepted with a warning.
#[utoipa::path(put, path = "/api/agents/{id}/model", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")), request_body = SetAgentModel,
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "What the next run will use", body = AgentModelSet),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn set_agent_model(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<SetAgentModel>,
) -> Result<Json<AgentModelSet>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let plan = |manifest: &AgentManifest| {
        let provider = body.provider.as_deref().map(Some);
        let keys = model_patch::names(&app.models, &manifest.model, Some(Some(&body.model)), provider);
        let mut patch = Map::new();
        model_patch::add(&mut patch, keys);
        Change { patch, ..Change::default() }
    };
    let done = edit(&app, &caller, &row, plan).await?;
    announce(&app, "agent.updated", &done.row);
    let (agent, _) = service::describe(app.db.read(), &app.rules, &done.row, &caller.owner()).await?;
    Ok(Json(AgentModelSet {
        status: "updated".into(),
        agent_id: done.row.id,
        model_name: agent.model.model.clone(),
        model: agent.model.model,
        model_provider: agent.model.provider.clone(),
        provider: agent.model.provider,
        warnings: done.warnings,
    }))
}

/// Get an agent's tool filters
#[utoipa::path(get, path = "/api/agents/{id}/tools", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The filters and what they come to", body = AgentTools),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn get_agent_tools(State(app): State<AppState>, PathText(id): PathText) -> Result<Json<AgentTools>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    Ok(Json(tools_of(&app, &row)?))
}

fn tools_of(app: &AppState, row: &AgentRow) -> Result<AgentTools> {
    let manifest = row.manifest()?;
    let resolved = app.rules.resolve(&manifest, row.mode());
    Ok(AgentTools {
        tool_allowlist: manifest.tool_allowlist,
        tool_blocklist: manifest.tool_blocklist,
        effective: resolved.tools,
        profile: manifest.profile,
        mode: row.mode(),
    })
}

/// Set an agent's tool filters
///
/// Names that no tool has now are kept, with a warning.
#[utoipa::path(put, path = "/api/agents/{id}/tools", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")), request_body = SetAgentTools,
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The filters as they are now", body = AgentToolsSet),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn set_agent_tools(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<SetAgentTools>,
) -> Result<Json<AgentToolsSet>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let lists = [("tool_allowlist", body.tool_allowlist), ("tool_blocklist", body.tool_blocklist)];
    let patch: Map<String, Value> =
        lists.into_iter().filter_map(|(key, list)| Some((key.to_owned(), json!(list?)))).collect();
    if patch.is_empty() {
        return Err(Error::invalid("body", "needs tool_allowlist or tool_blocklist"));
    }
    let done = edit(&app, &caller, &row, |_| Change { patch, ..Change::default() }).await?;
    announce(&app, "agent.updated", &done.row);
    let tools = tools_of(&app, &done.row)?;
    Ok(Json(AgentToolsSet { status: "ok".into(), agent_id: done.row.id, tools, warnings: done.warnings }))
}

/// A change whose request has no manifest in it, so that problems are problems of the request.
async fn edit(
    app: &AppState,
    caller: &Caller,
    row: &AgentRow,
    plan: impl FnOnce(&AgentManifest) -> Change + Send,
) -> Result<Changed> {
    let plan = |_: &AgentRow, manifest: &AgentManifest| Ok(plan(manifest));
    let work = service::change(&app.db, &app.rules, caller, row.id, false, plan);
    Box::pin(work).await.map_err(as_request_error)
}

fn as_request_error(error: Error) -> Error {
    if error.code() != ErrorCode::InvalidManifest {
        return error;
    }
    let member = |path: &str| {
        let inner = ["identity.", "model."].into_iter().find_map(|table| path.strip_prefix(table));
        inner.unwrap_or(path).to_owned()
    };
    let details = error.details().iter().map(|d| ErrorDetail { field: member(&d.field), ..d.clone() });
    Error::invalid_fields(details.collect())
}
