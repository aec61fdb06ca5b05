//! The summary that the built-in model writes: facts it was told, artifact ids, the last messages. Cumulative, because
//! the facts and ids of the previous summary are read like those of the messages.

use std::collections::BTreeMap;

use super::{
    conversation::{Conversation, cut, single_spaced},
    facts,
};
use crate::llm::{ChatMessage, Content};

const LAST_MESSAGES: usize = 3;
const LAST_MESSAGE_LIMIT: usize = 120;
const ARTIFACT: &str = "art_";
const SHORTEST_ARTIFACT_ID: usize = 8;

pub fn summary(conversation: &Conversation) -> String {
    let told = facts::all_told(conversation.messages).into_iter().map(|fact| (fact.key, fact.value));
    let latest: BTreeMap<String, String> = told.collect();
    let facts: Vec<String> = latest.into_iter().map(|(key, value)| format!("Noted {key} = {value}")).collect();
    let texts = conversation.user_texts();
    let last = texts[texts.len().saturating_sub(LAST_MESSAGES)..].iter();
    let last: Vec<String> = last.map(|text| format!("- {}", cut(&single_spaced(text), LAST_MESSAGE_LIMIT))).collect();
    let sections = [
        ("Facts", facts),
        ("Open work", Vec::new()),
        ("Files and artifacts", artifacts(conversation.messages)),
        ("Last state", last),
    ];
    let shown = sections.map(|(title, lines)| {
        let body = if lines.is_empty() { "-".to_owned() } else { lines.join("\n") };
        format!("{title}:\n{body}")
    });
    shown.join("\n")
}

/// Artifact ids in the order of their first appearance.
fn artifacts(messages: &[ChatMessage]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for block in messages.iter().flat_map(|m| &m.blocks) {
        let text = match &block.content {
            Content::Text { text } | Content::ToolResult { text, .. } => text.clone(),
            Content::ToolCall { arguments, .. } => arguments.to_string(),
            _ => continue,
        };
        for (at, _) in text.match_indices(ARTIFACT) {
            let id = artifact_id(&text[at..]);
            if id.len() >= ARTIFACT.len() + SHORTEST_ARTIFACT_ID && !found.iter().any(|known| known == id) {
                found.push(id.to_owned());
            }
        }
    }
    found
}

fn artifact_id(text: &str) -> &str {
    let digits = text[ARTIFACT.len()..].bytes().take_while(u8::is_ascii_hexdigit).count();
    &text[..ARTIFACT.len() + digits]
}
