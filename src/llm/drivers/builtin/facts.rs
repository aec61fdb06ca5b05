//! What a person asked to remember ("remember that my color is blue") and asks for again ("what is my color?").

use super::conversation::{marked_text, single_spaced, spoken};
use crate::llm::{ChatMessage, Mark};

const KEY_LIMIT: usize = 40;

#[derive(Debug, PartialEq)]
pub struct Fact {
    /// In lower case.
    pub key: String,
    pub value: String,
}

/// Reads `remember [that] [my] <key> is|= <value>` and `my name is <value>`.
pub fn told(text: &str) -> Option<Fact> {
    let text = text.trim();
    if let Some(name) = strip_word(text, "my name is ") {
        return fact("name", name);
    }
    let rest = strip_word(text, "remember ")?;
    let rest = strip_word(rest, "that ").unwrap_or(rest);
    let rest = strip_word(rest, "my ").unwrap_or(rest);
    let (key, value) = split_at_verb(rest)?;
    fact(key, value)
}

/// Reads `what is my <key>` and `what's my <key>`; the key in lower case.
pub fn asked(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = strip_word(text, "what is my ").or_else(|| strip_word(text, "what's my "))?;
    key(rest.strip_suffix(['.', '!', '?']).unwrap_or(rest))
}

/// Everything told in these messages, oldest first; a summary counts with its `Noted key = value` lines.
pub fn all_told(messages: &[ChatMessage]) -> Vec<Fact> {
    let in_message = |message: &ChatMessage| {
        let summary = marked_text(message, Mark::Summary);
        let noted: Vec<Fact> = summary.lines().filter_map(noted).collect();
        noted.into_iter().chain(spoken(message).and_then(|text| told(&text)))
    };
    messages.iter().flat_map(in_message).collect()
}

/// Takes `word` off the front, whatever its case.
pub fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| text[word.len()..].trim_start())
}

fn noted(line: &str) -> Option<Fact> {
    let (name, value) = line.trim().strip_prefix("Noted ")?.split_once(" = ")?;
    Some(Fact { key: key(name)?, value: value.to_owned() })
}

fn split_at_verb(text: &str) -> Option<(&str, &str)> {
    let lower = text.to_ascii_lowercase();
    let is = lower.find(" is ").map(|at| (at, " is ".len()));
    let equals = lower.find('=').map(|at| (at, 1));
    let (at, length) = is.into_iter().chain(equals).min()?;
    Some((&text[..at], &text[at + length..]))
}

fn fact(name: &str, value: &str) -> Option<Fact> {
    let value = value.trim();
    let value = value.strip_suffix(['.', '!']).unwrap_or(value).trim_end();
    let one_line = !value.is_empty() && !value.contains('\n');
    let key = key(name)?;
    one_line.then(|| Fact { key, value: value.to_owned() })
}

fn key(name: &str) -> Option<String> {
    let name = single_spaced(name);
    let length = name.chars().count();
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ' ' | '-'));
    ((1..=KEY_LIMIT).contains(&length) && plain).then(|| name.to_lowercase())
}
