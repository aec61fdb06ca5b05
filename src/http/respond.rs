//! Responses: 201 with its address, 204, and errors. The body of an error is written by the request-id layer, which alone
//! knows the id.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::{Error, ErrorCode, ErrorDetail},
    ids::Id,
};

/// Body of every failure.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"error": "Agent 'desk' does not exist", "code": "agent_not_found", "request_id": "0192f0c4-9b7a-7c3e-8f21-5d1f0a6b7c8d"}))]
pub struct ErrorBody {
    /// A sentence for people.
    pub error: String,
    /// Stable word to branch on.
    pub code: ErrorCode,
    /// Same as the header `X-Request-Id`; the log of the server has the cause under it.
    pub request_id: Id,
    /// The fields or facts it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<ErrorDetail>,
}

/// Travels with an error response to the layer that writes the body.
#[derive(Clone)]
pub struct Failure(pub Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        if let Some(secs) = self.retry_after_secs() {
            response.headers_mut().insert(header::RETRY_AFTER, secs.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(Failure(Arc::new(self)));
        response
    }
}

/// Fills in the body of a failed response, and logs what only the log may know.
pub fn write_error(response: &mut Response, request_id: Id) {
    let Some(Failure(error)) = response.extensions_mut().remove::<Failure>() else { return };
    if error.code().status() >= 500 {
        let cause = error.source_chain();
        tracing::error!(%request_id, code = %error.code(), cause, "{}", error.message());
    }
    let body = ErrorBody {
        error: error.message().to_owned(),
        code: error.code(),
        request_id,
        details: error.details().to_vec(),
    };
    let bytes = serde_json::to_vec(&body).unwrap_or_default();
    response.headers_mut().insert(header::CONTENT_LENGTH, bytes.len().into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = Body::from(bytes);
}

/// 201 with the path of the created thing in `Location`.
pub struct Created<T> {
    pub location: String,
    pub body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, Json(self.body)).into_response();
        if let Ok(location) = HeaderValue::from_str(&self.location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

/// 204.
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}
