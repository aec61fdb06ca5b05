//! The model compiled into the binary: fixed rules, scripts for tests and demonstrations, embeddings. The answer is a
//! pure function of the request; no network, no clock but for pauses, no chance.

use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use self::{
    answer::Answer,
    stream::{Limits, Step},
};
use super::super::{ChatRequest, ChunkStream, Driver, ErrorClass, LlmError, estimate};

mod answer;
mod calculator;
mod compaction;
mod conversation;
mod digest;
mod echo;
pub mod embed;
mod facts;
#[cfg(test)]
mod sample;
mod script;
mod smallest_value;
mod stream;
#[cfg(test)]
mod tests;

pub const ECHO: &str = "echo";
pub const SCRIPT: &str = "script";
pub const ECHO_MAX_OUTPUT: u32 = 4_096;
pub const SCRIPT_MAX_OUTPUT: u32 = 16_384;
/// Starts the name of a script file: `script:NAME`.
const SCRIPT_FILE: &str = "script:";
/// Characters of an error message.
const MESSAGE_LIMIT: usize = 199;
const REMEMBERED_PREFIXES: usize = 4_096;

#[derive(Clone, Debug, Default)]
pub struct BuiltinConfig {
    /// Scripts let whoever writes a message make the model call tools, so they are off outside tests.
    pub script: bool,
    pub scripts_dir: PathBuf,
    /// Pause between two chunks of text.
    pub word_delay_ms: u64,
    /// Report the part before the cache mark as cached when this process has answered for it before.
    pub count_cached: bool,
}

pub struct Builtin {
    config: BuiltinConfig,
    /// Hashes of the prefixes answered for; forgotten all at once when there are too many.
    seen: Mutex<HashSet<[u8; 32]>>,
}

impl Builtin {
    pub fn new(config: BuiltinConfig) -> Self {
        Self { config, seen: Mutex::default() }
    }

    async fn scripted(&self, model: &str, request: &ChatRequest) -> Result<Answer, LlmError> {
        let file = model.strip_prefix(SCRIPT_FILE);
        if file.is_none() && model != SCRIPT {
            return Err(no_model(format!("the built-in provider has no chat model '{model}'")));
        }
        if !self.config.script {
            return Err(no_model(
                "scripted models are off: set builtin.script or OPENFANG_BUILTIN_SCRIPT=1".to_owned(),
            ));
        }
        match file {
            Some(name) => script::from_file(request, &script::file::read(&self.config.scripts_dir, name).await?),
            None => script::from_messages(request),
        }
    }

    /// Everything that happens in this call; text and numbers depend on the request alone.
    fn perform(&self, request: &ChatRequest, answer: &Answer, max_output: u32) -> Vec<Step> {
        let asked = request.options.max_tokens;
        let limits = Limits {
            max_tokens: if asked == 0 { max_output } else { asked.min(max_output) },
            stop: &request.options.stop,
            word_delay: Duration::from_millis(self.config.word_delay_ms),
            input: estimate::request(request),
            cached: self.cached_tokens(request),
        };
        stream::plan(answer, &limits)
    }

    fn cached_tokens(&self, request: &ChatRequest) -> u32 {
        if !self.config.count_cached || request.cache_mark.is_none() {
            return 0;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED_PREFIXES {
            seen.clear();
        }
        if seen.insert(digest::prefix(request)) { 0 } else { digest::prefix_tokens(request) }
    }
}

#[async_trait]
impl Driver for Builtin {
    async fn stream(&self, request: ChatRequest) -> Result<ChunkStream, LlmError> {
        let (answer, max_output) = match request.model.as_str() {
            ECHO => (echo::answer(&request), ECHO_MAX_OUTPUT),
            model => (self.scripted(model, &request).await?, SCRIPT_MAX_OUTPUT),
        };
        match <[Step; 1]>::try_from(self.perform(&request, &answer, max_output)) {
            Ok([Step::Fail(error)]) => Err(error),
            Ok([step]) => Ok(stream::play(vec![step])),
            Err(steps) => Ok(stream::play(steps)),
        }
    }
}

fn no_model(message: String) -> LlmError {
    failure(ErrorClass::ModelNotFound, Some(404), message)
}

fn failure(class: ErrorClass, status: Option<u16>, message: String) -> LlmError {
    LlmError { class, status, retry_after: None, message: conversation::cut(&message, MESSAGE_LIMIT) }
}
