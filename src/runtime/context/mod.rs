//! What one model call sends: trusted text first, history, this turn's data, this turn. Pure; equal rows give equal bytes.

mod data;
mod history;
mod system;
#[cfg(test)]
mod tests;

use crate::{
    ids::Id,
    llm::{ChatBlock, ChatMessage, Content, Mark, Role, estimate},
    messages::MessageRow,
    runs::Door,
};

pub use data::TurnData;
pub use history::newest_runs;
pub use system::{Persona, system_text};

/// Left free between input and output.
const SLACK_TOKENS: u32 = 1_024;

/// What the server adds behind the last message of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    Continue,
    Closing,
    /// The answer was empty or unreadable.
    Malformed,
}

pub struct ContextInput<'a> {
    pub session_id: Id,
    pub run_id: Id,
    pub door: Door,
    pub system: &'a str,
    pub persona: &'a Persona,
    /// Estimate of the tool definitions.
    pub tool_tokens: u32,
    /// Messages of earlier runs, oldest first.
    pub history: &'a [MessageRow],
    /// Messages of this run, the user's first.
    pub own: &'a [MessageRow],
    pub turn: &'a TurnData,
    /// `provider/model` that will be called; its own thinking goes back to it.
    pub model: &'a str,
    pub notice: Option<Notice>,
    /// Faults of an answer that has to be repaired.
    pub repair: Option<&'a str>,
    pub budget: Budget,
}

/// How much may be sent.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    pub context_window: u32,
    pub max_tokens: u32,
    /// Messages of earlier runs; 0 = only tokens decide.
    pub max_messages: usize,
    /// The provider found the last request too long: send half as much history.
    pub halved: bool,
}

impl Budget {
    pub fn input_limit(&self) -> u32 {
        self.context_window.saturating_sub(self.max_tokens).saturating_sub(SLACK_TOKENS)
    }
}

#[derive(Debug)]
pub struct Context {
    pub messages: Vec<ChatMessage>,
    /// Messages in front of this turn.
    pub cache_mark: usize,
    /// Estimated input, system and tools included.
    pub tokens: u32,
    /// Messages of earlier runs that were left out for want of room.
    pub left_out: usize,
}

/// The run alone is longer than what the model can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    pub needed: u32,
    pub limit: u32,
}

pub fn assemble(input: &ContextInput<'_>) -> Result<Context, TooLong> {
    let about = data::conversation(input.persona, input.session_id);
    let mut own = history::messages(input.own, Some(input.model));
    data::put_turn_first(&mut own, data::turn(input.turn, input.run_id));
    own.extend(input.notice.map(notice));
    own.extend(input.repair.map(repair));
    let fixed = estimate::text(input.system)
        + input.tool_tokens
        + about.as_ref().map_or(0, estimate::message)
        + estimate::messages(&own);
    let limit = input.budget.input_limit();
    if fixed > limit {
        return Err(TooLong { needed: fixed, limit });
    }
    let room = (limit - fixed) / if input.budget.halved { 2 } else { 1 };
    let kept = history::newest_runs(input.history, room, input.budget.max_messages);
    let earlier = history::messages(kept, None);
    let tokens = fixed + estimate::messages(&earlier);
    let mut messages: Vec<ChatMessage> = about.into_iter().chain(earlier).collect();
    let cache_mark = messages.len();
    messages.extend(own);
    Ok(Context { messages, cache_mark, tokens, left_out: input.history.len() - kept.len() })
}

fn notice(notice: Notice) -> ChatMessage {
    let text = match notice {
        Notice::Continue => "Continue exactly where you stopped.",
        Notice::Closing => "Stop here: say what is done, what is not, and why.",
        Notice::Malformed => "Your last answer was empty or could not be read. Answer again.",
    };
    server_word(text)
}

fn repair(faults: &str) -> ChatMessage {
    server_word(&format!("Your answer does not have the required format: {faults}. Send only the corrected answer."))
}

/// A word of the server, marked as such.
fn server_word(text: &str) -> ChatMessage {
    let text = format!("<<notice>>\n{text}\n<</notice>>");
    ChatMessage { role: Role::User, blocks: vec![ChatBlock { content: Content::Text { text }, mark: Mark::Notice }] }
}
