//! Wire types of exports and imports.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    ids::Id,
    memory::{
        kv::KvRow,
        person::Namespace,
        semantic::{MemoryRow, MemorySource, schema::DEFAULT_SCOPE, vector_of},
    },
    time::Ts,
};

/// The form of the document.
pub const FORMAT_VERSION: i32 = 1;

/// All memory in one document. People are named in a form that means the same to every caller.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"format_version": 1, "exported_at": "2026-01-31T12:00:00.000Z", "agents": [], "kv": [],
    "memories": []}))]
pub struct MemoryExport {
    /// 1.
    #[schema(minimum = 1, maximum = 1)]
    pub format_version: i32,
    /// When it was made.
    pub exported_at: Ts,
    /// The embedder that made the vectors; without it, or with another one, they are made anew.
    pub embedding_model: Option<String>,
    /// The agents that the document is about.
    pub agents: Vec<ExportedAgent>,
    /// Key-values, if they are part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kv: Option<Vec<ExportedKv>>,
    /// Semantic memories, if they are part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memories: Option<Vec<ExportedMemory>>,
}

/// An agent of an export.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportedAgent {
    pub id: Id,
    /// By which it is found where its id is not known.
    pub name: String,
}

/// A key-value of an export.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportedKv {
    /// Null when shared.
    pub agent_id: Option<Id>,
    pub namespace: Namespace,
    /// The person of the namespace `user`.
    pub user: Option<String>,
    /// Without the prefix of its namespace.
    pub key: String,
    /// Any JSON.
    pub value: Value,
    /// Goes on from there with the next write.
    #[serde(default = "first")]
    #[schema(minimum = 1)]
    pub version: i64,
    /// The agent or caller that wrote it last; the importing caller when absent.
    #[serde(default)]
    pub written_by: Option<String>,
    #[serde(default)]
    pub expires_at: Option<Ts>,
    #[serde(default)]
    pub created_at: Option<Ts>,
    #[serde(default)]
    pub updated_at: Option<Ts>,
}

fn first() -> i64 {
    1
}

/// A memory of an export.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExportedMemory {
    pub id: Id,
    pub agent_id: Id,
    /// The person it is about; null: the agent's own.
    pub user: Option<String>,
    /// The text.
    pub content: String,
    #[serde(default)]
    pub source: MemorySource,
    /// A group of memories.
    #[serde(default = "default_scope")]
    pub scope: String,
    /// 0 to 1.
    #[serde(default = "sure")]
    pub confidence: f64,
    /// Facts of a caller's.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    #[serde(default)]
    pub session_id: Option<Id>,
    /// The vector, in an export with vectors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedding: Option<Vec<f32>>,
    #[serde(default)]
    pub expires_at: Option<Ts>,
    #[serde(default)]
    pub created_at: Option<Ts>,
    #[serde(default)]
    pub updated_at: Option<Ts>,
    #[serde(default)]
    pub accessed_at: Option<Ts>,
    /// How often searches found it.
    #[serde(default)]
    pub access_count: i64,
}

fn default_scope() -> String {
    DEFAULT_SCOPE.to_owned()
}

fn sure() -> f64 {
    1.0
}

impl From<KvRow> for ExportedKv {
    fn from(row: KvRow) -> Self {
        Self {
            agent_id: row.agent_id,
            namespace: row.namespace(),
            user: row.person,
            key: row.key,
            value: serde_json::from_str(&row.value).unwrap_or_default(),
            version: row.version,
            written_by: Some(row.written_by),
            expires_at: row.expires_at,
            created_at: Some(row.created_at),
            updated_at: Some(row.updated_at),
        }
    }
}

impl ExportedMemory {
    /// With its vector if `model` is the embedder that made it.
    pub fn new(row: MemoryRow, model: Option<&str>) -> Self {
        let embedding = model.and_then(|model| vector_of(&row, model));
        Self {
            id: row.id,
            agent_id: row.agent_id,
            user: (!row.person.is_empty()).then_some(row.person),
            content: row.content,
            source: row.source,
            scope: row.scope,
            confidence: row.confidence,
            metadata: match row.metadata {
                Value::Object(members) => members,
                _ => Map::new(),
            },
            session_id: row.session_id,
            embedding,
            expires_at: row.expires_at,
            created_at: Some(row.created_at),
            updated_at: Some(row.updated_at),
            accessed_at: Some(row.accessed_at),
            access_count: row.access_count,
        }
    }
}

/// A document as it comes in: a record that cannot be read is no reason to refuse the others.
#[derive(Clone, Debug, Deserialize, Validate)]
pub struct Incoming {
    #[validate(range(min = 1, max = 1))]
    pub format_version: i32,
    #[serde(default)]
    pub embedding_model: Option<String>,
    #[serde(default)]
    pub agents: Vec<ExportedAgent>,
    #[serde(default)]
    pub kv: Option<Vec<Value>>,
    #[serde(default)]
    pub memories: Option<Vec<Value>>,
}

/// What becomes of what is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportMode {
    /// What comes in wins.
    #[default]
    Merge,
    /// What the document covers is deleted first: its kinds, of its agents.
    Replace,
    /// What is there wins.
    Skip,
}

/// What becomes of records that cannot be taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// Nothing is written.
    #[default]
    Abort,
    /// They are left out.
    Skip,
}

/// What was taken in.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct MemoryImported {
    /// Key-values that were written.
    pub kv_imported: i64,
    /// Memories that were written.
    pub memories_imported: i64,
    /// Records that were left out, because they are there already or cannot be taken in.
    pub skipped: i64,
    /// Up to 100 records that cannot be taken in, with the reason.
    pub errors: Vec<String>,
    /// Whether it was only tried.
    pub dry_run: bool,
}
