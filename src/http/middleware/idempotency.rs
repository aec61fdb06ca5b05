//! `Idempotency-Key` on POST: the same key and body are answered once and replayed afterwards; nothing runs twice.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{Extensions, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use tracing::Instrument;

use super::{operation::Current, request_id::RequestId};
use crate::{
    app::AppState,
    error::{Error, ErrorCode, Result},
    http::{
        access::Identity,
        extract::{body_limits, read_body},
        respond,
    },
    idempotency::{self, Claim, Slot, StoredAnswer, service},
    ids::Id,
    runs, system,
};

const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Larger answers are not kept; a repeat then works anew.
const MAX_STORED: usize = 4 << 20;

pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let is_login =
        request.extensions().get::<Current>().and_then(|c| c.operation.as_ref()).is_none_or(|o| o.id == "login");
    if request.method() != Method::POST || is_login || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    handle(&app, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn handle(app: &AppState, request: Request, next: Next) -> Result<Response> {
    let key = valid_key(&request)?;
    let owner = match request.extensions().get::<Identity>() {
        Some(Identity::Caller(caller)) => caller.owner(),
        _ => "public".into(),
    };
    let id = hex::encode(Sha256::digest(format!("{owner}\n{}\n{}\n{key}", request.method(), request.uri().path())));
    let (limit, within) = body_limits(request.extensions());
    let (mut parts, body) = request.into_parts();
    let body = read_body(body, limit, within).await?;
    let query = parts.uri.query().unwrap_or_default();
    let body_hash = hex::encode(Sha256::new().chain_update(query).chain_update([0]).chain_update(&body).finalize());

    let attach = match service::claim(&app.db, &id, &body_hash, app.boot_id).await? {
        Claim::Mine => None,
        Claim::Answered(answer) => return Ok(replay(answer)),
        Claim::Reused => {
            let message = "This Idempotency-Key was used with another body or query; use a new key for a new request";
            return Err(Error::new(ErrorCode::IdempotencyKeyReused, message));
        }
        Claim::InProgress { boot_id } => in_progress(app, &id, boot_id, streams(&parts.extensions)).await?,
    };
    let request_id = parts.extensions.get::<RequestId>().map_or_else(Id::new, |r| r.0);
    parts.extensions.insert(Slot { key: id.clone(), attach });
    let request = Request::from_parts(parts, Body::from(body));
    let (worker, key) = (app.clone(), id.clone());
    // A task of its own: a client that hangs up must not leave the key claimed and the answer unstored.
    let work = async move {
        let response = idempotency::under(key.clone(), next.run(request)).await;
        #[cfg(feature = "crash-points")]
        if worker.config.home.join("crash-before-answer").exists() {
            std::process::abort();
        }
        settle(&worker, &key, request_id, response).await
    };
    match tokio::spawn(work.in_current_span()).await {
        Ok(Ok(answer)) if attach.is_some() => Ok(marked(answer)),
        Ok(answer) => answer,
        Err(failed) => {
            service::release(&app.db, &id).await?;
            match failed.try_into_panic() {
                // On to the layer that counts panics.
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(cancelled) => Err(Error::internal(cancelled)),
            }
        }
    }
}

/// Whether the operation answers with the events of a run, to which any number of clients can listen.
fn streams(extensions: &Extensions) -> bool {
    let operation = extensions.get::<Current>().and_then(|current| current.operation.as_ref());
    operation.is_some_and(|operation| operation.id == "send_message_stream")
}

/// The run of the first call, to attach to; None when its process is gone and nothing was started.
async fn in_progress(app: &AppState, id: &str, boot_id: Id, streams: bool) -> Result<Option<Id>> {
    let alive = system::service::is_alive(&app.db, boot_id, app.boot_id).await?;
    match runs::service::find_by_idempotency_key(app.db.read(), id).await? {
        // A run that is over has an answer, though the first call could not store it.
        Some(run) if streams || !alive || run.state.is_terminal() => return Ok(Some(run.id)),
        None if !alive && service::take_over(&app.db, id, boot_id, app.boot_id).await? => return Ok(None),
        _ => {}
    }
    let message = "The first request with this Idempotency-Key is still running";
    Err(Error::new(ErrorCode::IdempotencyInProgress, message).with_retry_after(1))
}

fn valid_key(request: &Request) -> Result<String> {
    let values: Vec<_> = request.headers().get_all(KEY).iter().collect();
    let text = match values[..] {
        [one] => one.to_str().unwrap_or_default(),
        _ => "",
    };
    if (1..=255).contains(&text.len()) && text.bytes().all(|b| (0x21..=0x7e).contains(&b)) {
        return Ok(text.to_owned());
    }
    Err(Error::new(ErrorCode::InvalidIdempotencyKey, "Idempotency-Key must be 1 to 255 visible ASCII characters"))
}

/// Stores a final answer; gives the key back when the answer says "try again". A stream keeps its claim: its run is known.
async fn settle(app: &AppState, id: &str, request_id: Id, mut response: Response) -> Result<Response> {
    let streams =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/event-stream"));
    if streams {
        return Ok(response);
    }
    let status = response.status();
    let retryable = matches!(status.as_u16(), 401 | 403 | 409 | 429) || status.is_server_error();
    if retryable {
        service::release(&app.db, id).await?;
        return Ok(response);
    }
    // A failure gets its body later, in the outermost layer; what is kept must have it now.
    respond::write_error(&mut response, request_id);
    let (parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, MAX_STORED).await else {
        service::release(&app.db, id).await?;
        return Err(Error::internal("an answer was too large to be kept under its Idempotency-Key"));
    };
    let headers = [
        header::CONTENT_TYPE,
        header::LOCATION,
        HeaderName::from_static("x-run-id"),
        HeaderName::from_static("x-session-id"),
    ];
    let headers =
        headers.iter().filter_map(|name| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned())));
    let answer = StoredAnswer { status: status.as_u16(), headers: headers.collect(), body: bytes.to_vec() };
    service::store(app.db.write(), id, answer).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn replay(answer: StoredAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            response.headers_mut().insert(name, value);
        }
    }
    marked(response)
}

fn marked(mut response: Response) -> Response {
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
