//! Wire types of key-values.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use super::KvRow;
use crate::{
    memory::person::{Namespace, Naming},
    time::Ts,
};

/// One value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KvPair {
    /// Without the prefix of its namespace; where one value is read, as asked.
    #[schema(example = "deadline")]
    pub key: String,
    /// Any JSON.
    pub value: Value,
    #[serde(flatten)]
    pub facts: KvFacts,
}

/// Everything about a value but the value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KvFacts {
    /// Whose it is.
    pub namespace: Namespace,
    /// The person of the namespace `user`.
    pub user: Option<String>,
    /// 1, and one more with each write.
    pub version: i64,
    /// The agent or caller that wrote it last.
    #[schema(example = "agent desk")]
    pub written_by: String,
    /// When it is forgotten.
    pub expires_at: Option<Ts>,
    /// First write.
    pub created_at: Ts,
    /// Last write.
    pub updated_at: Ts,
}

/// A page of values.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KvList {
    /// By key.
    pub kv_pairs: Vec<KvPair>,
    /// All that match.
    pub total: i64,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// A value to be stored. A body without the member `value`, or no object, is itself the value.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[schema(example = json!({"value": {"day": "friday"}, "ttl_secs": 86400}))]
pub struct SetKv {
    /// Any JSON up to 256 KiB.
    pub value: Value,
    /// Forget it after so many seconds.
    #[serde(default)]
    #[validate(range(min = 60, max = 31_536_000))]
    #[schema(minimum = 60, maximum = 31_536_000)]
    pub ttl_secs: Option<i32>,
    /// Store only if this is its version; 0 = only if there is none.
    #[serde(default)]
    #[validate(range(min = 0))]
    #[schema(minimum = 0)]
    pub if_version: Option<i64>,
}

/// What was stored.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KvStored {
    /// `stored`.
    #[schema(example = "stored")]
    pub status: String,
    /// As asked.
    #[schema(example = "deadline")]
    pub key: String,
    /// Whether there was none before.
    pub created: bool,
    #[serde(flatten)]
    pub facts: KvFacts,
}

/// What was deleted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KvDeleted {
    /// `deleted`.
    #[schema(example = "deleted")]
    pub status: String,
    /// Without the prefix of its namespace.
    #[schema(example = "deadline")]
    pub key: String,
    /// Whose it was.
    pub namespace: Namespace,
}

impl KvFacts {
    pub fn new(row: &KvRow, naming: &Naming) -> Self {
        Self {
            namespace: row.namespace(),
            user: row.person.as_deref().map(|person| naming.shown(person)),
            version: row.version,
            written_by: row.written_by.clone(),
            expires_at: row.expires_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl KvPair {
    pub fn new(row: KvRow, naming: &Naming) -> Self {
        // Stored from a value, so it is JSON.
        let value = serde_json::from_str(&row.value).unwrap_or_default();
        Self { value, facts: KvFacts::new(&row, naming), key: row.key }
    }
}
