//! The driver for model providers behind HTTP: one transport with limits, and a dialect for each API format.
//!
//! Written on `reqwest` and an SSE parser: the crate `genai` (0.7) tells neither start nor end of a tool call, gives its
//! arguments in pieces or whole-so-far depending on the provider, and holds redacted thinking back to the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::llm::catalog::ApiFormat;
use crate::llm::{ChatRequest, Chunk, ChunkStream, Driver, ErrorClass, LlmError};

mod anthropic;
mod body;
mod calls;
mod embeddings;
mod failure;
mod gemini;
mod limits;
mod openai;
#[cfg(test)]
mod samples;
mod transport;

pub use embeddings::{Embedded, Embeddings};
pub use limits::CallLimits;
pub use transport::HttpClient;

/// One provider as it is to be called: everything that does not depend on the request.
pub struct Target {
    pub provider: String,
    pub format: ApiFormat,
    /// Without a trailing `/`.
    pub base_url: String,
    pub key: Option<SecretString>,
    /// Sent with each request.
    pub headers: BTreeMap<String, String>,
    pub limits: CallLimits,
    /// Of the model, in tokens; thinking may not push the output limit beyond it.
    pub max_output: u32,
}

pub struct RemoteDriver {
    target: Result<Arc<Target>, LlmError>,
    client: Option<HttpClient>,
}

impl RemoteDriver {
    pub fn new(target: Target, client: HttpClient) -> Self {
        Self { target: Ok(Arc::new(target)), client: Some(client) }
    }

    /// A driver that fails at each call, for a model that could not be made ready.
    pub fn refusing(error: LlmError) -> Self {
        Self { target: Err(failure::Mask::new(None).error(error)), client: None }
    }
}

#[async_trait]
impl Driver for RemoteDriver {
    async fn stream(&self, request: ChatRequest) -> Result<ChunkStream, LlmError> {
        let target = self.target.clone()?;
        let Some(client) = &self.client else {
            return Err(failure::plain(ErrorClass::Unknown, "There is no HTTP client."));
        };
        let call = match target.format {
            ApiFormat::OpenAi => openai::call(&target, &request),
            ApiFormat::Anthropic => anthropic::call(&target, &request),
            ApiFormat::Gemini => gemini::call(&target, &request),
            other => {
                let message = format!("The API format {other:?} is not spoken by this driver.");
                return Err(failure::plain(ErrorClass::BadRequest, &message));
            }
        };
        transport::start(client, target, call).await
    }
}

/// One HTTP request and how its answer is read.
struct Call {
    url: String,
    /// Name of the header with the key, and what stands before the key in it.
    key_header: (&'static str, &'static str),
    headers: Vec<(&'static str, &'static str)>,
    body: serde_json::Value,
    /// The model may think for long before it says anything.
    reasoning: bool,
    reader: Reader,
}

/// What turns a provider's events into chunks. Kept as a closed set: a new API format is a new variant.
enum Reader {
    OpenAi(openai::Reader),
    Anthropic(anthropic::Reader),
    Gemini(gemini::Reader),
}

/// How far an answer has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Progress {
    #[default]
    Open,
    /// The provider has said why it stopped; figures may still follow.
    Ended,
    /// Nothing more will come.
    Over,
}

impl Reader {
    fn read(&mut self, data: &str, chunks: &mut Vec<Chunk>) -> Result<(), LlmError> {
        match self {
            Self::OpenAi(reader) => reader.read(data, chunks),
            Self::Anthropic(reader) => reader.read(data, chunks),
            Self::Gemini(reader) => reader.read(data, chunks),
        }
    }

    fn progress(&self) -> Progress {
        match self {
            Self::OpenAi(reader) => reader.progress(),
            Self::Anthropic(reader) => reader.progress(),
            Self::Gemini(reader) => reader.progress(),
        }
    }

    /// The last chunks of an answer that has ended: open calls, usage, stop reason.
    fn finish(&mut self, chunks: &mut Vec<Chunk>) {
        match self {
            Self::OpenAi(reader) => reader.finish(chunks),
            Self::Anthropic(reader) => reader.finish(chunks),
            Self::Gemini(reader) => reader.finish(chunks),
        }
    }
}
