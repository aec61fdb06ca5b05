//! The loop of one chat socket: frames of the client, events of the runs it shows, and the clocks.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use axum::extract::ws::{Message, WebSocket};
use futures::{Stream, StreamExt, stream::SplitStream};
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::{Instant, interval_at, sleep_until},
};
use tokio_stream::StreamMap;

use super::{
    frames::{
        ApprovalDecision, BadFrame, ClientApproval, ClientCancel, ClientCommand, ClientFrame, ClientResume,
        ConnectedFrame, PongFrame, ServerFrame, Verbosity,
    },
    view::RunView,
};
use crate::{
    agents::{self, AgentRow},
    app::AppState,
    approvals::{
        self,
        schema::{ApproveRequest, RejectRequest},
    },
    auth,
    caller::Caller,
    error::{Error, ErrorCode, Result},
    events::Event,
    http::extract::invalid,
    http::ws::{self, Close, Gone, MAX_FRAME, PING_EVERY, Sender},
    ids::Id,
    messages::{Intake, commands::Command, schema::SendMessage},
    runs::{self, Door, RunRow, RunState, ThinkingWish, stream::gathered},
    runtime::{
        engine::{Closed, Followed},
        event::{EventId, RunEvent},
    },
    sessions,
    time::Ts,
};

/// A message costs as much as over REST.
const MESSAGE_COST: u32 = 30;
const MINUTE: Duration = Duration::from_secs(60);
const RECHECK: Duration = Duration::from_secs(5);
const AGENTS_EVERY: Duration = Duration::from_secs(5);
/// Pieces of text that wait are joined up to so many bytes.
const GATHER_BYTES: usize = 200;

/// How a socket was opened.
pub struct Opening {
    pub caller: Caller,
    pub ip: IpAddr,
    pub request_id: Id,
    pub agent: AgentRow,
    pub session: Option<Id>,
    /// The session was named, so it stays when the active one is switched.
    pub fixed: bool,
    pub verbose: Verbosity,
    pub resume: Option<(Id, EventId)>,
}

/// Reasoning of the model, as chosen on this connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Think {
    Off,
    On,
    Stream,
}

pub struct Connection {
    pub(super) app: AppState,
    pub(super) caller: Caller,
    ip: IpAddr,
    request_id: Id,
    pub(super) agent: AgentRow,
    pub(super) session: Option<Id>,
    pub(super) fixed: bool,
    pub(super) verbose: Verbosity,
    pub(super) think: Option<Think>,
    pub(super) sender: Sender,
    runs: StreamMap<Id, Pin<Box<dyn Stream<Item = Followed> + Send>>>,
    views: HashMap<Id, RunView>,
    /// Runs that were shown, so that none is shown twice.
    pub(super) seen: HashSet<Id>,
    /// Times of the messages of the last minute.
    sent: VecDeque<Instant>,
    pub(super) agents_changed: bool,
    /// SHA-256 of the list as last sent: the list itself would be most of what an idle socket costs.
    pub(super) agents: Option<[u8; 32]>,
}

impl Connection {
    pub async fn serve(app: AppState, opening: Opening, socket: WebSocket) {
        let (sink, mut stream) = socket.split();
        let events = app.events.subscribe();
        let mut connection = Self {
            app,
            caller: opening.caller,
            ip: opening.ip,
            request_id: opening.request_id,
            agent: opening.agent,
            session: opening.session,
            fixed: opening.fixed,
            verbose: opening.verbose,
            think: None,
            sender: Sender::new(sink),
            runs: StreamMap::new(),
            views: HashMap::new(),
            seen: HashSet::new(),
            sent: VecDeque::new(),
            agents_changed: true,
            agents: None,
        };
        let ended = match connection.open(opening.resume).await {
            Ok(()) => Box::pin(connection.run(&mut stream, events)).await,
            Err(gone) => Err(gone),
        };
        match ended {
            Ok(Close::Answered) => ws::read_to_end(stream).await,
            Ok(close) => {
                connection.sender.close(close).await;
                ws::read_to_end(stream).await;
            }
            Err(Gone) => {}
        }
    }

