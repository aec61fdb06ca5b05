//! Taking in the records of a document, kind by kind.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    schema::{ExportedKv, ExportedMemory, ImportMode, Incoming, MemoryImported},
    service::Wish,
};
use crate::{
    error::{ErrorDetail, Result},
    ids::Id,
    memory::{
        kv::{self, Address, Key, KvRow},
        person::Namespace,
        semantic::{self, Incomer},
    },
    time::Ts,
};

/// Records of one statement.
const CHUNK: usize = 200;
const MAX_CONTENT: usize = 32_768;
const MAX_SCOPE: usize = 64;
const MAX_METADATA: usize = 16 * 1024;

pub struct Import<'a> {
    wish: &'a Wish<'a>,
    /// The vectors of the document are of the embedder in use.
    takes_vectors: bool,
    pub done: MemoryImported,
    pub faults: Vec<ErrorDetail>,
    pub unknown_agent: bool,
}

impl<'a> Import<'a> {
    pub fn new(wish: &'a Wish<'a>, takes_vectors: bool) -> Self {
        let done = MemoryImported::default();
        Self { wish, takes_vectors, done, faults: vec![], unknown_agent: false }
    }

    fn fault(&mut self, place: String, reason: impl Into<String>) {
        self.faults.push(ErrorDetail::new(place, reason));
    }

    fn read<T: DeserializeOwned>(&mut self, kind: &str, at: usize, record: Value) -> Option<T> {
        match serde_path_to_error::deserialize(record) {
            Ok(record) => Some(record),
            Err(error) => {
                let path = error.path().to_string();
                let place = if path == "." { format!("{kind}[{at}]") } else { format!("{kind}[{at}].{path}") };
                self.fault(place, error.into_inner().to_string());
                None
            }
        }
    }

    /// The agent here that an agent of the document is.
    fn agent(&mut self, place: String, id: Id) -> Option<Id> {
        let found = self.wish.all_to.or_else(|| self.wish.agents.get(&id).copied());
        if found.is_none() {
            self.unknown_agent = true;
            self.fault(format!("{place}.agent_id"), format!("there is no agent {id} here"));
        }
        found
    }

    /// Deletes what the document covers.
    pub async fn clear<C: ConnectionTrait>(&self, tx: &C, document: &Incoming) -> Result<()> {
        let named = document.agents.iter().filter_map(|agent| self.wish.agents.get(&agent.id).copied());
        let agents: Vec<Id> = match self.wish.all_to {
            Some(agent) => vec![agent],
            None => named.collect(),
        };
        if let Some(kv) = &document.kv {
            for agent in &agents {
                kv::service::erase_all(tx, *agent).await?;
            }
            if kv.iter().any(|record| record.get("namespace").and_then(Value::as_str) == Some("shared")) {
                kv::service::erase_shared(tx).await?;
            }
        }
        if document.memories.is_some() {
            for agent in &agents {
                semantic::service::clear(tx, *agent).await?;
            }
        }
        Ok(())
    }

    pub async fn take_kv<C: ConnectionTrait>(&mut self, tx: &C, records: Vec<Value>) -> Result<()> {
        let mut rows = vec![];
        for (at, record) in records.into_iter().enumerate() {
            let Some(record) = self.read::<ExportedKv>("kv", at, record) else { continue };
            rows.extend(self.kv_row(at, record));
        }
        for chunk in rows.chunks(CHUNK) {
            let written = kv::service::take(tx, chunk, self.wish.mode == ImportMode::Skip).await?;
            let all = u64::try_from(chunk.len()).unwrap_or(0);
            self.done.kv_imported += i64::try_from(written).unwrap_or(0);
            self.done.skipped += i64::try_from(all.saturating_sub(written)).unwrap_or(0);
        }
        Ok(())
    }

