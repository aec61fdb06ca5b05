//! From script text to turns of directives. Every line is checked, also those of turns that are not played now.

use super::{
    ScriptError,
    directive::{Directive, read},
};

#[cfg(test)]
mod tests;

const MARK: &str = "@@";

#[derive(Debug, Default)]
pub struct Script {
    /// Applies when no case does.
    pub default: Vec<Turn>,
    pub cases: Vec<Case>,
}

#[derive(Debug)]
pub struct Case {
    /// What the user text must contain.
    pub text: String,
    pub turns: Vec<Turn>,
}

#[derive(Debug, Default)]
pub struct Turn {
    pub lines: Vec<Line>,
    /// Serves all later turns too.
    pub again: bool,
}

#[derive(Debug)]
pub struct Line {
    /// From 1, in the text of the script.
    pub number: usize,
    pub directive: Directive,
}

/// A directive as written: its word, and its argument with the here-document in place.
#[derive(Debug)]
pub struct Written {
    pub number: usize,
    pub word: String,
    pub argument: String,
    /// The argument came as a here-document, so backslashes stand for themselves.
    pub verbatim: bool,
}

/// Where a script comes from decides whether it may have cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    Message,
    File,
}

pub fn has_script(text: &str) -> bool {
    text.lines().any(|line| line.starts_with(MARK))
}

pub fn parse(text: &str, source: Source) -> Result<Script, ScriptError> {
    let (written, _) = split(text);
    let mut script = Script::default();
    for line in written? {
        if line.word == "case" {
            let text = case_text(&line, source)?;
            script.cases.push(Case { text, turns: Vec::new() });
            continue;
        }
        let turns = script.cases.last_mut().map_or(&mut script.default, |case| &mut case.turns);
        if turns.is_empty() {
            turns.push(Turn::default());
        }
        let Some(turn) = turns.last_mut() else { continue };
        match line.word.as_str() {
            "turn" | "again" if !line.argument.trim().is_empty() => {
                return Err(ScriptError::at(line.number, format!("@@{} takes no argument", line.word)));
            }
            "turn" => turns.push(Turn::default()),
            "again" => turn.again = true,
            _ => turn.lines.push(Line { number: line.number, directive: read(&line)? }),
        }
    }
    Ok(script)
}

/// What is left of a text without its script.
pub fn without_script(text: &str) -> String {
    split(text).1.join("\n")
}

fn case_text(line: &Written, source: Source) -> Result<String, ScriptError> {
    if source == Source::Message {
        return Err(ScriptError::at(line.number, "@@case is for script files".to_owned()));
    }
    let tokens = super::token::tokens(&line.argument).map_err(|what| ScriptError::at(line.number, what))?;
    match &tokens[..] {
        [token] if token.key.is_none() && !token.value.is_empty() => Ok(token.value.clone()),
        _ => Err(ScriptError::at(line.number, "@@case takes one text".to_owned())),
    }
}

fn split(text: &str) -> (Result<Vec<Written>, ScriptError>, Vec<&str>) {
    let mut directives = Vec::new();
    let mut others = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some(rest) = line.strip_prefix(MARK) else {
            others.push(line);
            continue;
        };
        let (word, argument) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut written =
            Written { number: index + 1, word: word.to_owned(), argument: argument.to_owned(), verbatim: false };
        if let Some((before, tag)) = here_document(argument) {
            let mut body = Vec::new();
            loop {
                match lines.next() {
                    Some((_, line)) if line == tag => break,
                    Some((_, line)) => body.push(line),
                    None => return (Err(ScriptError::at(index + 1, format!("no line '{tag}' follows"))), others),
                }
            }
            written.argument = format!("{before}{}", body.join("\n"));
            written.verbatim = true;
        }
        directives.push(written);
    }
    (Ok(directives), others)
}

fn here_document(argument: &str) -> Option<(&str, &str)> {
    let (before, tag) = argument.rsplit_once("<<")?;
    let is_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_tag.then_some((before, tag))
}
