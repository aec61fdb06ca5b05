//! Answers of the last minutes, so that a model that asks twice does not fetch twice. Small, and by agent.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{http::outbound::Received, ids::Id};

/// Bytes of all bodies together.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// An agent, an address and the headers given to it.
pub type Key = (Id, String, Vec<(String, String)>);

#[derive(Default)]
pub struct Cache(Mutex<HashMap<Key, (Instant, Arc<Received>)>>);

impl Cache {
    pub fn get(&self, key: &Key, for_at_most: Duration) -> Option<Arc<Received>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (at, _)| at.elapsed() < for_at_most);
        all.get(key).map(|(_, received)| received.clone())
    }

    pub fn put(&self, key: Key, received: Arc<Received>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size: usize = all.values().map(|(_, received)| received.body.len()).sum();
        if size + received.body.len() > MAX_BYTES {
            all.clear();
        }
        all.insert(key, (Instant::now(), received));
    }
}
