//! Wire types of the messages slice: what is sent to an agent, and how stored messages are shown.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::MessageFlag;
use crate::{
    any_case,
    ids::Id,
    runs::{StopReason, ThinkingWish},
    time::Ts,
    usage::schema::Usage,
};

/// Bytes of one message.
pub const MESSAGE_BYTES: usize = 65_536;
/// Bytes of `metadata` as JSON.
const METADATA_BYTES: usize = 16 * 1024;

/// A message to an agent. Unknown members are ignored.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(remote = "Self")]
#[schema(example = json!({"message": "What is in the file notes.txt?"}))]
pub struct SendMessage {
    /// 1 to 65,536 bytes after trimming; longer ones are 413. Also read as `content`.
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 65_536)]
    message: Option<String>,
    /// Counts only without `message`.
    #[serde(default)]
    #[schema(ignore)]
    content: Option<Value>,
    /// Ids of uploaded files.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub attachments: Vec<AttachmentRef>,
    /// The person who speaks, when the caller speaks for several; each has a session of their own.
    #[serde(default)]
    #[validate(length(max = 256))]
    #[schema(max_length = 256)]
    pub sender_id: Option<String>,
    /// Name of that person.
    #[serde(default)]
    #[validate(length(max = 256))]
    #[schema(max_length = 256)]
    pub sender_name: Option<String>,
    /// Stored with message and run, at most 16 KiB. `sender` and `sender_name` in it fill the two members above.
    #[serde(default)]
    #[validate(custom(function = small_enough))]
    pub metadata: Map<String, Value>,
    /// Default: the caller's active session.
    #[serde(default)]
    pub session_id: Option<Id>,
    /// For this run only.
    #[serde(default)]
    #[validate(length(max = 256))]
    #[schema(max_length = 256)]
    pub model: Option<String>,
    /// For this run only.
    #[serde(default)]
    #[validate(length(max = 64))]
    #[schema(max_length = 64)]
    pub provider: Option<String>,
    /// Reasoning of the model, for this run only.
    #[serde(default, deserialize_with = "any_case::maybe")]
    pub thinking: Option<ThinkingWish>,
    /// Answers of the model at most, for this run only.
    #[serde(default)]
    #[validate(range(min = 1, max = 500))]
    #[schema(minimum = 1, maximum = 500)]
    pub max_iterations: Option<i32>,
    /// How long `send_message` waits before it answers 202.
    #[serde(default = "ten_minutes")]
    #[validate(range(min = 1, max = 600))]
    #[schema(minimum = 1, maximum = 600, default = 600)]
    pub wait_secs: i32,
}

impl SendMessage {
    /// What is said.
    pub fn text(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for SendMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The derived function, which `remote` makes an inherent one.
        let mut sent = Self::deserialize(deserializer)?;
        sent.message = match (sent.message, sent.content.take()) {
            (Some(message), _) | (None, Some(Value::String(message))) => Some(message),
            (None, None | Some(Value::Null)) => return Err(D::Error::missing_field("message")),
            (None, Some(_)) => return Err(D::Error::custom("content must be a text")),
        };
        Ok(sent)
    }
}

const fn ten_minutes() -> i32 {
    600
}

fn small_enough(metadata: &Map<String, Value>) -> Result<(), ValidationError> {
    match serde_json::to_vec(metadata).map_or(usize::MAX, |bytes| bytes.len()) {
        0..=METADATA_BYTES => Ok(()),
        _ => Err(ValidationError::new("size").with_message("must have at most 16 KiB as JSON".into())),
    }
}

/// An uploaded file, by its id or as an object that holds it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum AttachmentRef {
    Id(Id),
    File(AttachmentFile),
}

/// An uploaded file. Name and type as stored count, not those sent here.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AttachmentFile {
    /// The uploaded file.
    pub file_id: Id,
}

impl AttachmentRef {
    pub fn file_id(&self) -> Id {
        match self {
            Self::Id(id) | Self::File(AttachmentFile { file_id: id }) => *id,
        }
    }
}

