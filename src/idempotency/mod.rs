//! Stored answers of POST requests that carried an `Idempotency-Key`. The layer in `http/middleware` uses them.

mod entity;
pub mod service;

pub use service::{Claim, StoredAnswer};

use crate::ids::Id;

/// What a handler that starts a run needs to know about the request's key.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Stored on the run in its first transaction, so that a retry finds it.
    pub key: String,
    /// The run that an earlier request with this key started: attach to it, start nothing. Set for streams, and when the
    /// earlier request will not answer any more.
    pub attach: Option<Id>,
}

/// Put on a response whose JSON members must not be shown again by a replay.
#[derive(Clone, Copy, Debug)]
pub struct OnceOnly(pub &'static [&'static str]);
