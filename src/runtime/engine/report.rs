//! What the next call of an agent's model would send, for those who ask; and whose sessions are whose.

use std::sync::Arc;

use super::{
    Engine,
    request::HISTORY_ROWS,
    session_key,
    setup::{self, Ask},
};
use crate::{
    agents::{
        AgentRow,
        manifest::{SessionScope, SessionSettings},
    },
    caller::Caller,
    error::Result,
    ids::Id,
    llm::{estimate, registry::ModelChoice},
    messages,
    runs::{Door, RunOptions},
    runtime::context::{self, Budget},
};

/// Estimated tokens of the next call.
#[derive(Clone, Copy, Debug)]
pub struct ContextFacts {
    pub system_tokens: u32,
    pub tool_tokens: u32,
    pub message_tokens: u32,
    pub context_window: u32,
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
        let model = models.models.first().map(|model| &model.resolved);
        let tools = match model.is_some_and(|model| model.tools) {
            true => self.0.offered(agent, &setup, setup::stored_class(&caller.into())),
            false => Arc::default(),
        };
        let limit = match setup.manifest.max_history_messages {
            Some(max) if max > 0 => u64::from(max),
            _ => HISTORY_ROWS,
        };
        let rows = messages::service::newest(self.0.db.read(), session, 0, limit).await?;
        let system_tokens = estimate::text(&setup.system_text(agent, Door::Api));
        let tool_tokens = tools.tokens;
        let context_window = model.map_or(0, |model| model.context_window);
        let budget = Budget {
            context_window,
            max_tokens: models.models.first().map_or(0, |model| model.max_tokens),
            max_messages: 0,
            halved: false,
        };
        let room = budget.input_limit().saturating_sub(system_tokens).saturating_sub(tool_tokens);
        let sent = context::newest_runs(&rows, room, 0);
        Ok(ContextFacts {
            system_tokens,
            tool_tokens,
            message_tokens: sent.iter().map(|m| u32::try_from(m.tokens).unwrap_or(0)).sum(),
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
