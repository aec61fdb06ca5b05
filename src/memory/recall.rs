//! What an agent remembers, from both of its stores: semantic memories by meaning and words, key-values by words. A caller
//! says what may be read; nobody else's memories are ever looked at.

use std::collections::HashSet;

use serde::Serialize;

use super::{
    kv::{self, Address, KvRow},
    person::Namespace,
    semantic::{
        MemoryRow, MemorySource,
        filter::Filter,
        search::{Question, Scores, Search, fused},
        service,
        words::{Weights, asked, words},
    },
};
use crate::{db::Db, error::Result, ids::Id, time::Ts};

/// Longer values are not searched by words.
const MAX_VALUE: i32 = 4_096;
/// Of more key-values only the newest are searched.
const MOST_VALUES: u64 = 1_000;
/// Begins the id of a key-value.
const KEY: &str = "kv:";

/// Whether a key of a namespace may be read; `*` stands for all of them.
pub type MayRead<'a> = &'a (dyn Fn(Namespace, &str) -> bool + Sync);

#[derive(Clone, Debug)]
pub struct Wish {
    pub text: String,
    pub scopes: Vec<Namespace>,
    pub limit: usize,
    pub min_score: f64,
    pub after: Option<Ts>,
    /// None: all.
    pub kinds: Vec<Kind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Fact,
    Episode,
    Document,
}

impl Kind {
    fn of(source: MemorySource) -> Self {
        match source {
            MemorySource::Conversation => Self::Episode,
            MemorySource::Document => Self::Document,
            _ => Self::Fact,
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Of the memory, or `kv:` with scope and key.
    pub id: String,
    pub kind: Kind,
    pub scope: Namespace,
    pub key: Option<String>,
    pub text: String,
    pub score: f64,
    pub created_at: Ts,
    pub source: MemorySource,
}

impl Hit {
    fn of_memory(row: MemoryRow, score: f64) -> Self {
        Self {
            id: row.id.to_string(),
            kind: Kind::of(row.source),
            scope: if row.person.is_empty() { Namespace::Own } else { Namespace::User },
            key: None,
            text: row.content,
            score,
            created_at: row.created_at,
            source: row.source,
        }
    }

    fn of_value(row: KvRow, score: f64) -> Self {
        let scope = row.namespace();
        Self {
            id: format!("{KEY}{}.{}", scope.as_str(), row.key),
            kind: Kind::Fact,
            scope,
            key: Some(row.key),
            text: row.value,
            score,
            created_at: row.created_at,
            source: MemorySource::System,
        }
    }
}

/// Whose semantic memories may be read: blank stands for the agent's own.
fn people(address: Address<'_>, scopes: &[Namespace], may_read: MayRead<'_>) -> Vec<String> {
    let may = |namespace| scopes.contains(&namespace) && may_read(namespace, "*");
    let own = may(Namespace::Own).then(String::new);
    let person = address.person.filter(|_| may(Namespace::User)).map(str::to_owned);
    own.into_iter().chain(person).collect()
}

/// Best first.
pub async fn find(
    db: &Db,
    search: &Search,
    address: Address<'_>,
    wish: &Wish,
    may_read: MayRead<'_>,
) -> Result<Vec<Hit>> {
    let mut hits = memories(db, search, address, wish, may_read).await?;
    if wish.kinds.is_empty() || wish.kinds.contains(&Kind::Fact) {
        hits.extend(values(db, address, wish, may_read).await?);
    }
    hits.retain(|hit| hit.score >= wish.min_score);
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.id.cmp(&a.id)));
    hits.truncate(wish.limit);
    Ok(hits)
}

async fn memories(
    db: &Db,
    search: &Search,
    address: Address<'_>,
    wish: &Wish,
    may_read: MayRead<'_>,
) -> Result<Vec<Hit>> {
    let people = people(address, &wish.scopes, may_read);
    if people.is_empty() {
        return Ok(vec![]);
    }
    let sources = sources(&wish.kinds);
    let question = Question {
        agent: Some(address.agent),
        text: wish.text.clone(),
        filter: Filter { people, sources, after: wish.after, ..Filter::of(None) },
        limit: wish.limit,
        min_score: wish.min_score,
    };
    let found = search.find(db, &question).await?.found;
    Ok(found.into_iter().map(|found| Hit::of_memory(found.row, found.score)).collect())
}

