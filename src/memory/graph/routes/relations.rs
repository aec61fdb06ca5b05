//! Handlers of relations.

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
        extract::{PathId, ValidJson, ValidQuery},
        respond::{Created, ErrorBody, NoContent},
    },
    idempotency,
    ids::Id,
    memory::graph::{
        GraphScope,
        schema::{CreateRelation, Relation, RelationList, fraction},
        service::{self, NewRelation, RelationFilter, View},
    },
    page::ListParams,
    time::Ts,
};

/// Filter of the list of relations.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct RelationsFilter {
    /// Id, name or alias of the entity they start from.
    #[validate(length(min = 1, max = 256))]
    #[param(min_length = 1, max_length = 256)]
    source: Option<String>,
    /// Id, name or alias of the entity they lead to.
    #[validate(length(min = 1, max = 256))]
    #[param(min_length = 1, max_length = 256)]
    target: Option<String>,
    /// Only relations of this kind.
    #[validate(length(min = 1, max = 64))]
    #[param(min_length = 1, max_length = 64)]
    relation: Option<String>,
    /// Only relations that are at least so sure.
    #[validate(custom(function = fraction))]
    #[param(minimum = 0, maximum = 1)]
    min_confidence: Option<f64>,
    /// Only relations of this scope.
    #[serde(deserialize_with = "any_case::maybe")]
    scope: Option<GraphScope>,
    /// Id or name of the agent that owns or added them.
    #[validate(length(min = 1, max = 256))]
    #[param(min_length = 1, max_length = 256)]
    agent: Option<String>,
}

/// List relations
///
/// Newest first, of all agents.
#[utoipa::path(get, path = "/api/memory/graph/relations", tag = "memory", params(ListParams, RelationsFilter),
    security(("api_key" = ["memory:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of relations", body = RelationList),
        (status = 404, description = "`agent_not_found`", body = ErrorBody)))]
pub async fn list_relations(
    State(app): State<AppState>,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(filter): ValidQuery<RelationsFilter>,
) -> Result<Json<RelationList>> {
    let filter = RelationFilter {
        agent: agent(&app, filter.agent.as_deref()).await?,
        source: filter.source,
        target: filter.target,
        relation: filter.relation,
        min_confidence: filter.min_confidence,
        scope: filter.scope,
    };
    let page = service::list_relations(app.db.read(), &filter, &params).await?.map(Relation::from);
    Ok(Json(RelationList { total: page.total(), relations: page.rows, next_cursor: page.next_cursor }))
}

/// Connect two entities
///
/// Or bring the relation up to date that is there already, with the same source, relation and target in the same scope:
/// its confidence and properties are replaced. A name must fit exactly one entity; names count before aliases.
#[utoipa::path(post, path = "/api/memory/graph/relations", tag = "memory", request_body = CreateRelation,
    security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 201, description = "The new relation", body = Relation),
        (status = 200, description = "The relation that was there, as it is now", body = Relation),
        (status = 404, description = "`entity_not_found`, `agent_not_found`", body = ErrorBody),
        (status = 409, description = "`ambiguous_entity`: several have the name; `details` has their ids", body = ErrorBody)))]
pub async fn create_relation(
    State(app): State<AppState>,
    ValidJson(body): ValidJson<CreateRelation>,
) -> Result<Response> {
    let agent = agent(&app, body.agent.as_deref()).await?;
    let view = match body.scope {
        GraphScope::Shared => View { scope: Some(GraphScope::Shared), agent: None },
        GraphScope::Own => View { scope: None, agent },
    };
    let new = NewRelation {
        source: body.source,
        relation: body.relation.0,
        target: body.target,
        confidence: body.confidence,
        properties: body.properties,
        scope: body.scope,
        agent,
        create_missing: false,
    };
    let tx = app.db.begin().await?;
    let connected = service::connect(&tx, new, view, Ts::now()).await?;
    let (location, created) = (connected.relation.path(), connected.created);
    let body = Relation::from(connected.relation);
    let (status, address) = if created { (201, Some(location.clone())) } else { (200, None) };
    idempotency::service::keep(&tx, status, address, &body).await?;
    tx.commit().await?;
    let operation = if created { "relation.created" } else { "relation.updated" };
    announce(&app, body.scope, operation, &body.id.to_string());
    Ok(match created {
        true => Created { location, body }.into_response(),
        false => Json(body).into_response(),
    })
}

/// Get a relation
#[utoipa::path(get, path = "/api/memory/graph/relations/{relation_id}", tag = "memory",
    params(("relation_id" = Id, Path, description = "The relation")),
    security(("api_key" = ["memory:read"])), extensions(("x-cost" = json!(2))),
    responses((status = 200, description = "The relation", body = Relation),
        (status = 404, description = "`relation_not_found`", body = ErrorBody)))]
pub async fn get_relation(State(app): State<AppState>, PathId(id): PathId) -> Result<Json<Relation>> {
    Ok(Json(service::get_relation(app.db.read(), id).await?.into()))
}

/// Delete a relation
///
/// Its entities stay.
#[utoipa::path(delete, path = "/api/memory/graph/relations/{relation_id}", tag = "memory",
    params(("relation_id" = Id, Path, description = "The relation")),
    security(("api_key" = ["memory:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 204, description = "It is gone"),
        (status = 404, description = "`relation_not_found`", body = ErrorBody)))]
pub async fn delete_relation(State(app): State<AppState>, PathId(id): PathId) -> Result<NoContent> {
    let tx = app.db.begin().await?;
    let row = service::delete_relation(&tx, id).await?;
    tx.commit().await?;
    announce(&app, row.scope, "relation.deleted", &row.id.to_string());
    Ok(NoContent)
}
