//! Wire types of semantic memories.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::{
    MemoryRow, MemorySource,
    search::{Found, Method, Scores},
    vector_of,
};
use crate::{any_case, http::extract::present, ids::Id, memory::person::Naming, time::Ts};

/// Bytes of metadata as JSON.
const MAX_METADATA: usize = 16 * 1024;
/// The scope of a memory when nobody names one.
pub const DEFAULT_SCOPE: &str = "semantic";

fn small(metadata: &Map<String, Value>) -> Result<(), ValidationError> {
    let size = serde_json::to_string(metadata).map_or(usize::MAX, |text| text.len());
    match size <= MAX_METADATA {
        true => Ok(()),
        false => Err(ValidationError::new("size").with_message("must have at most 16384 bytes as JSON".into())),
    }
}

/// Something that an agent remembers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemoryFragment {
    pub id: Id,
    pub agent_id: Id,
    /// The person it is about; null: the agent's own.
    pub user: Option<String>,
    /// The text.
    #[schema(example = "The customer prefers answers in German")]
    pub content: String,
    /// Where it comes from.
    pub source: MemorySource,
    /// A group of memories, by a word of the caller's.
    #[schema(example = "semantic")]
    pub scope: String,
    /// How sure it is, 0 to 1.
    pub confidence: f64,
    /// Facts of the caller's.
    pub metadata: Map<String, Value>,
    /// The session it was learned in.
    pub session_id: Option<Id>,
    /// Whether the embedder in use has made its vector.
    pub has_embedding: bool,
    /// The vector, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedding: Option<Vec<f32>>,
    /// When it is forgotten.
    pub expires_at: Option<Ts>,
    pub created_at: Ts,
    pub updated_at: Ts,
    /// When a search last found it.
    pub accessed_at: Ts,
    /// How often searches found it.
    pub access_count: i64,
}

/// How memories are shown to a caller.
pub struct View<'a> {
    pub naming: &'a Naming,
    /// Name of the embedder in use.
    pub model: &'a str,
    pub include_embedding: bool,
}

impl View<'_> {
    pub fn of(&self, row: MemoryRow) -> MemoryFragment {
        let vector = vector_of(&row, self.model);
        MemoryFragment {
            id: row.id,
            agent_id: row.agent_id,
            user: (!row.person.is_empty()).then(|| self.naming.shown(&row.person)),
            content: row.content,
            source: row.source,
            scope: row.scope,
            confidence: row.confidence,
            metadata: match row.metadata {
                Value::Object(members) => members,
                _ => Map::new(),
            },
            session_id: row.session_id,
            has_embedding: vector.is_some(),
            embedding: vector.filter(|_| self.include_embedding),
            expires_at: row.expires_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            accessed_at: row.accessed_at,
            access_count: row.access_count,
        }
    }
}

/// A page of memories.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemoryList {
    /// Newest first.
    pub memories: Vec<MemoryFragment>,
    /// All that match.
    pub total: i64,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Something to remember.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"content": "The customer prefers answers in German", "user": "anna", "confidence": 0.9}))]
pub struct CreateMemory {
    /// The text.
    #[validate(length(min = 1, max = 32_768))]
    #[schema(min_length = 1, max_length = 32_768)]
    pub content: String,
    /// The person it is about: a sender id of yours, the name of the login, or the form in which others' are shown. Null: the
    /// agent's own.
    #[serde(default)]
    #[validate(length(min = 1, max = 320))]
    #[schema(min_length = 1, max_length = 320)]
    pub user: Option<String>,
    /// Where it comes from.
    #[serde(default, deserialize_with = "any_case::one")]
    #[schema(default = "user_provided")]
    pub source: MemorySource,
    /// A group of memories, by a word of yours.
    #[serde(default = "default_scope")]
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, default = "semantic")]
    pub scope: String,
    /// How sure it is.
    #[serde(default = "sure")]
    #[validate(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1, default = 1)]
    pub confidence: f64,
    /// Facts of yours, up to 16 KiB as JSON.
    #[serde(default)]
    #[validate(custom(function = "small"))]
    pub metadata: Map<String, Value>,
    /// The session of this agent that it was learned in.
    #[serde(default)]
    pub session_id: Option<Id>,
    /// Its vector, as long as those of the embedder in use; made here when absent.
    #[serde(default)]
    #[validate(length(min = 1, max = 8_192))]
    #[schema(min_items = 1, max_items = 8_192)]
    pub embedding: Option<Vec<f32>>,
    /// Forget it after so many seconds.
    #[serde(default)]
    #[validate(range(min = 60, max = 31_536_000))]
    #[schema(minimum = 60, maximum = 31_536_000)]
    pub ttl_secs: Option<i32>,
}

fn default_scope() -> String {
    DEFAULT_SCOPE.to_owned()
}

