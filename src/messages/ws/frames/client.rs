//! The frames that a chat socket understands.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    approvals::Remember,
    error::{Error, ErrorCode, Result},
    ids::Id,
    messages::schema::SendMessage,
    repeated::repeated_member,
};

const CLIENT_ID_BYTES: usize = 64;

// The derived reading is there for the schema; `parse` names the member at fault.
/// A frame of the client. Text that is no JSON object is the content of a `message`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    Message(Box<ClientMessage>),
    Command(ClientCommand),
    Ping(ClientPing),
    Cancel(ClientCancel),
    Approval(ClientApproval),
    Resume(ClientResume),
}

/// Says something to the agent.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ClientMessage {
    #[serde(flatten)]
    pub message: SendMessage,
    /// Comes back in the frames that answer this one; at most 64 bytes.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub client_id: Option<String>,
}

/// Carries out a command, as `/command args` in a message does.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ClientCommand {
    /// Its name; `help` lists them.
    #[schema(example = "help")]
    pub command: String,
    /// What follows the name.
    #[serde(default)]
    pub args: String,
}

/// Is answered with `pong`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ClientPing {}

/// Cancels a run.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ClientCancel {
    /// Default: the run under way in the session.
    #[serde(default)]
    pub run_id: Option<Id>,
}

/// Decides an approval; needs the scope `approvals:write`.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ClientApproval {
    /// The approval.
    pub approval_id: Id,
    /// Yes or no.
    pub decision: ApprovalDecision,
    /// What to tell the agent.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
    /// With `approve`: runs with these in place of the asked ones.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub arguments: Option<Map<String, Value>>,
    /// With `approve`: for how long it holds.
    #[serde(default, deserialize_with = "crate::any_case::maybe")]
    #[schema(inline)]
    pub remember: Option<Remember>,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalDecision {
    Approve,
    Reject,
}

/// Shows a run again, behind an event.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ClientResume {
    /// The run.
    pub run_id: Id,
    /// The last event of it that was seen.
    #[serde(default)]
    #[schema(minimum = 0, default = 0)]
    pub last_event_id: i64,
}

/// A frame that can not be carried out, with the name that the client gave it.
#[derive(Debug)]
pub struct BadFrame {
    pub error: Error,
    pub client_id: Option<String>,
}

impl ClientFrame {
    /// Text that is no JSON object is the content of a message.
    pub fn parse(text: &str) -> Result<Self, BadFrame> {
        let Ok(Value::Object(mut members)) = serde_json::from_str(text) else {
            let members = Map::from_iter([("content".to_owned(), Value::String(cleaned(text)))]);
            return message(members, None).map_err(|error| BadFrame { error, client_id: None });
        };
        if let Some(member) = repeated_member(text.as_bytes()) {
            return Err(BadFrame { error: Error::invalid(member, "is given twice"), client_id: None });
        }
        for name in ["content", "message"] {
            if let Some(Value::String(text)) = members.get_mut(name) {
                *text = cleaned(text);
            }
        }
        let client_id = match members.remove("client_id") {
            None | Some(Value::Null) => None,
            Some(Value::String(id)) if id.len() <= CLIENT_ID_BYTES && !id.contains('\0') => Some(id),
            Some(_) => {
                let error = Error::invalid("client_id", format!("must be a text of at most {CLIENT_ID_BYTES} bytes"));
                return Err(BadFrame { error, client_id: None });
            }
        };
        if let Some((name, _)) = members.iter().find(|(name, value)| name.contains('\0') || holds_nul(value)) {
            let error = Error::invalid(name.replace('\0', "?"), "must not contain U+0000");
            return Err(BadFrame { error, client_id });
        }
        let kind = members.remove("type").unwrap_or_default();
        let frame = match kind.as_str().unwrap_or_default() {
            "message" => message(members, client_id.clone()),
            "command" => read(members).map(Self::Command),
            "ping" => Ok(Self::Ping(ClientPing {})),
            "cancel" => read(members).map(Self::Cancel),
            "approval" => read(members).map(Self::Approval),
            "resume" => read(members).map(Self::Resume),
            _ => Err(Error::new(
                ErrorCode::UnknownFrame,
                "The member type must be message, command, ping, cancel, approval or resume",
            )),
        };
        frame.map_err(|error| BadFrame { error, client_id })
    }
}

fn read<T: serde::de::DeserializeOwned>(members: Map<String, Value>) -> Result<T> {
    serde_path_to_error::deserialize(Value::Object(members)).map_err(|e| {
        let path = e.path().to_string();
        Error::invalid(if path == "." { "frame" } else { &path }, e.into_inner().to_string())
    })
}

fn message(members: Map<String, Value>, client_id: Option<String>) -> Result<ClientFrame> {
    let message: SendMessage = read(members)?;
    validator::Validate::validate(&message).map_err(|e| crate::http::extract::invalid(&e))?;
    Ok(ClientFrame::Message(Box::new(ClientMessage { message, client_id })))
}

/// No database stores U+0000.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, item)| name.contains('\0') || holds_nul(item)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Without control characters but line breaks and tabs, trimmed; nothing else is done to it.
fn cleaned(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    kept.trim().to_owned()
}
