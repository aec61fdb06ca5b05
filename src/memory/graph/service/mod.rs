//! Rules and SQL of the graph. Everything works in the caller's transaction, so that a tool's write is one with its step.

mod entities;
mod lookup;
mod paths;
mod query;
mod relations;
mod transfer;

use sea_orm::{ColumnTrait, Condition};

use super::{EntityRow, GraphScope};
use crate::{
    error::{Error, ErrorCode, Result},
    ids::Id,
};

pub use entities::{
    EntityChange, EntityFilter, IfKnown, NewEntity, delete_entity, detail, get_entity, list_entities, update_entity,
    upsert,
};
pub use query::{Found, GraphQuery, Match, query};
pub use relations::{Connected, NewRelation, RelationFilter, connect, delete_relation, get_relation, list_relations};
pub use transfer::{ImportMode, Imported, Rejected, entities_after, forget_agent, import, relations_after};

/// Bytes of an entity's properties as JSON.
pub const ENTITY_BYTES: usize = 32 * 1024;
/// Bytes of a relation's properties as JSON.
pub const RELATION_BYTES: usize = 16 * 1024;
/// Names of an entity besides the first.
pub const ALIASES: usize = 16;

/// What somebody looks at. Empty: everything, as callers of the API may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    pub scope: Option<GraphScope>,
    /// What this agent sees: what is shared and its own.
    pub agent: Option<Id>,
}

impl View {
    fn condition<C: ColumnTrait>(self, scope: C, agent: C) -> Condition {
        let is = |wanted: GraphScope| scope.eq(wanted);
        match (self.scope, self.agent) {
            (None, None) => Condition::all(),
            (Some(GraphScope::Shared), _) => Condition::all().add(is(GraphScope::Shared)),
            (Some(GraphScope::Own), None) => Condition::all().add(is(GraphScope::Own)),
            (Some(GraphScope::Own), Some(id)) => Condition::all().add(is(GraphScope::Own)).add(agent.eq(id)),
            (None, Some(id)) => Condition::any().add(is(GraphScope::Shared)).add(agent.eq(id)),
        }
    }

    /// Where the ends of such relations lie: an agent's own relations may lead to shared entities.
    fn ends(self) -> Self {
        match self.scope {
            Some(GraphScope::Shared) => self,
            _ => Self { scope: None, ..self },
        }
    }
}

fn entity_not_found(text: &str) -> Error {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(256).collect();
    Error::new(ErrorCode::EntityNotFound, format!("There is no entity '{shown}'"))
}

fn relation_not_found(id: Id) -> Error {
    Error::new(ErrorCode::RelationNotFound, format!("There is no relation {id}"))
}

/// What is `self` belongs to an agent.
fn owned(scope: GraphScope, agent: Option<Id>) -> Result<()> {
    match scope == GraphScope::Own && agent.is_none() {
        true => Err(Error::invalid("agent", "is needed for the scope self")),
        false => Ok(()),
    }
}

fn sized(properties: &serde_json::Map<String, serde_json::Value>, most: usize) -> Result<()> {
    match serde_json::to_vec(properties).map_or(usize::MAX, |bytes| bytes.len()) <= most {
        true => Ok(()),
        false => Err(Error::invalid("properties", format!("must have at most {most} bytes as JSON"))),
    }
}

impl EntityRow {
    pub fn path(&self) -> String {
        format!("/api/memory/graph/entities/{}", self.id)
    }

    pub fn alias_list(&self) -> Vec<String> {
        let list = self.aliases.as_array().into_iter().flatten();
        list.filter_map(|alias| alias.as_str().map(str::to_owned)).collect()
    }
}

impl super::RelationRow {
    pub fn path(&self) -> String {
        format!("/api/memory/graph/relations/{}", self.id)
    }
}
