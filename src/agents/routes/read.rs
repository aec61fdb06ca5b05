//! What an agent says it is, and what it comes to.

use axum::{Json, extract::State};

use crate::{
    agents::{
        schema::{AgentManifestView, EffectiveView},
        service,
    },
    app::AppState,
    caller::Caller,
    error::Result,
    http::{extract::PathText, respond::ErrorBody},
};

/// Get an agent's manifest
///
/// As stored, for backup or for creating the agent elsewhere. TOML given at create comes back as it was, comments
/// included, until something is changed.
#[utoipa::path(get, path = "/api/agents/{id}/manifest", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The manifest in both forms", body = AgentManifestView),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn get_agent_manifest(
    State(app): State<AppState>,
    PathText(id): PathText,
) -> Result<Json<AgentManifestView>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let manifest = row.manifest()?;
    Ok(Json(AgentManifestView {
        agent_id: row.id,
        name: row.name,
        manifest_version: row.manifest_version,
        updated_at: row.updated_at,
        updated_by: row.updated_by,
        manifest_toml: row.manifest_toml.unwrap_or_else(|| manifest.to_toml()),
        manifest,
        signed_manifest: row.signed_manifest,
    }))
}

/// Get what an agent may do
///
/// Grants, tools, limits and model in force right now.
#[utoipa::path(get, path = "/api/agents/{id}/effective", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "What it may do and use", body = EffectiveView),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn get_agent_effective(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
) -> Result<Json<EffectiveView>> {
    let row = service::find_ref(app.db.read(), &id).await?;
    let (agent, resolved) = service::describe(app.db.read(), &app.rules, &row, &caller.owner()).await?;
    let effective = agent.effective(&resolved);
    Ok(Json(EffectiveView { agent_id: row.id, effective, warnings: resolved.warnings }))
}
