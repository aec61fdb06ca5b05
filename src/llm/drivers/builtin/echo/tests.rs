//! Conversations with the echo model.

mod rules;
mod vectors;

use super::answer;
use crate::llm::{
    ChatMessage, ChatRequest,
    drivers::builtin::sample::{self, assistant, user},
};

fn request(messages: Vec<ChatMessage>) -> ChatRequest {
    sample::request("echo", messages)
}

/// The answer to the last of these messages, the earlier ones having been answered by the same rules.
fn conversation(said: &[&str]) -> ChatRequest {
    let mut messages = Vec::new();
    for (i, words) in said.iter().enumerate() {
        messages.push(user(words));
        if i + 1 < said.len() {
            let reply = answer(&request(messages.clone())).text;
            messages.push(assistant(&reply));
        }
    }
    request(messages)
}

fn reply(said: &[&str]) -> String {
    answer(&conversation(said)).text
}