    async fn open(&mut self, resume: Option<(Id, EventId)>) -> Result<(), Gone> {
        let connected = ServerFrame::Connected(ConnectedFrame {
            agent_id: self.agent.id,
            agent_name: self.agent.name.clone(),
            session_id: self.session,
            connection_id: Id::new(),
            server_version: env!("CARGO_PKG_VERSION"),
        });
        self.sender.send(&connected).await?;
        self.send_agents().await?;
        if let Some((run, after)) = resume {
            let outcome = self.follow_by_id(run, after).await;
            self.report(outcome, None).await?;
        }
        self.show_open_runs().await
    }

    async fn run(
        &mut self,
        stream: &mut SplitStream<WebSocket>,
        mut events: broadcast::Receiver<Event>,
    ) -> Result<Close, Gone> {
        let every = |period: Duration| interval_at(Instant::now() + period, period);
        let (mut ping, mut recheck, mut agents) = (every(PING_EVERY), every(RECHECK), every(AGENTS_EVERY));
        let idle = Duration::from_secs(self.app.config.websocket.idle_timeout_secs);
        let stopping = self.app.shutdown.stopping();
        let mut heard = Instant::now();
        loop {
            tokio::select! {
                () = stopping.cancelled() => return Ok(Close::GoingAway),
                message = stream.next() => match message {
                    None => return Err(Gone),
                    Some(Ok(Message::Close(_))) => return Ok(Close::Answered),
                    Some(Err(error)) => return Close::after(error),
                    Some(Ok(Message::Text(text))) => {
                        heard = Instant::now();
                        Box::pin(self.text(&text)).await?;
                    }
                    Some(Ok(Message::Ping(_))) => heard = Instant::now(),
                    Some(Ok(Message::Binary(_) | Message::Pong(_))) => {}
                },
                Some((run, item)) = self.runs.next(), if !self.runs.is_empty() => self.followed(run, item).await?,
                event = events.recv() => match event {
                    Ok(event) => self.noticed(&event).await?,
                    Err(RecvError::Lagged(_)) => self.show_open_runs().await?,
                    Err(RecvError::Closed) => return Ok(Close::GoingAway),
                },
                _ = ping.tick() => self.sender.ping().await?,
                _ = recheck.tick() => {
                    let valid = auth::service::still_valid(&self.app.db, &self.app.config, &self.caller).await;
                    if let Ok(false) = valid {
                        return Ok(Close::PolicyViolation);
                    }
                }
                _ = agents.tick() => self.send_agents().await?,
                () = sleep_until(heard + idle) => {
                    let text = format!("No frame came for {} seconds", idle.as_secs());
                    self.report(Err(Error::new(ErrorCode::IdleTimeout, text)), None).await?;
                    return Ok(Close::Idle);
                }
            }
        }
    }

    /// Answers a failure with an error frame.
    pub(super) async fn report(&mut self, outcome: Result<()>, client_id: Option<String>) -> Result<(), Gone> {
        let Err(error) = outcome else { return Ok(()) };
        if error.code().status() >= 500 {
            let (request_id, cause) = (self.request_id, error.source_chain());
            tracing::error!(%request_id, code = %error.code(), cause, "{}", error.message());
        }
        self.sender.send(&ServerFrame::failure(&error, self.request_id, client_id)).await
    }

