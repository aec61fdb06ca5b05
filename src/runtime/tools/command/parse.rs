//! The commands that a line starts, found as a shell would find them (X9). What is not understood is said so, and a
//! person is asked.

use super::{
    super::ToolError,
    lex::{Token, Word, lex},
};

/// Substitutions inside each other.
const MAX_DEPTH: usize = 8;

/// One program with its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simple {
    /// `NAME=value` in front of the name.
    pub assignments: Vec<Word>,
    pub argv: Vec<Word>,
    /// Operator and target.
    pub redirects: Vec<(String, Word)>,
    /// Reads what the command before it writes.
    pub piped: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub commands: Vec<Simple>,
    /// What keeps the reading from being complete.
    pub unread: Option<&'static str>,
    /// An operator, an expansion or a substitution: without a shell the line would mean something else.
    pub needs_shell: bool,
}

pub fn parse(line: &str) -> Result<Line, ToolError> {
    let mut parsed = Line::default();
    read(line, 0, &mut parsed)?;
    Ok(parsed)
}

fn read(line: &str, depth: usize, into: &mut Line) -> Result<(), ToolError> {
    if depth > MAX_DEPTH {
        into.unread = Some("substitutions deep inside each other");
        return Ok(());
    }
    let mut reader = Reader { current: Simple::default(), redirect: None, into, inner: vec![] };
    let mut after_word = false;
    for token in lex(line)? {
        match token {
            Token::Word(word) => {
                reader.word(word);
                after_word = true;
            }
            Token::Operator(operator) => {
                reader.operator(&operator, after_word);
                after_word = false;
            }
        }
    }
    reader.end(false);
    for inner in std::mem::take(&mut reader.inner) {
        read(&inner, depth + 1, into)?;
    }
    Ok(())
}

struct Reader<'a> {
    current: Simple,
    redirect: Option<String>,
    into: &'a mut Line,
    inner: Vec<String>,
}

impl Reader<'_> {
    fn word(&mut self, word: Word) {
        if word.stream {
            return;
        }
        self.into.needs_shell |= word.needs_shell;
        if word.unread.is_some() {
            self.into.unread = word.unread;
        }
        self.inner.extend(word.substitutions.iter().cloned());
        if let Some(operator) = self.redirect.take() {
            self.current.redirects.push((operator, word));
            return;
        }
        if !self.current.argv.is_empty() {
            self.current.argv.push(word);
            return;
        }
        let is_assignment = word.text.split_once('=').is_some_and(|(name, _)| is_name(name));
        match word.text.as_str() {
            _ if is_assignment => self.current.assignments.push(word),
            // Words that stand before or between commands.
            "!" | "{" | "}" | "if" | "then" | "else" | "elif" | "fi" | "while" | "until" | "do" | "done" => {
                self.into.needs_shell = true;
            }
            "for" | "case" | "esac" | "function" | "select" | "[[" | "coproc" => {
                self.into.needs_shell = true;
                self.into.unread = Some("a construct of the shell");
            }
            _ => self.current.argv.push(word),
        }
    }

    fn operator(&mut self, operator: &str, after_word: bool) {
        self.into.needs_shell = true;
        match operator {
            "<<" => self.into.unread = Some("a document inside the line"),
            ">" | ">>" | "<" | ">|" | ">&" | "<&" | "<>" | "&>" => {
                self.redirect = Some(operator.to_owned());
            }
            "(" if after_word && !self.current.argv.is_empty() => {
                self.into.unread = Some("a function");
                self.end(false);
            }
            "|" | "|&" => self.end(true),
            _ => self.end(false),
        }
    }

    fn end(&mut self, next_is_piped: bool) {
        if self.redirect.take().is_some() {
            self.into.unread = Some("a redirection to nothing");
        }
        let next = Simple { piped: next_is_piped, ..Simple::default() };
        let done = std::mem::replace(&mut self.current, next);
        if done.argv.is_empty() && done.redirects.is_empty() && done.assignments.is_empty() {
            // A bracket between a pipe and the command behind it.
            self.current.piped |= done.piped;
        } else {
            self.into.commands.push(done);
        }
    }
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
