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

tokio::task_local! {
    static IN_FORCE: String;
}

/// Carries a request out under its key: what it stores with `service::keep` is the answer of every repeat.
pub async fn under<F: Future>(key: String, work: F) -> F::Output {
    IN_FORCE.scope(key, work).await
}
