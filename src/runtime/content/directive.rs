//! Directives: whole lines such as `[[silent]]` at the start or end of an answer. And the silence marks.

use crate::runs::Directives;

const REPLY: &str = "[[reply:";
const FIXED: [&str; 2] = ["[[silent]]", "[[@current]]"];
const MAX_ID: usize = 128;

/// Notes a directive line in `found`. False: the line is ordinary text.
pub fn read(line: &str, found: &mut Directives) -> bool {
    let line = line.trim();
    match line {
        "[[silent]]" => found.silent = true,
        "[[@current]]" => found.reply_current = true,
        _ => match line.strip_prefix(REPLY).and_then(|rest| rest.strip_suffix("]]")) {
            Some(id) if is_id(id) => found.reply_to = Some(id.to_owned()),
            _ => return false,
        },
    }
    true
}

pub fn is_directive(line: &str) -> bool {
    read(line, &mut Directives::default())
}

/// More text could still make this the beginning of a directive line. White space alone could too.
pub fn may_become(line: &str) -> bool {
    let line = line.trim_start();
    let whole = line.trim_end();
    if FIXED.iter().any(|word| word.starts_with(line)) || is_directive(whole) {
        return true;
    }
    match line.strip_prefix(REPLY) {
        Some(rest) => is_id_start(rest.strip_suffix(']').unwrap_or(rest)),
        None => REPLY.starts_with(line),
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && is_id_start(text)
}

fn is_id_start(text: &str) -> bool {
    text.len() <= MAX_ID && !text.chars().any(|c| c.is_whitespace() || matches!(c, '[' | ']'))
}

/// The whole answer says that nothing is to be said.
pub fn is_silence(text: &str) -> bool {
    let text = text.trim();
    text == "NO_REPLY" || text.eq_ignore_ascii_case("[SILENT]")
}

/// More text could still make this a silence mark.
pub fn may_become_silence(text: &str) -> bool {
    let text = text.trim_start();
    let head = |word: &str| word.get(..text.len()).is_some_and(|head| head.eq_ignore_ascii_case(text));
    "NO_REPLY".starts_with(text) || head("[SILENT]") || is_silence(text)
}
