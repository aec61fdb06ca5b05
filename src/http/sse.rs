//! Server-Sent Events: the response, its heartbeat, its end, and gathering of small pieces. What is sent is the slices' matter.

use std::{convert::Infallible, time::Duration};

use axum::{
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{Stream, StreamExt};
use serde::Serialize;
use tokio::time::{Instant, sleep_until};

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
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response.headers_mut().insert(unbuffered.0, unbuffered.1);
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

/// Holds an item up to `window` while `merge` can put the next ones into it. `merge` gives back what does not fit; `holds`
/// says whether an item may wait at all.
pub fn gathered<T: Send + 'static>(
    items: impl Stream<Item = T> + Send + 'static,
    window: Duration,
    holds: impl Fn(&T) -> bool + Send + 'static,
    merge: impl Fn(&mut T, T) -> Option<T> + Send + 'static,
) -> impl Stream<Item = T> + Send {
    async_stream::stream! {
        let mut items = std::pin::pin!(items);
        let mut held: Option<(T, Instant)> = None;
        loop {
            let next = match &held {
                None => items.next().await,
                Some((_, until)) => tokio::select! {
                    biased;
                    next = items.next() => next,
                    () = sleep_until(*until) => {
                        if let Some((item, _)) = held.take() {
                            yield item;
                        }
                        continue;
                    }
                },
            };
            let rest = match (next, held.take()) {
                (None, held) => {
                    if let Some((item, _)) = held {
                        yield item;
                    }
                    return;
                }
                (Some(item), None) => item,
                (Some(item), Some((mut before, until))) => match merge(&mut before, item) {
                    None => {
                        held = Some((before, until));
                        continue;
                    }
                    Some(rest) => {
                        yield before;
                        rest
                    }
                },
            };
            match holds(&rest) {
                true => held = Some((rest, Instant::now() + window)),
                false => yield rest,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::{StreamExt, channel::mpsc};

    use super::gathered;

    fn merge(a: &mut String, b: String) -> Option<String> {
        if b.starts_with('!') {
            return Some(b);
        }
        a.push_str(&b);
        None
    }

    fn holds(item: &String) -> bool {
        !item.starts_with('!')
    }

    #[tokio::test]
    async fn pieces_are_joined_until_something_else_comes() {
        let items = futures::stream::iter(["a", "b", "!x", "c", "d"].map(str::to_owned));
        let joined: Vec<String> = gathered(items, Duration::from_secs(3_600), holds, merge).collect().await;
        assert_eq!(joined, ["ab", "!x", "cd"]);
    }

    #[tokio::test]
    async fn a_piece_does_not_wait_longer_than_the_window() {
        let (sender, items) = mpsc::unbounded();
        let mut joined = Box::pin(gathered(items, Duration::from_millis(1), holds, merge));
        sender.unbounded_send("a".to_owned()).unwrap();
        // The stream is still open, so only the window can let it go.
        assert_eq!(joined.next().await.as_deref(), Some("a"));
        drop(sender);
        assert_eq!(joined.next().await, None);
    }
}
