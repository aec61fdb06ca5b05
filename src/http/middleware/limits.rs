//! Body size and time. The size is checked here by the announced length; extractors stop at the limit while reading.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::operation::Current;
use crate::{
    app::AppState,
    error::{Error, ErrorCode},
    http::extract::too_large,
};

pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let current = request.extensions().get::<Current>();
    let body_limit = current.map_or(app.config.server.body_limit_bytes, |c| c.body_limit);
    let long_running = current.and_then(|c| c.operation.as_ref()).is_some_and(|o| o.long_running);
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > body_limit) {
        return too_large(body_limit).into_response();
    }
    if long_running {
        return next.run(request).await;
    }
    let limit = app.config.server.request_timeout_secs;
    match tokio::time::timeout(Duration::from_secs(limit), next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            Error::new(ErrorCode::RequestTimeout, format!("The request took longer than {limit} s")).into_response()
        }
    }
}
