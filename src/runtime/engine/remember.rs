//! What the memory tools ask for, done through the memory slice, and what a turn recalls by itself. A read finds what the
//! grants allow and nothing of other people.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{
    super::tools::{
        ToolError, ToolErrorCode,
        memory::{Kind, List, MemoryIntent, Named, Search, Store},
    },
    turn::{Changes, Step, Stop, Turn},
};
use crate::{
    error::{Error, ErrorCode},
    memory::{
        kv::{self, Address},
        person::{self, Namespace},
        recall::{self, Hit, Wish},
    },
};

/// Characters of a hit's text.
const SHOWN: usize = 500;
/// Memories that a turn is given.
const RECALLED: usize = 8;
/// What is less near than this is no use in a turn.
const NEAR_ENOUGH: f64 = 0.15;

type Outcome = Result<Value, ToolError>;

impl Turn {
    fn address(&self) -> Address<'_> {
        Address { agent: self.run.agent_id, person: person::of_run(self.run.origin_user.as_deref()) }
    }

    fn may_read(&self, namespace: Namespace, key: &str) -> bool {
        self.setup.resolved.grants.allows_text(&format!("memory.read:{}.{key}", namespace.as_str()))
    }

    pub(super) async fn read_memory(&self, intent: MemoryIntent) -> Step<Outcome> {
        let done = match intent {
            MemoryIntent::Recall(named) => self.value_of(named).await,
            MemoryIntent::Search(search) => self.search_memory(search).await,
            MemoryIntent::List(list) => self.list_keys(list).await,
            MemoryIntent::Store(_) | MemoryIntent::Delete(_) => {
                Err(Error::internal("a write outside of a transaction"))
            }
        };
        done.map(Ok).or_else(outcome)
    }

    /// In the transaction that ends the step.
    pub(super) async fn write_memory<C: ConnectionTrait>(
        &self,
        tx: &C,
        intent: MemoryIntent,
        changes: &mut Changes,
    ) -> Step<Outcome> {
        let done = match intent {
            MemoryIntent::Store(store) => self.store(tx, store, changes).await,
            MemoryIntent::Delete(named) => self.delete(tx, named, changes).await,
            _ => Err(Error::internal("a read in a writing transaction")),
        };
        done.map(Ok).or_else(outcome)
    }

    async fn store<C: ConnectionTrait>(&self, tx: &C, store: Store, changes: &mut Changes) -> Result<Value, Error> {
        let write = kv::service::Write {
            namespace: store.scope.unwrap_or(Namespace::Own),
            key: store.key,
            value: store.value,
            ttl_secs: store.ttl_secs,
            if_version: store.if_version,
            written_by: format!("agent {}", self.agent.name),
        };
        let row = kv::service::set(tx, self.address(), write).await?;
        let operation = if row.version == 1 { "created" } else { "updated" };
        changes.announcements.push(kv::event(self.run.agent_id, &row, operation));
        Ok(json!({"key": row.key, "scope": row.namespace(), "version": row.version}))
    }

    async fn delete<C: ConnectionTrait>(&self, tx: &C, named: Named, changes: &mut Changes) -> Result<Value, Error> {
        let namespace = named.scope.unwrap_or(Namespace::Own);
        let row = kv::service::delete(tx, self.address(), namespace, &named.key).await?;
        changes.announcements.push(kv::event(self.run.agent_id, &row, "deleted"));
        Ok(json!({"deleted": true}))
    }

    async fn value_of(&self, named: Named) -> Result<Value, Error> {
        let all = named.scope.map_or(Namespace::EVERY.to_vec(), |scope| vec![scope]);
        let allowed: Vec<Namespace> = all.into_iter().filter(|scope| self.may_read(*scope, &named.key)).collect();
        let found = kv::service::find(self.inner.db.read(), self.address(), &named.key, &allowed).await?;
        let Some(row) = found else {
            return Ok(json!({"found": false, "key": named.key, "scope": named.scope}));
        };
        let value: Value = serde_json::from_str(&row.value).unwrap_or_default();
        Ok(json!({"found": true, "key": row.key, "scope": row.namespace(), "value": value, "version": row.version,
            "updated_at": row.updated_at, "written_by": row.written_by}))
    }

    /// The cursor is the place of the last key: its scope and its name.
    async fn list_keys(&self, list: List) -> Result<Value, Error> {
        let address = self.address();
        let scopes = list.scope.map_or(Namespace::EVERY.to_vec(), |scope| vec![scope]);
        let after = match list.cursor.as_deref() {
            Some(cursor) => Some(place(address, cursor).ok_or_else(|| Error::invalid("cursor", "is no next_cursor"))?),
            None => None,
        };
        let mut rows =
            kv::service::after(self.inner.db.read(), address, &scopes, &list.prefix, after, list.limit + 1).await?;
        let more = u64::try_from(rows.len()).unwrap_or(0) > list.limit;
        rows.truncate(usize::try_from(list.limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| format!("{}.{}", row.namespace().as_str(), row.key));
        let readable = rows.iter().filter(|row| self.may_read(row.namespace(), &row.key));
        let keys: Vec<Value> = readable
            .map(|row| {
                json!({"key": row.key, "scope": row.namespace(), "version": row.version, "size_bytes": row.size,
                    "updated_at": row.updated_at})
            })
            .collect();
        Ok(match next {
            Some(next) => json!({"keys": keys, "next_cursor": next}),
            None => json!({"keys": keys}),
        })
    }

    async fn search_memory(&self, search: Search) -> Result<Value, Error> {
        let wish = Wish {
            text: search.query,
            scopes: search.scope.map_or(Namespace::EVERY.to_vec(), |scope| vec![scope]),
            limit: search.limit,
            min_score: 0.0,
            after: search.after,
            kinds: search.kinds.into_iter().map(kind).collect(),
        };
        let hits = self.find(wish).await?;
        let hits: Vec<Value> = hits
            .into_iter()
            .map(|hit| {
                let text: String = hit.text.chars().take(SHOWN).collect();
                let mut shown = json!({"id": hit.id, "kind": hit.kind, "scope": hit.scope, "text": text,
                    "score": (hit.score * 1_000.0).round() / 1_000.0, "created_at": hit.created_at,
                    "source": hit.source});
                if let Some(key) = hit.key {
                    shown["key"] = key.into();
                }
                shown
            })
            .collect();
        Ok(json!({"hits": hits}))
    }

    async fn find(&self, wish: Wish) -> Result<Vec<Hit>, Error> {
        let may_read = |namespace, key: &str| self.may_read(namespace, key);
        recall::find(&self.inner.db, &self.inner.memory, self.address(), &wish, &may_read).await
    }

    /// What the agent remembers about the message of this run, once per run. After a takeover it is what the first call was
    /// given.
    pub(super) async fn recall(&mut self) -> Step {
        if self.recalled.is_some() {
            return Ok(());
        }
        let given = self.steps.iter().find_map(|step| step.input.get("recalled")?.as_array());
        let given: Option<Vec<String>> =
            given.map(|ids| ids.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect());
        let may_read = |namespace, key: &str| self.may_read(namespace, key);
        let hits = match given {
            Some(ids) => recall::again(&self.inner.db, self.address(), &ids, &may_read).await?,
            None if recall::is_empty(&self.inner.db, self.address(), &may_read).await? => vec![],
            None => {
                let wish = Wish {
                    text: self.run.input.text.clone(),
                    scopes: Namespace::EVERY.to_vec(),
                    limit: RECALLED,
                    min_score: NEAR_ENOUGH,
                    after: None,
                    kinds: vec![],
                };
                // An answer without memories is better than none.
                self.find(wish).await.unwrap_or_else(|error| {
                    tracing::error!(run = %self.run.id, %error, "nothing could be recalled");
                    vec![]
                })
            }
        };
        self.recalled = Some(hits);
        Ok(())
    }

    /// Notes on the step of a call what it was given.
    pub(super) fn note_recalled(&mut self, at: usize) {
        let ids: Vec<&str> = self.recalled.iter().flatten().map(|hit| hit.id.as_str()).collect();
        if !ids.is_empty()
            && let Some(members) = self.steps.get_mut(at).and_then(|step| step.input.as_object_mut())
        {
            members.insert("recalled".into(), json!(ids));
        }
    }

    /// As the model reads them.
    pub(super) fn recalled_texts(&self) -> Vec<String> {
        let line = |hit: &Hit| {
            let key = hit.key.as_deref().map(|key| format!("{key} = ")).unwrap_or_default();
            let text: String = format!("{key}{}", hit.text).chars().take(SHOWN).collect();
            format!("({}) {text}", hit.scope.as_str())
        };
        self.recalled.iter().flatten().map(line).collect()
    }
}

fn kind(kind: Kind) -> recall::Kind {
    match kind {
        Kind::Fact => recall::Kind::Fact,
        Kind::Episode => recall::Kind::Episode,
        Kind::Document => recall::Kind::Document,
    }
}

/// Key and holder.
fn place(address: Address<'_>, cursor: &str) -> Option<(String, String)> {
    let (scope, key) = cursor.split_once('.')?;
    let scope = Namespace::EVERY.into_iter().find(|namespace| namespace.as_str() == scope)?;
    Some((key.to_owned(), address.holder(scope)?))
}

/// What the model is told of a refusal; a fault of the server ends the step instead.
fn outcome(error: Error) -> Step<Outcome> {
    let code = match error.code() {
        ErrorCode::VersionConflict => ToolErrorCode::Conflict,
        ErrorCode::KeyNotFound => ToolErrorCode::NotFound,
        ErrorCode::PayloadTooLarge => ToolErrorCode::TooLarge,
        ErrorCode::InvalidRequest | ErrorCode::InvalidKey => ToolErrorCode::InvalidArguments,
        _ => return Err(Stop::Broken(error)),
    };
    Ok(Err(ToolError::new(code, error.message())))
}
