//! Getting a run ready for its worker: one from the queue begins, one of a dead worker has its open steps settled, a parked
//! one just goes on.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    super::{
        content,
        event::EventBody,
        next::Call,
        tools::{ToolError, ToolErrorCode, result},
        transcript,
    },
    Inner,
    calls::finished,
    end::{own_failure, terminal_event},
    rows::{start_facts, user_message},
    setup::Ask,
    stream::Answer,
    turn::{Changes, Step, Stop, Turn},
};
use crate::{
    agents::{self, AgentState},
    error::{ErrorCode, Result},
    llm::{ErrorClass, TokenUsage, estimate},
    messages,
    runs::{self, RunRow, RunState, StepFault, StepKind, StepState},
    sessions,
    time::Ts,
    usage::UsageStatus,
};

/// Takeovers without a step that ended in between.
const MAX_STALLED: i32 = 3;

/// How the worker came by the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Queued, parked or waiting.
    Claimed,
    /// Its worker died.
    FromDead,
}

impl Inner {
    /// Loads what the run needs and lets a worker drive it.
    pub(super) async fn resume(self: &Arc<Self>, run: RunRow, taken: Taken) -> Result<()> {
        let Some(agent) = agents::service::find(self.db.read(), run.agent_id).await? else { return Ok(()) };
        let setup = self.agent_setup(&agent).await?;
        let Some(session) = sessions::service::find(self.db.read(), run.session_id).await? else {
            return self.end_orphans(run.session_id).await;
        };
        let models = self.models_for(&agent, &setup, Ask::of_run(&run, session.last_seq));
        let terminated = agent.state == AgentState::Terminated;
        let channel = self.hub.channel(run.id);
        let mut turn = Turn::new(self, agent, setup, models, run, channel);
        if terminated {
            turn.live.cancel(Some("agent_terminated".into()));
        }
        match turn.get_ready(taken).await {
            Ok(()) => Box::pin(turn.drive()).await,
            Err(Stop::Left | Stop::Lost | Stop::Cancelled | Stop::Refused(_)) => self.live.leave(&turn.live),
            Err(Stop::Broken(error)) => {
                self.live.leave(&turn.live);
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Turn {
    async fn get_ready(&mut self, taken: Taken) -> Step {
        if self.run.attempts == 0 {
            return self.begin_queued().await;
        }
        let db = self.inner.db.read();
        self.steps = runs::service::all_steps(db, self.run.id).await?;
        let rows = messages::service::newest(db, self.run.session_id, 0, 1).await?;
        self.own = rows.into_iter().filter(|m| m.run_id == Some(self.run.id)).collect();
        match taken {
            Taken::FromDead => self.take_over().await,
            Taken::Claimed => {
                let now = Ts::now();
                if let Some(since) = self.run.wake_at.take() {
                    self.run.waited_ms += now.since(since).max(0);
                }
                Ok(())
            }
        }
    }

    /// The turn of a queued run has come: its message enters the history.
    async fn begin_queued(&mut self) -> Step {
        if let Some(call) = self.run.input.call.clone() {
            return self.begin_call(call).await;
        }
        let now = Ts::now();
        self.run.attempts = 1;
        self.run.started_at = Some(now);
        let model = self.models.models.get(self.inner.first_usable(&self.models.models));
        self.run.provider = model.map(|m| m.provider.clone());
        self.run.model = model.map(|m| m.resolved.model.clone());
        let mut changes = Changes::default();
        changes.messages.push(user_message(&self.run, 0, now));
        changes.event(EventBody::RunStarted(start_facts(&self.run)));
        self.commit(changes).await?;
        self.inner.tell("run.started", &self.run);
        Ok(())
    }

    async fn take_over(&mut self) -> Step {
        self.find_payers().await?;
        let mut changes = Changes::default();
        if self.run.stalled_attempts + 1 >= MAX_STALLED {
            self.settle_open_steps(&mut changes);
            let text = format!("The server stopped {MAX_STALLED} times while this run was at the same step");
            self.run.ended_at = Some(Ts::now());
            self.run.lease_owner = None;
            self.run.lease_until = None;
            self.run.response = Some(transcript::response(&self.steps));
            super::end::fail(&mut self.run, own_failure(ErrorCode::Interrupted, text));
            changes.ends = true;
            changes.event(terminal_event(&self.run, 0.0));
            return self.commit(changes).await;
        }
        self.run.attempts += 1;
        self.run.stalled_attempts += 1;
        changes.event(EventBody::RunResumed(start_facts(&self.run)));
        self.settle_open_steps(&mut changes);
        if !changes.ends {
            self.close_batch_once(&mut changes);
        }
        self.commit(changes).await
    }

    /// What was under way is broken off, run again, or reported as interrupted; nothing with an effect is repeated silently.
    fn settle_open_steps(&mut self, changes: &mut Changes) {
        let running: Vec<usize> = (0..self.steps.len())
            .filter(|at| self.steps.get(*at).is_some_and(|s| s.state == StepState::Running))
            .collect();
        for at in running {
            match self.steps.get(at).map(|s| s.kind) {
                Some(StepKind::ModelCall) => self.break_off_model(at, changes),
                Some(StepKind::ToolCall) => self.settle_call(at, changes),
                _ => {}
            }
        }
    }

    fn break_off_model(&mut self, at: usize, changes: &mut Changes) {
        let candidate = self.candidate_of(at);
        let Some(step) = self.steps.get(at) else { return };
        let received = step.partial.clone().unwrap_or_default();
        let this = transcript::call(step);
        let call = Call {
            candidate,
            attempt: step.attempt,
            purpose: this.purpose,
            continues: this.continues,
            not_before: self.run.created_at,
            long_wait: false,
        };
        // The request itself is gone; the messages before it are what it was made of.
        let input = self.own.iter().map(|m| u32::try_from(m.tokens).unwrap_or(0)).fold(0, u32::saturating_add);
        let usage = TokenUsage { input, output: estimate::text(&received), ..TokenUsage::default() };
        let answer =
            Answer { shown: content::shown_cut(&received, this.continues), raw: received, ..Answer::default() };
        self.reserved = self.steps.get(at).map(|step| step.id);
        self.charge(at, call, &answer, usage, true, None, UsageStatus::Interrupted, changes);
        if let Some(step) = self.steps.get_mut(at) {
            step.state = StepState::Failed;
            step.ended_at = Some(Ts::now());
            step.partial = None;
            step.error = Some(StepFault {
                class: ErrorClass::Network,
                message: "The server stopped in the middle of the answer".into(),
                retry_after_ms: None,
                takeover: true,
                long_wait: false,
            });
        }
        self.discard(at, changes);
        changes.steps.push(at);
    }

    fn settle_call(&mut self, at: usize, changes: &mut Changes) {
        let epoch = self.live.epoch;
        let Some(step) = self.steps.get_mut(at) else { return };
        changes.steps.push(at);
        step.lease_epoch = epoch;
        if step.resume.as_deref() != Some("interrupt") {
            step.state = StepState::Planned;
            step.attempt += 1;
            return;
        }
        let text = "The server stopped while this ran. It may or may not have taken effect. Check before repeating.";
        let error = ToolError::new(ToolErrorCode::Interrupted, text);
        let shaped = result::failure(&error, &self.inner.settings.secrets, usize::MAX);
        step.state = StepState::Interrupted;
        step.ended_at = Some(Ts::now());
        step.is_error = true;
        step.output = Some(Value::String(shaped.text));
        let body = finished(step, Some(ToolErrorCode::Interrupted), Duration::ZERO);
        changes.step_event(step, body);
    }

    /// An interrupted call may have been the last of its batch.
    fn close_batch_once(&mut self, changes: &mut Changes) {
        let settled =
            changes.steps.iter().any(|at| self.steps.get(*at).is_some_and(|s| s.state == StepState::Interrupted));
        if settled {
            self.close_batch(changes);
        }
    }
}

/// Runs that waited too long in the queue.
pub async fn expire_queued(inner: &Arc<Inner>) -> Result<()> {
    const AT_ONCE: u64 = 100;
    let now = Ts::now();
    for mut run in runs::service::past_expiry(inner.db.read(), now, AT_ONCE).await? {
        super::end::fail(&mut run, own_failure(ErrorCode::RunExpired, "The run waited too long for its turn"));
        inner.end_waiting(run, RunState::Queued, now).await?;
    }
    Ok(())
}
