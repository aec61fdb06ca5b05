//! One worker and one run: asks `next` what to do, does it, writes it, until the run ends or has to wait.

use std::{collections::HashSet, sync::Arc};

use sea_orm::DatabaseTransaction;

use super::{
    super::{
        event::{EventBody, EventId, RunEvent},
        loop_guard::{self, PastCall},
        next::{self, End, Next, Rules},
        policy::ServerApproval,
        retry::Candidate,
        tools::Effect,
        transcript,
    },
    Inner,
    hub::{Channel, Finished},
    live::LiveRun,
    money::Reservation,
    setup::{AgentSetup, RunModels},
};
use crate::{
    agents::{self, AgentRow},
    approvals::{self, ApprovalRow},
    artifacts,
    budget::{self, Payers, Refusal},
    error::{Error, Result},
    ids::Id,
    memory::recall::Hit,
    messages::{self, MessageRow},
    runs::{self, EventRow, RunRow, StepKind, StepRow, StepState},
    sessions,
    time::Ts,
    usage::{self, ChargeRow, UsageRow},
};

const TOUCH_EVERY_MS: i64 = 1_000;

/// Why the worker lets go of the run before its end.
#[derive(Debug)]
pub enum Stop {
    /// The run waits, is parked, or ended in the last transaction.
    Left,
    /// Another worker holds it, its session was erased, or the process ends: nothing more is written.
    Lost,
    /// Somebody asked to cancel in the middle of a step.
    Cancelled,
    /// Our own fault; the lease runs out and another worker tries.
    Broken(Error),
    /// The call that was to begin does not fit under a limit; nothing was written.
    Refused(Box<Refusal>),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl From<sea_orm::DbErr> for Stop {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Broken(error.into())
    }
}

pub type Step<T = ()> = std::result::Result<T, Stop>;

pub struct Turn {
    pub(super) inner: Arc<Inner>,
    pub(super) agent: AgentRow,
    pub(super) setup: Arc<AgentSetup>,
    pub(super) models: RunModels,
    pub(super) candidates: Vec<Candidate>,
    pub(super) run: RunRow,
    pub(super) steps: Vec<StepRow>,
    /// Messages of this run.
    pub(super) own: Vec<MessageRow>,
    /// Messages of earlier runs, once they were read.
    pub(super) history: Option<Vec<MessageRow>>,
    pub(super) live: Arc<LiveRun>,
    pub(super) channel: Arc<Channel>,
    /// Events that go out with the next transaction.
    pub(super) pending: Vec<EventBody>,
    /// The acceptance opened the first model step already.
    pub(super) opened: bool,
    /// Estimated input of the last call, for the session.
    pub(super) context_tokens: i64,
    pub(super) context_file: Option<String>,
    pub(super) context_file_read: bool,
    /// Who pays for the present model call.
    pub(super) payers: Option<Payers>,
    /// The step whose call something is reserved for.
    pub(super) reserved: Option<Id>,
    /// The server's policy as it was when the last tool call began.
    pub(super) approval: ServerApproval,
    /// Batch whose questions were asked.
    pub(super) asked_batch: i32,
    /// Positions of calls that a remembered approval releases.
    pub(super) remembered: HashSet<usize>,
    /// What the agent remembers about the message, once it was looked for.
    pub(super) recalled: Option<Vec<Hit>>,
}

/// What one transaction changes. Steps are named by their position in `Turn::steps`.
#[derive(Default)]
pub struct Changes {
    pub new_steps: Vec<usize>,
    pub steps: Vec<usize>,
    /// Their `seq` is set when they are written.
    pub messages: Vec<MessageRow>,
    pub usage: Vec<UsageRow>,
    /// What `usage` is charged to besides.
    pub charges: Vec<ChargeRow>,
    /// What the call that begins needs at most.
    pub reserve: Option<Reservation>,
    /// Steps whose calls are over.
    pub release: Vec<Id>,
    /// A limit did not let a call happen.
    pub refused: Option<Box<Refusal>>,
    pub artifacts: Vec<artifacts::service::NewArtifact>,
    pub events: Vec<(Option<Id>, EventBody)>,
    /// For the listener, once everything is stored.
    pub announcements: Vec<(&'static str, serde_json::Value)>,
    /// Questions to a person.
    pub approvals: Vec<ApprovalRow>,
    /// Decisions that the run has taken note of.
    pub applied: Vec<Id>,
    /// The run ended: note it on session and agent.
    pub ends: bool,
}

impl Changes {
    pub fn event(&mut self, body: EventBody) {
        self.events.push((None, body));
    }