fn sure() -> f64 {
    1.0
}

/// A correction. What is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"confidence": 0.4}))]
pub struct UpdateMemory {
    /// The text; a new one gets a new vector.
    #[validate(length(min = 1, max = 32_768))]
    #[schema(min_length = 1, max_length = 32_768)]
    pub content: Option<String>,
    /// A group of memories; null: `semantic`.
    #[serde(deserialize_with = "present")]
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, value_type = Option<String>)]
    pub scope: Option<Option<String>>,
    /// Where it comes from.
    #[serde(deserialize_with = "any_case::maybe")]
    pub source: Option<MemorySource>,
    /// How sure it is.
    #[validate(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: Option<f64>,
    /// Replaced as a whole.
    #[validate(custom(function = "small"))]
    pub metadata: Option<Map<String, Value>>,
    /// Forget it after so many seconds from now; null: never.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 60, max = 31_536_000))]
    #[schema(minimum = 60, maximum = 31_536_000, value_type = Option<i32>)]
    pub ttl_secs: Option<Option<i32>>,
}

/// How many were forgotten.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemoriesDeleted {
    /// Number of memories.
    pub deleted: i64,
}

/// How memories are tidied up.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"dry_run": true}))]
pub struct ConsolidateMemories {
    /// Only count.
    #[serde(default)]
    pub dry_run: bool,
    /// Cosine from which on two memories of one person and scope say the same.
    #[serde(default = "nearly_one")]
    #[validate(range(min = 0.8, max = 1.0))]
    #[schema(minimum = 0.8, maximum = 1, default = 0.95)]
    pub similarity: f32,
}

fn nearly_one() -> f32 {
    0.95
}

/// What was tidied up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemoriesConsolidated {
    /// Memories that went into another one.
    pub memories_merged: i64,
    /// Memories that lost confidence.
    pub memories_decayed: i64,
    /// How long it took.
    pub duration_ms: i64,
    /// Whether it was only counted.
    pub dry_run: bool,
}

/// A question to the memories.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"query": "which language does the customer like", "agent": "assistant", "limit": 5}))]
pub struct SearchMemories {
    /// What is looked for.
    #[validate(length(min = 1, max = 8_192))]
    #[schema(min_length = 1, max_length = 8_192)]
    pub query: String,
    /// Id or name of an agent, also read as `agent_id`; null: all agents.
    #[serde(default, alias = "agent_id")]
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub agent: Option<String>,
    /// Also what is kept about this person; null: only what the agent keeps for itself.
    #[serde(default)]
    #[validate(length(min = 1, max = 320))]
    #[schema(min_length = 1, max_length = 320)]
    pub user: Option<String>,
    /// Most hits.
    #[serde(default = "ten")]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100, default = 10)]
    pub limit: i32,
    /// Only this scope.
    #[serde(default)]
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    pub scope: Option<String>,
    /// Only this source.
    #[serde(default, deserialize_with = "any_case::maybe")]
    pub source: Option<MemorySource>,
    /// Only memories at least so sure.
    #[serde(default)]
    #[validate(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1, default = 0)]
    pub min_confidence: f64,
    /// Only hits with at least this score.
    #[serde(default)]
    #[validate(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1, default = 0)]
    pub min_score: f64,
    /// Only what was remembered after this time.
    #[serde(default)]
    pub after: Option<Ts>,
    /// Only what was remembered before this time.
    #[serde(default)]
    pub before: Option<Ts>,
    /// Members that the metadata must have, with these values.
    #[serde(default)]
    #[validate(custom(function = "small"))]
    pub metadata: Map<String, Value>,
    /// Show the vectors.
    #[serde(default)]
    pub include_embedding: bool,
}

fn ten() -> i32 {
    10
}

/// What was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemoriesFound {
    /// Best first.
    pub results: Vec<MemoryFound>,
    /// Number of results.
    pub total: i64,
    /// How they were found.
    pub method: Method,
    /// The embedder; null when it was out of reach.
    pub embedding_model: Option<String>,
}

/// One hit. Its score is confidence × (0.7 · `vector` + 0.3 · `text`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemoryFound {
    pub memory: MemoryFragment,
    /// 0 to 1.
    pub score: f64,
    pub scores: MemoryScores,
}

/// What a score is made of.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct MemoryScores {
    /// Nearness in meaning: the cosine of both vectors, not below 0.
    pub vector: f64,
    /// Shared words, rare ones counting more; 1 for the best hit.
    pub text: f64,
}

impl MemoryFound {
    pub fn new(found: Found, view: &View<'_>) -> Self {
        let Scores { vector, text } = found.scores;
        Self { score: found.score, scores: MemoryScores { vector, text }, memory: view.of(found.row) }
    }
}
