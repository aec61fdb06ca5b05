//! Handlers of semantic memories. Those that search or forget many stand in `routes/many.rs`.

mod many;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::{
    MemorySource, event,
    schema::{CreateMemory, DEFAULT_SCOPE, MemoryFragment, MemoryList, UpdateMemory, View},
    service::{self, ListFilter, NewMemory},
};
use crate::{
    agents::{self, AgentRow},
    any_case,
    app::AppState,
    caller::Caller,
    error::{Error, ErrorCode, Result},
    http::{
        extract::{PathParams, PathText, ValidJson, ValidQuery, query_bool},
        respond::{Created, ErrorBody, NoContent},
    },
    ids::Id,
    memory::{naming, person::Naming},
    page::ListParams,
    sessions,
    time::Ts,
};

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_memories, create_memory, many::delete_memories))
        .routes(routes!(get_memory, update_memory, delete_memory))
        .routes(routes!(many::search_memories))
        .routes(routes!(many::consolidate_memories))
}

/// Which memories a list shows.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct MemoriesFilter {
    /// Also what is kept about this person; otherwise only what the agent keeps for itself.
    #[validate(length(min = 1, max = 320))]
    #[param(min_length = 1, max_length = 320)]
    user: Option<String>,
    /// Only this scope.
    #[validate(length(min = 1, max = 64))]
    #[param(min_length = 1, max_length = 64)]
    scope: Option<String>,
    /// Only this source.
    #[serde(deserialize_with = "any_case::maybe")]
    #[param(inline)]
    source: Option<MemorySource>,
    /// Only memories at least so sure.
    #[validate(range(min = 0.0, max = 1.0))]
    #[param(minimum = 0, maximum = 1)]
    min_confidence: Option<f64>,
    /// Only what was remembered after this time.
    after: Option<Ts>,
    /// Only what was remembered before this time.
    before: Option<Ts>,
    /// Part of the content.
    #[validate(length(max = 200))]
    #[param(max_length = 200)]
    q: Option<String>,
    /// Show the vectors.
    #[serde(deserialize_with = "query_bool")]
    #[param(default = false)]
    include_embedding: bool,
}

/// What one memory shows.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct MemoryView {
    /// Show the vector.
    #[serde(deserialize_with = "query_bool")]
    #[param(default = false)]
    include_embedding: bool,
}

fn view<'a>(app: &'a AppState, naming: &'a Naming, include_embedding: bool) -> View<'a> {
    View { naming, model: app.memory.embedder.model(), include_embedding }
}

/// List memories
///
/// Newest first. Listing does not count as use.
#[utoipa::path(get, path = "/api/memory/agents/{id}/memories", tag = "memory",
    params(("id" = String, Path, description = "UUID or exact name of the agent"), MemoriesFilter, ListParams),
    security(("api_key" = ["memory:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of memories", body = MemoryList),
        (status = 400, description = "`invalid_request`, `invalid_cursor`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn list_memories(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidQuery(filter): ValidQuery<MemoriesFilter>,
    ValidQuery(params): ValidQuery<ListParams>,
) -> Result<Json<MemoryList>> {
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    let naming = naming(&app, &caller);
    let person = filter.user.map(|name| naming.stored(&name));
    let wanted = ListFilter {
        people: std::iter::once(String::new()).chain(person).collect(),
        scope: filter.scope,
        source: filter.source,
        min_confidence: filter.min_confidence,
        after: filter.after,
        before: filter.before,
        part: filter.q,
    };
    let page = service::list(app.db.read(), agent.id, wanted, &params).await?;
    let total = page.total();
    let view = view(&app, &naming, filter.include_embedding);
    let page = page.map(|row| view.of(row));
    Ok(Json(MemoryList { memories: page.rows, total, next_cursor: page.next_cursor }))
}

/// Remember something
///
/// The same content about the same person in the same scope is kept once: the memory that is there is returned with 200,
/// with the larger confidence. When the embedder is out of reach, the vector is made later.
#[utoipa::path(post, path = "/api/memory/agents/{id}/memories", tag = "memory",
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    request_body = CreateMemory, security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 201, description = "The memory", body = MemoryFragment),
        (status = 200, description = "The memory that was there already", body = MemoryFragment),
        (status = 400, description = "`invalid_embedding`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn create_memory(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidJson(body): ValidJson<CreateMemory>,
) -> Result<Response> {
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    check_session(&app, &agent, body.session_id).await?;
    let embedding = match body.embedding {
        Some(given) => Some((checked(&app, given)?, app.memory.embedder.model().to_owned())),
        None => app.memory.embed(&body.content).await,
    };
    let is_unembedded = embedding.is_none();
    let naming = naming(&app, &caller);
    let new = NewMemory {
        agent: agent.id,
        person: body.user.map(|name| naming.stored(&name)).unwrap_or_default(),
        scope: body.scope,
        source: body.source,
        content: body.content,
        confidence: body.confidence,
        metadata: body.metadata,
        session: body.session_id,
        ttl_secs: body.ttl_secs.map(i64::from),
        embedding,
    };
    let view = view(&app, &naming, false);
    let (row, is_new) = service::create(&app.db, new, |row| view.of(row.clone())).await?;
    if is_unembedded {
        app.memory.unembedded.notify_one();
    }
    let (name, payload) = event(agent.id, &row.person, Some(row.id), if is_new { "created" } else { "updated" });
    app.events.publish(name, payload);
    let location = format!("/api/memory/agents/{}/memories/{}", agent.id, row.id);
    let body = view.of(row);
    Ok(if is_new { Created { location, body }.into_response() } else { Json(body).into_response() })
}

async fn check_session(app: &AppState, agent: &AgentRow, session: Option<Id>) -> Result<()> {
    let Some(session) = session else { return Ok(()) };
    let found = sessions::service::find_of_agent(app.db.read(), agent.id, session).await;
    match found {
        Err(error) if error.code() == ErrorCode::SessionNotFound => {
            Err(Error::invalid("session_id", "is not a session of this agent"))
        }
        found => found.map(|_| ()),
    }
}

/// A given vector must be one that the embedder could have made.
fn checked(app: &AppState, vector: Vec<f32>) -> Result<Vec<f32>> {
    let wanted = app.memory.embedder.dimensions();
    let fault = match wanted {
        _ if vector.iter().any(|x| !x.is_finite()) => "has a number that is too large".to_owned(),
        Some(wanted) if wanted != vector.len() => format!("has {} numbers, not {wanted}", vector.len()),
        _ => return Ok(vector),
    };
    let message = format!("The embedding does not fit {}: it {fault}", app.memory.embedder.model());
    Err(Error::new(ErrorCode::InvalidEmbedding, message).with_detail("embedding", fault))
}

/// Read a memory
#[utoipa::path(get, path = "/api/memory/agents/{id}/memories/{memory_id}", tag = "memory",
    params(("id" = String, Path, description = "UUID or exact name of the agent"),
        ("memory_id" = Id, Path, description = "The memory"), MemoryView),
    security(("api_key" = ["memory:read"])), extensions(("x-cost" = json!(2))),
    responses((status = 200, description = "The memory", body = MemoryFragment),
        (status = 400, description = "`invalid_id`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`, `memory_not_found`", body = ErrorBody)))]
