//! Taking a message in: the run is rows before the caller hears of it. With a free worker and nothing in front, the same
//! transaction also starts it and opens its first model step.

use std::{sync::Arc, sync::atomic::Ordering, time::Duration};

use sea_orm::DatabaseTransaction;

use super::{
    super::{event::EventBody, transcript},
    Engine, Finished, Inner,
    hub::Channel,
    rows::{new_step, start_facts, step_started, user_message},
    setup::{AgentSetup, Ask, RunModels},
    turn::Turn,
    workers::{self, Permits},
};
use crate::{
    agents::{
        AgentRow,
        manifest::{Priority, SessionScope},
    },
    caller::Caller,
    error::{Error, ErrorCode, Result},
    ids::Id,
    llm::Purpose,
    messages::{self, MessageRow},
    runs::{self, Door, ModelCall, RunInput, RunOptions, RunRow, RunState, StepKind, StepRow, StepState, TextList},
    sessions::{
        self, SessionKind, SessionRow,
        service::{NewSession, Which},
    },
    time::Ts,
};

const INTERACTIVE_QUEUE_SECS: i64 = 3_600;
const DURABLE_QUEUE_SECS: i64 = 86_400;
const PRIORITY_STEP_MS: i64 = 60_000;
/// After this the client asks again whether the queue has room.
const QUEUE_RETRY_SECS: u64 = 30;

/// A message for an agent, checked by its door.
pub struct NewRun {
    pub agent: AgentRow,
    pub caller: Caller,
    pub door: Door,
    pub input: RunInput,
    pub options: RunOptions,
    pub session: SessionChoice,
    /// Names the stored-answer record of the request.
    pub idempotency_key: Option<String>,
}

/// Where the message belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionChoice {
    /// The active session of the caller, or of the sender that it names.
    Active,
    /// This one; writing into another owner's needs `agents:write`.
    Id(Id),
    /// The one that holds this key; for doors that are no API callers.
    Key { key: String, kind: SessionKind, conversation: Option<String> },
}

/// An accepted run.
pub struct Accepted {
    pub run: RunRow,
    /// Unfinished runs ahead of it in its session.
    pub position: i64,
    channel: Arc<Channel>,
}

impl Accepted {
    /// Waits for the end of the run; None when `limit` passes first.
    pub async fn wait(&self, engine: &Engine, limit: Duration) -> Result<Option<Arc<Finished>>> {
        engine.wait_on(&self.channel, self.run.id, limit).await
    }
}

/// Key of the session that gets this caller's messages.
pub fn session_key(scope: SessionScope, owner: &str, sender: Option<&str>) -> String {
    sessions::service::owner_key(scope == SessionScope::Agent, owner, sender)
}

/// The caller may write into sessions of this owner.
pub fn owns(caller: &Caller, owner: &str) -> bool {
    let own = caller.owner();
    owner == "main" || owner == format!("user:{own}") || owner.starts_with(&format!("ext:{own}:"))
}

impl Engine {
    pub async fn accept(&self, new: NewRun) -> Result<Accepted> {
        let inner = &self.0;
        if inner.draining.load(Ordering::Relaxed) {
            let text = "The server is shutting down; send the message again in a moment";
            return Err(Error::new(ErrorCode::Draining, text).with_retry_after(30));
        }
        if !new.door.is_durable() {
            check_running(&new.agent.name, &format!("{:?}", new.agent.state).to_lowercase())?;
        }
        let setup = inner.agent_setup(&new.agent).await?;
        let ask = Ask { options: &new.options, text: &new.input.text, history: 0, started_with: None };
        let models = inner.models_for(&new.agent, &setup, ask);
        if new.door != Door::Tool {
            models.check_credentials()?;
        }
        let permits = Permits::try_take(inner, new.door.is_background());
        let mut intake = Intake { inner, new: &new, setup: &setup, models, now: Ts::now() };
        let (tx, taken) = intake.store(permits.is_some()).await?;
        let models = intake.models;
        // Whoever follows must find the channel before the worker publishes anything.
        let channel = inner.hub.channel(taken.run.id);
        tx.commit().await?;
        let position = taken.position;
        inner.tell("run.queued", &taken.run);
        let run = taken.run.clone();
        match (run.state, permits) {
            (RunState::Running, Some(permits)) => {
                inner.tell("run.started", &run);
                let (step, message) = (taken.step, taken.message);
                let turn = Turn::started(inner, new.agent, setup, models, taken.run, step, message, channel.clone());
                workers::spawn(inner, turn, permits);
            }
            _ => inner.call(),
        }
        Ok(Accepted { run, position, channel })
    }
}