    fn kv_row(&mut self, at: usize, record: ExportedKv) -> Option<KvRow> {
        let place = format!("kv[{at}]");
        let value = record.value.to_string();
        let person = record.user.filter(|_| record.namespace == Namespace::User);
        if Key::parse(&record.key).is_err() {
            self.fault(format!("{place}.key"), "is no key");
        } else if value.len() > kv::service::MAX_VALUE {
            self.fault(format!("{place}.value"), "is too large");
        } else if record.namespace == Namespace::User && person.as_deref().is_none_or(str::is_empty) {
            self.fault(format!("{place}.user"), "is required for the namespace user");
        } else if record.version < 1 {
            self.fault(format!("{place}.version"), "must be at least 1");
        } else {
            let agent = match (record.namespace, record.agent_id) {
                (Namespace::Shared, _) => None,
                (_, Some(id)) => Some(self.agent(place, id)?),
                (_, None) => {
                    self.fault(format!("{place}.agent_id"), "is required unless the key is shared");
                    return None;
                }
            };
            let address = Address { agent: agent.unwrap_or_default(), person: person.as_deref() };
            let now = Ts::now();
            return Some(KvRow {
                holder: address.holder(record.namespace)?,
                key: record.key,
                agent_id: agent,
                size: i32::try_from(value.len()).unwrap_or(i32::MAX),
                value,
                version: record.version,
                written_by: record.written_by.unwrap_or_else(|| self.wish.caller.clone()),
                expires_at: record.expires_at,
                created_at: record.created_at.unwrap_or(now),
                updated_at: record.updated_at.unwrap_or(now),
                person,
            });
        }
        None
    }

    pub async fn take_memories<C: ConnectionTrait>(&mut self, tx: &C, records: Vec<Value>) -> Result<()> {
        let mut by_agent: HashMap<Id, Vec<Incomer>> = HashMap::new();
        for (at, record) in records.into_iter().enumerate() {
            let Some(record) = self.read::<ExportedMemory>("memories", at, record) else { continue };
            if let Some(memory) = self.memory(at, record) {
                by_agent.entry(memory.agent).or_default().push(memory);
            }
        }
        let skip = self.wish.mode == ImportMode::Skip;
        for (agent, memories) in by_agent {
            let all = u64::try_from(memories.len()).unwrap_or(0);
            let written = semantic::service::take(tx, agent, memories, skip).await?;
            self.done.memories_imported += i64::try_from(written).unwrap_or(0);
            self.done.skipped += i64::try_from(all.saturating_sub(written)).unwrap_or(0);
        }
        Ok(())
    }

    fn memory(&mut self, at: usize, record: ExportedMemory) -> Option<Incomer> {
        let place = format!("memories[{at}]");
        let length = record.content.chars().count();
        let size = serde_json::to_string(&record.metadata).map_or(usize::MAX, |text| text.len());
        let fault = match () {
            () if length == 0 || length > MAX_CONTENT => Some(("content", "must have 1 to 32768 characters")),
            () if record.scope.is_empty() || record.scope.chars().count() > MAX_SCOPE => {
                Some(("scope", "must have 1 to 64 characters"))
            }
            () if !(0.0..=1.0).contains(&record.confidence) => Some(("confidence", "must be 0 to 1")),
            () if size > MAX_METADATA => Some(("metadata", "must have at most 16384 bytes as JSON")),
            () if record.user.as_deref() == Some("") => Some(("user", "must not be empty")),
            () => None,
        };
        if let Some((field, reason)) = fault {
            self.fault(format!("{place}.{field}"), reason);
            return None;
        }
        let agent = self.agent(place, record.agent_id)?;
        let now = Ts::now();
        let vector = record.embedding.filter(|v| self.takes_vectors && v.iter().all(|x| x.is_finite()));
        Some(Incomer {
            id: record.id,
            agent,
            person: record.user.unwrap_or_default(),
            scope: record.scope,
            source: record.source,
            content: record.content,
            confidence: record.confidence,
            metadata: record.metadata,
            session: record.session_id,
            embedding: vector.map(|vector| (vector, self.wish.model.to_owned())),
            expires_at: record.expires_at,
            created_at: record.created_at.unwrap_or(now),
            updated_at: record.updated_at.unwrap_or(now),
            accessed_at: record.accessed_at.unwrap_or(now),
            access_count: record.access_count.max(0),
        })
    }
}
