//! Handlers of agents, by concern.

mod config;
mod create;
mod crud;
mod files;
mod lifecycle;
mod model_patch;
mod read;

use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    AgentRow,
    manifest::ManifestWarning,
    schema::AgentChanged,
    service::{self, Changed},
};
use crate::{app::AppState, caller::Caller, error::Result};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(crud::list_agents, create::create_agent))
        .routes(routes!(crud::get_agent, crud::update_agent, crud::delete_agent))
        .routes(routes!(crud::replace_agent))
        .routes(routes!(lifecycle::uninstall_agent))
        .routes(routes!(read::get_agent_manifest))
        .routes(routes!(read::get_agent_effective))
        .routes(routes!(config::set_agent_mode))
        .routes(routes!(lifecycle::restart_agent))
        .routes(routes!(lifecycle::start_agent))
        .routes(routes!(lifecycle::activate_agent))
        .routes(routes!(lifecycle::suspend_agent))
        .routes(routes!(lifecycle::stop_agent))
        .routes(routes!(create::clone_agent))
        .routes(routes!(config::update_agent_identity))
        .routes(routes!(config::update_agent_config))
        .routes(routes!(config::set_agent_model))
        .routes(routes!(config::get_agent_tools, config::set_agent_tools))
        .routes(routes!(files::list_agent_files))
        .routes(routes!(files::get_agent_file, files::set_agent_file, files::delete_agent_file))
}

fn announce(app: &AppState, event: &'static str, agent: &AgentRow) {
    app.events.publish(event, json!({"agent_id": agent.id, "name": agent.name, "state": agent.state}));
}

/// Tells the world of a change and shows the agent as it is now.
async fn changed(app: &AppState, caller: &Caller, changed: Changed, status: &str) -> Result<AgentChanged> {
    announce(app, "agent.updated", &changed.row);
    let Changed { row, warnings } = changed;
    view_of_change(app, caller, &row, warnings, status).await
}

async fn view_of_change(
    app: &AppState,
    caller: &Caller,
    row: &AgentRow,
    warnings: Vec<ManifestWarning>,
    status: &str,
) -> Result<AgentChanged> {
    let (agent, _) = service::describe(app.db.read(), &app.rules, row, &caller.owner()).await?;
    Ok(AgentChanged { agent_id: row.id, agent, status: status.to_owned(), warnings, requested_mode: None })
}