/// 409 for interactive doors.
pub(super) fn check_agent_runs(agent: &AgentRow) -> Result<()> {
    check_running(&agent.name, &format!("{:?}", agent.state).to_lowercase())
}

fn check_running(name: &str, state: &str) -> Result<()> {
    if state == "running" {
        return Ok(());
    }
    let text = format!("Agent '{name}' is {state}; POST /api/agents/{{id}}/start starts it");
    Err(Error::new(ErrorCode::AgentNotRunning, text))
}

/// One acceptance.
struct Intake<'a> {
    inner: &'a Arc<Inner>,
    new: &'a NewRun,
    setup: &'a AgentSetup,
    models: RunModels,
    now: Ts,
}

/// What was written.
struct Taken {
    run: RunRow,
    position: i64,
    /// Set when its first model step was opened at once.
    step: Option<StepRow>,
    message: Option<MessageRow>,
}

impl Intake<'_> {
    async fn store(&mut self, worker_free: bool) -> Result<(DatabaseTransaction, Taken)> {
        let tx = self.inner.db.begin().await?;
        let session = self.session(&tx).await?;
        let load = runs::service::load(&tx, self.new.agent.id, session.id).await?;
        let state = load.agent_state.as_deref().unwrap_or("terminated");
        if state == "terminated" {
            return Err(Error::new(ErrorCode::AgentNotFound, "There is no such agent"));
        }
        if !self.new.door.is_durable() {
            check_running(&self.new.agent.name, state)?;
        }
        self.check_queue(&load)?;
        let max_concurrent = i64::from(self.setup.manifest.max_concurrent_runs);
        let at_once = worker_free
            && self.new.door != Door::Tool
            && state == "running"
            && load.session_open == 0
            && load.agent_running < max_concurrent;
        let position = load.session_open;
        let taken = match at_once {
            true => {
                if self.setup.manifest.routing.is_some() {
                    let (options, text) = (&self.new.options, self.new.input.text.as_str());
                    let ask = Ask { options, text, history: session.last_seq - 1, started_with: None };
                    self.models = self.inner.models_for(&self.new.agent, self.setup, ask);
                }
                self.start(&tx, &session, position).await?
            }
            false => {
                sessions::service::give_back(&tx, session.id).await?;
                self.queue(&tx, &session, position).await?
            }
        };
        Ok((tx, taken))
    }

    /// The session of the message, with its next numbers taken.
    async fn session(&self, tx: &DatabaseTransaction) -> Result<SessionRow> {
        let agent = self.new.agent.id;
        let settings = &self.setup.manifest.session;
        let (owner, kind, conversation) = match &self.new.session {
            SessionChoice::Id(id) => {
                let row = sessions::service::start_turn(tx, agent, Which::Id(*id), self.now).await?;
                let row = row
                    .ok_or_else(|| Error::new(ErrorCode::SessionNotFound, format!("The agent has no session {id}")))?;
                if !owns(&self.new.caller, &row.owner) && !self.new.caller.scopes.has("agents:write") {
                    let text = "Writing into a session of another caller needs the scope agents:write";
                    return Err(Error::new(ErrorCode::InsufficientScope, text).with_detail("scope", "agents:write"));
                }
                return Ok(row);
            }
            SessionChoice::Active => {
                let sender = self.new.input.sender_id.as_deref();
                (
                    sessions::service::owner_key(
                        settings.scope == SessionScope::Agent,
                        &self.new.caller.owner(),
                        sender,
                    ),
                    SessionKind::Main,
                    sender.map(str::to_owned),
                )
            }
            SessionChoice::Key { key, kind, conversation } => (key.clone(), *kind, conversation.clone()),
        };
        let always_new = settings.scope == SessionScope::Run;
        let new = NewSession {
            agent_id: agent,
            owner: owner.clone(),
            kind,
            conversation,
            label: None,
            activate: !always_new,
        };
        let fresh = SessionRow { last_seq: 1, queue_seq: 1, ..new.into_row(self.now) };
        for _ in 0..sessions::service::KEY_TRIES {
            if !always_new && self.is_stale(tx, &owner).await? {
                sessions::service::release_key(tx, agent, &owner).await?;
            }
            let key = Which::Key(&owner);
            if !always_new && let Some(row) = sessions::service::start_turn(tx, agent, key, self.now).await? {
                return Ok(row);
            }
            // Another message, or the deletion of the session that held the key, may have made one meanwhile.
            if sessions::service::insert(tx, &fresh).await? {
                return Ok(fresh);
            }
        }
        Err(Error::internal("the key of the session stays taken"))
    }

    /// The conversation rested longer than the agent's limit, so a new one begins.
    async fn is_stale(&self, tx: &DatabaseTransaction, key: &str) -> Result<bool> {
        let limit = i64::from(self.setup.manifest.session.idle_reset_secs) * 1_000;
        if limit == 0 {
            return Ok(false);
        }
        let active = sessions::service::find_active(tx, self.new.agent.id, key).await?;
        Ok(active.is_some_and(|s| self.now.since(s.last_active) > limit))
    }

    fn check_queue(&self, load: &runs::service::Load) -> Result<()> {
        let in_session = i64::from(self.setup.manifest.session.max_queued);
        // One of the unfinished runs is being worked on.
        let full = |what: &str, waiting: i64| {
            let text = format!("{waiting} runs wait {what}; send the message again later");
            Err(Error::new(ErrorCode::QueueFull, text)
                .with_detail("position", waiting.to_string())
                .with_retry_after(QUEUE_RETRY_SECS))
        };
        if load.session_open > in_session {
            return full("in this session", load.session_open - 1);
        }
        if load.agent_queued >= self.inner.settings.agent_queue {
            return full("for this agent", load.agent_queued);
        }
        Ok(())
    }

    async fn queue(&self, tx: &DatabaseTransaction, session: &SessionRow, position: i64) -> Result<Taken> {
        let run = self.run(session);
        let bodies = vec![(None, queued(&run, position))];
        self.write(tx, run, bodies, None, None, position).await
    }

    async fn start(&self, tx: &DatabaseTransaction, session: &SessionRow, position: i64) -> Result<Taken> {
        let settings = &self.inner.settings;
        let lease_ms = i64::try_from(settings.lease.as_millis()).unwrap_or(i64::MAX);
        let mut run = RunRow {
            state: RunState::Running,
            attempts: 1,
            lease_owner: Some(self.inner.owner.clone()),
            lease_epoch: 1,
            lease_until: Some(self.now.plus_ms(lease_ms)),
            started_at: Some(self.now),
            ..self.run(session)
        };
        let message = user_message(&run, session.last_seq, self.now);
        let models = &self.models.models;
        let model = models.get(self.inner.first_usable(models)).ok_or_else(|| Error::internal("no model"))?;
        let mut step = new_step(&run, 1, StepKind::ModelCall, self.now);
        step.state = StepState::Running;
        step.started_at = Some(self.now);
        step.provider = Some(model.provider.clone());
        step.model = Some(model.resolved.model.clone());
        step.input = transcript::call_json(&ModelCall { purpose: Purpose::Turn, continues: false });
        step.context_to_seq = Some(message.seq);
        run.provider.clone_from(&step.provider);
        run.model.clone_from(&step.model);
        let mut bodies = vec![(None, queued(&run, position)), (None, EventBody::RunStarted(start_facts(&run)))];
        // What has to be reserved is known only once the history is read, so that step begins later.
        if self.inner.may_be_limited(&self.new.agent, self.setup, &run, &model.resolved) {
            return self.write(tx, run, bodies, None, Some(message), position).await;
        }
        bodies.push((Some(step.id), step_started(&step)));
        step.event_seq = 3;
        self.write(tx, run, bodies, Some(step), Some(message), position).await
    }

    async fn write(
        &self,
        tx: &DatabaseTransaction,
        mut run: RunRow,
        bodies: Vec<(Option<Id>, EventBody)>,
        step: Option<StepRow>,
        message: Option<MessageRow>,
        position: i64,
    ) -> Result<Taken> {
        let rows = super::turn::number_events(&mut run, bodies, self.now)?.into_iter().map(|e| e.row).collect();
        runs::service::insert(tx, &run).await?;
        messages::service::append(tx, message.iter().cloned().collect()).await?;
        runs::service::insert_steps(tx, step.iter().cloned().collect()).await?;
        runs::service::append_events(tx, rows).await?;
        Ok(Taken { run, position, step, message })
    }

    fn run(&self, session: &SessionRow) -> RunRow {
        let id = Id::new();
        let level = match self.setup.manifest.priority {
            Priority::Critical => 2,
            Priority::High => 1,
            Priority::Normal => 0,
            Priority::Low => -1,
        };
        let lifetime = if self.new.door.is_durable() { DURABLE_QUEUE_SECS } else { INTERACTIVE_QUEUE_SECS };
        RunRow {
            id,
            agent_id: self.new.agent.id,
            manifest_version: self.new.agent.manifest_version,
            session_id: session.id,
            door: self.new.door,
            caller: (&self.new.caller).into(),
            origin_user: Some(session.owner.clone()),
            parent_run_id: None,
            parent_step_id: None,
            root_run_id: id,
            depth: 0,
            rank: self.now.0 - level * PRIORITY_STEP_MS,
            queue_seq: session.queue_seq,
            max_concurrent: i32::try_from(self.setup.manifest.max_concurrent_runs).unwrap_or(i32::MAX),
            background: self.new.door.is_background(),
            state: RunState::Queued,
            stop_reason: None,
            error: None,
            input: self.new.input.clone(),
            options: RunOptions {
                stream_thinking: self.new.options.stream_thinking || self.setup.manifest.thinking.stream,
                ..self.new.options.clone()
            },
            idempotency_key: self.new.idempotency_key.clone(),
            attempts: 0,
            stalled_attempts: 0,
            lease_owner: None,
            lease_epoch: 0,
            lease_until: None,
            wake_at: None,
            waited_ms: 0,
            expires_at: Some(self.now.plus_secs(lifetime)),
            cancel_requested_at: None,
            cancel_reason: None,
            cancel_by: None,
            provider: None,
            model: None,
            fallback_model: None,
            iterations: 0,
            tool_calls: 0,
            input_tokens: 0,
            output_tokens: 0,
            cached_tokens: 0,
            cache_write_tokens: 0,
            reasoning_tokens: 0,
            cost_micro_usd: None,
            response: None,
            silent: false,
            directives: None,
            warnings: TextList::default(),
            reply_message_id: None,
            event_seq: 0,
            created_at: self.now,
            started_at: None,
            ended_at: None,
            trimmed_at: None,
        }
    }
}

fn queued(run: &RunRow, position: i64) -> EventBody {
    EventBody::RunQueued { session_id: run.session_id, agent_id: run.agent_id, position }
}
