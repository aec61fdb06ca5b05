//! The matrices of the agents that were searched last, each brought up to date before it is read: rows carry the number of
//! their last change, so that whatever another server wrote meanwhile is seen too. Bounded; the longest unused go first.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use futures::StreamExt;

use super::{
    matrix::{Entry, Matrix, from_bytes},
    service::{Head, VectorRow, vector_rows},
};
use crate::{db::Db, error::Result, ids::Id};

/// Bytes of all matrices; one that alone is larger is not kept, its rows are read at each search.
const KEPT_BYTES: usize = 512 * 1024 * 1024;
/// Rows that are taken in at once.
const BATCH: usize = 1_000;

pub struct Vectors {
    model: String,
    slots: Mutex<HashMap<Id, Arc<Slot>>>,
    clock: AtomicU64,
    kept_bytes: usize,
}

/// The copy of one agent.
pub struct Slot {
    syncing: tokio::sync::Mutex<()>,
    copy: RwLock<Copy>,
    used: AtomicU64,
}

#[derive(Default)]
struct Copy {
    rev: i64,
    matrix: Matrix,
    too_large: bool,
}

impl Slot {
    /// Runs `look` on the matrix; None when it is too large to be kept.
    pub fn with<T>(&self, look: impl FnOnce(&Matrix) -> T) -> Option<T> {
        let copy = self.copy.read().unwrap_or_else(PoisonError::into_inner);
        (!copy.too_large).then(|| look(&copy.matrix))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Copy) -> T) -> T {
        change(&mut self.copy.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn rev(&self) -> i64 {
        self.copy.read().unwrap_or_else(PoisonError::into_inner).rev
    }

    fn bytes(&self) -> usize {
        self.with(Matrix::bytes).unwrap_or(0)
    }
}

impl Vectors {
    pub fn new(model: &str) -> Self {
        Self { model: model.to_owned(), slots: Mutex::default(), clock: AtomicU64::new(0), kept_bytes: KEPT_BYTES }
    }

    /// The matrix of the agent as of `head` or later.
    pub async fn current(&self, db: &Db, agent: Id, head: Head) -> Result<Arc<Slot>> {
        let slot = self.slot(agent);
        if slot.rev() >= head.rev {
            return Ok(slot);
        }
        let syncing = slot.syncing.lock().await;
        let known = slot.rev();
        if known < head.rev {
            let anew = known < head.purged_rev;
            self.catch_up(db, agent, &slot, if anew { 0 } else { known }, head).await?;
        }
        drop(syncing);
        self.evict(agent);
        Ok(slot)
    }

    /// Memories that turned out to be gone, or to be over.
    pub fn forget(&self, agent: Id, ids: &[Id]) {
        let slot = self.slots().get(&agent).cloned();
        if let Some(slot) = slot {
            slot.change(|copy| ids.iter().for_each(|id| copy.matrix.remove(*id)));
        }
    }

    fn slot(&self, agent: Id) -> Arc<Slot> {
        let empty = || {
            Arc::new(Slot { syncing: tokio::sync::Mutex::default(), copy: RwLock::default(), used: AtomicU64::new(0) })
        };
        let slot = self.slots().entry(agent).or_insert_with(empty).clone();
        slot.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        slot
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Id, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what changed after `after`; everything, into a new matrix, when that is 0.
    async fn catch_up(&self, db: &Db, agent: Id, slot: &Slot, after: i64, head: Head) -> Result<()> {
        let is_anew = after == 0;
        if !is_anew && slot.with(|_| ()).is_none() {
            slot.change(|copy| copy.rev = head.rev);
            return Ok(());
        }
        let (mut rev, mut fresh) = (head.rev, Matrix::default());
        let mut rows = vector_rows(db, Some(agent), after).await?.chunks(BATCH);
        while let Some(batch) = rows.next().await {
            let batch = batch.into_iter().collect::<Result<Vec<VectorRow>, _>>()?;
            rev = batch.iter().map(|row| row.rev).fold(rev, i64::max);
            let entries: Vec<Entry> = batch.into_iter().map(|row| row.entry(&self.model)).collect();
            let take_in = |matrix: &mut Matrix| {
                entries.into_iter().for_each(|entry| matrix.take_in(entry));
                matrix.bytes()
            };
            let bytes = if is_anew { take_in(&mut fresh) } else { slot.change(|copy| take_in(&mut copy.matrix)) };
            if bytes > self.kept_bytes {
                slot.change(|copy| *copy = Copy { rev: head.rev, matrix: Matrix::default(), too_large: true });
                return Ok(());
            }
        }
        // Only now: a search that reads meanwhile must not take the copy for current.
        slot.change(|copy| match is_anew {
            true => *copy = Copy { rev, matrix: fresh, too_large: false },
            false => copy.rev = rev,
        });
        Ok(())
    }

    /// Drops the longest unused copies until all fit; the one just used stays.
    fn evict(&self, used: Id) {
        let mut slots = self.slots();
        let mut total: usize = slots.values().map(|slot| slot.bytes()).sum();
        while total > self.kept_bytes {
            let others = slots.iter().filter(|(id, _)| **id != used);
            let Some(oldest) = others.min_by_key(|(_, slot)| slot.used.load(Ordering::Relaxed)).map(|(id, _)| *id)
            else {
                return;
            };
            total -= slots.remove(&oldest).map_or(0, |slot| slot.bytes());
        }
    }
}

impl VectorRow {
    /// As the matrix of this model takes it in.
    pub fn entry(self, model: &str) -> Entry {
        let is_of_model = self.embedding_model.as_deref() == Some(model);
        let vector = self.embedding.filter(|_| is_of_model).map(|bytes| from_bytes(&bytes));
        #[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1")]
        let confidence = self.confidence as f32;
        Entry {
            id: self.id,
            seen: super::filter::Seen {
                person: self.person.into(),
                scope: self.scope.into(),
                source: self.source,
                confidence,
                created_at: self.created_at,
                expires_at: self.expires_at,
            },
            vector,
        }
    }
}
