//! What the runtime and a model provider say to each other: one request, one stream of chunks. No HTTP here.

use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub mod catalog;
pub mod classify;
pub mod drivers;
pub mod estimate;
pub mod mask;
pub mod registry;

/// A model provider. A driver is stateless towards conversations: everything it needs is in the request.
#[async_trait]
pub trait Driver: Send + Sync {
    /// Starts one model call. Dropping the stream cancels the call. Errors before the first chunk and in the middle of
    /// the stream have the same type; a stream that ends without `Chunk::Stop` is a cut stream (class network).
    async fn stream(&self, request: ChatRequest) -> Result<ChunkStream, LlmError>;
}

pub type ChunkStream = BoxStream<'static, Result<Chunk, LlmError>>;

/// One model call. Messages alternate freely; a driver merges neighbours when its provider asks for that.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChatRequest {
    /// Model id as sent upstream, without the provider.
    pub model: String,
    /// Trusted text only.
    pub system: String,
    pub messages: Vec<ChatMessage>,
    /// Sorted by name.
    pub tools: Vec<ToolSpec>,
    pub options: ChatOptions,
    pub meta: Meta,
    /// Index into `messages` before which everything is equal to the previous turn's request (prompt cache mark 2).
    pub cache_mark: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    User,
    Assistant,
    Tool,
}

#[derive(Clone, Debug, Serialize)]
pub struct ChatMessage {
    pub role: Role,
    pub blocks: Vec<ChatBlock>,
}

/// A block and what kind of text it is: only unmarked text of a user message is what the person said.
#[derive(Clone, Debug, Serialize)]
pub struct ChatBlock {
    pub content: Content,
    pub mark: Mark,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    #[default]
    None,
    /// Fenced data about the conversation or this turn.
    Data,
    /// The cumulative summary.
    Summary,
    /// A word of the server, such as "continue exactly where you stopped".
    Notice,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Content {
    Text {
        text: String,
    },
    /// `data` is base64.
    Image {
        media_type: String,
        data: String,
        name: String,
        size: u64,
    },
    ToolCall {
        id: String,
        name: String,
        arguments: Value,
    },
    ToolResult {
        id: String,
        name: String,
        text: String,
        is_error: bool,
    },
    Thinking {
        text: String,
        signature: Option<String>,
    },
    RedactedThinking {
        data: String,
    },
}

/// A tool as offered to the model.
#[derive(Clone, Debug, Serialize)]
pub struct ToolSpec {
    pub name: String,
    pub description: String,
    /// JSON Schema of the arguments.
    pub schema: Value,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct ChatOptions {
    pub max_tokens: u32,
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub seed: Option<i32>,
    pub stop: Vec<String>,
    pub response_format: Option<ResponseFormat>,
    pub thinking: Option<ThinkingOptions>,
    /// Further provider-specific body fields.
    pub params: serde_json::Map<String, Value>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ResponseFormat {
    Json,
    JsonSchema { schema: Value },
}

#[derive(Clone, Debug, Serialize)]
pub struct ThinkingOptions {
    pub budget_tokens: u32,
    pub effort: Option<String>,
}

/// What the driver may know about the call besides its content. Only the built-in model reads it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Meta {
    pub purpose: Purpose,
    pub agent_name: String,
    /// From 1; counts the tries of this model step.
    pub attempt: u32,
    /// True when nobody named a model, so that the built-in one answers for want of a provider.
    pub selected_by_default: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    #[default]
    Turn,
    Closing,
    Compaction,
    Repair,
    Describe,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Chunk {
    Text(String),
    Thinking(String),
    /// Ends a thinking block with the provider's proof of it. With no such block open it is one of its own, without text:
    /// Gemini signs a call in this way, just before its start.
    ThinkingSignature(String),
    RedactedThinking(String),
    CallStart {
        id: String,
        name: String,
    },
    /// A piece of the arguments' JSON text, of the call started last.
    CallArgs(String),
    CallEnd,
    Usage(TokenUsage),
    Stop(StopReason),
}

/// `input` includes what was read from a cache; `output` includes reasoning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUsage {
    pub input: u32,
    pub output: u32,
    pub cached: u32,
    pub cache_write: u32,
    pub reasoning: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    EndTurn,
    ToolCalls,
    Length,
    StopSequence,
    ContentFilter,
}

/// Why a model call failed. `message` is the provider's own words with keys masked, at most 200 characters.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{class:?}: {message}")]
pub struct LlmError {
    pub class: ErrorClass,
    pub status: Option<u16>,
    pub retry_after: Option<Duration>,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    RateLimit,
    Overloaded,
    Timeout,
    Network,
    Auth,
    Billing,
    ModelNotFound,
    BadRequest,
    ContextOverflow,
    ContentFilter,
    MalformedOutput,
    Unknown,
}
