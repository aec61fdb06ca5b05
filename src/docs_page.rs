//! Swagger UI at `/docs`, under a strict content policy, and the document itself at `/api/openapi.{json,yaml}`.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use std::sync::Arc;
use utoipa_swagger_ui::Config;

use crate::{
    app::AppState,
    error::{Error, ErrorCode, Result},
};

/// The page loads the document itself, with the key that its visitor enters once one is needed.
const INIT: &str = include_str!("docs_page/init.js");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route("/docs/", get(|| file("index.html".to_owned())))
        .route("/docs/{*rest}", get(|Path(rest): Path<String>| file(rest)))
        .route("/api/openapi.json", get(json))
        .route("/api/openapi.yaml", get(yaml))
}

async fn file(name: String) -> Result<Response> {
    let (bytes, content_type) = match name.as_str() {
        "swagger-initializer.js" => (INIT.as_bytes().to_vec(), "text/javascript".to_owned()),
        name => {
            let found = utoipa_swagger_ui::serve(name, Arc::new(Config::default()));
            let file = found.map_err(|e| Error::internal(e.to_string()))?;
            let file = file.ok_or_else(|| Error::new(ErrorCode::NotFound, "Swagger UI has no such file"))?;
            (file.bytes.into_owned(), file.content_type)
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_str(&content_type).map_err(Error::internal)?),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    Ok((headers, bytes).into_response())
}

async fn json(State(app): State<AppState>, headers: HeaderMap) -> Response {
    document(&app, &headers, "application/json", &app.document().json)
}

async fn yaml(State(app): State<AppState>, headers: HeaderMap) -> Response {
    document(&app, &headers, "application/yaml", &app.document().yaml)
}

fn document(app: &AppState, headers: &HeaderMap, content_type: &'static str, text: &str) -> Response {
    let etag = HeaderValue::from_str(&app.document().etag).unwrap_or(HeaderValue::from_static("\"\""));
    let revalidate = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if headers.get_all(header::IF_NONE_MATCH).iter().any(|v| v == etag) {
        return (StatusCode::NOT_MODIFIED, revalidate).into_response();
    }
    (revalidate, [(header::CONTENT_TYPE, content_type)], text.to_owned()).into_response()
}
