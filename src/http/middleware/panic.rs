//! Turns a panic in a handler into an ordinary 500 and counts it.

use std::{any::Any, sync::atomic::Ordering};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;

use crate::{app::AppState, error::Error};

pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    match std::panic::AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            app.panics.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("openfang_panics_total").increment(1);
            Error::internal(format!("panic: {}", message(&*panic))).into_response()
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("?")
}
