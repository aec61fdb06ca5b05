//! Handlers of exports and imports.

use std::collections::HashMap;

use axum::{
    Json,
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::Stream;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::{
    schema::{ExportedAgent, FORMAT_VERSION, ImportMode, Incoming, MemoryExport, MemoryImported, OnError},
    service::{self, Wish},
};
use crate::{
    agents, any_case,
    app::AppState,
    caller::Caller,
    error::{Error, Result},
    http::{
        extract::{ValidJson, ValidQuery, query_bool},
        respond::ErrorBody,
    },
    ids::Id,
    time::Ts,
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(export_memory)).routes(routes!(import_memory))
}

/// What an export holds.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ExportWish {
    /// Only key-values and memories of this agent: id or name.
    #[validate(length(min = 1, max = 256))]
    #[param(min_length = 1, max_length = 256)]
    agent: Option<String>,
    /// Kinds, between commas: kv, memories.
    #[validate(length(min = 1, max = 64))]
    #[param(min_length = 1, max_length = 64, default = "kv,memories")]
    include: Option<String>,
    /// With the vectors.
    #[serde(deserialize_with = "query_bool")]
    #[param(default = false)]
    embeddings: bool,
}

#[derive(Clone, Copy)]
struct Kinds {
    kv: bool,
    memories: bool,
}

impl Kinds {
    fn parse(text: Option<&str>) -> Result<Self> {
        let mut kinds = Self { kv: text.is_none(), memories: text.is_none() };
        for word in text.into_iter().flat_map(|text| text.split(',')) {
            match word.trim().to_ascii_lowercase().as_str() {
                "kv" => kinds.kv = true,
                "memories" => kinds.memories = true,
                _ => return Err(Error::invalid("include", "knows kv and memories, between commas")),
            }
        }
        Ok(kinds)
    }
}

/// Export memory
///
/// Everything in one document, which `import_memory` takes in again.
#[utoipa::path(get, path = "/api/memory/export", tag = "memory", params(ExportWish),
    security(("api_key" = ["memory:read"])), extensions(("x-cost" = json!(50)), ("x-long-running" = json!(true))),
    responses((status = 200, description = "The document, as a file", body = MemoryExport,
            headers(("Content-Disposition" = String, description = "`attachment` with a name of the day"))),
        (status = 400, description = "`invalid_request`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn export_memory(State(app): State<AppState>, ValidQuery(wish): ValidQuery<ExportWish>) -> Result<Response> {
    let kinds = Kinds::parse(wish.include.as_deref())?;
    let agent = match &wish.agent {
        Some(text) => Some(agents::service::find_ref(app.db.read(), text).await?),
        None => None,
    };
    let agents = match &agent {
        Some(agent) => vec![ExportedAgent { id: agent.id, name: agent.name.clone() }],
        None => live_agents(&app).await?,
    };
    let now = Ts::now();
    let day = now.to_string().chars().take(10).collect::<String>();
    let disposition = format!("attachment; filename=\"openfang-memory-{day}.json\"");
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    let model = wish.embeddings.then(|| app.memory.embedder.model().to_owned());
    let document = pieces(app, agent.map(|agent| agent.id), kinds, agents, now, model);
    Ok((headers, Body::from_stream(document)).into_response())
}

async fn live_agents(app: &AppState) -> Result<Vec<ExportedAgent>> {
    let rows = agents::service::live_names(app.db.read()).await?;
    Ok(rows.into_iter().map(|(id, name)| ExportedAgent { id, name }).collect())
}

/// The document, piece by piece, so that its size does not matter.
fn pieces(
    app: AppState,
    agent: Option<Id>,
    kinds: Kinds,
    agents: Vec<ExportedAgent>,
    now: Ts,
    model: Option<String>,
) -> impl Stream<Item = Result<Bytes>> {
    async_stream::try_stream! {
        let head = MemoryExport {
            format_version: FORMAT_VERSION,
            exported_at: now,
            embedding_model: model.clone(),
            agents,
            kv: None,
            memories: None,
        };
        let mut head = serde_json::to_string(&head).map_err(Error::internal)?;
        // The kinds follow as further members.
        head.pop();
        yield Bytes::from(head);
        if kinds.kv {
            yield Bytes::from_static(b",\"kv\":[");
            let (mut after, mut comma) = (None, "");
            loop {
                let (rows, next) = service::kv_page(&app.db, agent, after).await?;
                let Some(next) = next else { break };
                yield listed(&rows, comma)?;
                (after, comma) = (Some(next), ",");
            }
            yield Bytes::from_static(b"]");
        }
        if kinds.memories {
            yield Bytes::from_static(b",\"memories\":[");
            let (mut after, mut comma) = (0, "");
            loop {
                let (rows, next) = service::memory_page(&app.db, agent, after, model.as_deref()).await?;
                let Some(next) = next else { break };
                yield listed(&rows, comma)?;
                (after, comma) = (next, ",");
            }
            yield Bytes::from_static(b"]");
        }
        yield Bytes::from_static(b"}");
    }
}

fn listed<T: Serialize>(rows: &[T], comma: &str) -> Result<Bytes> {
    let rows = rows.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>().map_err(Error::internal)?;
    Ok(Bytes::from(format!("{comma}{}", rows.join(","))))
}

/// How a document is taken in.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ImportWish {
    /// What becomes of what is there already.
    #[serde(deserialize_with = "any_case::one")]
    #[param(inline)]
    mode: ImportMode,
    /// Put everything of agents under this one: id or name.
    #[validate(length(min = 1, max = 256))]
    #[param(min_length = 1, max_length = 256)]
    agent: Option<String>,
    /// What becomes of records that cannot be taken in.
    #[serde(deserialize_with = "any_case::one")]
    #[param(inline)]
    on_error: OnError,
    /// Only try it.
    #[serde(deserialize_with = "query_bool")]
    #[param(default = false)]
    dry_run: bool,
}

