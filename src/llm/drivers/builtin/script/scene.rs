//! The request as a script sees it: which turn this is, what was said, which tool results came since.

use super::{
    super::conversation::{is_from_person, marked_text, spoken, tool_results},
    parse::{has_script, without_script},
};
use crate::llm::{ChatBlock, ChatMessage, ChatRequest, Content, Mark, Role};

pub struct Scene<'a> {
    pub request: &'a ChatRequest,
    /// From 1.
    pub turn: usize,
    /// From 1.
    pub attempt: u32,
    /// Results since the message that the turns count from.
    pub results: Vec<&'a Content>,
}

impl<'a> Scene<'a> {
    /// Turns count from the message at `start`: one for each assistant message behind it.
    pub fn since(request: &'a ChatRequest, start: usize) -> Self {
        let later = request.messages.get(start..).unwrap_or_default();
        let answers = later.iter().filter(|m| m.role == Role::Assistant).count();
        Self { request, turn: answers + 1, attempt: request.meta.attempt.max(1), results: tool_results(later) }
    }

    /// The last user text, without script lines.
    pub fn user(&self) -> String {
        self.last_user_message().and_then(spoken).map(|text| without_script(&text)).unwrap_or_default()
    }

    /// Data of this turn: in the person's message, or in a message of its own right before it.
    pub fn data(&self) -> String {
        let messages = &self.request.messages;
        let Some(at) = messages.iter().rposition(is_from_person) else { return String::new() };
        let within = marked_text(&messages[at], Mark::Data);
        if !within.is_empty() {
            return within;
        }
        let before = messages[..at].last().filter(|m| m.role == Role::User);
        before.map(|m| marked_text(m, Mark::Data)).unwrap_or_default()
    }

    pub fn summary(&self) -> String {
        let summaries = self.request.messages.iter().map(|m| marked_text(m, Mark::Summary));
        summaries.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// Every text of the messages, without script lines: a script must not find its own expectation.
    pub fn history(&self) -> String {
        let blocks = self.request.messages.iter().flat_map(|m| m.blocks.iter().map(|b| shown(m, b)));
        blocks.collect::<Vec<_>>().join("\n")
    }

    pub fn last_user_message_has_image(&self) -> bool {
        let blocks = self.last_user_message().map(|m| &m.blocks[..]).unwrap_or_default();
        blocks.iter().any(|b| matches!(b.content, Content::Image { .. }))
    }

    fn last_user_message(&self) -> Option<&'a ChatMessage> {
        self.request.messages.iter().rfind(|m| is_from_person(m))
    }
}

/// The last message of a person that holds a script, and its text.
pub fn script_message(request: &ChatRequest) -> Option<(usize, String)> {
    let texts = request.messages.iter().enumerate().rev();
    texts.filter_map(|(at, m)| spoken(m).map(|text| (at, text))).find(|(_, text)| has_script(text))
}

pub fn last_user_index(request: &ChatRequest) -> usize {
    request.messages.iter().rposition(is_from_person).unwrap_or(0)
}

fn shown(message: &ChatMessage, block: &ChatBlock) -> String {
    match &block.content {
        Content::Text { text } if message.role == Role::User && block.mark == Mark::None => without_script(text),
        Content::Text { text } | Content::ToolResult { text, .. } => text.clone(),
        Content::ToolCall { name, arguments, .. } => format!("{name} {arguments}"),
        Content::Image { .. } | Content::Thinking { .. } | Content::RedactedThinking { .. } => String::new(),
    }
}
