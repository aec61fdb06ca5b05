//! Stored messages in their wire form: raw, and folded for display. Pure.

use serde_json::Map;

use super::{
    Block, Blocks, MessageFlag, MessageRole, MessageRow,
    schema::{
        AudioBlock, ContentBlock, FileBlock, ImageBlock, Message, MessageKind, RedactedThinkingBlock, Role, TextBlock,
        ThinkingBlock, ToolCallView, ToolResultBlock, ToolUseBlock,
    },
};
use crate::usage::schema::Usage;

#[cfg(test)]
mod tests;

/// A row as it is stored.
pub fn raw(row: MessageRow) -> Message {
    let blocks = row.blocks.0.iter().map(block).collect();
    Message { blocks: Some(blocks), ..message(row) }
}

/// Rows in order as a person reads them: results stand with the calls, pieces of a cut answer are one message, and words of
/// the server are left out unless asked for.
pub fn folded(rows: Vec<MessageRow>, include_system: bool) -> Vec<Message> {
    let mut shown: Vec<Message> = vec![];
    let mut cut: Option<Message> = None;
    for row in rows {
        if row.role == MessageRole::Tool {
            let open = cut.iter_mut().chain(shown.iter_mut().rev()).find(|m| m.role == Role::Assistant);
            put_results(open, &row.blocks);
            continue;
        }
        if matches!(row.role, MessageRole::Summary | MessageRole::Notice) && !include_system {
            continue;
        }
        let tools = calls(&row.blocks);
        let continued = row.flags.has(MessageFlag::Continued);
        let mut next = message(row);
        next.tools = (!tools.is_empty()).then_some(tools);
        if let Some(before) = cut.take() {
            match before.run_id == next.run_id && next.role == Role::Assistant {
                true => next.content.insert_str(0, &before.content),
                // The rest never came.
                false => shown.push(before),
            }
        }
        match continued {
            true => cut = Some(next),
            false => shown.push(next),
        }
    }
    shown.extend(cut);
    shown
}

fn message(row: MessageRow) -> Message {
    let (role, kind) = match row.role {
        MessageRole::User => (Role::User, MessageKind::Message),
        MessageRole::Assistant => (Role::Assistant, MessageKind::Message),
        MessageRole::Tool => (Role::Tool, MessageKind::Message),
        MessageRole::Summary => (Role::System, MessageKind::Summary),
        MessageRole::Notice => (Role::System, MessageKind::Note),
    };
    Message {
        id: row.id,
        session_id: row.session_id,
        seq: row.seq,
        run_id: row.run_id,
        role,
        content: content(&row.blocks),
        blocks: None,
        tools: None,
        kind,
        replaces_up_to_seq: row.replaces_to,
        sender_id: row.sender_id,
        sender_name: row.sender_name,
        model: row.model,
        usage: row.usage.and_then(|tokens| serde_json::from_value(tokens).ok()).map(|tokens| Usage::new(tokens, None)),
        flags: row.flags.0,
        metadata: match row.metadata {
            serde_json::Value::Object(members) => members,
            _ => Map::new(),
        },
        created_at: row.created_at,
    }
}

/// Texts and pictures of a message; of a result its text.
fn content(blocks: &Blocks) -> String {
    let parts = blocks.0.iter().filter_map(|block| match block {
        Block::Text { text } => Some(text.as_str()),
        Block::Image { .. } => Some("[Image]"),
        Block::ToolResult { content, .. } => Some(content.as_str()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("\n")
}

fn calls(blocks: &Blocks) -> Vec<ToolCallView> {
    let call = |block: &Block| match block {
        Block::ToolUse { id, name, input } => Some(ToolCallView {
            id: id.clone(),
            name: name.clone(),
            input: input.clone(),
            result: None,
            is_error: None,
            running: true,
        }),
        _ => None,
    };
    blocks.0.iter().filter_map(call).collect()
}

fn put_results(message: Option<&mut Message>, blocks: &Blocks) {
    let Some(tools) = message.and_then(|m| m.tools.as_mut()) else { return };
    for block in &blocks.0 {
        let Block::ToolResult { tool_use_id, content, is_error, .. } = block else { continue };
        if let Some(call) = tools.iter_mut().find(|call| call.id == *tool_use_id) {
            call.result = Some(content.clone());
            call.is_error = Some(*is_error);
            call.running = false;
        }
    }
}

fn block(block: &Block) -> ContentBlock {
    match block.clone() {
        Block::Text { text } => ContentBlock::Text(TextBlock { text }),
        Block::Image { file_id, media_type } => ContentBlock::Image(ImageBlock { file_id, media_type }),
        Block::File { file_id, filename, media_type } => {
            ContentBlock::File(FileBlock { file_id, filename, media_type })
        }
        Block::Audio { file_id, media_type } => ContentBlock::Audio(AudioBlock { file_id, media_type }),
        Block::ToolUse { id, name, input } => ContentBlock::ToolUse(ToolUseBlock { id, name, input }),
        Block::ToolResult { tool_use_id, tool_name, content, is_error } => {
            ContentBlock::ToolResult(ToolResultBlock { tool_use_id, tool_name, content, is_error })
        }
        Block::Thinking { thinking, .. } => ContentBlock::Thinking(ThinkingBlock { thinking }),
        Block::RedactedThinking { .. } => ContentBlock::RedactedThinking(RedactedThinkingBlock {}),
    }
}
