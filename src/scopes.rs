//! Scopes and roles: what a credential may do. Write does not include read.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::error::{Error, ErrorCode};

/// The 13 areas with what reading and writing in them means.
const AREAS: [(&str, &str, &str); 13] = [
    ("agents", "See agents, their settings, templates and tools", "Create, change, start, stop and delete agents"),
    ("messages", "Read sessions, messages and runs", "Talk to agents, cancel runs, manage sessions"),
    (
        "memory",
        "Read memories, key-values and the knowledge graph",
        "Change memories, key-values and the knowledge graph",
    ),
    ("workflows", "See workflows and their runs", "Create, change and run workflows"),
    ("automation", "See schedules, triggers and the event log", "Create and change schedules and triggers"),
    ("channels", "See chat channels and deliveries", "Configure chat channels and send through them"),
    ("skills", "See skills and marketplaces", "Install, change and remove skills"),
    ("protocols", "See MCP servers, A2A agents and peers", "Manage MCP servers, A2A agents and peers"),
    ("approvals", "See approval requests", "Decide approval requests"),
    ("usage", "See usage and budgets", "Change budgets"),
    ("audit", "Read the audit log and the log stream", "Prune and sign the audit log"),
    ("config", "Read the configuration", "Change the configuration, provider keys and addresses"),
    ("system", "See status, metrics and API keys", "Manage API keys, shut down, back up and restore"),
];

/// Areas whose `:read` a viewer has.
const VIEWER: [&str; 11] = [
    "agents",
    "messages",
    "memory",
    "workflows",
    "automation",
    "channels",
    "skills",
    "protocols",
    "approvals",
    "usage",
    "system",
];
/// Areas whose `:write` an operator has besides.
const OPERATOR: [&str; 7] = ["agents", "messages", "memory", "workflows", "automation", "channels", "approvals"];

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u32);

impl Scopes {
    pub const NONE: Self = Self(0);
    pub const ALL: Self = Self((1 << (2 * AREAS.len())) - 1);

    /// Every scope with its description, in the order of the areas.
    pub fn catalogue() -> impl Iterator<Item = (String, &'static str)> {
        AREAS
            .iter()
            .flat_map(|(area, read, write)| [(format!("{area}:read"), *read), (format!("{area}:write"), *write)])
    }

    /// One scope by name, as `agents:read`.
    pub fn one(name: &str) -> Option<Self> {
        let (area, verb) = name.split_once(':')?;
        let index = AREAS.iter().position(|(a, ..)| *a == area)?;
        match verb {
            "read" => Some(Self(1 << (2 * index))),
            "write" => Some(Self(1 << (2 * index + 1))),
            _ => None,
        }
    }

    /// Several scopes by name; the first unknown one is `unknown_scope`.
    pub fn parse<S: AsRef<str>>(names: &[S]) -> Result<Self, Error> {
        names.iter().try_fold(Self::NONE, |all, name| {
            let name = name.as_ref();
            let one = Self::one(name).ok_or_else(|| {
                Error::new(
                    ErrorCode::UnknownScope,
                    format!("Unknown scope '{name}'; GET /api/auth/roles lists all scopes"),
                )
                .with_detail("scopes", name)
            })?;
            Ok(all.union(one))
        })
    }

    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the scope of this name is in the set. An unknown name never is.
    pub fn has(self, name: &str) -> bool {
        Self::one(name).is_some_and(|one| self.0 & one.0 == one.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Sorted names.
    pub fn names(self) -> Vec<String> {
        let mut names: Vec<String> = Self::catalogue().map(|(name, _)| name).filter(|name| self.has(name)).collect();
        names.sort();
        names
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.names().serialize(s)
    }
}

/// A named bundle of scopes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema, sea_orm::EnumIter, sea_orm::DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads everything but configuration and audit.
    Viewer,
    /// Viewer, and works with agents, messages, memory, workflows, automation, channels and approvals.
    Operator,
    /// All scopes.
    Admin,
}

impl Role {
    pub const EVERY: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    pub fn scopes(self) -> Scopes {
        let of = |areas: &[&str], verb: &str| {
            areas.iter().filter_map(|a| Scopes::one(&format!("{a}:{verb}"))).fold(Scopes::NONE, Scopes::union)
        };
        match self {
            Self::Viewer => of(&VIEWER, "read"),
            Self::Operator => Self::Viewer.scopes().union(of(&OPERATOR, "write")),
            Self::Admin => Scopes::ALL,
        }
    }
}

/// Words are read in any case.
impl<'de> serde::Deserialize<'de> for Role {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let word = String::deserialize(d)?.to_lowercase();
        let role = Self::EVERY.into_iter().find(|role| role.to_string() == word);
        role.ok_or_else(|| serde::de::Error::custom("expected viewer, operator or admin"))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, Scopes};

    #[test]
    fn roles_grow() {
        assert_eq!(Role::Viewer.scopes().names().len(), 11);
        assert_eq!(Role::Operator.scopes().names().len(), 18);
        assert_eq!(Role::Admin.scopes().names().len(), 26);
        assert!(Role::Operator.scopes().contains(Role::Viewer.scopes()));
        assert!(!Role::Viewer.scopes().contains(Role::Operator.scopes()));
    }

    #[test]
    fn write_does_not_include_read() {
        let write = Scopes::parse(&["agents:write"]).unwrap();
        assert!(write.has("agents:write") && !write.has("agents:read"));
        assert!(Scopes::parse(&["agents:delete"]).is_err());
        assert!(!Scopes::ALL.has("nonsense"));
    }
}
