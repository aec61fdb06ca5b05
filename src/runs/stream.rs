//! A followed run as Server-Sent Events.

use std::sync::Arc;

use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};
use futures::{Stream, StreamExt};

use super::{RunRow, schema::RunEvent, views::wire_event};
use crate::{
    app::AppState,
    caller::Caller,
    error::Result,
    http::{
        gather,
        sse::{self, Frame},
    },
    ids::Id,
    runtime::{
        engine::{Closed, Followed},
        event::{EventBody, EventId},
    },
};

/// Who follows, and since when.
pub struct Follower {
    pub caller: Caller,
    pub request_id: Id,
    /// Only later events.
    pub after: EventId,
}

/// The events of a run as a response, until its end.
pub async fn response(app: &AppState, run: &RunRow, follower: Follower) -> Result<Response> {
    let followed = app.engine.follow(run.id, follower.after).await?;
    let mut response = sse::response(app, follower.caller, frames(followed, follower.request_id));
    add_ids(&mut response, run.id, run.session_id);
    Ok(response)
}

/// `X-Run-Id` and `X-Session-Id`.
pub fn add_ids(response: &mut Response, run: Id, session: Id) {
    for (name, id) in [("x-run-id", run), ("x-session-id", session)] {
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}

fn frames(
    followed: impl Stream<Item = Followed> + Send + 'static,
    request_id: Id,
) -> impl Stream<Item = Frame<RunEvent>> + Send {
    gathered(followed, usize::MAX).filter_map(move |item| {
        let frame = match item {
            Followed::Event(event) => {
                wire_event(&event, request_id).map(|data| Frame::Event { id: event.id.0, name: data.name(), data })
            }
            Followed::Closed(Closed::TooSlow) => Some(Frame::Comment("too slow; resume with Last-Event-ID")),
            Followed::Closed(Closed::Stopping) => Some(Frame::Comment("server stopping")),
        };
        std::future::ready(frame)
    })
}

/// Joins neighbouring pieces of text that wait for a slow follower, up to about `max_bytes`.
pub fn gathered(
    followed: impl Stream<Item = Followed> + Send + 'static,
    max_bytes: usize,
) -> impl Stream<Item = Followed> + Send {
    gather::gathered(followed, is_piece, move |held, next| merge(held, next, max_bytes))
}

fn is_piece(item: &Followed) -> bool {
    let Followed::Event(event) = item else { return false };
    matches!(event.body, EventBody::TextDelta { .. } | EventBody::ThinkingDelta { .. })
}

/// Puts `next` into `held`, or gives it back. Texts of two steps stay apart, since one may be withdrawn by itself.
fn merge(held: &mut Followed, next: Followed, max_bytes: usize) -> Option<Followed> {
    let (Followed::Event(into), Followed::Event(from)) = (held, &next) else { return Some(next) };
    if into.id.seq() != from.id.seq() {
        return Some(next);
    }
    let into = Arc::make_mut(into);
    match (&mut into.body, &from.body) {
        (EventBody::TextDelta { text, .. }, EventBody::TextDelta { text: more, .. })
        | (EventBody::ThinkingDelta { text, .. }, EventBody::ThinkingDelta { text: more, .. })
            if text.len() < max_bytes =>
        {
            text.push_str(more);
            into.id = from.id;
            None
        }
        _ => Some(next),
    }
}