/// Import memory
///
/// In one transaction. Agents of the document are found by id, then by name. Vectors that are missing, or of another embedder,
/// are made afterwards.
#[utoipa::path(post, path = "/api/memory/import", tag = "memory", params(ImportWish), request_body = MemoryExport,
    security(("api_key" = ["memory:write"])),
    extensions(("x-cost" = json!(100)), ("x-body-limit" = json!(67_108_864)), ("x-long-running" = json!(true))),
    responses((status = 200, description = "What was taken in", body = MemoryImported),
        (status = 400, description = "`invalid_import`: the first 100 records at fault in `details`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn import_memory(
    State(app): State<AppState>,
    caller: Caller,
    ValidQuery(wish): ValidQuery<ImportWish>,
    ValidJson(document): ValidJson<Incoming>,
) -> Result<Json<MemoryImported>> {
    let all_to = match &wish.agent {
        Some(text) => Some(agents::service::find_ref(app.db.read(), text).await?.id),
        None => None,
    };
    let live = agents::service::live_names(app.db.read()).await?;
    let by_name: HashMap<&str, Id> = live.iter().map(|(id, name)| (name.as_str(), *id)).collect();
    let named = document.agents.iter().filter_map(|a| Some((a.id, *by_name.get(a.name.as_str())?)));
    // By id goes first: it is written over what the names say.
    let agents: HashMap<Id, Id> = named.chain(live.iter().map(|(id, _)| (*id, *id))).collect();
    let asked = Wish {
        mode: wish.mode,
        on_error: wish.on_error,
        dry_run: wish.dry_run,
        model: app.memory.embedder.model(),
        agents,
        all_to,
        caller: caller.label(),
    };
    let done = service::import(&app.db, document, &asked).await?;
    if !done.dry_run && done.kv_imported + done.memories_imported > 0 {
        let payload = json!({"agent_id": all_to, "namespace": null, "key": null, "memory_id": null,
            "operation": "updated", "count": done.kv_imported + done.memories_imported});
        app.events.publish("memory.updated", payload);
        app.memory.unembedded.notify_one();
    }
    Ok(Json(done))
}
