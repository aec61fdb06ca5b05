//! Wire types of the knowledge graph.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::{
    EntityRow, GraphScope, RelationRow,
    kinds::Word,
    service::{ENTITY_BYTES, RELATION_BYTES},
};
use crate::{any_case, http::extract::present, ids::Id, time::Ts};

/// Something that is known: a person, an organization, a project, …
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Entity {
    /// Given by whoever added it, else a UUIDv7.
    #[schema(min_length = 1, max_length = 128, example = "acme")]
    pub id: String,
    pub scope: GraphScope,
    /// With its type unique in its scope.
    #[schema(example = "Acme GmbH")]
    pub name: String,
    /// Other names it is found by.
    pub aliases: Vec<String>,
    /// Known types are concept, document, event, location, organization, person, project and tool.
    #[schema(example = "organization")]
    pub entity_type: String,
    /// What is known of it besides, in any form.
    pub properties: Map<String, Value>,
    /// Owner of what is `self`; of what is shared, the agent that added it.
    pub agent_id: Option<Id>,
    pub created_at: Ts,
    pub updated_at: Ts,
}

/// What is known about two entities.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Relation {
    pub id: Id,
    pub scope: GraphScope,
    /// Id of the entity it starts from.
    #[schema(example = "anna")]
    pub source: String,
    /// Known kinds are created_by, depends_on, knows_about, located_in, owned_by, part_of, produces, related_to, uses and
    /// works_at.
    #[schema(example = "works_at")]
    pub relation: String,
    /// Id of the entity it leads to.
    #[schema(example = "acme")]
    pub target: String,
    /// What is known of it besides, in any form.
    pub properties: Map<String, Value>,
    /// How sure it is.
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: f64,
    /// Owner of what is `self`; of what is shared, the agent that added it.
    pub agent_id: Option<Id>,
    pub created_at: Ts,
}

/// A relation that a search walked, with both its ends.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GraphMatch {
    pub source: Entity,
    pub relation: Relation,
    pub target: Entity,
    /// Hops from the start to its far end.
    #[schema(minimum = 1)]
    pub depth: i32,
}

/// An entity with its relations counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityDetail {
    #[serde(flatten)]
    pub entity: Entity,
    /// Relations that start from it.
    #[schema(minimum = 0)]
    pub outgoing: i64,
    /// Relations that lead to it.
    #[schema(minimum = 0)]
    pub incoming: i64,
}

/// A page of entities.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityList {
    /// By name.
    pub entities: Vec<Entity>,
    /// All entities that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
}

/// A page of relations.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelationList {
    /// Newest first.
    pub relations: Vec<Relation>,
    /// All relations that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
}

/// What a search of the graph found.
#[derive(Debug, Serialize, ToSchema)]
pub struct GraphMatches {
    /// By depth, then confidence.
    pub matches: Vec<GraphMatch>,
    /// Matches found, also those beyond `limit`.
    #[schema(minimum = 0)]
    pub total: i64,
    /// There is more than is shown: beyond `limit`, or beyond the 10,000 relations that a search visits.
    pub truncated: bool,
}

/// What went with a deleted entity.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityDeleted {
    /// Always true.
    pub deleted: bool,
    /// The entity that is gone.
    pub id: String,
    /// Relations that touched it.
    #[schema(minimum = 0)]
    pub relations_deleted: i64,
}

/// An entity to be added, or brought up to date when it is already there.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Acme GmbH", "entity_type": "organization", "aliases": ["Acme"], "properties": {"city": "Graz"}}))]
pub struct CreateEntity {
    /// Letters, digits and `._:-`; default: a UUIDv7.
    #[serde(default)]
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, pattern = "^[A-Za-z0-9._:-]+$")]
    pub id: Option<String>,
    /// Compared in NFKC, without case, with single spaces.
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub name: String,
    /// A word in lower case; `org` and `doc` mean organization and document. Also read as `{"custom": "word"}`.
    #[schema(value_type = String, min_length = 1, max_length = 64)]
    pub entity_type: Word,
    /// Other names it is found by.
    #[serde(default)]
    #[validate(length(max = 16))]
    #[schema(max_items = 16)]
    pub aliases: Vec<String>,
    /// At most 32 KiB.
    #[serde(default)]
    #[validate(custom(function = entity_sized))]
    pub properties: Map<String, Value>,
    #[serde(default, deserialize_with = "any_case::one")]
    #[schema(default = "shared")]
    pub scope: GraphScope,
    /// Id or name of the agent that it belongs to (`self`, where it is needed) or that adds it.
    #[serde(default)]
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub agent: Option<String>,
}

