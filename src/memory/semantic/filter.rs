//! What a search may see. Pure: the same rule filters vectors, rows, and what is answered.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{MemoryRow, MemorySource};
use crate::time::Ts;

/// The facts of a memory that a search goes by.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Blank: the agent's own.
    pub person: Arc<str>,
    pub scope: Arc<str>,
    pub source: MemorySource,
    pub confidence: f32,
    pub created_at: Ts,
    pub expires_at: Option<Ts>,
}

#[derive(Clone, Debug)]
pub struct Filter {
    /// Whose memories; blank stands for the agent's own. Nothing of anybody else is ever seen.
    pub people: Vec<String>,
    pub scope: Option<String>,
    pub sources: Option<Vec<MemorySource>>,
    pub min_confidence: f64,
    pub after: Option<Ts>,
    pub before: Option<Ts>,
    /// Members that the metadata must have, with these values.
    pub metadata: Map<String, Value>,
    pub now: Ts,
}

impl Filter {
    /// Everything of the agent itself and of this person with it.
    pub fn of(person: Option<&str>) -> Self {
        Self {
            people: std::iter::once(String::new()).chain(person.map(str::to_owned)).collect(),
            scope: None,
            sources: None,
            min_confidence: 0.0,
            after: None,
            before: None,
            metadata: Map::new(),
            now: Ts::now(),
        }
    }

    /// All but the metadata, which only rows have.
    pub fn admits(&self, seen: &Seen) -> bool {
        self.people.iter().any(|person| **person == *seen.person)
            && self.scope.as_deref().is_none_or(|scope| *scope == *seen.scope)
            && self.sources.as_ref().is_none_or(|sources| sources.contains(&seen.source))
            && f64::from(seen.confidence) + 1e-6 >= self.min_confidence
            && self.after.is_none_or(|after| seen.created_at > after)
            && self.before.is_none_or(|before| seen.created_at < before)
            && seen.expires_at.is_none_or(|at| at > self.now)
    }

    pub fn admits_row(&self, row: &MemoryRow) -> bool {
        self.people.contains(&row.person)
            && self.scope.as_ref().is_none_or(|scope| *scope == row.scope)
            && self.sources.as_ref().is_none_or(|sources| sources.contains(&row.source))
            && row.confidence >= self.min_confidence
            && self.after.is_none_or(|after| row.created_at > after)
            && self.before.is_none_or(|before| row.created_at < before)
            && row.expires_at.is_none_or(|at| at > self.now)
            && self.metadata.iter().all(|(name, value)| row.metadata.get(name) == Some(value))
    }
}
