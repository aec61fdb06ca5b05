//! Following a run: what is stored, then what happens live, without a gap and without anything twice.

use std::sync::Arc;

use futures::Stream;

use super::{
    super::{
        content::{self, Piece},
        event::{EventBody, EventId, RESULT_BYTES, RunEvent},
        transcript::{self, StepText},
    },
    Engine, Inner,
    end::terminal_event,
};
use crate::{
    error::{ErrorCode, Result},
    ids::Id,
    runs::{self, EventRow, RunRow, StepKind, StepRow, StepState},
};

/// One item of a followed run.
#[derive(Clone, Debug)]
pub enum Followed {
    Event(Arc<RunEvent>),
    /// The stream ends before the run does.
    Closed(Closed),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The follower did not keep up; it can resume by its last id.
    TooSlow,
    /// The server stops; the run goes on after the next start.
    Stopping,
}

impl Engine {
    /// Events after `after` (0 = from the beginning). The stream ends behind the terminal event; it is empty when that was
    /// seen before. 404 for an unknown run.
    pub async fn follow(&self, run: Id, after: EventId) -> Result<impl Stream<Item = Followed> + Send + use<>> {
        runs::service::get(self.0.db.read(), run).await?;
        let inner = self.0.clone();
        let channel = inner.hub.channel(run);
        // Joined before the rows are read, so that nothing falls between.
        let mut joined = channel.join();
        Ok(async_stream::stream! {
            let mut last = after;
            let mut first = Some(std::mem::take(&mut joined.streaming));
            loop {
                // What is stored; on a later round only when another process may have the run.
                match inner.replay(run, last, first.is_some()).await {
                    Ok(Replay { events, ended }) => {
                        for event in events {
                            last = event.id;
                            yield Followed::Event(Arc::new(event));
                        }
                        if ended {
                            return;
                        }
                    }
                    // Deleted meanwhile: nothing will ever come.
                    Err(error) if error.code() == ErrorCode::RunNotFound => return,
                    Err(error) => tracing::warn!(%run, %error, "stored events could not be read"),
                }
                for event in first.take().into_iter().flatten() {
                    if let Some(event) = news(&event, last) {
                        last = event.id;
                        yield Followed::Event(event);
                    }
                }
                loop {
                    let poll = tokio::time::sleep(inner.settings.poll_every);
                    let may_be_elsewhere = !inner.settings.sole_process && inner.live.get(run).is_none();
                    tokio::select! {
                        event = joined.events.recv() => {
                            let Some(event) = event else {
                                if joined.is_too_slow() {
                                    yield Followed::Closed(Closed::TooSlow);
                                    return;
                                }
                                joined = inner.hub.channel(run).join();
                                first = Some(std::mem::take(&mut joined.streaming));
                                break;
                            };
                            let terminal = event.body.is_terminal();
                            if let Some(event) = news(&event, last) {
                                last = last.max(event.id);
                                yield Followed::Event(event);
                            }
                            if terminal {
                                return;
                            }
                        }
                        () = inner.stopped.cancelled() => {
                            yield Followed::Closed(Closed::Stopping);
                            return;
                        }
                        () = poll, if may_be_elsewhere => break,
                    }
                }
            }
        })
    }
}

/// The part of a live event that comes behind `last`.
fn news(event: &Arc<RunEvent>, last: EventId) -> Option<Arc<RunEvent>> {
    match &event.body {
        // Pieces of a call have no id of their own; they are live only.
        EventBody::ToolInputDelta { .. } => (event.id >= last).then(|| event.clone()),
        EventBody::TextDelta { step, text } if event.id > last => {
            let begin = event.id.offset() - text.chars().count().min(event.id.offset());
            if last.seq() != event.id.seq() || last.offset() <= begin {
                return Some(event.clone());
            }
            let text = text.chars().skip(last.offset() - begin).collect();
            Some(Arc::new(RunEvent { body: EventBody::TextDelta { step: *step, text }, ..(**event).clone() }))
        }
        _ => (event.id > last).then(|| event.clone()),
    }
}

struct Replay {
    events: Vec<RunEvent>,
    ended: bool,
}

impl Inner {
    async fn replay(&self, run: Id, after: EventId, first: bool) -> Result<Replay> {
        let db = self.db.read();
        let rows = runs::service::events_after(db, run, after.seq()).await?;
        if rows.is_empty() && !first && self.live.get(run).is_some() {
            return Ok(Replay { events: vec![], ended: false });
        }
        let steps = runs::service::all_steps(db, run).await?;
        let row = runs::service::get(db, run).await?;
        let remote = self.live.get(run).is_none();
        Ok(Replay {
            ended: row.state.is_terminal() && ends(&rows, &row, after),
            events: replay(&row, &steps, &rows, after, remote),
        })
    }
}

