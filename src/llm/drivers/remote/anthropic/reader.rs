//! Reads the events of a message: blocks one after another, each with start, pieces and stop.

use serde_json::Value;

use super::super::{Progress, failure};
use crate::llm::{Chunk, LlmError, StopReason, TokenUsage};

#[derive(Default)]
pub(in super::super) struct Reader {
    block: Block,
    usage: Option<Usage>,
    stop: Option<StopReason>,
    progress: Progress,
}

#[derive(Default)]
enum Block {
    #[default]
    Other,
    Thinking {
        signature: String,
    },
    /// `whole` is what the start already had of the arguments; pieces replace it.
    Call {
        whole: Option<String>,
    },
}

/// As reported: input without what came from or went into the cache.
#[derive(Default)]
struct Usage {
    input: u32,
    cache_read: u32,
    cache_write: u32,
    output: u32,
}

impl Reader {
    pub(in super::super) fn progress(&self) -> Progress {
        self.progress
    }

    pub(in super::super) fn read(&mut self, data: &str, chunks: &mut Vec<Chunk>) -> Result<(), LlmError> {
        let event: Value = serde_json::from_str(data).map_err(|_| failure::malformed("An event is not valid JSON."))?;
        if let Some(error) = failure::of_event(&event) {
            return Err(error);
        }
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => self.count(&event["message"]["usage"]),
            "content_block_start" => self.start_block(&event["content_block"], chunks),
            "content_block_delta" => self.read_delta(&event["delta"], chunks),
            "content_block_stop" => self.end_block(chunks),
            "message_delta" => {
                self.count(&event["usage"]);
                if let Some(reason) = event["delta"]["stop_reason"].as_str() {
                    self.stop = Some(stop_reason(reason));
                    self.progress = Progress::Ended;
                }
            }
            "message_stop" => self.progress = Progress::Over,
            // `ping`, and what later versions add.
            _ => {}
        }
        Ok(())
    }

    fn start_block(&mut self, block: &Value, chunks: &mut Vec<Chunk>) {
        self.end_block(chunks);
        let text = |name: &str| block[name].as_str().unwrap_or_default().to_owned();
        match block["type"].as_str().unwrap_or_default() {
            "text" => push(text("text"), Chunk::Text, chunks),
            "thinking" => {
                push(text("thinking"), Chunk::Thinking, chunks);
                self.block = Block::Thinking { signature: text("signature") };
            }
            "redacted_thinking" => chunks.push(Chunk::RedactedThinking(text("data"))),
            "tool_use" => {
                chunks.push(Chunk::CallStart { id: text("id"), name: text("name") });
                let whole =
                    block["input"].as_object().filter(|input| !input.is_empty()).map(|_| block["input"].to_string());
                self.block = Block::Call { whole };
            }
            _ => {}
        }
    }

    fn read_delta(&mut self, delta: &Value, chunks: &mut Vec<Chunk>) {
        let text = |name: &str| delta[name].as_str().unwrap_or_default().to_owned();
        match delta["type"].as_str().unwrap_or_default() {
            "text_delta" => push(text("text"), Chunk::Text, chunks),
            "thinking_delta" => push(text("thinking"), Chunk::Thinking, chunks),
            "signature_delta" => {
                if let Block::Thinking { signature } = &mut self.block {
                    signature.push_str(&text("signature"));
                }
            }
            "input_json_delta" => {
                if let Block::Call { whole } = &mut self.block {
                    let piece = text("partial_json");
                    if !piece.is_empty() {
                        *whole = None;
                    }
                    push(piece, Chunk::CallArgs, chunks);
                }
            }
            _ => {}
        }
    }

    fn end_block(&mut self, chunks: &mut Vec<Chunk>) {
        match std::mem::take(&mut self.block) {
            Block::Thinking { signature } => push(signature, Chunk::ThinkingSignature, chunks),
            Block::Call { whole } => {
                chunks.extend(whole.map(Chunk::CallArgs));
                chunks.push(Chunk::CallEnd);
            }
            Block::Other => {}
        }
    }

    /// Later figures replace earlier ones; absent ones leave them.
    fn count(&mut self, told: &Value) {
        if !told.is_object() {
            return;
        }
        let usage = self.usage.get_or_insert_default();
        let set = |name: &str, count: &mut u32| {
            if let Some(n) = told[name].as_u64() {
                *count = u32::try_from(n).unwrap_or(u32::MAX);
            }
        };
        set("input_tokens", &mut usage.input);
        set("cache_read_input_tokens", &mut usage.cache_read);
        set("cache_creation_input_tokens", &mut usage.cache_write);
        set("output_tokens", &mut usage.output);
    }

    pub(in super::super) fn finish(&mut self, chunks: &mut Vec<Chunk>) {
        self.end_block(chunks);
        chunks.extend(self.usage.take().map(|usage| {
            Chunk::Usage(TokenUsage {
                input: usage.input.saturating_add(usage.cache_read).saturating_add(usage.cache_write),
                output: usage.output,
                cached: usage.cache_read,
                cache_write: usage.cache_write,
                // Within the output, and not told apart.
                reasoning: 0,
            })
        }));
        chunks.push(Chunk::Stop(self.stop.unwrap_or(StopReason::EndTurn)));
    }
}

fn stop_reason(reason: &str) -> StopReason {
    match reason {
        "tool_use" => StopReason::ToolCalls,
        "max_tokens" | "model_context_window_exceeded" => StopReason::Length,
        "stop_sequence" => StopReason::StopSequence,
        "refusal" => StopReason::ContentFilter,
        _ => StopReason::EndTurn,
    }
}

fn push(text: String, chunk: fn(String) -> Chunk, chunks: &mut Vec<Chunk>) {
    if !text.is_empty() {
        chunks.push(chunk(text));
    }
}
