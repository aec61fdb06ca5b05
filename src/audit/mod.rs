//! The audit log: one append-only row for every request that may change something, refused ones included.

mod entity;
pub mod service;

use axum::extract::Request;

pub use entity::Model as AuditRow;
pub use service::{Entry, Recorder};

use crate::{
    app::AppState,
    error::Error,
    http::{access::Identity, client::Client, middleware::request_id::RequestId, operations::Operation},
};

/// Starts an entry from a request; the outcome is added when it is known.
pub fn entry_of(request: &Request, operation: &Operation) -> Entry {
    let caller = match request.extensions().get::<Identity>() {
        Some(Identity::Caller(caller) | Identity::Cookie(caller)) => Some(caller.clone()),
        _ => None,
    };
    Entry {
        request_id: request.extensions().get::<RequestId>().map(|r| r.0),
        operation_id: operation.id.clone(),
        caller_kind: caller.as_ref().map(|c| c.kind),
        caller_id: caller.as_ref().and_then(|c| c.id),
        caller_name: caller.as_ref().and_then(|c| c.name.clone()),
        ip: request.extensions().get::<Client>().map(|c| c.ip.to_string()),
        target: request.uri().path().chars().take(512).collect(),
    }
}

/// Records that the access layer refused a change. The caller does not wait for it.
pub fn record_refusal(app: &AppState, request: &Request, operation: Option<&Operation>, error: &Error) {
    if let Some(operation) = operation
        && request.method().as_str() != "GET"
        && request.method().as_str() != "HEAD"
    {
        let entry = entry_of(request, operation);
        drop(app.audit.submit(entry, error.code().status()));
    }
}
