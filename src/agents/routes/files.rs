//! Persona documents of an agent.

use axum::{Json, extract::State};

use super::announce;
use crate::{
    agents::{
        schema::{AgentFile, AgentFileInfo, AgentFileList, AgentFileWritten, SetAgentFile},
        service::{self, FILE_NAMES},
    },
    app::AppState,
    caller::Caller,
    error::Result,
    http::{
        extract::{PathParams, PathText, ValidJson},
        respond::{ErrorBody, NoContent},
    },
};

fn size(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

/// List an agent's documents
///
/// Always all eight: SOUL.md, IDENTITY.md, USER.md, TOOLS.md, MEMORY.md, AGENTS.md, BOOTSTRAP.md, HEARTBEAT.md.
#[utoipa::path(get, path = "/api/agents/{id}/files", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The documents", body = AgentFileList),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn list_agent_files(State(app): State<AppState>, PathText(id): PathText) -> Result<Json<AgentFileList>> {
    let agent = service::find_ref(app.db.read(), &id).await?;
    let rows = service::files(app.db.read(), agent.id).await?;
    let info = |name: &&str| {
        let row = rows.iter().find(|row| row.filename == *name);
        AgentFileInfo {
            name: (*name).to_owned(),
            exists: row.is_some(),
            size_bytes: row.map_or(0, |row| size(&row.content)),
            updated_at: row.map(|row| row.updated_at),
        }
    };
    let files: Vec<AgentFileInfo> = FILE_NAMES.iter().map(info).collect();
    Ok(Json(AgentFileList { total: 8, files, next_cursor: None }))
}

/// Read an agent's document
#[utoipa::path(get, path = "/api/agents/{id}/files/{filename}", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent"),
        ("filename" = String, Path, description = "One of the eight names", example = "SOUL.md")),
    security(("api_key" = ["agents:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The document", body = AgentFile),
        (status = 400, description = "`invalid_filename`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`, `file_not_found`", body = ErrorBody)))]
pub async fn get_agent_file(
    State(app): State<AppState>,
    PathParams((id, filename)): PathParams<(String, String)>,
) -> Result<Json<AgentFile>> {
    let agent = service::find_ref(app.db.read(), &id).await?;
    let row = service::get_file(app.db.read(), agent.id, &filename).await?;
    Ok(Json(AgentFile {
        name: row.filename,
        size_bytes: size(&row.content),
        content: row.content,
        updated_at: row.updated_at,
    }))
}

/// Write an agent's document
///
/// Replaced as a whole and used from the next run on. USER.md, MEMORY.md and BOOTSTRAP.md reach the model as data only.
#[utoipa::path(put, path = "/api/agents/{id}/files/{filename}", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent"),
        ("filename" = String, Path, description = "One of the eight names", example = "SOUL.md")),
    request_body = SetAgentFile, security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "What was written", body = AgentFileWritten),
        (status = 400, description = "`invalid_filename`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn set_agent_file(
    State(app): State<AppState>,
    caller: Caller,
    PathParams((id, filename)): PathParams<(String, String)>,
    ValidJson(body): ValidJson<SetAgentFile>,
) -> Result<Json<AgentFileWritten>> {
    let agent = service::find_ref(app.db.read(), &id).await?;
    let row = service::set_file(&app.db, agent.id, &filename, body.content, &caller.label()).await?;
    announce(&app, "agent.updated", &agent);
    Ok(Json(AgentFileWritten {
        status: "ok".into(),
        name: row.filename,
        size_bytes: size(&row.content),
        updated_at: row.updated_at,
    }))
}

/// Delete an agent's document
#[utoipa::path(delete, path = "/api/agents/{id}/files/{filename}", tag = "agents",
    params(("id" = String, Path, description = "UUID or exact name of the agent"),
        ("filename" = String, Path, description = "One of the eight names", example = "SOUL.md")),
    security(("api_key" = ["agents:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 204, description = "Deleted"),
        (status = 400, description = "`invalid_filename`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`, `file_not_found`", body = ErrorBody)))]
pub async fn delete_agent_file(
    State(app): State<AppState>,
    PathParams((id, filename)): PathParams<(String, String)>,
) -> Result<NoContent> {
    let agent = service::find_ref(app.db.read(), &id).await?;
    service::remove_file(&app.db, agent.id, &filename).await?;
    announce(&app, "agent.updated", &agent);
    Ok(NoContent)
}