/// Changes to an entity. Absent members stay; null clears lists and properties.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"name": "Acme AG", "properties": {"city": null}}))]
pub struct UpdateEntity {
    /// Compared in NFKC, without case, with single spaces.
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub name: Option<String>,
    /// Replaces the list.
    #[serde(deserialize_with = "present")]
    #[validate(length(max = 16))]
    #[schema(value_type = Option<Vec<String>>, max_items = 16)]
    pub aliases: Option<Option<Vec<String>>>,
    /// A word in lower case. Also read as `{"custom": "word"}`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    pub entity_type: Option<Word>,
    /// Merged into the present ones, which may have at most 32 KiB together; null removes one of them.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Map<String, Value>>)]
    pub properties: Option<Option<Map<String, Value>>>,
}

/// A relation to be added, or brought up to date when it is already there.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"source": "Anna Berger", "relation": "works_at", "target": "Acme GmbH", "confidence": 0.9}))]
pub struct CreateRelation {
    /// Id, name or alias of one entity.
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub source: String,
    /// Id, name or alias of one entity.
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub target: String,
    /// A word in lower case. Also read as `{"custom": "word"}`.
    #[schema(value_type = String, min_length = 1, max_length = 64)]
    pub relation: Word,
    /// How sure it is.
    #[serde(default = "certain")]
    #[validate(custom(function = fraction))]
    #[schema(minimum = 0, maximum = 1, default = 1)]
    pub confidence: f64,
    /// At most 16 KiB.
    #[serde(default)]
    #[validate(custom(function = relation_sized))]
    pub properties: Map<String, Value>,
    /// A shared relation joins shared entities; what is `self` may also lead to shared ones.
    #[serde(default, deserialize_with = "any_case::one")]
    #[schema(default = "shared")]
    pub scope: GraphScope,
    /// Id or name of the agent that it belongs to (`self`, where it is needed) or that adds it.
    #[serde(default)]
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub agent: Option<String>,
}

/// Which way relations are followed from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From source to target.
    Outgoing,
    /// From target to source.
    Incoming,
    Both,
}

/// A search from one entity, between two, or for relations of any.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"source": "Anna Berger", "max_depth": 2, "min_confidence": 0.5}))]
pub struct QueryGraph {
    /// Id, name or alias; a name may fit several.
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub source: Option<String>,
    /// Id, name or alias; a name may fit several. With both ends, what is found are the relations on paths between them.
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub target: Option<String>,
    /// Only relations of this kind are followed. Also read as `{"custom": "word"}`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    pub relation: Option<Word>,
    /// Hops to follow; above 1 an end is needed.
    #[validate(range(min = 1, max = 4))]
    #[schema(minimum = 1, maximum = 4, default = 1)]
    pub max_depth: Option<i32>,
    /// Default: `both` from one end, `outgoing` between two.
    #[serde(deserialize_with = "any_case::maybe")]
    pub direction: Option<Direction>,
    /// Less sure relations are not followed.
    #[validate(custom(function = fraction))]
    #[schema(minimum = 0, maximum = 1, default = 0)]
    pub min_confidence: Option<f64>,
    /// Matches to show.
    #[validate(range(min = 1, max = 500))]
    #[schema(minimum = 1, maximum = 500, default = 100)]
    pub limit: Option<i32>,
    /// Only relations of this scope.
    #[serde(deserialize_with = "any_case::maybe")]
    pub scope: Option<GraphScope>,
    /// Id or name of an agent: only what it sees, that is what is shared and its own.
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256)]
    pub agent: Option<String>,
}

fn certain() -> f64 {
    1.0
}

/// Also refuses what is no number.
pub(super) fn fraction(value: f64) -> Result<(), ValidationError> {
    match (0.0..=1.0).contains(&value) {
        true => Ok(()),
        false => Err(ValidationError::new("range").with_message("must be 0 to 1".into())),
    }
}

fn entity_sized(properties: &Map<String, Value>) -> Result<(), ValidationError> {
    sized(properties, ENTITY_BYTES)
}

fn relation_sized(properties: &Map<String, Value>) -> Result<(), ValidationError> {
    sized(properties, RELATION_BYTES)
}

fn sized(properties: &Map<String, Value>, most: usize) -> Result<(), ValidationError> {
    match serde_json::to_vec(properties).map_or(usize::MAX, |bytes| bytes.len()) <= most {
        true => Ok(()),
        false => {
            let text = format!("must have at most {most} bytes as JSON");
            Err(ValidationError::new("length").with_message(text.into()))
        }
    }
}

impl From<EntityRow> for Entity {
    fn from(row: EntityRow) -> Self {
        Self {
            aliases: row.alias_list(),
            properties: row.properties.as_object().cloned().unwrap_or_default(),
            id: row.id,
            scope: row.scope,
            name: row.name,
            entity_type: row.entity_type,
            agent_id: row.agent_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<RelationRow> for Relation {
    fn from(row: RelationRow) -> Self {
        Self {
            properties: row.properties.as_object().cloned().unwrap_or_default(),
            id: row.id,
            scope: row.scope,
            source: row.source,
            relation: row.relation,
            target: row.target,
            confidence: row.confidence,
            agent_id: row.agent_id,
            created_at: row.created_at,
        }
    }
}
