//! Handlers of API keys. Login and self-description stand in `routes/session.rs`.

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::{
    schema::{ApiKey, ApiKeyCreated, ApiKeyList, ApiKeyRotated, CreateApiKey, RotateApiKey, UpdateApiKey},
    service::{self, ApiKeyRow},
};
use crate::{
    app::AppState,
    caller::Caller,
    error::Result,
    http::{
        extract::{PathId, ValidJson, ValidQuery, query_bool},
        respond::{Created, ErrorBody, NoContent},
    },
    ids::Id,
    page::ListParams,
};

mod session;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(session::login))
        .routes(routes!(session::logout))
        .routes(routes!(session::check_auth))
        .routes(routes!(session::get_caller))
        .routes(routes!(session::list_roles))
        .routes(routes!(list_api_keys, create_api_key))
        .routes(routes!(get_api_key, update_api_key, delete_api_key))
        .routes(routes!(rotate_api_key))
}

impl From<ApiKeyRow> for ApiKey {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            id: row.id,
            scopes: row.all_scopes().names(),
            rate_limit: row.rate_limit(),
            name: row.name,
            prefix: row.prefix,
            role: row.role,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            last_used_at: row.last_used_at,
            last_used_ip: row.last_used_ip,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Filter of the list of API keys.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ApiKeyFilter {
    /// Also keys that were revoked.
    #[serde(deserialize_with = "query_bool")]
    #[param(default = false)]
    include_revoked: bool,
}

/// List API keys
///
/// Newest first, without the keys themselves.
#[utoipa::path(get, path = "/api/auth/keys", tag = "auth", params(ListParams, ApiKeyFilter),
    security(("api_key" = ["system:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of keys", body = ApiKeyList)))]
pub async fn list_api_keys(
    State(app): State<AppState>,
    ValidQuery(params): ValidQuery<ListParams>,
    ValidQuery(filter): ValidQuery<ApiKeyFilter>,
) -> Result<Json<ApiKeyList>> {
    let page = service::list(&app.db, &params, filter.include_revoked).await?.map(ApiKey::from);
    Ok(Json(ApiKeyList {
        total: page.total(),
        keys: page.rows,
        next_cursor: page.next_cursor,
        config_key_set: app.config.config_key().is_some(),
    }))
}

/// Create an API key
///
/// In force at once. `key` is shown only here. The first key ends the open mode, in which this machine needs none.
#[utoipa::path(post, path = "/api/auth/keys", tag = "auth", request_body = CreateApiKey,
    security(("api_key" = ["system:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 201, description = "The key, with its secret", body = ApiKeyCreated),
        (status = 400, description = "`unknown_scope`", body = ErrorBody),
        (status = 409, description = "`key_name_taken`", body = ErrorBody)))]
pub async fn create_api_key(
    State(app): State<AppState>,
    caller: Caller,
    ValidJson(body): ValidJson<CreateApiKey>,
) -> Result<Created<ApiKeyCreated>> {
    let (row, secret) = service::create(&app.db, &caller, body).await?;
    announce(&app, "api_key.created", row.id, &row.name);
    let location = row.path();
    Ok(Created { location, body: ApiKeyCreated { api_key: row.into(), key: Some(secret) } })
}

/// Get an API key
#[utoipa::path(get, path = "/api/auth/keys/{id}", tag = "auth", params(("id" = Id, Path, description = "The key")),
    security(("api_key" = ["system:read"])), extensions(("x-cost" = json!(2))),
    responses((status = 200, description = "The key, without its secret", body = ApiKey),
        (status = 404, description = "`key_not_found`", body = ErrorBody)))]
pub async fn get_api_key(State(app): State<AppState>, PathId(id): PathId) -> Result<Json<ApiKey>> {
    Ok(Json(service::get(&app.db, id).await?.into()))
}

/// Change an API key
///
/// Absent members stay as they are; role and scopes are replaced as sent. Open streams and sockets of the key are
/// checked again within 5 seconds.
#[utoipa::path(patch, path = "/api/auth/keys/{id}", tag = "auth", params(("id" = Id, Path, description = "The key")),
    request_body = UpdateApiKey, security(("api_key" = ["system:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "The key as it is now", body = ApiKey),
        (status = 400, description = "`unknown_scope`", body = ErrorBody),
        (status = 404, description = "`key_not_found`", body = ErrorBody),
        (status = 409, description = "`key_name_taken`, `key_revoked`, `last_admin_key`", body = ErrorBody)))]
pub async fn update_api_key(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId,
    ValidJson(body): ValidJson<UpdateApiKey>,
) -> Result<Json<ApiKey>> {
    let row = service::update(&app.db, &app.config, &caller, id, body).await?;
    announce(&app, "api_key.updated", row.id, &row.name);
    Ok(Json(row.into()))
}

/// Revoke an API key
///
/// For good and at once. The row stays, so that the audit log can name it.
#[utoipa::path(delete, path = "/api/auth/keys/{id}", tag = "auth", params(("id" = Id, Path, description = "The key")),
    security(("api_key" = ["system:write"])), extensions(("x-cost" = json!(5))),
    responses((status = 204, description = "Revoked"),
        (status = 404, description = "`key_not_found`", body = ErrorBody),
        (status = 409, description = "`last_admin_key`, `key_revoked`", body = ErrorBody)))]
pub async fn delete_api_key(State(app): State<AppState>, caller: Caller, PathId(id): PathId) -> Result<NoContent> {
    let row = service::revoke(&app.db, &app.config, &caller, id).await?;
    announce(&app, "api_key.revoked", row.id, &row.name);
    Ok(NoContent)
}

/// Rotate an API key
///
/// A new secret for the same key; the old one works for `grace_secs` more.
#[utoipa::path(post, path = "/api/auth/keys/{id}/rotate", tag = "auth", params(("id" = Id, Path, description = "The key")),
    request_body = RotateApiKey, security(("api_key" = ["system:write"])), extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "The key, with its new secret", body = ApiKeyRotated),
        (status = 404, description = "`key_not_found`", body = ErrorBody),
        (status = 409, description = "`key_revoked`", body = ErrorBody)))]
pub async fn rotate_api_key(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId,
    ValidJson(body): ValidJson<RotateApiKey>,
) -> Result<Json<ApiKeyRotated>> {
    let (row, secret) = service::rotate(&app.db, &caller, id, body.grace_secs).await?;
    announce(&app, "api_key.rotated", row.id, &row.name);
    let previous_valid_until = row.previous_valid_until;
    let created = ApiKeyCreated { api_key: row.into(), key: Some(secret) };
    Ok(Json(ApiKeyRotated { created, previous_valid_until }))
}

fn announce(app: &AppState, event: &'static str, id: Id, name: &str) {
    app.events.publish(event, json!({"id": id, "name": name}));
}
