//! Wire types of the auth slice.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    caller::{CallerKind, RateLimit},
    http::extract::present,
    ids::Id,
    scopes::Role,
    time::Ts,
};

/// An API key without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKey {
    pub id: Id,
    /// What its owner calls it.
    #[schema(example = "ci")]
    pub name: String,
    /// First 12 characters of the key.
    #[schema(example = "ofk_4fJq0aXz")]
    pub prefix: String,
    pub role: Option<Role>,
    /// All scopes of role and list together, sorted.
    #[schema(example = json!(["agents:read", "messages:write"]))]
    pub scopes: Vec<String>,
    /// Limit of its own; null = the server's limit per client address.
    pub rate_limit: Option<RateLimit>,
    pub expires_at: Option<Ts>,
    pub revoked_at: Option<Ts>,
    /// To the minute.
    pub last_used_at: Option<Ts>,
    /// Address it was last used from.
    pub last_used_ip: Option<String>,
    /// Who created it.
    pub created_by: String,
    pub created_at: Ts,
    pub updated_at: Ts,
}

/// A page of API keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyList {
    /// Newest first.
    pub keys: Vec<ApiKey>,
    /// All keys that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
    /// Whether the configuration holds a key with all scopes besides these.
    pub config_key_set: bool,
}

/// A new API key. `role` or `scopes` is needed; together they add up.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "ci", "role": "operator", "expires_in_days": 90}))]
pub struct CreateApiKey {
    /// Unique among keys that are not revoked.
    #[validate(length(min = 1, max = 128))]
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\xa0][^\\x00-\\x1f\\x7f-\\x9f]*$"
    )]
    pub name: String,
    #[serde(default)]
    pub role: Option<Role>,
    /// Names as in `GET /api/auth/roles`.
    #[serde(default)]
    #[validate(length(max = 26))]
    #[schema(max_items = 26)]
    pub scopes: Vec<String>,
    /// When it stops working; not together with `expires_in_days`.
    #[serde(default)]
    pub expires_at: Option<Ts>,
    /// The same as a number of days from now.
    #[serde(default)]
    #[validate(range(min = 1, max = 3650))]
    #[schema(minimum = 1, maximum = 3650)]
    pub expires_in_days: Option<i32>,
    #[serde(default)]
    #[validate(nested)]
    pub rate_limit: Option<RateLimit>,
}

/// Changes to an API key. Absent members stay; null clears.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"name": "ci-2", "rate_limit": {"quota_per_hour": 3000, "burst": 100}}))]
pub struct UpdateApiKey {
    /// Unique among keys that are not revoked.
    #[validate(length(min = 1, max = 128))]
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\xa0][^\\x00-\\x1f\\x7f-\\x9f]*$"
    )]
    pub name: Option<String>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Role>)]
    pub role: Option<Option<Role>>,
    /// Replaces the list.
    #[validate(length(max = 26))]
    #[schema(max_items = 26)]
    pub scopes: Option<Vec<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Ts>)]
    pub expires_at: Option<Option<Ts>>,
    /// The same as a number of days from now.
    #[validate(range(min = 1, max = 3650))]
    #[schema(minimum = 1, maximum = 3650)]
    pub expires_in_days: Option<i32>,
    #[serde(deserialize_with = "present")]
    #[validate(nested)]
    #[schema(value_type = Option<RateLimit>)]
    pub rate_limit: Option<Option<RateLimit>>,
}

/// A key with its secret, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyCreated {
    #[serde(flatten)]
    pub api_key: ApiKey,
    /// The key. A replay under an `Idempotency-Key` leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ofk_4fJq0aXz9nT2mB7cK1vR8wY5uE3sD6gH0jL4pQ7xZ2A")]
    pub key: Option<String>,
}

/// How to rotate a key.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"grace_secs": 3600}))]
pub struct RotateApiKey {
    /// How long the old secret still works.
    #[validate(range(min = 0, max = 604_800))]
    #[schema(minimum = 0, maximum = 604_800)]
    pub grace_secs: i32,
}

/// A key with its new secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyRotated {
    #[serde(flatten)]
    pub created: ApiKeyCreated,
    /// Until when the old secret works.
    pub previous_valid_until: Option<Ts>,
}

/// Name and password.
#[derive(Deserialize, ToSchema, Validate)]
#[schema(example = json!({"username": "admin", "password": "correct horse battery staple"}))]
pub struct Login {
    /// The configured user name.
    #[validate(length(max = 256))]
    #[schema(max_length = 256)]
    pub username: String,
    /// The password itself.
    #[validate(length(max = 1024))]
    #[schema(max_length = 1024)]
    pub password: String,
}

/// A login; the cookie `openfang_session` holds the same token.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoggedIn {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub status: String,
    /// Also accepted as `Authorization: Bearer`.
    pub token: String,
    /// The configured user name.
    pub username: String,
    pub role: Role,
    /// Scopes of the role, sorted.
    pub scopes: Vec<String>,
    pub expires_at: Ts,
}

/// Outcome without further facts.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoggedOut {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub status: String,
}

/// How one signs in here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthMode {
    /// No login by name and password.
    None,
    Session,
}

/// What a page needs to know before it has a credential.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthCheck {
    /// The request's credential is valid, or none is needed.
    pub authenticated: bool,
    pub mode: AuthMode,
    /// Who is logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What the credential may do, sorted.
    pub scopes: Vec<String>,
    pub expires_at: Option<Ts>,
    /// A credential is needed.
    pub api_key_required: bool,
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallerInfo {
    pub kind: CallerKind,
    pub id: Option<Id>,
    /// Name of the API key or user.
    pub name: Option<String>,
    pub role: Option<Role>,
    /// What the credential may do, sorted.
    pub scopes: Vec<String>,
    pub expires_at: Option<Ts>,
    pub rate_limit: RateLimit,
}

/// A role and what it may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleInfo {
    pub name: Role,
    /// What it may do, sorted.
    pub scopes: Vec<String>,
}

/// A scope.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScopeInfo {
    /// `<area>:read` or `<area>:write`.
    #[schema(example = "agents:read")]
    pub name: String,
    /// What it allows.
    pub description: String,
}

/// All roles and scopes.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleList {
    /// From the weakest to the strongest.
    pub roles: Vec<RoleInfo>,
    /// By area.
    pub scopes: Vec<ScopeInfo>,
    /// Number of roles.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Always null: there is one page.
    pub next_cursor: Option<String>,
}
