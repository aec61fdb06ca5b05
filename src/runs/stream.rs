//! A followed run as Server-Sent Events.

use std::time::Duration;

use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};
use futures::{Stream, StreamExt};

use super::{
    RunRow,
    schema::RunEvent,
    views::{merge_deltas, wire_event},
};
use crate::{
    app::AppState,
    caller::Caller,
    error::Result,
    http::sse::{self, Frame},
    ids::Id,
    runtime::{
        engine::{Closed, Followed},
        event::EventId,
    },
};

/// Pieces of text wait so long for the next one.
const GATHER: Duration = Duration::from_millis(50);

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

enum Item {
    Event(EventId, RunEvent),
    Comment(&'static str),
}

fn frames(
    followed: impl Stream<Item = Followed> + Send + 'static,
    request_id: Id,
) -> impl Stream<Item = Frame<RunEvent>> + Send {
    let items = followed.filter_map(move |item| {
        let item = match item {
            Followed::Event(event) => wire_event(&event, request_id).map(|wire| Item::Event(event.id, wire)),
            Followed::Closed(Closed::TooSlow) => Some(Item::Comment("too slow; resume with Last-Event-ID")),
            Followed::Closed(Closed::Stopping) => Some(Item::Comment("server stopping")),
        };
        std::future::ready(item)
    });
    sse::gathered(items, GATHER, is_delta, merge).map(|item| match item {
        Item::Event(id, data) => Frame::Event { id: id.0, name: data.name(), data },
        Item::Comment(text) => Frame::Comment(text),
    })
}

fn is_delta(item: &Item) -> bool {
    matches!(item, Item::Event(_, RunEvent::TextDelta(_) | RunEvent::ThinkingDelta(_)))
}

fn merge(held: &mut Item, next: Item) -> Option<Item> {
    match (held, next) {
        // Text of another step may be withdrawn by itself.
        (Item::Event(id, into), Item::Event(next_id, from)) if id.seq() == next_id.seq() => {
            match merge_deltas(into, from) {
                None => {
                    *id = next_id;
                    None
                }
                Some(rest) => Some(Item::Event(next_id, rest)),
            }
        }
        (_, next) => Some(next),
    }
}
