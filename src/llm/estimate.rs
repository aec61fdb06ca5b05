//! The token estimate: one rule for context limits, reservations and the built-in model. Close enough to plan with,
//! the same on every platform; what a provider reports replaces it afterwards.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{ChatMessage, ChatRequest, Content, ToolSpec};

#[cfg(test)]
mod tests;

const MESSAGE: u32 = 4;
const CALL: u32 = 8;
const RESULT: u32 = 8;
const TOOL: u32 = 8;
const PIXELS_PER_TOKEN: usize = 750;
const IMAGE_LEAST: u32 = 85;
const IMAGE_MOST: u32 = 1_600;
const IMAGE_OF_UNKNOWN_SIZE: u32 = 1_100;
/// Base64 characters in which the size of a picture is looked for; a multiple of four.
const IMAGE_HEADER: usize = 128 * 1024;

/// The estimate of a text that grows: a quarter token per ASCII byte, a whole one per other scalar value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    ascii: usize,
    other: usize,
}

impl Tally {
    pub fn add(&mut self, text: &str) {
        let ascii = text.bytes().filter(u8::is_ascii).count();
        self.ascii += ascii;
        self.other += text.chars().count() - ascii;
    }

    pub fn tokens(self) -> u32 {
        clamp(self.ascii.div_ceil(4) + self.other)
    }
}

pub fn text(text: &str) -> u32 {
    let mut tally = Tally::default();
    tally.add(text);
    tally.tokens()
}

pub fn call(name: &str, arguments: &str) -> u32 {
    sum([CALL, text(name), text(arguments)])
}

pub fn block(content: &Content) -> u32 {
    match content {
        Content::Text { text: words } | Content::Thinking { text: words, .. } => text(words),
        Content::RedactedThinking { data } => text(data),
        Content::Image { data, .. } => image(data),
        Content::ToolCall { name, arguments, .. } => call(name, &arguments.to_string()),
        Content::ToolResult { text: words, .. } => RESULT.saturating_add(text(words)),
    }
}

fn image(base64: &str) -> u32 {
    let header = base64.get(..IMAGE_HEADER).unwrap_or(base64);
    let size = STANDARD.decode(header).ok().and_then(|bytes| imagesize::blob_size(&bytes).ok());
    size.map_or(IMAGE_OF_UNKNOWN_SIZE, |size| {
        let pixels = size.width.saturating_mul(size.height);
        clamp(pixels.div_ceil(PIXELS_PER_TOKEN)).clamp(IMAGE_LEAST, IMAGE_MOST)
    })
}

pub fn message(message: &ChatMessage) -> u32 {
    MESSAGE.saturating_add(sum(message.blocks.iter().map(|b| block(&b.content))))
}

pub fn messages(messages: &[ChatMessage]) -> u32 {
    sum(messages.iter().map(message))
}

pub fn tool(tool: &ToolSpec) -> u32 {
    let schema = clamp(tool.schema.to_string().len().div_ceil(3));
    sum([TOOL, text(&tool.name), text(&tool.description), schema])
}

/// Input tokens of a whole call: system text, tool definitions, messages.
pub fn request(request: &ChatRequest) -> u32 {
    sum([text(&request.system), sum(request.tools.iter().map(tool)), messages(&request.messages)])
}

fn sum(parts: impl IntoIterator<Item = u32>) -> u32 {
    parts.into_iter().fold(0, u32::saturating_add)
}

fn clamp(tokens: usize) -> u32 {
    u32::try_from(tokens).unwrap_or(u32::MAX)
}
