//! From a message as it was sent to a run that the engine accepts: what the schema cannot check.

use serde_json::Value;

use super::schema::{MESSAGE_BYTES, SendMessage};
use crate::{
    agents::AgentRow,
    app::AppState,
    caller::Caller,
    error::{Error, ErrorCode, Result},
    runs::{Door, RunInput, RunOptions},
    runtime::engine::{NewRun, SessionChoice},
};

/// Who says it, to whom, and how it came in.
pub struct Intake {
    pub agent: AgentRow,
    pub caller: Caller,
    pub door: Door,
    pub idempotency_key: Option<String>,
}

impl Intake {
    pub async fn new_run(self, app: &AppState, message: SendMessage) -> Result<NewRun> {
        let Self { agent, caller, door, idempotency_key } = self;
        let text = checked_text(message.text())?;
        if let Some(file) = message.attachments.first() {
            let text = format!("There is no uploaded file {}", file.file_id());
            return Err(Error::new(ErrorCode::UnknownAttachment, text).with_detail("attachments[0]", "is unknown"));
        }
        if (message.model.is_some() || message.provider.is_some()) && !caller.scopes.has("agents:write") {
            let (provider, model) = (message.provider.as_deref(), message.model.as_deref());
            if !app.engine.grants_model(&agent, provider, model).await? {
                let text = "Choosing the model needs the scope agents:write, or a grant of the agent for that model";
                return Err(Error::new(ErrorCode::InsufficientScope, text).with_detail("scope", "agents:write"));
            }
        }
        let said = |name: &str| message.metadata.get(name).and_then(Value::as_str).map(str::to_owned);
        let input = RunInput {
            text,
            sender_id: message.sender_id.clone().or_else(|| said("sender")).filter(|s| !s.is_empty()),
            sender_name: message.sender_name.clone().or_else(|| said("sender_name")).filter(|s| !s.is_empty()),
            metadata: message.metadata,
            call: None,
        };
        let options = RunOptions {
            provider: message.provider,
            model: message.model,
            thinking: message.thinking,
            max_iterations: message.max_iterations.map(i32::unsigned_abs),
            ..RunOptions::default()
        };
        let session = message.session_id.map_or(SessionChoice::Active, SessionChoice::Id);
        Ok(NewRun { agent, caller, door, input, options, session, idempotency_key })
    }
}

fn checked_text(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("message", "must not be empty"));
    }
    if text.contains('\0') {
        return Err(Error::invalid("message", "must not contain U+0000"));
    }
    if text.len() > MESSAGE_BYTES {
        let text = format!("The message has {} bytes; at most {MESSAGE_BYTES} are possible", text.len());
        return Err(Error::new(ErrorCode::PayloadTooLarge, text).with_detail("message", "is too long"));
    }
    Ok(text.to_owned())
}
