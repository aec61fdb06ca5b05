//! Handlers of entities.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use super::{agent, announce};
use crate::{
    any_case,
    app::AppState,
    error::Result,
    http::{
        extract::{PathText, ValidJson, ValidQuery},
        respond::{Created, ErrorBody},
    },
    idempotency,
    memory::graph::{
        GraphScope,
        schema::{CreateEntity, Entity, EntityDeleted, EntityDetail, EntityList, UpdateEntity},
        service::{self, EntityChange, EntityFilter, IfKnown, NewEntity},
    },
    page::ListParams,
    time::Ts,
};

/// Filter of the list of entities.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct EntitiesFilter {
    /// Part of the name or an alias, in any case.
    #[validate(length(max = 256))]
    #[param(max_length = 256)]
    q: Option<String>,
    /// Only entities of this type.
    #[validate(length(min = 1, max = 64))]
    #[param(min_length = 1, max_length = 64)]
    entity_type: Option<String>,
    /// Only entities of this scope.
    #[serde(deserialize_with = "any_case::maybe")]
    scope: Option<GraphScope>,
    /// Id or name of the agent that owns or added them.
    #[validate(length(min = 1, max = 256))]
    #[param(min_length = 1, max_length = 256)]
    agent: Option<String>,
}

/// List entities
///
/// By name, of all agents.
#[utoipa::path(get, path = "/api/memory/graph/entities", tag = "memory", params(ListParams, EntitiesFilter),
    security(("api_key" = ["memory:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of entities", body = EntityList),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn list_entities(
    State(app): State<AppState>,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(filter): ValidQuery<EntitiesFilter>,
) -> Result<Json<EntityList>> {
    let filter = EntityFilter {
        agent: agent(&app, filter.agent.as_deref()).await?,
        text: filter.q,
        entity_type: filter.entity_type,
        scope: filter.scope,
    };
    let page = service::list_entities(app.db.read(), &filter, &params).await?.map(Entity::from);
    Ok(Json(EntityList { total: page.total(), entities: page.rows, next_cursor: page.next_cursor }))
}

/// Add an entity
///
/// Or bring the one up to date that is there already: with this id, or without an id in the request with this name and
/// type in the same scope. Its name, aliases and properties are replaced.
#[utoipa::path(post, path = "/api/memory/graph/entities", tag = "memory", request_body = CreateEntity,
    security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 201, description = "The new entity", body = Entity),
        (status = 200, description = "The entity that was there, as it is now", body = Entity),
        (status = 404, description = "`agent_not_found`", body = ErrorBody),
        (status = 409, description = "`duplicate_entity`: the id, or name and type, belong to another one", body = ErrorBody)))]
pub async fn create_entity(State(app): State<AppState>, ValidJson(body): ValidJson<CreateEntity>) -> Result<Response> {
    let new = NewEntity {
        agent: agent(&app, body.agent.as_deref()).await?,
        id: body.id,
        name: body.name,
        entity_type: body.entity_type.0,
        aliases: body.aliases,
        properties: body.properties,
        scope: body.scope,
    };
    let tx = app.db.begin().await?;
    let (row, created) = service::upsert(&tx, new, IfKnown::Replace, Ts::now()).await?;
    let (location, body) = (row.path(), Entity::from(row));
    let (status, address) = if created { (201, Some(location.clone())) } else { (200, None) };
    idempotency::service::keep(&tx, status, address, &body).await?;
    tx.commit().await?;
    announce(&app, body.scope, if created { "entity.created" } else { "entity.updated" }, &body.id);
    Ok(match created {
        true => Created { location, body }.into_response(),
        false => Json(body).into_response(),
    })
}

/// Get an entity
///
/// With the number of its relations.
#[utoipa::path(get, path = "/api/memory/graph/entities/{entity_id}", tag = "memory",
    params(("entity_id" = String, Path, description = "The entity")),
    security(("api_key" = ["memory:read"])), extensions(("x-cost" = json!(2))),
    responses((status = 200, description = "The entity", body = EntityDetail),
        (status = 404, description = "`entity_not_found`", body = ErrorBody)))]
pub async fn get_entity(State(app): State<AppState>, PathText(id): PathText) -> Result<Json<EntityDetail>> {
    let (row, outgoing, incoming) = service::detail(app.db.read(), &id).await?;
    Ok(Json(EntityDetail { entity: row.into(), outgoing, incoming }))
}

/// Change an entity
///
/// Absent members stay; properties are merged.
#[utoipa::path(patch, path = "/api/memory/graph/entities/{entity_id}", tag = "memory",
    params(("entity_id" = String, Path, description = "The entity")), request_body = UpdateEntity,
    security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The entity as it is now", body = Entity),
        (status = 404, description = "`entity_not_found`", body = ErrorBody),
        (status = 409, description = "`duplicate_entity`: another one of the scope has this name and type", body = ErrorBody)))]
pub async fn update_entity(
    State(app): State<AppState>,
    PathText(id): PathText,
    ValidJson(body): ValidJson<UpdateEntity>,
) -> Result<Json<Entity>> {
    let change = EntityChange {
        name: body.name,
        aliases: body.aliases.map(Option::unwrap_or_default),
        entity_type: body.entity_type.map(|word| word.0),
        properties: body.properties,
    };
    let tx = app.db.begin().await?;
    let row = service::update_entity(&tx, &id, change, Ts::now()).await?;
    tx.commit().await?;
    announce(&app, row.scope, "entity.updated", &row.id);
    Ok(Json(row.into()))
}

/// Delete an entity
///
/// And every relation that touches it.
#[utoipa::path(delete, path = "/api/memory/graph/entities/{entity_id}", tag = "memory",
    params(("entity_id" = String, Path, description = "The entity")),
    security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "What is gone", body = EntityDeleted),
        (status = 404, description = "`entity_not_found`", body = ErrorBody)))]
pub async fn delete_entity(State(app): State<AppState>, PathText(id): PathText) -> Result<Json<EntityDeleted>> {
    let tx = app.db.begin().await?;
    let (row, relations) = service::delete_entity(&tx, &id).await?;
    tx.commit().await?;
    announce(&app, row.scope, "entity.deleted", &row.id);
    let relations_deleted = i64::try_from(relations).unwrap_or(i64::MAX);
    Ok(Json(EntityDeleted { deleted: true, id: row.id, relations_deleted }))
}
