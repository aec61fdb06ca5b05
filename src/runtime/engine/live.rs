//! The runs that workers of this process drive now, and how to reach those workers.

use std::{
    collections::HashMap,
    sync::Arc,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio_util::sync::CancellationToken;

use super::lock;
use crate::ids::Id;

/// Signals to the worker of one run.
#[derive(Debug)]
pub struct LiveRun {
    pub run_id: Id,
    pub agent_id: Id,
    pub epoch: i32,
    /// Fires when the present step shall be broken off.
    pub stop: CancellationToken,
    /// Stop between steps.
    park: AtomicBool,
    /// Somebody else has the run now, or the process ends: write nothing more.
    abandoned: AtomicBool,
    cancelled: Mutex<Option<CancelWish>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CancelWish {
    pub reason: Option<String>,
}

impl LiveRun {
    pub fn cancel(&self, reason: Option<String>) {
        lock(&self.cancelled).get_or_insert(CancelWish { reason });
        self.stop.cancel();
    }

    pub fn cancelled(&self) -> Option<CancelWish> {
        lock(&self.cancelled).clone()
    }

    pub fn park(&self) {
        self.park.store(true, Ordering::Relaxed);
    }

    pub fn shall_park(&self) -> bool {
        self.park.load(Ordering::Relaxed)
    }

    pub fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
        self.stop.cancel();
    }

    pub fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Default)]
pub struct LiveRuns(Mutex<HashMap<Id, Arc<LiveRun>>>);

impl LiveRuns {
    pub fn enter(&self, run_id: Id, agent_id: Id, epoch: i32) -> Arc<LiveRun> {
        let live = Arc::new(LiveRun {
            run_id,
            agent_id,
            epoch,
            stop: CancellationToken::new(),
            park: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            cancelled: Mutex::default(),
        });
        lock(&self.0).insert(run_id, live.clone());
        live
    }

    /// Forgets the worker, unless a later one has the run already.
    pub fn leave(&self, live: &Arc<LiveRun>) {
        let mut runs = lock(&self.0);
        if runs.get(&live.run_id).is_some_and(|present| Arc::ptr_eq(present, live)) {
            runs.remove(&live.run_id);
        }
    }

    pub fn get(&self, run: Id) -> Option<Arc<LiveRun>> {
        lock(&self.0).get(&run).cloned()
    }

    pub fn all(&self) -> Vec<Arc<LiveRun>> {
        lock(&self.0).values().cloned().collect()
    }

    pub fn count(&self) -> usize {
        lock(&self.0).len()
    }
}
