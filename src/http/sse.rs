//! Server-Sent Events: the response, its heartbeat and its end. What is sent is the slices' matter.

use std::{convert::Infallible, time::Duration};

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{Stream, StreamExt};
use serde::Serialize;
use tokio::time::Instant;

use crate::{app::AppState, auth, caller::Caller};

/// Clients come back after this time when the connection breaks.
const RETRY: Duration = Duration::from_millis(2_000);
/// A comment keeps proxies from closing a silent connection.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A revoked credential ends its streams within this time.
const RECHECK: Duration = Duration::from_secs(5);

/// One event of a stream, or a remark that clients ignore.
pub enum Frame<T> {
    Event { id: i64, name: &'static str, data: T },
    Comment(&'static str),
}

/// The stream as a response. It ends with its frames, and with a comment when the server stops or the caller may no longer read.
pub fn response<T: Serialize + Send + 'static>(
    app: &AppState,
    caller: Caller,
    frames: impl Stream<Item = Frame<T>> + Send + 'static,
) -> Response {
    let first = futures::stream::iter([Event::default().retry(RETRY)]);
    let events = first.chain(guarded(app.clone(), caller, frames).filter_map(async |frame| event(frame)));
    let keep_alive = KeepAlive::new().interval(HEARTBEAT).text("");
    let mut response = Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(keep_alive).into_response();
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn event<T: Serialize>(frame: Frame<T>) -> Option<Event> {
    match frame {
        Frame::Comment(text) => Some(Event::default().comment(text)),
        Frame::Event { id, name, data } => match Event::default().id(id.to_string()).event(name).json_data(data) {
            Ok(event) => Some(event),
            Err(error) => {
                tracing::error!(%error, name, "an event could not be written");
                None
            }
        },
    }
}

fn guarded<T: Send + 'static>(
    app: AppState,
    caller: Caller,
    frames: impl Stream<Item = Frame<T>> + Send + 'static,
) -> impl Stream<Item = Frame<T>> + Send {
    async_stream::stream! {
        let mut frames = std::pin::pin!(frames);
        let stopping = app.shutdown.stopping();
        let mut recheck = tokio::time::interval_at(Instant::now() + RECHECK, RECHECK);
        loop {
            tokio::select! {
                biased;
                frame = frames.next() => match frame {
                    Some(frame) => yield frame,
                    None => return,
                },
                () = stopping.cancelled() => {
                    yield Frame::Comment("server stopping");
                    return;
                }
                _ = recheck.tick() => if let Ok(false) = auth::service::still_valid(&app.db, &app.config, &caller).await {
                    yield Frame::Comment("credential no longer valid");
                    return;
                },
            }
        }
    }
}
