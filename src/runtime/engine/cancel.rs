//! Cancelling: reaches the model call and the tools of a running run, and ends a waiting one at once. What was written is kept.

use std::time::Duration;

use serde_json::Value;

use super::{
    super::{
        event::RunEvent,
        next::End,
        tools::{ToolError, ToolErrorCode, result},
    },
    Engine, Inner,
    calls::finished,
    end::terminal_event,
    turn::{Changes, Step, Turn, number_events},
};
use crate::{
    error::Result,
    ids::Id,
    runs::{self, RunRow, RunState, StepKind, StepState, StopReason},
    time::Ts,
};

/// Callers that need the runs to be over wait so long for their workers.
const SETTLE: Duration = Duration::from_secs(5);

impl Engine {
    /// Cancels one run. Returns it as it is afterwards: `cancelled`, on its way there, or ended before.
    pub async fn cancel_run(&self, run: Id, reason: Option<&str>, by: &str) -> Result<RunRow> {
        let row = runs::service::get(self.0.db.read(), run).await?;
        self.cancel(vec![row], reason, by).await?;
        runs::service::get(self.0.db.read(), run).await
    }

    /// Cancels the unfinished runs of an agent, of one session only if named. Returns their ids once they are over, or
    /// after a few seconds.
    pub async fn cancel_agent(
        &self,
        agent: Id,
        session: Option<Id>,
        reason: Option<&str>,
        by: &str,
    ) -> Result<Vec<Id>> {
        self.cancel_open(Some(agent), session, false, reason, by).await
    }

    /// As `cancel_agent`, but queued runs stay.
    pub async fn cancel_active(&self, agent: Id, reason: Option<&str>, by: &str) -> Result<Vec<Id>> {
        self.cancel_open(Some(agent), None, true, reason, by).await
    }

    pub async fn cancel_session(&self, session: Id, reason: Option<&str>, by: &str) -> Result<Vec<Id>> {
        self.cancel_open(None, Some(session), false, reason, by).await
    }

    async fn cancel_open(
        &self,
        agent: Option<Id>,
        session: Option<Id>,
        active_only: bool,
        reason: Option<&str>,
        by: &str,
    ) -> Result<Vec<Id>> {
        let mut rows = runs::service::open(self.0.db.read(), agent, session).await?;
        rows.retain(|r| !active_only || r.state != RunState::Queued);
        let ids: Vec<Id> = rows.iter().map(|r| r.id).collect();
        self.cancel(rows, reason, by).await?;
        for id in &ids {
            self.wait(*id, SETTLE).await?;
        }
        Ok(ids)
    }

    async fn cancel(&self, rows: Vec<RunRow>, reason: Option<&str>, by: &str) -> Result<()> {
        let open: Vec<RunRow> = rows.into_iter().filter(|r| !r.state.is_terminal()).collect();
        if open.is_empty() {
            return Ok(());
        }
        let now = Ts::now();
        let ids: Vec<Id> = open.iter().map(|r| r.id).collect();
        runs::service::request_cancel(self.0.db.write(), &ids, reason, by, now).await?;
        for mut row in open {
            if row.state != RunState::Queued {
                self.0.cancel_live(row.id, reason);
                continue;
            }
            let was = row.state;
            row.state = RunState::Cancelled;
            row.stop_reason = Some(StopReason::Cancelled);
            row.cancel_reason = reason.map(str::to_owned);
            // A worker that claimed it meanwhile sees the wish.
            if !self.0.end_waiting(row.clone(), was, now).await? {
                self.0.cancel_live(row.id, reason);
            }
        }
        // One that waits between steps gets a worker that closes its open calls.
        self.0.call();
        Ok(())
    }
}

impl Inner {
    pub(super) fn publish_end(&self, run: RunRow, event: RunEvent) {
        let id = run.id;
        if let Some(channel) = self.hub.existing(id) {
            channel.publish(event.clone());
            channel.finish(super::Finished { run, event });
            self.hub.forget(id);
        }
    }

    pub(super) fn cancel_live(&self, run: Id, reason: Option<&str>) {
        if let Some(live) = self.live.get(run) {
            live.cancel(reason.map(str::to_owned));
        }
    }

    /// Ends a run that no worker has; `run` holds its new state. False: its state changed meanwhile.
    pub(super) async fn end_waiting(&self, mut run: RunRow, was: RunState, now: Ts) -> Result<bool> {
        run.ended_at = Some(now);
        run.lease_epoch += 1;
        let body = terminal_event(&run, 0.0);
        let numbered = number_events(&mut run, vec![(None, body)], now)?;
        let tx = self.db.begin().await?;
        if !runs::service::end_from_outside(&tx, &run, was).await? {
            return Ok(false);
        }
        runs::service::append_events(&tx, numbered.iter().map(|n| n.row.clone()).collect()).await?;
        tx.commit().await?;
        self.tell_end(&run);
        for n in numbered {
            self.publish_end(run.clone(), n.event);
        }
        Ok(true)
    }
}

impl Turn {
    /// Cancelled between or inside tool calls: open calls get a result, so that the history stays valid.
    pub(super) async fn cancel_now(&mut self) -> Step {
        let mut changes = Changes::default();
        self.note_cancel();
        self.close_open_calls(&mut changes);
        self.end(End::Cancelled, &mut changes);
        self.commit(changes).await
    }

    pub(super) fn close_open_calls(&mut self, changes: &mut Changes) {
        let open: Vec<usize> = (0..self.steps.len())
            .filter(|at| self.steps.get(*at).is_some_and(|s| s.kind == StepKind::ToolCall && s.state.is_open()))
            .collect();
        let Some(batch) = open.first().and_then(|at| self.steps.get(*at)).map(|s| s.batch) else { return };
        for at in open {
            let Some(step) = self.steps.get_mut(at) else { continue };
            let began = step.state == StepState::Running;
            let harmless = matches!(step.effect.as_deref(), Some("pure" | "read"));
            let text = match began && !harmless {
                true => "The run was cancelled while this ran. It may or may not have taken effect.",
                false => "The run was cancelled before this was done.",
            };
            let error = ToolError::new(ToolErrorCode::Cancelled, text);
            let shaped = result::failure(&error, &self.inner.settings.secrets, usize::MAX);
            step.state = if began { StepState::Cancelled } else { StepState::Skipped };
            step.ended_at = Some(Ts::now());
            step.is_error = true;
            step.output = Some(Value::String(shaped.text));
            let body = finished(step, Some(ToolErrorCode::Cancelled), Duration::ZERO);
            changes.step_event(step, body);
            changes.steps.push(at);
        }
        self.append_results(batch, changes);
    }
}
