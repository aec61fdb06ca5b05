//! What the next call of an agent's model would send, for those who ask; and whose sessions are whose.

use std::sync::Arc;

use sea_orm::ConnectionTrait;

use super::{
    Engine, Inner,
    request::HISTORY_ROWS,
    session_key,
    setup::{self, AgentSetup, Ask},
};
use crate::{
    agents::{
        AgentRow,
        manifest::{SessionScope, SessionSettings},
    },
    caller::Caller,
    error::Result,
    ids::Id,
    llm::{
        estimate,
        registry::{ModelChoice, ResolvedModel},
    },
    messages,
    runs::{Door, RunOptions},
    runtime::{
        context::{self, Budget},
        policy::CallerClass,
    },
};

/// Estimated tokens of the next call.
#[derive(Clone, Copy, Debug, Default)]
pub struct ContextFacts {
    pub system_tokens: u32,
    pub tool_tokens: u32,
    pub message_tokens: u32,
    pub context_window: u32,
}

impl ContextFacts {
    /// Tokens of all that is sent.
    pub fn total(self) -> u32 {
        self.system_tokens.saturating_add(self.tool_tokens).saturating_add(self.message_tokens)
    }
}

impl Engine {
    /// Window of the model that the agent's next run uses.
    pub async fn context_window(&self, agent: &AgentRow) -> Result<u32> {
        let setup = self.0.agent_setup(agent).await?;
        let models = self.0.models_for(agent, &setup, Ask::ahead(&RunOptions::default()));
        Ok(models.models.first().map_or(0, |model| model.resolved.context_window))
    }

    /// Whether the agent itself holds a grant for the model that a message names.
    pub async fn grants_model(&self, agent: &AgentRow, provider: Option<&str>, model: Option<&str>) -> Result<bool> {
        let setup = self.0.agent_setup(agent).await?;
        let named = ModelChoice {
            provider: provider.unwrap_or_default().to_owned(),
            model: model.unwrap_or_default().to_owned(),
            ..ModelChoice::default()
        };
        let resolved = self.0.models.resolve(&named);
        Ok(setup.resolved.grants.allows_text(&format!("model:{}/{}", resolved.provider, resolved.model)))
    }

    pub async fn context_facts(&self, agent: &AgentRow, caller: &Caller, session: Id) -> Result<ContextFacts> {
        let setup = self.0.agent_setup(agent).await?;
        let models = self.0.models_for(agent, &setup, Ask::ahead(&RunOptions::default()));
        let Some(model) = models.models.first() else { return Ok(ContextFacts::default()) };
        let class = setup::stored_class(&caller.into());
        let sent = Sent { model: &model.resolved, class, door: Door::Api };
        self.0.estimate(self.0.db.read(), agent, &setup, sent, session).await
    }
}

/// What the estimate of a call depends on beside the agent and the session.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    pub model: &'a ResolvedModel,
    pub class: CallerClass,
    pub door: Door,
}

impl Inner {
    /// What a call to this model sends with the session as it is.
    pub(super) async fn estimate<C: ConnectionTrait>(
        &self,
        db: &C,
        agent: &AgentRow,
        setup: &AgentSetup,
        sent: Sent<'_>,
        session: Id,
    ) -> Result<ContextFacts> {
        let Sent { model, class, door } = sent;
        let tools = if model.tools { self.offered(agent, setup, class) } else { Arc::default() };
        let limit = match setup.manifest.max_history_messages {
            Some(max) if max > 0 => u64::from(max),
            _ => HISTORY_ROWS,
        };
        let rows = messages::service::newest(db, session, 0, limit).await?;
        let system_tokens = estimate::text(&setup.system_text(agent, door));
        let tool_tokens = tools.tokens;
        let context_window = model.context_window;
        let budget = Budget { context_window, max_tokens: setup.output_limit(model), max_messages: 0, halved: false };
        let room = budget.input_limit().saturating_sub(system_tokens).saturating_sub(tool_tokens);
        let kept = context::newest_runs(&rows, room, 0);
        Ok(ContextFacts {
            system_tokens,
            tool_tokens,
            message_tokens: kept.iter().map(|m| u32::try_from(m.tokens).unwrap_or(0)).sum(),
            context_window,
        })
    }
}

/// Key of the session that gets this caller's next message to the agent.
pub fn active_key(agent: &AgentRow, caller: &Caller) -> String {
    let settings = agent.manifest.get("session").cloned();
    let scope = settings.and_then(|s| serde_json::from_value::<SessionSettings>(s).ok()).map(|s| s.scope);
    session_key(scope.unwrap_or(SessionScope::User), &caller.owner(), None)
}
