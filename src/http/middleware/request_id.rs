//! The outermost layer: gives each request its id, logs it, and writes the body of every failure.

use axum::{
    extract::{MatchedPath, Request},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::{http::respond, ids::Id};

const HEADER: &str = "x-request-id";

/// The id of the request at hand.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(pub Id);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for RequestId {
    type Rejection = crate::error::Error;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self(Id::new())))
    }
}

pub async fn layer(mut request: Request, next: Next) -> Response {
    let sent = request.headers().get(HEADER).and_then(|v| v.to_str().ok()).and_then(|v| Uuid::parse_str(v).ok());
    let id = sent.map_or_else(Id::new, Id);
    request.extensions_mut().insert(RequestId(id));
    let method = request.method().clone();
    // The matched path, not the raw one: a query may hold a key, and a path may hold anything.
    let path = request.extensions().get::<MatchedPath>().map_or("-", |p| p.as_str()).to_owned();
    let span = tracing::info_span!("request", request_id = %id);
    let start = std::time::Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    respond::write_error(&mut response, id);
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    let elapsed_ms = start.elapsed().as_secs_f64() * 1e3;
    tracing::debug!(parent: &span, %method, path, status = response.status().as_u16(), elapsed_ms, "request");
    response
}
