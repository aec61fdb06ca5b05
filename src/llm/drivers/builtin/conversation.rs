//! Reads a request the way the fixed rules need it: what the person said, what came last, what was already answered.

use serde_json::Value;

use crate::llm::{ChatMessage, ChatRequest, Content, Mark, Purpose, Role};

/// A request without the pieces of an answer that is being continued.
pub struct Conversation<'a> {
    pub messages: &'a [ChatMessage],
    /// The answer so far when the request asks to go on with a cut one, else empty.
    pub said_so_far: String,
}

pub struct Attachment<'a> {
    pub name: &'a str,
    pub media_type: &'a str,
    pub size: u64,
}

impl<'a> Conversation<'a> {
    pub fn of(request: &'a ChatRequest) -> Self {
        let whole = &request.messages[..];
        let (messages, said_so_far) = match request.meta.purpose {
            Purpose::Turn | Purpose::Closing => split_continuation(whole),
            Purpose::Compaction | Purpose::Repair | Purpose::Describe => (whole, String::new()),
        };
        Self { messages, said_so_far }
    }

    /// What people said, one entry per user message that has such text, oldest first.
    pub fn user_texts(&self) -> Vec<String> {
        self.messages.iter().filter_map(spoken).collect()
    }

    /// Text of the last message a person sent; empty when that one has attachments only.
    pub fn user_text(&self) -> String {
        self.last_user_message().and_then(spoken).unwrap_or_default()
    }

    pub fn attachments(&self) -> Vec<Attachment<'a>> {
        let blocks = self.last_user_message().map(|m| &m.blocks[..]).unwrap_or_default();
        let image = |content: &'a Content| match content {
            Content::Image { media_type, name, size, .. } => Some(Attachment { name, media_type, size: *size }),
            _ => None,
        };
        blocks.iter().filter_map(|b| image(&b.content)).collect()
    }

    /// The tool results the request ends with, besides words of the server.
    pub fn last_tool_results(&self) -> Vec<&'a Content> {
        let end = self.messages.iter().rposition(|m| !is_notice(m)).map_or(0, |i| i + 1);
        let start = self.messages[..end].iter().rposition(|m| m.role != Role::Tool).map_or(0, |i| i + 1);
        tool_results(&self.messages[start..end])
    }

    pub fn has_assistant(&self) -> bool {
        self.messages.iter().any(|m| m.role == Role::Assistant)
    }

    /// Names of the tools called since the person last said something, in order, with repetitions.
    pub fn tools_called(&self) -> Vec<&'a str> {
        let start = self.messages.iter().rposition(is_from_person).unwrap_or(0);
        let blocks = self.messages[start..].iter().flat_map(|m| &m.blocks);
        blocks
            .filter_map(|b| match &b.content {
                Content::ToolCall { name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }

    fn last_user_message(&self) -> Option<&'a ChatMessage> {
        self.messages.iter().rfind(|m| is_from_person(m))
    }
}

/// A user message with anything that a person sent: text or an attachment.
pub fn is_from_person(message: &ChatMessage) -> bool {
    message.role == Role::User && message.blocks.iter().any(|b| b.mark == Mark::None)
}

pub fn is_notice(message: &ChatMessage) -> bool {
    message.role == Role::User && !message.blocks.is_empty() && message.blocks.iter().all(|b| b.mark == Mark::Notice)
}

/// Unmarked text of a user message, its blocks joined by newline; none when there is no such text.
pub fn spoken(message: &ChatMessage) -> Option<String> {
    let said = message.role == Role::User;
    let text = marked_text(message, Mark::None);
    (said && !text.trim().is_empty()).then_some(text)
}

/// The text blocks of one mark, joined by newline.
pub fn marked_text(message: &ChatMessage, mark: Mark) -> String {
    let blocks = message.blocks.iter().filter(|b| b.mark == mark);
    let texts = blocks.filter_map(|b| match &b.content {
        Content::Text { text } => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

pub fn tool_results(messages: &[ChatMessage]) -> Vec<&Content> {
    let blocks = messages.iter().flat_map(|m| &m.blocks);
    blocks.map(|b| &b.content).filter(|c| matches!(c, Content::ToolResult { .. })).collect()
}

/// Code and message of a failed tool call, as its result text tells them.
pub fn tool_error(text: &str) -> (String, String) {
    let parsed: Value = serde_json::from_str(text).unwrap_or_default();
    let part = |name: &str| parsed["error"][name].as_str().map(str::to_owned);
    (part("code").unwrap_or_else(|| "error".to_owned()), part("message").unwrap_or_else(|| first_line(text).to_owned()))
}

pub fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

/// The first `limit` scalar values, and `…` when there are more.
pub fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

pub fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes "assistant text, then a notice to go on" off the end. An assistant message with calls is never such a piece.
fn split_continuation(messages: &[ChatMessage]) -> (&[ChatMessage], String) {
    let is_piece = |m: &ChatMessage| {
        m.role == Role::Assistant && !m.blocks.iter().any(|b| matches!(b.content, Content::ToolCall { .. }))
    };
    let mut rest = messages;
    while let [before @ .., piece, notice] = rest
        && is_notice(notice)
        && is_piece(piece)
    {
        let pieces = before.iter().rev().take_while(|m| is_piece(m)).count();
        rest = &before[..before.len() - pieces];
    }
    let said = messages[rest.len()..].iter().filter(|m| m.role == Role::Assistant);
    (rest, said.map(|m| marked_text(m, Mark::None)).collect())
}