    async fn text(&mut self, text: &str) -> Result<(), Gone> {
        if text.len() > MAX_FRAME {
            let error = Error::new(ErrorCode::PayloadTooLarge, format!("The frame is larger than {MAX_FRAME} bytes"));
            return self.report(Err(error), None).await;
        }
        let frame = match ClientFrame::parse(text) {
            Ok(frame) => frame,
            Err(BadFrame { error, client_id }) => return self.report(Err(error), client_id).await,
        };
        match frame {
            ClientFrame::Ping(_) => self.sender.send(&ServerFrame::Pong(PongFrame { time: Ts::now() })).await,
            ClientFrame::Command(ClientCommand { command, args }) => self.command(&command, &args).await,
            ClientFrame::Message(sent) => match typed_command(sent.message.text()) {
                Some((command, args)) => self.command(command, args).await,
                None => {
                    let outcome = self.message(sent.message, sent.client_id.clone()).await;
                    self.report(outcome, sent.client_id).await
                }
            },
            ClientFrame::Cancel(ClientCancel { run_id }) => {
                let outcome = self.cancel(run_id).await;
                self.report(outcome.map(|_| ()), None).await
            }
            ClientFrame::Approval(decision) => {
                let outcome = Box::pin(self.decide(decision)).await;
                self.report(outcome, None).await
            }
            ClientFrame::Resume(ClientResume { run_id, last_event_id }) => {
                let outcome = self.resume(run_id, EventId(last_event_id.max(0))).await;
                self.report(outcome, None).await
            }
        }
    }

    async fn decide(&mut self, frame: ClientApproval) -> Result<()> {
        if !self.caller.scopes.has("approvals:write") {
            let text = "Deciding approvals needs the scope approvals:write";
            return Err(Error::new(ErrorCode::InsufficientScope, text).with_detail("scope", "approvals:write"));
        }
        let (id, reason) = (frame.approval_id, frame.reason);
        match frame.decision {
            ApprovalDecision::Approve => {
                let body = ApproveRequest { reason, arguments: frame.arguments, remember: frame.remember };
                validator::Validate::validate(&body).map_err(|e| invalid(&e))?;
                approvals::approve(&self.app, &self.caller, id, body).await?;
            }
            ApprovalDecision::Reject => {
                let body = RejectRequest { reason };
                validator::Validate::validate(&body).map_err(|e| invalid(&e))?;
                approvals::reject(&self.app, &self.caller, id, body.reason).await?;
            }
        }
        Ok(())
    }

    async fn command(&mut self, word: &str, args: &str) -> Result<(), Gone> {
        match Box::pin(self.carry_out(word, args)).await {
            Ok(result) => self.sender.send(&ServerFrame::CommandResult(Box::new(result))).await,
            Err(error) => self.report(Err(error), None).await,
        }
    }

    async fn message(&mut self, mut message: SendMessage, client_id: Option<String>) -> Result<()> {
        self.check_rate()?;
        if self.fixed && message.session_id.is_none() {
            message.session_id = self.session;
        }
        let own_choice = message.session_id.is_some() || message.sender_id.is_some();
        let wish = message.thinking;
        let agent = self.present_agent().await?;
        let intake = Intake { agent, caller: self.caller.clone(), door: Door::Websocket, idempotency_key: None };
        let mut new = intake.new_run(&self.app, message).await?;
        if wish.is_none() {
            new.options.thinking = self.think.map(|think| match think {
                Think::Off => ThinkingWish::Off,
                Think::On | Think::Stream => ThinkingWish::On,
            });
            new.options.stream_thinking = self.think == Some(Think::Stream);
        }
        let run = self.app.engine.accept(new).await?.run;
        if !self.fixed && !own_choice {
            self.session = Some(run.session_id);
        }
        self.follow(&run, client_id, EventId(0)).await
    }

    /// The agent as it is now; 404 when it was terminated.
    pub(super) async fn present_agent(&mut self) -> Result<AgentRow> {
        self.agent = agents::service::find_ref(self.app.db.read(), &self.agent.id.to_string()).await?;
        Ok(self.agent.clone())
    }