    pub fn step_event(&mut self, step: &StepRow, body: EventBody) {
        self.events.push((Some(step.id), body));
    }
}

pub struct Numbered {
    pub row: EventRow,
    pub event: RunEvent,
}

/// Gives events their numbers.
pub fn number_events(run: &mut RunRow, bodies: Vec<(Option<Id>, EventBody)>, now: Ts) -> Result<Vec<Numbered>> {
    let mut numbered = vec![];
    for (step, body) in bodies {
        run.event_seq += 1;
        let row = body.to_row(run.id, run.event_seq, step, now).map_err(Error::internal)?;
        let event = RunEvent { run_id: run.id, id: EventId::stored(run.event_seq), at: now, body };
        numbered.push(Numbered { row, event });
    }
    Ok(numbered)
}

impl Turn {
    /// A run that its acceptance started.
    #[expect(clippy::too_many_arguments, reason = "the rows of a run, handed over once")]
    pub(super) fn started(
        inner: &Arc<Inner>,
        agent: AgentRow,
        setup: Arc<AgentSetup>,
        models: RunModels,
        run: RunRow,
        step: Option<StepRow>,
        message: Option<MessageRow>,
        channel: Arc<Channel>,
    ) -> Self {
        let fresh = message.as_ref().is_some_and(|m| m.seq == 1);
        let mut turn = Self::new(inner, agent, setup, models, run, channel);
        turn.opened = step.is_some();
        turn.steps = step.into_iter().collect();
        turn.own = message.into_iter().collect();
        turn.history = fresh.then(Vec::new);
        turn
    }

    pub(super) fn new(
        inner: &Arc<Inner>,
        agent: AgentRow,
        setup: Arc<AgentSetup>,
        models: RunModels,
        run: RunRow,
        channel: Arc<Channel>,
    ) -> Self {
        let live = inner.live.enter(run.id, run.agent_id, run.lease_epoch);
        Self {
            inner: inner.clone(),
            agent,
            setup,
            candidates: models.candidates(),
            models,
            run,
            steps: vec![],
            own: vec![],
            history: None,
            live,
            channel,
            pending: vec![],
            opened: false,
            context_tokens: 0,
            context_file: None,
            context_file_read: false,
            payers: None,
            reserved: None,
            approval: inner.settings.approval.clone(),
            asked_batch: 0,
            remembered: HashSet::new(),
            recalled: None,
        }
    }

    /// Drives the run as far as it goes.
    pub async fn drive(mut self) {
        let stop = match self.steps_until_stop().await {
            Err(Stop::Cancelled) => self.cancel_now().await.err().unwrap_or(Stop::Left),
            Err(stop) => stop,
            Ok(()) => Stop::Left,
        };
        self.inner.live.leave(&self.live);
        if let Stop::Broken(error) = stop {
            let cause = error.source_chain().unwrap_or_default();
            tracing::error!(run = %self.run.id, %error, cause, "a worker failed; the run is tried again when its lease ends");
        }
    }

    async fn steps_until_stop(&mut self) -> Step {
        for warning in std::mem::take(&mut self.models.skipped) {
            let message = format!("The fallback {warning} has no credential and is skipped");
            self.pending.push(EventBody::Warning { code: "fallback_skipped".into(), message });
        }
        if std::mem::take(&mut self.opened) {
            self.first_model_call().await?;
        }
        loop {
            if self.live.is_abandoned() {
                return Err(Stop::Lost);
            }
            if let Some(wish) = self.live.cancelled() {
                self.run.cancel_requested_at.get_or_insert(Ts::now());
                self.run.cancel_reason = self.run.cancel_reason.take().or(wish.reason);
            } else if self.live.shall_park() {
                return self.park().await;
            }
            self.take_decisions().await?;
            match self.next() {
                Next::WaitForPeople => self.wait_for_people().await?,
                Next::CallModel(call) => self.call_model(call).await?,
                Next::RunCalls(group) => self.run_calls(group).await?,
                Next::Finish(End::Cancelled) => self.cancel_now().await?,
                Next::Finish(end) => {
                    let mut changes = Changes::default();
                    self.end(end, &mut changes);
                    self.commit(changes).await?;
                }
            }
        }
    }

    /// What the rows say now.
    pub(super) fn next(&self) -> Next {
        let limits = &self.setup.manifest.resources;
        let iterations = self.run.options.max_iterations.unwrap_or(limits.max_iterations).min(limits.max_iterations);
        let tools = &self.inner.tools;
        let rules = Rules {
            max_iterations: i32::try_from(iterations).unwrap_or(i32::MAX),
            max_tool_calls: i32::try_from(limits.max_tool_calls_per_run).unwrap_or(i32::MAX),
            max_run_ms: i64::from(limits.max_run_secs) * 1_000,
            candidates: &self.candidates,
            retry_base_ms: i64::try_from(self.inner.settings.retry_base.as_millis()).unwrap_or(i64::MAX),
            parallel: &|name| tools.get(name).is_some_and(|tool| tool.info().parallel),
            loop_broken: loop_guard::break_run(&self.past_calls()).is_some(),
        };
        next::next(&self.run, &self.steps, &rules, Ts::now())
    }

    /// Ended calls, as the loop guard sees them.
    pub(super) fn past_calls(&self) -> Vec<PastCall<'_>> {
        let ended = self.steps.iter().filter(|s| s.kind == StepKind::ToolCall && !s.state.is_open());
        let counted = ended.filter(|s| s.state != StepState::Skipped);
        counted
            .map(|s| PastCall {
                tool: s.tool.as_deref().unwrap_or_default(),
                hash: s.input_hash.as_deref().unwrap_or_default(),
                result: transcript::result_text(s),
                effect: s.effect.as_deref().and_then(effect).unwrap_or(Effect::Read),
                failed: s.is_error,
                batch: u32::try_from(s.batch).unwrap_or(0),
            })
            .collect()
    }

