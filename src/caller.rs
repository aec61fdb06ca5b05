//! Who is asking: the outcome of authentication, passed to services as a plain value.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    ids::Id,
    scopes::{Role, Scopes},
    time::Ts,
};

/// An authenticated caller, or the one of the open mode.
#[derive(Clone, Debug)]
pub struct Caller {
    pub kind: CallerKind,
    /// Row of the API key or login.
    pub id: Option<Id>,
    pub name: Option<String>,
    pub role: Option<Role>,
    pub scopes: Scopes,
    pub expires_at: Option<Ts>,
    /// Own rate limit of an API key.
    pub rate_limit: Option<RateLimit>,
}

/// How the caller came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallerKind {
    /// A key of the database.
    ApiKey,
    /// The key of the configuration.
    ConfigKey,
    /// Name and password.
    Login,
    /// No key is configured and the peer is this machine.
    Open,
    Hook,
    Channel,
    Schedule,
    Trigger,
    Workflow,
    Agent,
    System,
}

/// Rate limit of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Cost units an hour.
    #[validate(range(min = 100, max = 10_000_000))]
    #[schema(minimum = 100, maximum = 10_000_000, example = 30_000)]
    pub quota_per_hour: i32,
    /// Cost units that may be spent at once.
    #[validate(range(min = 10, max = 100_000))]
    #[schema(minimum = 10, maximum = 100_000, example = 500)]
    pub burst: i32,
}

impl Caller {
    /// Somebody who runs this server: all scopes, the standard rate limit.
    pub fn operator(kind: CallerKind, name: Option<String>) -> Self {
        Self { kind, id: None, name, role: Some(Role::Admin), scopes: Scopes::ALL, expires_at: None, rate_limit: None }
    }

    /// Whom sessions and stored answers belong to. The people who run the server are one owner, each API key is another.
    pub fn owner(&self) -> String {
        match (self.kind, self.id) {
            (CallerKind::ApiKey, Some(id)) => format!("key:{id}"),
            _ => "operator".into(),
        }
    }

    /// Text for "created by" columns and logs.
    pub fn label(&self) -> String {
        match (self.kind, &self.name) {
            (CallerKind::ConfigKey, _) => "config_key".into(),
            (CallerKind::Open, _) => "open".into(),
            (CallerKind::ApiKey, Some(name)) => format!("key {name}"),
            (CallerKind::Login, Some(name)) => format!("login {name}"),
            (kind, _) => kind.as_str().into(),
        }
    }
}

impl CallerKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::ConfigKey => "config_key",
            Self::Login => "login",
            Self::Open => "open",
            Self::Hook => "hook",
            Self::Channel => "channel",
            Self::Schedule => "schedule",
            Self::Trigger => "trigger",
            Self::Workflow => "workflow",
            Self::Agent => "agent",
            Self::System => "system",
        }
    }
}
