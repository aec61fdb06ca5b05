//! The innermost layer: writes an audit entry for every non-GET, before the caller hears of the outcome.

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};

use super::operation::Current;
use crate::{app::AppState, audit};

pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let operation = request.extensions().get::<Current>().and_then(|c| c.operation.clone());
    let entry = match operation {
        Some(operation) if !matches!(*request.method(), Method::GET | Method::HEAD) => {
            audit::entry_of(&request, &operation)
        }
        _ => return next.run(request).await,
    };
    let response = next.run(request).await;
    // A failure to store is logged by the writer; the change itself is done and must be answered.
    let _ = app.audit.submit(entry, response.status().as_u16()).await;
    response
}