    /// Writes everything of one moment together, then tells the followers. Nothing of it is seen before it is stored.
    pub(super) async fn commit(&mut self, changes: Changes) -> Step {
        let tx = self.inner.db.begin().await?;
        self.commit_in(tx, changes).await
    }

    /// As `commit`, together with what a tool has written in this transaction.
    pub(super) async fn commit_in(&mut self, tx: DatabaseTransaction, mut changes: Changes) -> Step {
        let now = Ts::now();
        // First, so that everybody takes the rows of budgets before those of sessions and runs.
        let told = match self.count_money(&tx, &mut changes, now).await {
            Ok(told) => told,
            Err(stop) => {
                tx.rollback().await?;
                return Err(stop);
            }
        };
        let pending = std::mem::take(&mut self.pending).into_iter().map(|body| (None, body));
        changes.events.splice(0..0, pending);
        let withdraws = changes.ends && self.withdraw_questions(&mut changes, now);
        if changes.ends || !changes.messages.is_empty() {
            let found = self.number_messages(&tx, &mut changes, now).await?;
            if !found {
                tx.rollback().await?;
                self.inner.end_orphans(self.run.session_id).await?;
                return Err(Stop::Lost);
            }
        }
        let mut numbered = number_events(&mut self.run, std::mem::take(&mut changes.events), now)?;
        for started in &numbered {
            if let EventBody::StepStarted { step, .. } = started.event.body
                && let Some(row) = self.steps.iter_mut().find(|s| s.idx == step)
            {
                row.event_seq = started.row.seq;
            }
        }
        if !runs::service::save(&tx, &self.run, self.live.epoch).await? {
            return Err(Stop::Lost);
        }
        let steps =
            |positions: &[usize]| positions.iter().filter_map(|at| self.steps.get(*at).cloned()).collect::<Vec<_>>();
        runs::service::insert_steps(&tx, steps(&changes.new_steps)).await?;
        for step in steps(&changes.steps) {
            runs::service::save_step(&tx, &step).await?;
        }
        approvals::service::insert(&tx, changes.approvals).await?;
        approvals::service::mark_applied(&tx, &changes.applied).await?;
        if withdraws {
            approvals::service::cancel_of_run(&tx, self.run.id, now).await?;
        }
        for artifact in changes.artifacts {
            artifacts::service::store(&tx, self.run.agent_id, self.run.session_id, artifact, now).await?;
        }
        messages::service::append(&tx, changes.messages.clone()).await?;
        usage::service::record(&tx, changes.usage).await?;
        usage::service::charge(&tx, changes.charges).await?;
        budget::service::release(&tx, &changes.release).await?;
        let rows = numbered.iter().map(|n| n.row.clone()).collect();
        runs::service::append_events(&tx, rows).await?;
        // The clock of an agent is good to a second; a busy one is not written for every run.
        if changes.ends && now.since(self.agent.last_active) >= TOUCH_EVERY_MS {
            agents::service::touch(&tx, self.run.agent_id, now).await?;
        }
        tx.commit().await?;
        let announced = told.into_iter().chain(changes.announcements);
        announced.for_each(|(name, payload)| (self.inner.listener)(name, payload));
        self.own.extend(changes.messages);
        for Numbered { event, .. } in numbered.drain(..) {
            self.publish(event);
        }
        if changes.ends {
            self.after_end().await;
            return Err(Stop::Left);
        }
        Ok(())
    }

    /// Numbers the messages, and their events with them. False: the session was erased.
    async fn number_messages(&mut self, tx: &DatabaseTransaction, changes: &mut Changes, now: Ts) -> Step<bool> {
        let count = i64::try_from(changes.messages.len()).unwrap_or(0);
        let session = self.run.session_id;
        let last = match changes.ends {
            true => sessions::service::note_context(tx, session, count, self.context_tokens, now).await?,
            false => sessions::service::advance(tx, session, count).await?,
        };
        let Some(last) = last else { return Ok(false) };
        for (seq, message) in (last - count + 1..).zip(&mut changes.messages) {
            message.seq = seq;
            for (_, body) in &mut changes.events {
                if let EventBody::Message { message_id, seq: number, .. } = body
                    && *message_id == message.id
                {
                    *number = seq;
                }
            }
        }
        Ok(true)
    }

    fn publish(&self, event: RunEvent) {
        if event.body.is_terminal() {
            self.channel.publish(event.clone());
            self.channel.finish(Finished { run: self.run.clone(), event });
            self.inner.hub.forget(self.run.id);
        } else {
            self.channel.publish(event);
        }
    }

    pub(super) fn next_idx(&self) -> i32 {
        i32::try_from(self.steps.len()).unwrap_or(i32::MAX - 1) + 1
    }
}

fn effect(word: &str) -> Option<Effect> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}
