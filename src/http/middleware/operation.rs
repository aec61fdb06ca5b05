//! Finds the operation of the document that a request is for, and what follows from it, before anything else looks.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};

use crate::{
    app::AppState,
    http::{client::Client, operations::Operation},
};

/// What the layers and extractors need to know about the request at hand.
#[derive(Clone)]
pub struct Current {
    /// None for unknown paths and methods, and for pages outside the document.
    pub operation: Option<Arc<Operation>>,
    pub body_limit: usize,
    /// A body must have come within this time.
    pub body_within: Duration,
}

pub async fn layer(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let operation = path.and_then(|path| app.operations.find(request.method(), path.as_str()));
    let body_limit = operation.as_ref().and_then(|o| o.body_limit).unwrap_or(app.config.server.body_limit_bytes);
    let body_within = Duration::from_secs(app.config.server.request_timeout_secs);
    let client = Client::of(request.extensions(), request.headers(), &app.config);
    request.extensions_mut().insert(client);
    request.extensions_mut().insert(Current { operation: operation.clone(), body_limit, body_within });
    let start = std::time::Instant::now();
    let mut response = next.run(request).await;
    if let Some(operation) = operation {
        let status = response.status().as_u16().to_string();
        metrics::counter!("openfang_http_requests_total", "operation" => operation.id.clone(), "status" => status)
            .increment(1);
        metrics::histogram!("openfang_http_request_duration_seconds", "operation" => operation.id.clone())
            .record(start.elapsed().as_secs_f64());
        if operation.deprecated {
            response.headers_mut().insert("deprecation", axum::http::HeaderValue::from_static("true"));
        }
    }
    response
}
