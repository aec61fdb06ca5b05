//! `builtin/echo`: the first rule that fits decides the answer. No AI, and it never claims to be one.

use serde_json::json;

use super::{
    answer::Answer,
    calculator, compaction,
    conversation::{Attachment, Conversation, cut, first_line, single_spaced, tool_error},
    facts,
    facts::strip_word,
    smallest_value::smallest_value,
};
use crate::llm::{ChatRequest, Content, Purpose, ResponseFormat};

#[cfg(test)]
mod tests;

pub const HELP: &str = "I am the built-in model: fixed rules, no AI. Try: \"2 + 3 * 4\", \"remember color is blue\", \
    \"what is my color?\", \"echo some text\", \"count some text\", \"upper: text\", \"reverse: text\", \"sort: b, a\", \
    \"summary\", \"list tools\".";
pub const NOTICE: &str = "[No AI provider is set up, so the built-in model answers by fixed rules. Set a provider key \
    such as OPENAI_API_KEY, or run \"openfang doctor\".]";

const QUOTE_LIMIT: usize = 200;
const LIST_LIMIT: usize = 60;
const GREETINGS: &[&str] = &["hi", "hello", "hey", "good morning", "good evening", "hello there"];
const HELP_WORDS: &[&str] = &["help", "/help", "what can you do"];
const SUMMARY_WORDS: &[&str] = &["summary", "summarize", "summarise"];
const TOOL_WORDS: &[&str] = &["list tools", "what tools do you have"];

pub fn answer(request: &ChatRequest) -> Answer {
    let conversation = Conversation::of(request);
    let text = full_text(request, &conversation);
    Answer { said_so_far: conversation.said_so_far, ..Answer::text(text) }
}

fn full_text(request: &ChatRequest, conversation: &Conversation) -> String {
    match (request.meta.purpose, &request.options.response_format) {
        (Purpose::Compaction, _) => compaction::summary(conversation),
        (Purpose::Closing, _) => closing(conversation),
        (_, Some(format)) => formatted(format, conversation),
        // A notice in front of the other forms would break them.
        (Purpose::Turn, None) if request.meta.selected_by_default && !conversation.has_assistant() => {
            format!("{NOTICE}\n\n{}", conversational(request, conversation))
        }
        _ => conversational(request, conversation),
    }
}

fn closing(conversation: &Conversation) -> String {
    let mut names = conversation.tools_called();
    let calls = names.len();
    names.sort_unstable();
    names.dedup();
    match calls {
        0 => "Stopped here without tool calls.".to_owned(),
        _ => format!("Stopped here after {calls} tool calls: {}.", names.join(", ")),
    }
}

fn formatted(format: &ResponseFormat, conversation: &Conversation) -> String {
    match format {
        ResponseFormat::JsonSchema { schema } => smallest_value(schema).to_string(),
        ResponseFormat::Json => {
            let text = conversation.user_text();
            json!({"text": text, "words": words(&text)}).to_string()
        }
    }
}

fn conversational(request: &ChatRequest, conversation: &Conversation) -> String {
    let results = conversation.last_tool_results();
    if !results.is_empty() {
        let lines = results.into_iter().filter_map(result_line);
        return lines.chain(["Done.".to_owned()]).collect::<Vec<_>>().join("\n");
    }
    let attachments = conversation.attachments();
    let said = conversation.user_text();
    let said = said.trim();
    if said.is_empty() && !attachments.is_empty() {
        return received(&attachments);
    }
    let reply = greeting(request, said)
        .or_else(|| calculation(said))
        .or_else(|| memory(conversation, said))
        .or_else(|| text_work(said))
        .or_else(|| about_the_conversation(request, conversation, said))
        .unwrap_or_else(|| quote(conversation, said));
    match attachments.len() {
        0 => reply,
        count => format!("{reply}\n({count} file(s) attached; I cannot look inside.)"),
    }
}

fn result_line(result: &Content) -> Option<String> {
    let Content::ToolResult { name, text, is_error, .. } = result else { return None };
    if *is_error {
        let (code, message) = tool_error(text);
        return Some(format!("{name} failed: {code}: {message}"));
    }
    Some(format!("{name}: {}", cut(first_line(text), QUOTE_LIMIT)))
}

fn received(attachments: &[Attachment]) -> String {
    let shown = attachments.iter().map(|a| format!("{} ({}, {} bytes)", a.name, a.media_type, a.size));
    let list = shown.collect::<Vec<_>>().join(", ");
    format!("I received {} file(s): {list}. I cannot look inside.", attachments.len())
}

