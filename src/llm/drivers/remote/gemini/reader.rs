//! Reads the events of a generated content. Each event is a whole response with the parts that are new.

use serde_json::Value;

use super::super::calls::fresh_id;
use super::super::{Progress, failure};
use crate::llm::{Chunk, ErrorClass, LlmError, StopReason, TokenUsage};

#[derive(Default)]
pub(in super::super) struct Reader {
    any_call: bool,
    usage: Option<TokenUsage>,
    stop: Option<StopReason>,
}

impl Reader {
    /// The stream has no last event: it is over when the connection closes.
    pub(in super::super) fn progress(&self) -> Progress {
        if self.stop.is_some() { Progress::Ended } else { Progress::Open }
    }

    pub(in super::super) fn read(&mut self, data: &str, chunks: &mut Vec<Chunk>) -> Result<(), LlmError> {
        let event: Value = serde_json::from_str(data).map_err(|_| failure::malformed("An event is not valid JSON."))?;
        if let Some(error) = failure::of_event(&event) {
            return Err(error);
        }
        if event["usageMetadata"].is_object() {
            self.usage = Some(read_usage(&event["usageMetadata"]));
        }
        if event["promptFeedback"]["blockReason"].is_string() {
            self.stop = Some(StopReason::ContentFilter);
        }
        let candidate = &event["candidates"][0];
        for part in candidate["content"]["parts"].as_array().into_iter().flatten() {
            self.read_part(part, chunks);
        }
        if let Some(reason) = candidate["finishReason"].as_str() {
            self.stop = Some(self.stop_reason(reason)?);
        }
        Ok(())
    }

    fn read_part(&mut self, part: &Value, chunks: &mut Vec<Chunk>) {
        let call = &part["functionCall"];
        if let Some(name) = call["name"].as_str() {
            self.any_call = true;
            if let Some(signature) = part["thoughtSignature"].as_str() {
                chunks.push(Chunk::ThinkingSignature(signature.to_owned()));
            }
            let id = call["id"].as_str().filter(|id| !id.is_empty()).map_or_else(fresh_id, str::to_owned);
            chunks.push(Chunk::CallStart { id, name: name.to_owned() });
            let arguments = if call["args"].is_object() { call["args"].to_string() } else { "{}".to_owned() };
            chunks.push(Chunk::CallArgs(arguments));
            chunks.push(Chunk::CallEnd);
        } else if let Some(text) = part["text"].as_str().filter(|text| !text.is_empty()) {
            let thought = part["thought"].as_bool().unwrap_or(false);
            chunks.push(if thought { Chunk::Thinking(text.to_owned()) } else { Chunk::Text(text.to_owned()) });
        }
    }

    fn stop_reason(&self, reason: &str) -> Result<StopReason, LlmError> {
        Ok(match reason {
            "STOP" if self.any_call => StopReason::ToolCalls,
            "STOP" => StopReason::EndTurn,
            "MAX_TOKENS" => StopReason::Length,
            "MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL" | "TOO_MANY_TOOL_CALLS" => {
                return Err(failure::malformed("The model made a tool call that cannot be read."));
            }
            "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "IMAGE_SAFETY" | "LANGUAGE" => {
                StopReason::ContentFilter
            }
            other => {
                let message = format!("The model stopped with the reason {other}.");
                return Err(failure::plain(ErrorClass::Unknown, &message));
            }
        })
    }

    pub(in super::super) fn finish(&mut self, chunks: &mut Vec<Chunk>) {
        chunks.extend(self.usage.map(Chunk::Usage));
        chunks.push(Chunk::Stop(self.stop.unwrap_or(StopReason::EndTurn)));
    }
}

/// Thoughts are counted beside the candidates; the price is the same.
fn read_usage(usage: &Value) -> TokenUsage {
    let count = |name: &str| u32::try_from(usage[name].as_u64().unwrap_or(0)).unwrap_or(u32::MAX);
    let input = count("promptTokenCount").saturating_add(count("toolUsePromptTokenCount"));
    let reasoning = count("thoughtsTokenCount");
    TokenUsage {
        input,
        output: count("candidatesTokenCount").saturating_add(reasoning),
        cached: count("cachedContentTokenCount").min(input),
        cache_write: 0,
        reasoning,
    }
}