/// Whether the terminal event is among these rows or was seen before.
fn ends(rows: &[EventRow], run: &RunRow, after: EventId) -> bool {
    rows.last().map_or(after.seq(), |r| r.seq) >= run.event_seq
}

/// Stored events with the texts of steps put back, each behind its `step.started` or where that was before it was trimmed.
/// `remote`: no worker of this process streams the run.
fn replay(run: &RunRow, steps: &[StepRow], rows: &[EventRow], after: EventId, remote: bool) -> Vec<RunEvent> {
    let mut texts = transcript::texts(steps);
    let streams = |s: &&StepRow| s.kind == StepKind::ModelCall && s.state == StepState::Running;
    if remote && let Some(step) = steps.iter().find(streams) {
        let (thinking, text) = partial_text(step, texts.iter().any(|t| !t.text.is_empty()));
        texts.push(StepText { step: step.idx, event_seq: step.event_seq, thinking, text });
    }
    let mut texts = texts.into_iter().filter(|t| t.event_seq >= after.seq()).peekable();
    let mut events = vec![];
    for row in rows {
        while let Some(text) = texts.next_if(|t| t.event_seq < row.seq) {
            pieces(run, steps, &text, after, &mut events);
        }
        let body = filled(EventBody::from_row(row), row, run, steps);
        events.push(RunEvent { run_id: run.id, id: EventId::stored(row.seq), at: row.created_at, body });
    }
    // Steps are read after the events: one may have begun since, and its text comes with its beginning.
    let last = rows.last().map_or(after.seq(), |row| row.seq);
    while let Some(text) = texts.next_if(|t| t.event_seq <= last) {
        pieces(run, steps, &text, after, &mut events);
    }
    events
}

/// What a worker elsewhere has received so far, as far as it may be shown.
fn partial_text(step: &StepRow, spoken: bool) -> (String, String) {
    let (mut thinking, mut text) = (String::new(), String::new());
    let continues = transcript::call(step).continues;
    for piece in content::filter(continues).push(step.partial.as_deref().unwrap_or_default()) {
        match piece {
            Piece::Thinking(t) => thinking.push_str(&t),
            Piece::Text(t) => text.push_str(&t),
        }
    }
    if spoken && !continues && !text.is_empty() {
        text.insert_str(0, transcript::SEPARATOR);
    }
    (thinking, text)
}

/// The text of a step, as far as it lies behind `after`.
fn pieces(run: &RunRow, steps: &[StepRow], shown: &StepText, after: EventId, events: &mut Vec<RunEvent>) {
    let StepText { step, event_seq, thinking, text } = shown;
    let seen = if after.seq() == *event_seq { after.offset() } else { 0 };
    let started = steps.iter().find(|s| s.idx == *step).and_then(|s| s.started_at);
    let event = |offset, body| RunEvent {
        run_id: run.id,
        id: EventId::piece(*event_seq, offset),
        at: started.unwrap_or(run.created_at),
        body,
    };
    let thought = thinking.chars().count();
    if run.options.stream_thinking && seen < thought {
        let rest: String = thinking.chars().skip(seen).collect();
        events.push(event(thought, EventBody::ThinkingDelta { step: *step, text: rest }));
    }
    let all = thought + text.chars().count();
    if seen < all && !text.is_empty() {
        let rest: String = text.chars().skip(seen.saturating_sub(thought)).collect();
        events.push(event(all, EventBody::TextDelta { step: *step, text: rest }));
    }
}

/// Puts back what other rows hold.
fn filled(body: EventBody, row: &EventRow, run: &RunRow, steps: &[StepRow]) -> EventBody {
    let call = |id: &str| steps.iter().find(|s| s.call_id.as_deref() == Some(id));
    match body {
        EventBody::Done(done) => match terminal_event(run, done.context_fill) {
            EventBody::Done(full) => EventBody::Done(full),
            _ => EventBody::Done(done),
        },
        EventBody::Error(_) => terminal_event(run, 0.0),
        // Erased with its session: that the run ended is told all the same.
        EventBody::Erased if matches!(row.name.as_str(), "done" | "error") => terminal_event(run, 0.0),
        EventBody::ToolCall { step, call_id, tool, iteration, .. } => {
            let input = call(&call_id).map(|s| s.input.clone()).unwrap_or_default();
            EventBody::ToolCall { step, call_id, tool, input, iteration }
        }
        EventBody::ToolFinished(mut finished) => {
            if let Some(step) = call(&finished.call_id) {
                let result = step.output.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
                finished.result = result[..result.floor_char_boundary(RESULT_BYTES)].to_owned();
                finished.input.clone_from(&step.input);
            }
            EventBody::ToolFinished(finished)
        }
        other => other,
    }
}