pub async fn get_memory(
    State(app): State<AppState>,
    caller: Caller,
    PathParams((id, memory)): PathParams<(String, String)>,
    ValidQuery(wish): ValidQuery<MemoryView>,
) -> Result<Json<MemoryFragment>> {
    let memory = Id::parse(&memory)?;
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    let row = service::get(app.db.read(), agent.id, memory).await?;
    Ok(Json(view(&app, &naming(&app, &caller), wish.include_embedding).of(row)))
}

/// Correct a memory
///
/// A new content gets a new vector.
#[utoipa::path(patch, path = "/api/memory/agents/{id}/memories/{memory_id}", tag = "memory",
    params(("id" = String, Path, description = "UUID or exact name of the agent"),
        ("memory_id" = Id, Path, description = "The memory")),
    request_body = UpdateMemory, security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "The memory", body = MemoryFragment),
        (status = 400, description = "`invalid_id`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`, `memory_not_found`", body = ErrorBody),
        (status = 409, description = "`conflict`: another memory of this scope has that content", body = ErrorBody)))]
pub async fn update_memory(
    State(app): State<AppState>,
    caller: Caller,
    PathParams((id, memory)): PathParams<(String, String)>,
    ValidJson(body): ValidJson<UpdateMemory>,
) -> Result<Json<MemoryFragment>> {
    let memory = Id::parse(&memory)?;
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    let embedding = match &body.content {
        Some(content) => app.memory.embed(content).await,
        None => None,
    };
    let is_unembedded = body.content.is_some() && embedding.is_none();
    let change = service::Change {
        content: body.content,
        scope: body.scope.map(|scope| scope.unwrap_or_else(|| DEFAULT_SCOPE.to_owned())),
        source: body.source,
        confidence: body.confidence,
        metadata: body.metadata,
        ttl_secs: body.ttl_secs.map(|ttl| ttl.map(i64::from)),
        embedding,
    };
    let row = service::update(&app.db, agent.id, memory, change).await?;
    if is_unembedded {
        app.memory.unembedded.notify_one();
    }
    let (name, payload) = event(agent.id, &row.person, Some(row.id), "updated");
    app.events.publish(name, payload);
    Ok(Json(view(&app, &naming(&app, &caller), false).of(row)))
}

/// Forget a memory
#[utoipa::path(delete, path = "/api/memory/agents/{id}/memories/{memory_id}", tag = "memory",
    params(("id" = String, Path, description = "UUID or exact name of the agent"),
        ("memory_id" = Id, Path, description = "The memory")),
    security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 204, description = "Forgotten for good"),
        (status = 400, description = "`invalid_id`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`, `memory_not_found`", body = ErrorBody)))]
pub async fn delete_memory(
    State(app): State<AppState>,
    PathParams((id, memory)): PathParams<(String, String)>,
) -> Result<NoContent> {
    let memory = Id::parse(&memory)?;
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    let row = service::delete(&app.db, agent.id, memory).await?;
    let (name, payload) = event(agent.id, &row.person, Some(row.id), "deleted");
    app.events.publish(name, payload);
    Ok(NoContent)
}