    fn check_rate(&mut self) -> Result<()> {
        let now = Instant::now();
        while self.sent.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            self.sent.pop_front();
        }
        let max = self.app.config.websocket.max_messages_per_minute;
        let limited = |secs: u64| Err(Error::new(ErrorCode::RateLimited, "Rate limit exceeded").with_retry_after(secs));
        if let Some(first) = self.sent.front()
            && self.sent.len() >= usize::try_from(max).unwrap_or(usize::MAX)
        {
            return limited((MINUTE - now.duration_since(*first)).as_secs() + 1);
        }
        let own = self.caller.id.zip(self.caller.rate_limit);
        if let Err(secs) = self.app.limiter.charge_frame(self.ip, own, MESSAGE_COST) {
            return limited(secs);
        }
        self.sent.push_back(now);
        Ok(())
    }

    /// Cancels a run, or the one that runs in this session.
    pub(super) async fn cancel(&mut self, run: Option<Id>) -> Result<RunRow> {
        let run = match (run, self.session) {
            (Some(run), session) => visible_run(&self.app, &self.caller, self.agent.id, session, run).await?,
            (None, None) => return Err(nothing_runs()),
            (None, session) => {
                let open = runs::service::open(self.app.db.read(), None, session).await?;
                open.into_iter().find(|run| run.state != RunState::Queued).ok_or_else(nothing_runs)?
            }
        };
        sessions::may_cancel(self.app.db.read(), &self.caller, run.session_id).await?;
        self.app.engine.cancel_run(run.id, None, &self.caller.label()).await
    }

    async fn resume(&mut self, run: Id, after: EventId) -> Result<()> {
        visible_run(&self.app, &self.caller, self.agent.id, self.session, run).await?;
        self.follow_by_id(run, after).await
    }

    async fn follow_by_id(&mut self, run: Id, after: EventId) -> Result<()> {
        let row = runs::service::get(self.app.db.read(), run).await?;
        self.follow(&row, None, after).await
    }

    pub(super) async fn follow(&mut self, run: &RunRow, client_id: Option<String>, after: EventId) -> Result<()> {
        self.seen.insert(run.id);
        let client_id = client_id.or_else(|| self.views.remove(&run.id).and_then(|view| view.client_id()));
        self.views.insert(run.id, RunView::new(run.session_id, client_id, self.request_id, after));
        let followed = self.app.engine.follow(run.id, after).await?;
        self.runs.insert(run.id, Box::pin(gathered(followed, GATHER_BYTES)));
        Ok(())
    }

    async fn followed(&mut self, run: Id, item: Followed) -> Result<(), Gone> {
        match item {
            Followed::Event(event) => self.show(&event).await,
            Followed::Closed(Closed::Stopping) => Ok(()),
            Followed::Closed(Closed::TooSlow) => {
                let last = self.views.get(&run).map_or(EventId(0), |view| view.last);
                let outcome = self.follow_by_id(run, last).await;
                self.report(outcome, None).await
            }
        }
    }

    async fn show(&mut self, event: &Arc<RunEvent>) -> Result<(), Gone> {
        let Some(view) = self.views.get_mut(&event.run_id) else { return Ok(()) };
        for frame in view.frames(event, self.verbose) {
            self.sender.send(&frame).await?;
        }
        if event.body.is_terminal() {
            self.views.remove(&event.run_id);
        }
        Ok(())
    }
}

/// A run of this agent that the caller may see: in its own session, or with the scope for reading.
pub async fn visible_run(app: &AppState, caller: &Caller, agent: Id, session: Option<Id>, run: Id) -> Result<RunRow> {
    let row = runs::service::get(app.db.read(), run).await?;
    let visible = row.agent_id == agent
        && (Some(row.session_id) == session
            || row.caller.owner == caller.owner()
            || caller.scopes.has("messages:read"));
    if visible { Ok(row) } else { Err(Error::new(ErrorCode::RunNotFound, format!("There is no run {run}"))) }
}

fn nothing_runs() -> Error {
    Error::new(ErrorCode::RunNotFound, "Nothing runs in this session")
}

/// `/word rest` with a word that is a command.
fn typed_command(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix('/')?;
    let (word, args) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    Command::find(word).map(|_| (word, args.trim()))
}
