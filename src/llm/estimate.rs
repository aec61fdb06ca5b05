//! The token estimate: one rule for context limits, reservations and the built-in model. Close enough to plan with,
//! the same on every platform; what a provider reports replaces it afterwards.

use super::{ChatMessage, ChatRequest, Content, ToolSpec};

#[cfg(test)]
mod tests;

const MESSAGE: u32 = 4;
const CALL: u32 = 8;
const RESULT: u32 = 8;
const TOOL: u32 = 8;
/// An image block carries no width and height, so it is counted like one of unknown size.
const IMAGE: u32 = 1_100;

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
        Content::Image { .. } => IMAGE,
        Content::ToolCall { name, arguments, .. } => call(name, &arguments.to_string()),
        Content::ToolResult { text: words, .. } => RESULT.saturating_add(text(words)),
    }
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