/// The answer to a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageReply {
    /// All the text of the run; empty when the agent chose not to answer.
    #[schema(example = "It says alpha.")]
    pub response: String,
    /// The run.
    pub run_id: Id,
    /// The session.
    pub session_id: Id,
    /// The agent.
    pub agent_id: Id,
    /// The stored answer; null when there is none.
    pub message_id: Option<Id>,
    /// Tokens sent to models.
    #[schema(minimum = 0)]
    pub input_tokens: i64,
    /// Tokens written by models.
    #[schema(minimum = 0)]
    pub output_tokens: i64,
    /// Answers of the model.
    #[schema(minimum = 0)]
    pub iterations: i32,
    /// In US dollars; null before the first model call.
    pub cost_usd: Option<f64>,
    /// Totals of the run.
    pub usage: Usage,
    /// Why it ended.
    pub stop_reason: StopReason,
    /// The agent chose not to answer.
    pub silent: bool,
    /// Null when the run was cancelled before it started.
    pub model_provider: Option<String>,
    /// Model that answered; null before the start.
    pub model_name: Option<String>,
    /// Set when another than the first model answered.
    pub fallback_model: Option<String>,
    /// Calls of the run, with their results.
    pub tool_calls: Vec<ToolCallView>,
    /// Things worth knowing, as sentences.
    pub warnings: Vec<String>,
    /// How long it took, in milliseconds.
    #[schema(minimum = 0)]
    pub duration_ms: i64,
}

/// A tool call with its result.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ToolCallView {
    /// Id that the model gave the call.
    pub id: String,
    /// Name of the tool.
    #[schema(example = "file_read")]
    pub name: String,
    /// Arguments of the call.
    pub input: Value,
    /// What the model was told; absent while the call runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// It went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_error: Option<bool>,
    /// There is no result yet.
    pub running: bool,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MessageRole)]
pub enum Role {
    User,
    Assistant,
    System,
    Tool,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    Message,
    /// Stands for older messages when the model is asked.
    Summary,
    /// A word of the server to the model.
    Note,
}

/// A message of a session.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Message {
    /// Its identifier.
    pub id: Id,
    /// The session.
    pub session_id: Id,
    /// 1, 2, … in the session.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// The run that it belongs to.
    pub run_id: Option<Id>,
    /// Who wrote it.
    pub role: Role,
    /// All text joined by line breaks; `[Image]` stands for a picture.
    pub content: String,
    /// The parts as they are stored; only in `list_session_messages`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocks: Option<Vec<ContentBlock>>,
    /// Calls of an assistant message, with their results; not in `list_session_messages`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<ToolCallView>>,
    /// What it is.
    pub kind: MessageKind,
    /// Of a summary: the last message that it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub replaces_up_to_seq: Option<i64>,
    /// The person who spoke, when the caller speaks for several.
    pub sender_id: Option<String>,
    /// Name of that person.
    pub sender_name: Option<String>,
    /// `provider/model` that wrote it.
    pub model: Option<String>,
    /// Of the model call that wrote it.
    pub usage: Option<Usage>,
    /// Remarks on the message.
    pub flags: Vec<MessageFlag>,
    /// As sent with the message.
    pub metadata: Map<String, Value>,
    /// When it was made.
    pub created_at: Ts,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ContentBlock {
    Text(TextBlock),
    Image(ImageBlock),
    File(FileBlock),
    Audio(AudioBlock),
    ToolUse(ToolUseBlock),
    ToolResult(ToolResultBlock),
    Thinking(ThinkingBlock),
    RedactedThinking(RedactedThinkingBlock),
}

/// Text.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TextBlock {
    /// The text.
    pub text: String,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ImageBlock {
    /// The uploaded file.
    pub file_id: Id,
    /// Type of the file.
    #[schema(example = "image/png")]
    pub media_type: String,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FileBlock {
    /// The uploaded file.
    pub file_id: Id,
    /// Name of the file.
    pub filename: String,
    /// Type of the file.
    #[schema(example = "application/pdf")]
    pub media_type: String,
}

/// A recording.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AudioBlock {
    /// The uploaded file.
    pub file_id: Id,
    /// Type of the file.
    #[schema(example = "audio/mpeg")]
    pub media_type: String,
}

/// The model asked for a tool.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ToolUseBlock {
    /// Id that the model gave the call.
    pub id: String,
    /// Name of the tool.
    pub name: String,
    /// Arguments of the call.
    pub input: Value,
}

/// What the model was told about a call.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ToolResultBlock {
    /// Id that the model gave the call.
    pub tool_use_id: String,
    /// Name of the tool.
    pub tool_name: String,
    /// What the model was told.
    pub content: String,
    /// It went wrong.
    pub is_error: bool,
}

/// Reasoning of the model.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ThinkingBlock {
    /// The reasoning.
    pub thinking: String,
}

/// Reasoning that the provider keeps to itself.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RedactedThinkingBlock {}

/// A page of stored messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageList {
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// All messages that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}
