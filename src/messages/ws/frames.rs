//! The frames of the chat socket: what clients may send, and what they get.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    agents::schema::AgentSummary,
    error::{Error, ErrorCode, Result},
    ids::Id,
    messages::schema::SendMessage,
    runs::{StopReason, schema::RunStatus},
    sessions::schema::Pressure,
    time::Ts,
    usage::schema::Usage,
};

const CLIENT_ID_BYTES: usize = 64;

/// A frame of the client.
#[derive(Debug)]
pub enum ClientFrame {
    Message { message: Box<SendMessage>, client_id: Option<String> },
    Command { command: String, args: String },
    Ping,
    Cancel { run_id: Option<Id> },
    Resume { run_id: Id, last_event_id: i64 },
}

#[derive(Deserialize)]
struct CommandFields {
    command: String,
    #[serde(default)]
    args: String,
}

#[derive(Deserialize)]
struct CancelFields {
    #[serde(default)]
    run_id: Option<Id>,
}

#[derive(Deserialize)]
struct ResumeFields {
    run_id: Id,
    #[serde(default)]
    last_event_id: i64,
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
            "command" => read(members).map(|CommandFields { command, args }| Self::Command { command, args }),
            "ping" => Ok(Self::Ping),
            "cancel" => read(members).map(|CancelFields { run_id }| Self::Cancel { run_id }),
            "resume" => {
                read(members).map(|ResumeFields { run_id, last_event_id }| Self::Resume { run_id, last_event_id })
            }
            _ => Err(Error::new(
                ErrorCode::UnknownFrame,
                "The member type must be message, command, ping, cancel or resume",
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
    Ok(ClientFrame::Message { message: Box::new(message), client_id })
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

/// Run, session and event that a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    pub run_id: Id,
    pub session_id: Id,
    pub event_id: i64,
}

/// Where a run was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Api,
    Cron,
    Channel,
    Trigger,
    Workflow,
    Agent,
    Hook,
    Websocket,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TypingState {
    Start,
    Tool,
    Stop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Thinking,
    Streaming,
    ToolUse,
    ContextWarning,
    Done,
    Error,
}

/// A frame of the server.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    Connected {
        agent_id: Id,
        agent_name: String,
        /// Null before the first message.
        session_id: Option<Id>,
        connection_id: Id,
        server_version: &'static str,
    },
    AgentsUpdated {
        agents: Vec<AgentSummary>,
    },
    /// A run in this session was started elsewhere.
    Message {
        #[serde(flatten)]
        mark: Mark,
        content: String,
        source: Source,
        job_id: Option<String>,
        job_name: Option<String>,
        client_id: Option<String>,
    },
    Run {
        #[serde(flatten)]
        mark: Mark,
        status: RunStatus,
        queue_position: Option<i64>,
        client_id: Option<String>,
    },
    Typing {
        #[serde(flatten)]
        mark: Mark,
        state: TypingState,
        #[serde(skip_serializing_if = "Option::is_none")]
        tool: Option<String>,
    },
    Thinking {
        #[serde(flatten)]
        mark: Mark,
    },
    Phase {
        #[serde(flatten)]
        mark: Mark,
        phase: Phase,
        detail: Option<String>,
    },
    TextDelta {
        #[serde(flatten)]
        mark: Mark,
        content: String,
    },
    ThinkingDelta {
        #[serde(flatten)]
        mark: Mark,
        thinking: String,
    },
    ToolStart {
        #[serde(flatten)]
        mark: Mark,
        id: String,
        tool: String,
    },
    ToolEnd {
        #[serde(flatten)]
        mark: Mark,
        id: String,
        tool: String,
        /// JSON text, shortened.
        input: String,
    },
    ToolResult {
        #[serde(flatten)]
        mark: Mark,
        id: String,
        tool: String,
        is_error: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<String>,
    },
    StepDiscarded {
        #[serde(flatten)]
        mark: Mark,
        discards_after: i64,
    },
    Retry {
        #[serde(flatten)]
        mark: Mark,
        attempt: i32,
        delay_ms: i64,
        code: ErrorCode,
        next_model: Option<String>,
    },
    Warning {
        #[serde(flatten)]
        mark: Mark,
        code: String,
        message: String,
    },
    Response(Box<Response>),
    SilentComplete {
        #[serde(flatten)]
        mark: Mark,
        input_tokens: i64,
        output_tokens: i64,
        client_id: Option<String>,
    },
    Error(Box<ErrorFrame>),
    CommandResult(Box<CommandResult>),
    Pong {
        time: Ts,
    },
}

/// Final frame of a run that completed or was cancelled.
#[derive(Clone, Debug, Serialize)]
pub struct Response {
    #[serde(flatten)]
    pub mark: Mark,
    pub content: String,
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub iterations: i32,
    pub cost_usd: Option<f64>,
    pub context_pressure: Pressure,
    pub fallback_model: Option<String>,
    pub message_id: Option<Id>,
    pub stop_reason: StopReason,
    pub usage: Usage,
    pub client_id: Option<String>,
}

/// Final frame of a failed run, or the answer to a frame that could not be carried out.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorFrame {
    #[serde(flatten)]
    pub mark: Option<Mark>,
    pub content: String,
    pub code: ErrorCode,
    pub request_id: Id,
    pub retryable: bool,
    pub retry_after: Option<u64>,
    pub client_id: Option<String>,
}

/// Answer to a command.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CommandResult {
    pub command: &'static str,
    /// Markdown.
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_pressure: Option<Pressure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbose: Option<Verbosity>,
}

/// How much of tool calls a connection sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verbosity {
    Off,
    On,
    #[default]
    Full,
}

impl Verbosity {
    pub fn next(self) -> Self {
        match self {
            Self::Off => Self::On,
            Self::On => Self::Full,
            Self::Full => Self::Off,
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        serde_json::from_value(Value::String(word.to_lowercase())).ok()
    }
}

impl ServerFrame {
    /// The answer to something that went wrong.
    pub fn failure(error: &Error, request_id: Id, client_id: Option<String>) -> Self {
        let status = error.code().status();
        Self::Error(Box::new(ErrorFrame {
            mark: None,
            content: error.message().to_owned(),
            code: error.code(),
            request_id,
            retryable: status == 429 || status >= 500,
            retry_after: error.retry_after_secs(),
            client_id,
        }))
    }
}