fn sources(kinds: &[Kind]) -> Option<Vec<MemorySource>> {
    use MemorySource::{Conversation, Document, Inference, Observation, System, UserProvided};
    let all = [Conversation, Document, Observation, Inference, UserProvided, System];
    (!kinds.is_empty()).then(|| all.into_iter().filter(|source| kinds.contains(&Kind::of(*source))).collect())
}

/// Key-values whose key or value shares words with the wish; they score like memories without a vector.
async fn values(db: &Db, address: Address<'_>, wish: &Wish, may_read: MayRead<'_>) -> Result<Vec<Hit>> {
    let rows = kv::service::newest(db.read(), address, &wish.scopes, MAX_VALUE, MOST_VALUES).await?;
    let is_new = |row: &KvRow| wish.after.is_none_or(|after| row.created_at > after);
    let rows: Vec<(KvRow, Vec<String>)> = rows
        .into_iter()
        .filter(|row| is_new(row) && may_read(row.namespace(), &row.key))
        .map(|row| {
            let words = words(&format!("{} {}", row.key, row.value));
            (row, words)
        })
        .collect();
    let asked = asked(&wish.text);
    let has = |words: &[String], word: &String| words.contains(word);
    let counts: Vec<usize> =
        asked.iter().map(|word| rows.iter().filter(|(_, words)| has(words, word)).count()).collect();
    let weights = Weights::new(asked, &counts, rows.len());
    let sum = |words: &[String]| weights.sum(&words.iter().map(String::as_str).collect::<HashSet<_>>());
    let scored: Vec<(KvRow, f64)> = rows.into_iter().map(|(row, words)| (row, sum(&words))).collect();
    let best = scored.iter().map(|(_, sum)| *sum).fold(0.0, f64::max);
    let hits = scored.into_iter().filter(|(_, sum)| *sum > 0.0).map(|(row, sum)| {
        let score = fused(1.0, Scores { vector: 0.0, text: sum / best });
        Hit::of_value(row, score)
    });
    Ok(hits.collect())
}

/// Whether there is nothing that could be found; one statement, for the many agents that never stored anything.
pub async fn is_empty(db: &Db, address: Address<'_>, may_read: MayRead<'_>) -> Result<bool> {
    let scopes: Vec<Namespace> = Namespace::EVERY.into_iter().filter(|scope| may_read(*scope, "*")).collect();
    if scopes.is_empty() {
        return Ok(true);
    }
    let holders = scopes.into_iter().filter_map(|scope| address.holder(scope)).collect();
    Ok(!service::has_any(db.read(), address.agent, holders).await?)
}

/// Hits of earlier, by their ids, as far as they are still there and may still be read.
pub async fn again(db: &Db, address: Address<'_>, ids: &[String], may_read: MayRead<'_>) -> Result<Vec<Hit>> {
    let memories: Vec<Id> = ids.iter().filter_map(|id| Id::parse(id).ok()).collect();
    let filter = Filter { people: people(address, &Namespace::EVERY, may_read), ..Filter::of(None) };
    let rows = service::rows(db.read(), memories).await?;
    let mut hits: Vec<Hit> = rows
        .into_iter()
        .filter(|row| row.agent_id == address.agent && filter.admits_row(row))
        .map(|row| Hit::of_memory(row, 0.0))
        .collect();
    // Few: a turn recalls eight at most.
    for (scope, key) in ids.iter().filter_map(|id| place(id)) {
        if may_read(scope, key) {
            let row = kv::service::find(db.read(), address, key, &[scope]).await?;
            hits.extend(row.map(|row| Hit::of_value(row, 0.0)));
        }
    }
    hits.sort_by_key(|hit| ids.iter().position(|id| *id == hit.id));
    Ok(hits)
}

fn place(id: &str) -> Option<(Namespace, &str)> {
    let (scope, key) = id.strip_prefix(KEY)?.split_once('.')?;
    Some((Namespace::EVERY.into_iter().find(|namespace| namespace.as_str() == scope)?, key))
}