fn is_one_of(said: &str, phrases: &[&str]) -> bool {
    let said = said.to_lowercase();
    phrases.contains(&said.strip_suffix(['.', '!', '?']).unwrap_or(&said))
}

fn greeting(request: &ChatRequest, said: &str) -> Option<String> {
    if is_one_of(said, GREETINGS) {
        let name = &request.meta.agent_name;
        return Some(format!("Hello. I am {name}, running on the built-in model. Say \"help\" to see what I can do."));
    }
    is_one_of(said, HELP_WORDS).then(|| HELP.to_owned())
}

fn calculation(said: &str) -> Option<String> {
    let openings = ["what is ", "calculate ", "compute "];
    let sum = openings.into_iter().find_map(|word| strip_word(said, word)).unwrap_or(said);
    let sum = sum.strip_suffix('?').unwrap_or(sum).trim_end();
    let sum = sum.strip_suffix('=').unwrap_or(sum);
    if !sum.chars().all(|c| c.is_ascii_digit() || ". +-*/%^()".contains(c)) {
        return None;
    }
    let shown = single_spaced(sum);
    Some(match calculator::evaluate(&shown)? {
        Ok(value) => format!("{shown} = {value}"),
        Err(calculator::Fault::DivisionByZero) => format!("{shown}: division by zero."),
        Err(calculator::Fault::TooLarge) => format!("{shown}: too large."),
    })
}

fn memory(conversation: &Conversation, said: &str) -> Option<String> {
    if let Some(fact) = facts::told(said) {
        return Some(format!("Noted: {} = {}.", fact.key, fact.value));
    }
    let key = facts::asked(said)?;
    let told = facts::all_told(conversation.messages).into_iter().rfind(|fact| fact.key == key);
    Some(match told {
        Some(fact) => format!("Your {key} is {}.", fact.value),
        None => format!("You have not told me your {key} in this conversation."),
    })
}

fn text_work(said: &str) -> Option<String> {
    let after = |word: &str| {
        let rest = strip_word(said, &format!("{word}:")).or_else(|| strip_word(said, &format!("{word} ")));
        rest.filter(|text| !text.is_empty())
    };
    if let Some(text) = ["echo", "say", "repeat"].into_iter().find_map(after) {
        return Some(text.to_owned());
    }
    if let Some(text) = after("count") {
        let (characters, lines) = (text.chars().count(), text.lines().count());
        return Some(format!("{} words, {characters} characters, {lines} lines.", words(text)));
    }
    let argument = |word: &str| strip_word(said, word).filter(|text| !text.is_empty());
    if let Some(text) = argument("upper:") {
        return Some(text.to_uppercase());
    }
    if let Some(text) = argument("lower:") {
        return Some(text.to_lowercase());
    }
    if let Some(text) = argument("reverse:") {
        return Some(text.chars().rev().collect());
    }
    let mut items: Vec<&str> = argument("sort:")?.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
    items.sort_unstable();
    Some(items.join(", "))
}

fn about_the_conversation(request: &ChatRequest, conversation: &Conversation, said: &str) -> Option<String> {
    if is_one_of(said, SUMMARY_WORDS) {
        return Some(earlier_messages(&conversation.user_texts()));
    }
    if !is_one_of(said, TOOL_WORDS) {
        return None;
    }
    let mut names: Vec<&str> = request.tools.iter().map(|tool| tool.name.as_str()).collect();
    names.sort_unstable();
    Some(match names.is_empty() {
        true => "No tools are offered to me.".to_owned(),
        false => format!("Tools offered to me: {}.", names.join(", ")),
    })
}

fn earlier_messages(texts: &[String]) -> String {
    let earlier = &texts[..texts.len().saturating_sub(1)];
    if earlier.is_empty() {
        return "Nothing to sum up yet.".to_owned();
    }
    let lines = earlier.iter().enumerate();
    let lines = lines.map(|(i, text)| format!("{}. {}", i + 1, cut(&single_spaced(text), LIST_LIMIT)));
    let title = format!("{} messages so far:", earlier.len());
    std::iter::once(title).chain(lines).collect::<Vec<_>>().join("\n")
}

fn quote(conversation: &Conversation, said: &str) -> String {
    let number = conversation.user_texts().len();
    format!("You wrote: \"{}\" (message {number}, {} words)", cut(said, QUOTE_LIMIT), words(said))
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}
