//! Runs that stop between steps and go on later, and callers who wait for runs.

use std::{sync::Arc, time::Duration};

use super::{
    super::event::{EventBody, EventId, RunEvent},
    Engine, Finished,
    hub::Channel,
    turn::{Changes, Step, Stop, Turn},
};
use crate::{
    error::Result,
    ids::Id,
    runs::{self, RunRow, RunState},
    time::Ts,
};

impl Turn {
    /// The agent was suspended or the server stops: the worker goes, the run goes on later where it is.
    pub(super) async fn park(&mut self) -> Step {
        self.run.state = RunState::Parked;
        self.run.wake_at = Some(Ts::now());
        self.leave(Changes::default()).await
    }

    /// A long pause before the next try: no worker waits for it.
    pub(super) async fn wait_for_retry(&mut self, until: Ts) -> Step {
        self.run.state = RunState::WaitingRetry;
        self.run.wake_at = Some(until);
        self.run.waited_ms += until.since(Ts::now()).max(0);
        let mut changes = Changes::default();
        changes.event(EventBody::Waiting { kind: "retry".into(), until: Some(until) });
        self.leave(changes).await
    }

    pub(super) async fn leave(&mut self, changes: Changes) -> Step {
        self.run.lease_owner = None;
        self.run.lease_until = None;
        self.commit(changes).await?;
        self.inner.call();
        Err(Stop::Left)
    }
}

impl Engine {
    /// Waits for the end of a run; None when `limit` passes first.
    pub async fn wait(&self, run: Id, limit: Duration) -> Result<Option<Arc<Finished>>> {
        let channel = self.0.hub.channel(run);
        let ended = self.finished_row(run).await;
        if let Ok(Some(_)) | Err(_) = ended {
            self.0.hub.sweep();
            return ended;
        }
        self.wait_on(&channel, run, limit).await
    }

    pub(super) async fn wait_on(
        &self,
        channel: &Arc<Channel>,
        run: Id,
        limit: Duration,
    ) -> Result<Option<Arc<Finished>>> {
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            // Another replica may end it, so the rows are asked too, when there may be one.
            let poll = if self.0.settings.sole_process { limit } else { self.0.settings.poll_every };
            tokio::select! {
                finished = channel.finished() => return Ok(finished),
                () = tokio::time::sleep_until(deadline) => return self.finished_row(run).await,
                () = tokio::time::sleep(poll) => if let Some(finished) = self.finished_row(run).await? {
                    return Ok(Some(finished));
                },
            }
        }
    }

    async fn finished_row(&self, run: Id) -> Result<Option<Arc<Finished>>> {
        let run = runs::service::get(self.0.db.read(), run).await?;
        Ok(finished_of(run).map(Arc::new))
    }
}

/// The end of a run as its row tells it.
pub fn finished_of(run: RunRow) -> Option<Finished> {
    if !run.state.is_terminal() {
        return None;
    }
    let event = RunEvent {
        run_id: run.id,
        id: EventId::stored(run.event_seq),
        at: run.ended_at.unwrap_or(run.created_at),
        body: super::end::terminal_event(&run, 0.0),
    };
    Some(Finished { run, event })
}
