//! Stored messages as a model reads them, and how many of them.

use crate::{
    llm::{ChatBlock, ChatMessage, Content, Mark, Role},
    messages::{Block, MessageFlag, MessageRole, MessageRow},
};

/// The newest whole runs that fit; nothing in front of a summary.
pub fn newest_runs(rows: &[MessageRow], room: u32, max_messages: usize) -> &[MessageRow] {
    let mut start = rows.len();
    let mut used = 0_u32;
    for run in rows.chunk_by(|a, b| a.run_id == b.run_id && a.run_id.is_some()).rev() {
        let tokens = run.iter().map(|m| u32::try_from(m.tokens).unwrap_or(0)).fold(0, u32::saturating_add);
        let count = rows.len() - start + run.len();
        if used.saturating_add(tokens) > room || (max_messages > 0 && count > max_messages) {
            break;
        }
        used += tokens;
        start -= run.len();
    }
    &rows[start..]
}

/// `own_model`: these are messages of the running turn, whose thinking goes back to the model that thought it.
pub fn messages(rows: &[MessageRow], own_model: Option<&str>) -> Vec<ChatMessage> {
    let mut messages: Vec<ChatMessage> = vec![];
    for row in rows {
        if row.flags.has(MessageFlag::Silent) {
            continue;
        }
        let keep_thinking = own_model.is_some() && row.model.as_deref() == own_model;
        let blocks: Vec<ChatBlock> = row.blocks.0.iter().filter_map(|b| block(b, row.role, keep_thinking)).collect();
        if blocks.is_empty() {
            continue;
        }
        let role = match row.role {
            MessageRole::User | MessageRole::Summary | MessageRole::Notice => Role::User,
            MessageRole::Assistant => Role::Assistant,
            MessageRole::Tool => Role::Tool,
        };
        match messages.last_mut() {
            // The results of one batch are one message.
            Some(last) if role == Role::Tool && last.role == Role::Tool => last.blocks.extend(blocks),
            _ => messages.push(ChatMessage { role, blocks }),
        }
    }
    messages
}

fn block(block: &Block, role: MessageRole, keep_thinking: bool) -> Option<ChatBlock> {
    let content = match block {
        Block::Text { text } if text.is_empty() => return None,
        Block::Text { text } => Content::Text { text: fenced(text, role) },
        Block::ToolUse { id, name, input } => {
            Content::ToolCall { id: id.clone(), name: name.clone(), arguments: input.clone() }
        }
        Block::ToolResult { tool_use_id, tool_name, content, is_error } => Content::ToolResult {
            id: tool_use_id.clone(),
            name: tool_name.clone(),
            text: content.clone(),
            is_error: *is_error,
        },
        Block::Thinking { thinking, signature } if keep_thinking => {
            Content::Thinking { text: thinking.clone(), signature: signature.clone() }
        }
        Block::RedactedThinking { data } if keep_thinking => Content::RedactedThinking { data: data.clone() },
        Block::Image { .. } | Block::Audio { .. } | Block::File { .. } => Content::Text { text: file_name(block) },
        Block::Thinking { .. } | Block::RedactedThinking { .. } => return None,
    };
    let mark = match role {
        MessageRole::Summary => Mark::Summary,
        MessageRole::Notice => Mark::Notice,
        _ => Mark::None,
    };
    Some(ChatBlock { content, mark })
}

fn fenced(text: &str, role: MessageRole) -> String {
    match role {
        MessageRole::Summary => format!("<<data about=\"summary of earlier messages\">>\n{text}\n<</data>>"),
        MessageRole::Notice => format!("<<notice>>\n{text}\n<</notice>>"),
        _ => text.to_owned(),
    }
}

/// Files reach models with the uploads; until then a model reads that there is one.
fn file_name(block: &Block) -> String {
    match block {
        Block::File { filename, .. } => format!("[file {filename}]"),
        Block::Audio { .. } => "[audio]".to_owned(),
        _ => "[image]".to_owned(),
    }
}
