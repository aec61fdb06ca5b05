//! Handlers of the login, and of what a caller may know about itself.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{AppendHeaders, IntoResponse},
};
use serde_json::json;

use crate::{
    app::AppState,
    auth::{
        schema::{AuthCheck, AuthMode, CallerInfo, LoggedIn, LoggedOut, Login, RoleInfo, RoleList, ScopeInfo},
        service,
    },
    caller::{Caller, CallerKind},
    error::Result,
    http::{client::Client, credentials::SESSION_COOKIE, extract::ValidJson, respond::ErrorBody},
    scopes::{Role, Scopes},
};

/// Log in
///
/// By name and password, when the configuration turns that on. Five failures in 15 minutes lock the name for this address.
#[utoipa::path(post, path = "/api/auth/login", tag = "auth", request_body = Login, security(()),
    extensions(("x-cost" = json!(10))),
    responses((status = 200, description = "Logged in", body = LoggedIn, headers(("Set-Cookie" = String, description = "The session cookie"))),
        (status = 401, description = "`invalid_credentials`", body = ErrorBody),
        (status = 403, description = "`origin_not_allowed`", body = ErrorBody),
        (status = 404, description = "`auth_not_enabled`", body = ErrorBody),
        (status = 429, description = "`login_locked`", body = ErrorBody)))]
pub async fn login(
    State(app): State<AppState>,
    client: Client,
    ValidJson(body): ValidJson<Login>,
) -> Result<impl IntoResponse> {
    let outcome = service::log_in(&app.db, &app.config, &body.username, &body.password, client.ip).await;
    let event = if outcome.is_ok() { "auth.login" } else { "auth.login_failed" };
    app.events.publish(event, json!({"name": body.username, "ip": client.ip}));
    let login = outcome?;
    let cookie = cookie(&login.token, login.ttl_secs, client.is_https);
    let role = app.config.auth.role;
    let body = LoggedIn {
        status: "ok".into(),
        token: login.token,
        username: login.username,
        role,
        scopes: role.scopes().names(),
        expires_at: login.expires_at,
    };
    Ok((AppendHeaders(cookie), Json(body)))
}

fn cookie(token: &str, max_age: i64, secure: bool) -> Option<(header::HeaderName, HeaderValue)> {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age}{secure}");
    HeaderValue::from_str(&text).ok().map(|value| (header::SET_COOKIE, value))
}

/// Log out
///
/// Ends this login and clears its cookie. With an API key nothing is revoked.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth", security(("api_key" = [])),
    extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "Logged out", body = LoggedOut)))]
pub async fn logout(State(app): State<AppState>, caller: Caller, client: Client) -> Result<impl IntoResponse> {
    service::log_out(&app.db, &caller).await?;
    Ok((AppendHeaders(cookie("", 0, client.is_https)), Json(LoggedOut { status: "ok".into() })))
}

/// Check the credential
///
/// What a page needs to know before it has one. Never fails for want of a credential.
#[utoipa::path(get, path = "/api/auth/check", tag = "auth", security(()), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "How things stand", body = AuthCheck)))]
pub async fn check_auth(State(app): State<AppState>, caller: Option<Caller>) -> Result<Json<AuthCheck>> {
    let open =
        app.config.config_key().is_none() && !app.config.auth.enabled && !service::any_key_in_force(&app.db).await?;
    let caller = caller.as_ref();
    Ok(Json(AuthCheck {
        authenticated: caller.is_some(),
        mode: if app.config.auth.enabled { AuthMode::Session } else { AuthMode::None },
        username: caller.filter(|c| c.kind == CallerKind::Login).and_then(|c| c.name.clone()),
        role: caller.and_then(|c| c.role),
        scopes: caller.map(|c| c.scopes.names()).unwrap_or_default(),
        expires_at: caller.and_then(|c| c.expires_at),
        api_key_required: !open || caller.is_none(),
    }))
}

/// Who am I
#[utoipa::path(get, path = "/api/auth/me", tag = "auth", security(("api_key" = [])), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "The caller", body = CallerInfo)))]
pub async fn get_caller(State(app): State<AppState>, caller: Caller) -> Json<CallerInfo> {
    Json(CallerInfo {
        kind: caller.kind,
        id: caller.id,
        rate_limit: caller.rate_limit.unwrap_or_else(|| app.limiter.standard()),
        name: caller.name,
        role: caller.role,
        scopes: caller.scopes.names(),
        expires_at: caller.expires_at,
    })
}

/// List roles and scopes
#[utoipa::path(get, path = "/api/auth/roles", tag = "auth", security(("api_key" = [])), extensions(("x-cost" = json!(1))),
    responses((status = 200, description = "Roles and scopes", body = RoleList)))]
pub async fn list_roles() -> Json<RoleList> {
    let roles: Vec<_> = Role::EVERY.iter().map(|r| RoleInfo { name: *r, scopes: r.scopes().names() }).collect();
    let scopes = Scopes::catalogue().map(|(name, text)| ScopeInfo { name, description: text.into() }).collect();
    Json(RoleList { total: 3, roles, scopes, next_cursor: None })
}
