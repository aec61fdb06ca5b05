//! Handlers that search, tidy up or forget many memories.

use std::time::Instant;

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use validator::Validate;

use super::view;
use crate::{
    agents, any_case,
    app::AppState,
    caller::Caller,
    error::{Error, Result},
    http::{
        extract::{PathText, ValidJson, ValidQuery, query_bool},
        respond::ErrorBody,
    },
    memory::{
        naming,
        semantic::{
            MemorySource,
            filter::Filter,
            schema::{
                ConsolidateMemories, MemoriesConsolidated, MemoriesDeleted, MemoriesFound, MemoryFound, SearchMemories,
            },
            search::{Method, Question},
            service::{self, ManyFilter},
        },
    },
    time::Ts,
};

/// Which memories are forgotten; all that are named must hold.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ForgetFilter {
    /// Only what is kept about this person.
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
    /// Only what was remembered before this time.
    before: Option<Ts>,
    /// Only memories at most so sure.
    #[validate(range(min = 0.0, max = 1.0))]
    #[param(minimum = 0, maximum = 1)]
    max_confidence: Option<f64>,
    /// Must be true to forget without a filter.
    #[serde(deserialize_with = "query_bool")]
    #[param(default = false)]
    all: bool,
}

/// Forget many memories
///
/// Those that fit all filters, of everybody unless `user` names somebody.
#[utoipa::path(delete, path = "/api/memory/agents/{id}/memories", tag = "memory",
    params(("id" = String, Path, description = "UUID or exact name of the agent"), ForgetFilter),
    security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "How many were forgotten", body = MemoriesDeleted),
        (status = 400, description = "`invalid_request`: neither a filter nor `all=true`", body = ErrorBody),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn delete_memories(
    State(app): State<AppState>,
    caller: Caller,
    PathText(id): PathText,
    ValidQuery(filter): ValidQuery<ForgetFilter>,
) -> Result<Json<MemoriesDeleted>> {
    let ForgetFilter { user, scope, source, before, max_confidence, all } = filter;
    let is_open = user.is_none() && scope.is_none() && source.is_none() && before.is_none() && max_confidence.is_none();
    if is_open && !all {
        return Err(Error::invalid("all", "must be true to forget without a filter"));
    }
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    let person = user.map(|name| naming(&app, &caller).stored(&name));
    let filter = ManyFilter { person, scope, source, before, max_confidence };
    let deleted = service::delete_many(&app.db, agent.id, filter).await?;
    if deleted > 0 {
        let payload = json!({"agent_id": agent.id, "namespace": null, "key": null, "memory_id": null,
            "operation": "deleted", "count": deleted});
        app.events.publish("memory.deleted", payload);
    }
    Ok(Json(MemoriesDeleted { deleted: i64::try_from(deleted).unwrap_or(i64::MAX) }))
}

/// Search memories
///
/// By meaning and by words. Counts as use of what it returns.
#[utoipa::path(post, path = "/api/memory/search", tag = "memory", request_body = SearchMemories,
    security(("api_key" = ["memory:read"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "The best hits", body = MemoriesFound),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn search_memories(
    State(app): State<AppState>,
    caller: Caller,
    ValidJson(body): ValidJson<SearchMemories>,
) -> Result<Json<MemoriesFound>> {
    let agent = match &body.agent {
        Some(text) => Some(agents::service::find_ref(app.db.read(), text).await?.id),
        None => None,
    };
    let naming = naming(&app, &caller);
    let person = body.user.as_deref().map(|name| naming.stored(name));
    let question = Question {
        agent,
        text: body.query,
        filter: Filter {
            scope: body.scope,
            sources: body.source.map(|source| vec![source]),
            min_confidence: body.min_confidence,
            after: body.after,
            before: body.before,
            metadata: body.metadata,
            ..Filter::of(person.as_deref())
        },
        limit: usize::try_from(body.limit).unwrap_or(1),
        min_score: body.min_score,
    };
    let answer = app.memory.find(&app.db, &question).await?;
    let view = view(&app, &naming, body.include_embedding);
    let results: Vec<MemoryFound> = answer.found.into_iter().map(|found| MemoryFound::new(found, &view)).collect();
    Ok(Json(MemoriesFound {
        total: i64::try_from(results.len()).unwrap_or(i64::MAX),
        results,
        method: answer.method,
        embedding_model: (answer.method != Method::Text).then(|| view.model.to_owned()),
    }))
}

/// Consolidate memories
///
/// Merges near-duplicates: the longest text stays, with the highest confidence and the metadata of all. Memories that were not
/// used for 7 days lose some confidence, once a day and never below 0.1. Calls no model; the server also does it by itself.
#[utoipa::path(post, path = "/api/memory/agents/{id}/consolidate", tag = "memory",
    params(("id" = String, Path, description = "UUID or exact name of the agent")),
    request_body = ConsolidateMemories, security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(30))),
    responses((status = 200, description = "What was tidied up", body = MemoriesConsolidated),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn consolidate_memories(
    State(app): State<AppState>,
    PathText(id): PathText,
    ValidJson(body): ValidJson<ConsolidateMemories>,
) -> Result<Json<MemoriesConsolidated>> {
    let agent = agents::service::find_ref(app.db.read(), &id).await?;
    let started = Instant::now();
    let wish = service::Wish {
        model: app.memory.embedder.model(),
        similarity: body.similarity,
        decay_rate: app.config.memory.decay_rate,
        dry_run: body.dry_run,
    };
    let done = service::consolidate(&app.db, agent.id, wish).await?;
    if !body.dry_run && done != service::Consolidated::default() {
        let payload = json!({"agent_id": agent.id, "namespace": null, "key": null, "memory_id": null,
            "operation": "updated", "count": done.merged + done.faded});
        app.events.publish("memory.updated", payload);
    }
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Ok(Json(MemoriesConsolidated {
        memories_merged: number(done.merged),
        memories_decayed: number(done.faded),
        duration_ms: i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
        dry_run: body.dry_run,
    }))
}
