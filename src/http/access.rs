//! Who a request comes from, and whether the document lets them call this operation.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    client::Client,
    middleware::operation::Current,
    operations::{Access, Operation},
    origin,
};
use crate::{
    app::AppState,
    caller::{Caller, CallerKind},
    error::{Error, ErrorCode, Result},
};

/// Outcome of looking at the credentials; refuses nothing by itself.
#[derive(Clone, Debug)]
pub enum Identity {
    Caller(Arc<Caller>),
    /// A credential came with the request by cookie, so a page elsewhere may have caused it.
    Cookie(Arc<Caller>),
    Missing,
    Invalid,
}

/// Paths outside the document: static pages, and the document itself, which any credential may read.
const STATIC: [&str; 3] = ["/docs", "/docs/", "/docs/{*rest}"];
const DOCUMENT: [&str; 2] = ["/api/openapi.json", "/api/openapi.yaml"];

/// The access layer. An operation that the document does not list is refused.
pub async fn layer(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned()) else {
        return next.run(request).await;
    };
    let operation = request.extensions().get::<Current>().and_then(|c| c.operation.clone());
    let outcome = match &operation {
        Some(operation) => check(&app, operation, &request),
        None if STATIC.contains(&path.as_str()) => Ok(()),
        None if DOCUMENT.contains(&path.as_str()) => authenticated(&request).map(|_| ()),
        // A known path with a method that it lacks: the router answers 405.
        None if app.operations.knows_path(&path) => Ok(()),
        None => Err(Error::internal(format!("{path} is routed but not in the document"))),
    };
    if let Err(error) = outcome {
        crate::audit::record_refusal(&app, &request, operation.as_deref(), &error);
        return error.into_response();
    }
    if let Some(Identity::Cookie(caller)) = request.extensions().get::<Identity>().cloned() {
        request.extensions_mut().insert(Identity::Caller(caller));
    }
    next.run(request).await
}

fn check(app: &AppState, operation: &Operation, request: &Request) -> Result<()> {
    let upgrade = is_upgrade(request.headers());
    if operation.access == Access::Public {
        // The login sets the cookie, so it is a browser's write like any other.
        return if request.method() == Method::POST {
            origin::check(request.uri(), request.headers(), &app.config)
        } else {
            Ok(())
        };
    }
    let (caller, by_browser) = authenticated(request)?;
    if upgrade
        || (by_browser && !matches!(*request.method(), Method::GET | Method::HEAD))
        || caller.kind == CallerKind::Open
    {
        origin::check(request.uri(), request.headers(), &app.config)?;
    }
    match operation.access {
        Access::Scopes(needed) if !caller.scopes.contains(needed) => {
            let missing = needed.without(caller.scopes).names().join(", ");
            Err(Error::new(ErrorCode::InsufficientScope, format!("This needs the scope {missing}"))
                .with_detail("scope", missing))
        }
        _ => Ok(()),
    }
}

/// The caller, and whether the request could have been made by a page elsewhere.
fn authenticated(request: &Request) -> Result<(Arc<Caller>, bool)> {
    let refused = |message: &str| Err(Error::new(ErrorCode::Unauthorized, message));
    match request.extensions().get::<Identity>() {
        Some(Identity::Caller(caller)) => Ok((caller.clone(), caller.kind == CallerKind::Open)),
        Some(Identity::Cookie(caller)) => Ok((caller.clone(), true)),
        Some(Identity::Invalid) => refused("Invalid API key: it is unknown, revoked or expired"),
        _ => refused(
            "Missing Authorization: send Authorization: Bearer <key>; only without any key is this machine served",
        ),
    }
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// The caller of the open mode, when nothing is configured and the peer is this machine (or the operator said so).
pub fn open_caller(app: &AppState, client: Client) -> Option<Caller> {
    (client.is_local || app.config.allow_no_auth).then(|| Caller::operator(CallerKind::Open, None))
}
