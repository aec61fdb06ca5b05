//! Reads the events of a chat completion.

use serde_json::Value;

use super::super::calls::{Calls, Piece};
use super::super::{Progress, failure};
use crate::llm::{Chunk, ErrorClass, LlmError, StopReason, TokenUsage};

#[derive(Default)]
pub(in super::super) struct Reader {
    calls: Calls,
    usage: Option<TokenUsage>,
    stop: Option<StopReason>,
    refused: bool,
    progress: Progress,
}

impl Reader {
    pub(in super::super) fn progress(&self) -> Progress {
        self.progress
    }

    pub(in super::super) fn read(&mut self, data: &str, chunks: &mut Vec<Chunk>) -> Result<(), LlmError> {
        if data.trim() == "[DONE]" {
            self.progress = Progress::Over;
            return Ok(());
        }
        let event: Value = serde_json::from_str(data).map_err(|_| failure::malformed("An event is not valid JSON."))?;
        if let Some(error) = failure::of_event(&event) {
            return Err(error);
        }
        if let Some(usage) = [&event["usage"], &event["x_groq"]["usage"]].into_iter().find(|u| u.is_object()) {
            self.usage = Some(read_usage(usage));
        }
        let choice = &event["choices"][0];
        self.read_delta(&choice["delta"], chunks)?;
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.stop = Some(self.stop_reason(reason, choice)?);
            self.progress = Progress::Ended;
        }
        Ok(())
    }

    fn read_delta(&mut self, delta: &Value, chunks: &mut Vec<Chunk>) -> Result<(), LlmError> {
        // Both names are in use for the same thing; some send both with one text.
        let thinking = [&delta["reasoning_content"], &delta["reasoning"]].into_iter().find_map(Value::as_str);
        push_text(thinking, Chunk::Thinking, chunks);
        match &delta["content"] {
            Value::Array(parts) => parts.iter().for_each(|part| read_part(part, chunks)),
            content => push_text(content.as_str(), Chunk::Text, chunks),
        }
        if let Some(refusal) = delta["refusal"].as_str().filter(|text| !text.is_empty()) {
            self.refused = true;
            chunks.push(Chunk::Text(refusal.to_owned()));
        }
        for (at, call) in delta["tool_calls"].as_array().into_iter().flatten().enumerate() {
            let function = &call["function"];
            let arguments = &function["arguments"];
            let whole = if arguments.is_object() { arguments.to_string() } else { String::new() };
            let piece = Piece {
                index: call["index"].as_u64().unwrap_or(at as u64),
                id: call["id"].as_str().unwrap_or_default(),
                name: function["name"].as_str().unwrap_or_default(),
                arguments: arguments.as_str().unwrap_or(&whole),
            };
            self.calls.push(&piece, chunks).map_err(failure::malformed)?;
        }
        Ok(())
    }

    fn stop_reason(&self, reason: &str, choice: &Value) -> Result<StopReason, LlmError> {
        Ok(match reason {
            "length" | "max_tokens" | "model_length" => StopReason::Length,
            "content_filter" | "safety" => StopReason::ContentFilter,
            "error" => {
                let told = failure::of_event(choice);
                return Err(
                    told.unwrap_or_else(|| failure::plain(ErrorClass::Unknown, "The model stopped with an error."))
                );
            }
            "insufficient_system_resource" => {
                return Err(failure::plain(ErrorClass::Overloaded, "The provider ran out of resources."));
            }
            _ => StopReason::EndTurn,
        })
    }

    pub(in super::super) fn finish(&mut self, chunks: &mut Vec<Chunk>) {
        self.calls.finish(chunks);
        chunks.extend(self.usage.map(Chunk::Usage));
        let stop = match self.stop.unwrap_or(StopReason::EndTurn) {
            StopReason::EndTurn if self.refused => StopReason::ContentFilter,
            // Not all providers say so.
            StopReason::EndTurn if self.calls.any() => StopReason::ToolCalls,
            other => other,
        };
        chunks.push(Chunk::Stop(stop));
    }
}

/// Mistral sends lists of parts when its model thinks.
fn read_part(part: &Value, chunks: &mut Vec<Chunk>) {
    push_text(part["text"].as_str(), Chunk::Text, chunks);
    for thought in part["thinking"].as_array().into_iter().flatten() {
        push_text(thought["text"].as_str(), Chunk::Thinking, chunks);
    }
}

fn push_text(text: Option<&str>, chunk: fn(String) -> Chunk, chunks: &mut Vec<Chunk>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        chunks.push(chunk(text.to_owned()));
    }
}

fn read_usage(usage: &Value) -> TokenUsage {
    let count = |value: &Value| u32::try_from(value.as_u64().unwrap_or(0)).unwrap_or(u32::MAX);
    let input = count(&usage["prompt_tokens"]);
    let told = count(&usage["completion_tokens"]);
    let reasoning = count(&usage["completion_tokens_details"]["reasoning_tokens"]);
    let cached = [&usage["prompt_tokens_details"]["cached_tokens"], &usage["prompt_cache_hit_tokens"]];
    // xAI counts reasoning beside the completion, all others within it; the total tells.
    let all = u64::from(input) + u64::from(told) + u64::from(reasoning);
    let beside = reasoning > told || (reasoning > 0 && usage["total_tokens"].as_u64() == Some(all));
    TokenUsage {
        input,
        output: if beside { told.saturating_add(reasoning) } else { told },
        cached: cached.into_iter().map(count).find(|n| *n > 0).unwrap_or(0).min(input),
        cache_write: 0,
        reasoning,
    }
}
