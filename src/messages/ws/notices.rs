//! What a chat socket shows without being asked: runs that were started elsewhere, and the list of agents.

use sha2::{Digest, Sha256};

use super::{
    connection::Connection,
    frames::{AgentsUpdatedFrame, FrameMark, MessageFrame, MessageSource, ServerFrame},
};
use crate::{
    agents::{self, service::AgentFilter},
    error::Result,
    events::Event,
    http::ws::{self, Gone},
    ids::Id,
    page::ListParams,
    runs::{self, Door},
    runtime::{engine::active_key, event::EventId},
    sessions,
};

impl Connection {
    /// Something happened in the server.
    pub(super) async fn noticed(&mut self, event: &Event) -> Result<(), Gone> {
        let id = |name: &str| event.payload.get(name).and_then(|v| v.as_str()).and_then(|text| Id::parse(text).ok());
        self.agents_changed |= event.name.starts_with("agent.") || event.name.starts_with("run.");
        if id("agent_id") != Some(self.agent.id) {
            return Ok(());
        }
        let switched = event.name.starts_with("session.") || (event.name == "run.queued" && self.session.is_none());
        if switched && !self.fixed {
            let key = active_key(&self.agent, &self.caller);
            match sessions::service::find_active(self.app.db.read(), self.agent.id, &key).await {
                Ok(active) => self.session = active.map(|session| session.id),
                Err(error) => return self.report(Err(error), None).await,
            }
        }
        if event.name == "run.queued"
            && id("session_id") == self.session
            && let Some(run) = id("run_id")
        {
            self.show_foreign(run).await?;
        }
        Ok(())
    }

    /// Unfinished runs of the session, whoever started them.
    pub(super) async fn show_open_runs(&mut self) -> Result<(), Gone> {
        let Some(session) = self.session else { return Ok(()) };
        match runs::service::open(self.app.db.read(), None, Some(session)).await {
            Ok(open) => {
                for run in open {
                    self.show_foreign(run.id).await?;
                }
                Ok(())
            }
            Err(error) => self.report(Err(error), None).await,
        }
    }

    async fn show_foreign(&mut self, run: Id) -> Result<(), Gone> {
        if !self.seen.insert(run) {
            return Ok(());
        }
        let row = match runs::service::get(self.app.db.read(), run).await {
            Ok(row) => row,
            Err(error) => return self.report(Err(error), None).await,
        };
        let text = |name: &str| row.input.metadata.get(name).and_then(|v| v.as_str()).map(str::to_owned);
        let message = ServerFrame::Message(MessageFrame {
            mark: FrameMark { run_id: run, session_id: row.session_id, event_id: 0 },
            content: row.input.text.clone(),
            source: source(row.door),
            job_id: text("job_id").filter(|_| row.door == Door::Schedule),
            job_name: text("job_name").filter(|_| row.door == Door::Schedule),
            client_id: None,
        });
        self.sender.send(&message).await?;
        let outcome = self.follow(&row, None, EventId(0)).await;
        self.report(outcome, None).await
    }

    /// When something about them changed, and the caller may read them.
    pub(super) async fn send_agents(&mut self) -> Result<(), Gone> {
        if !std::mem::take(&mut self.agents_changed) || !self.caller.scopes.has("agents:read") {
            return Ok(());
        }
        match self.summaries().await {
            Ok(frame) => {
                let text = ws::text_of(&frame)?;
                let digest = Sha256::digest(&text).into();
                match self.agents.replace(digest) {
                    Some(sent) if sent == digest => Ok(()),
                    _ => self.sender.send_text(text).await,
                }
            }
            Err(error) => self.report(Err(error), None).await,
        }
    }

    async fn summaries(&mut self) -> Result<ServerFrame> {
        let (app, db) = (&self.app, self.app.db.read());
        let params = ListParams { limit: Some(500), cursor: None };
        let page = agents::service::list(db, &AgentFilter::default(), Default::default(), false, &params).await?;
        let agents = agents::service::summaries(db, &app.rules, &page.rows, &self.caller.owner()).await?;
        Ok(ServerFrame::AgentsUpdated(AgentsUpdatedFrame { agents }))
    }
}

fn source(door: Door) -> MessageSource {
    match door {
        Door::Websocket => MessageSource::Websocket,
        Door::Hook => MessageSource::Hook,
        Door::Channel => MessageSource::Channel,
        Door::Schedule => MessageSource::Cron,
        Door::Trigger => MessageSource::Trigger,
        Door::Workflow => MessageSource::Workflow,
        Door::Agent => MessageSource::Agent,
        Door::Api
        | Door::Stream
        | Door::Openai
        | Door::Mcp
        | Door::A2a
        | Door::Hand
        | Door::Tool
        | Door::Compaction => MessageSource::Api,
    }
}
