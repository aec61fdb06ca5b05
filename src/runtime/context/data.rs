//! Text that is data, never instruction: fenced, in the user role. The mark of a fence can not be guessed from within.

use sha2::{Digest, Sha256};

use super::Persona;
use crate::{
    ids::Id,
    llm::{ChatBlock, ChatMessage, Content, Mark, Role},
    time::Ts,
};

/// What changes with every turn and is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnData {
    /// When the run started, so that all its calls say the same.
    pub now: Ts,
    pub time_zone: String,
    pub sender_id: Option<String>,
    pub sender_name: Option<String>,
    /// What the agent remembers about the message.
    pub memories: Vec<String>,
    /// `context.md` of the workspace.
    pub context_file: Option<String>,
}

/// Part C6: what the agent keeps about this conversation. None when there is nothing.
pub fn conversation(persona: &Persona, session: Id) -> Option<ChatMessage> {
    if persona.data.is_empty() {
        return None;
    }
    let parts: Vec<String> = persona.data.iter().map(|(name, text)| format!("{name}:\n{text}")).collect();
    let text = fence("about this conversation", &parts.join("\n\n"), &mark("conversation", session));
    Some(ChatMessage { role: Role::User, blocks: vec![block(text)] })
}

/// Part C9.
pub fn turn(data: &TurnData, run: Id) -> ChatBlock {
    let mut lines = vec![format!("time: {} ({})", data.now, data.time_zone)];
    let sender = [data.sender_name.as_deref(), data.sender_id.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    if !sender.is_empty() {
        lines.push(format!("sender: {}", one_line(&sender.join(", "))));
    }
    if !data.memories.is_empty() {
        lines.push("memories:".to_owned());
        lines.extend(data.memories.iter().map(|memory| format!("- {}", one_line(memory))));
    }
    if let Some(text) = &data.context_file {
        lines.push(format!("context.md:\n{text}"));
    }
    block(fence("about this turn", &lines.join("\n"), &mark("turn", run)))
}

/// In front of what the person says.
pub fn put_turn_first(own: &mut [ChatMessage], turn: ChatBlock) {
    if let Some(first) = own.first_mut() {
        first.blocks.insert(0, turn);
    }
}

fn block(text: String) -> ChatBlock {
    ChatBlock { content: Content::Text { text }, mark: Mark::Data }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Derived from an id that the author of the content does not know, so the same request has the same bytes.
fn mark(what: &str, id: Id) -> String {
    hex::encode(&Sha256::digest(format!("{what} {id}"))[..6])
}

fn fence(about: &str, content: &str, mark: &str) -> String {
    let content = content.replace(mark, "");
    format!("<<data id={mark} about=\"{about}\">>\n{content}\n<</data id={mark}>>")
}
