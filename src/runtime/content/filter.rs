//! The filter between the model's stream and the clients: holds text back while it may still turn out to be a control
//! word, and passes everything else on at once.

use super::directive;
use crate::runs::Directives;

const THINK: &str = "<think>";
const END_THINK: &str = "</think>";

/// A part of the stream that may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Thinking(String),
    Text(String),
}

/// The end of the stream: what was still held back, and what the answer said beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub thinking: String,
    pub text: String,
    pub directives: Directives,
    /// The answer is exactly a silence mark.
    pub silence: bool,
}

#[derive(Debug)]
pub struct Filter {
    stage: Stage,
    /// Received and not passed on.
    held: String,
    /// Nothing of the text was passed on yet.
    at_start: bool,
    in_fence: bool,
    /// The present line as far as it was received, once it is known to be ordinary text.
    line: Option<String>,
    found: Directives,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// A thinking tag or a silence mark may come.
    Start {
        think: bool,
    },
    Thinking,
    Body,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            stage: Stage::Start { think: true },
            held: String::new(),
            at_start: true,
            in_fence: false,
            line: None,
            found: Directives::default(),
        }
    }
}

impl Filter {
    /// For text that goes on in the middle of a line.
    pub fn continuing() -> Self {
        Self { stage: Stage::Body, at_start: false, line: Some(String::new()), ..Self::default() }
    }

    pub fn push(&mut self, chunk: &str) -> Vec<Piece> {
        let mut pieces = vec![];
        self.held.push_str(chunk);
        loop {
            let before = self.stage;
            match self.stage {
                Stage::Start { think } => self.start(think),
                Stage::Thinking => self.thinking(&mut pieces),
                Stage::Body => self.body(&mut pieces),
            }
            if self.stage == before {
                return pieces;
            }
        }
    }

    fn start(&mut self, think: bool) {
        if !think {
            // White space between the thinking and the answer belongs to neither.
            self.held = self.held.trim_start().to_owned();
        }
        let text = self.held.trim_start();
        if think && let Some(rest) = text.strip_prefix(THINK) {
            self.held = rest.to_owned();
            self.stage = Stage::Thinking;
            return;
        }
        let may_be_tag = think && THINK.starts_with(text);
        if !may_be_tag && !directive::may_become_silence(text) {
            self.stage = Stage::Body;
        }
    }

    fn thinking(&mut self, pieces: &mut Vec<Piece>) {
        if let Some((thought, rest)) = self.held.split_once(END_THINK) {
            push_thinking(pieces, thought.to_owned());
            self.held = rest.to_owned();
            self.stage = Stage::Start { think: false };
            return;
        }
        let kept = (0..END_THINK.len()).rev().find(|n| self.held.ends_with(&END_THINK[..*n])).unwrap_or(0);
        let ready = self.held.len() - kept;
        push_thinking(pieces, self.held.drain(..ready).collect());
    }

    fn body(&mut self, pieces: &mut Vec<Piece>) {
        let input = std::mem::take(&mut self.held);
        // What was held begins with whole lines; only the last one may be in the middle.
        let (lines, last) = input.rsplit_once('\n').map_or(("", input.as_str()), |(a, b)| (a, b));
        let whole_lines = input.len() > last.len();
        if whole_lines {
            for line in lines.split('\n') {
                self.end_line(line, pieces);
            }
        }
        self.open_line(last, pieces);
    }

    /// A line that ended. Its line break is held: a directive may follow, and takes it along.
    fn end_line(&mut self, line: &str, pieces: &mut Vec<Piece>) {
        self.open_line(line, pieces);
        let text = self.line.take();
        if let Some(text) = &text
            && (text.trim_start().starts_with("```") || text.trim_start().starts_with("~~~"))
        {
            self.in_fence = !self.in_fence;
        }
        self.held.push('\n');
    }

    /// The present line, or more of it.
    fn open_line(&mut self, text: &str, pieces: &mut Vec<Piece>) {
        if let Some(line) = &mut self.line {
            line.push_str(text);
            push_text(pieces, text);
            return;
        }
        let begin = self.held.rfind('\n').map_or(0, |at| at + 1);
        self.held.push_str(text);
        let line = &self.held[begin..];
        if !self.in_fence && directive::may_become(line) {
            return;
        }
        let line = line.to_owned();
        self.release(pieces);
        self.line = Some(line);
    }

    /// What was held turns out to be text, but for directives at the very start.
    fn release(&mut self, pieces: &mut Vec<Piece>) {
        let held = std::mem::take(&mut self.held);
        let text = if self.at_start { self.without_first_directives(&held) } else { held };
        self.at_start &= text.trim().is_empty();
        push_text(pieces, &text);
    }

    fn without_first_directives(&mut self, held: &str) -> String {
        let mut rest = held;
        let mut any = false;
        while let Some((line, after)) = rest.split_once('\n') {
            let directive = directive::read(line, &mut self.found);
            let gap = any && line.trim().is_empty();
            if !directive && !gap {
                break;
            }
            any |= directive;
            rest = after;
        }
        rest.to_owned()
    }

    /// No more text comes. `cut`: the answer goes on in another step, so nothing is its end.
    pub fn finish(mut self, cut: bool) -> Shown {
        let mut pieces = vec![];
        let mut silence = false;
        match self.stage {
            Stage::Thinking => push_thinking(&mut pieces, std::mem::take(&mut self.held)),
            Stage::Start { .. } if directive::is_silence(&self.held) && !cut => silence = true,
            Stage::Start { .. } => {
                self.stage = Stage::Body;
                self.body(&mut pieces);
                self.last_lines(cut, &mut pieces);
            }
            Stage::Body => self.last_lines(cut, &mut pieces),
        }
        let mut shown = Shown { silence, directives: self.found, ..Shown::default() };
        for piece in pieces {
            match piece {
                Piece::Thinking(t) => shown.thinking.push_str(&t),
                Piece::Text(t) => shown.text.push_str(&t),
            }
        }
        shown
    }

    /// Directives at the very end go, with the empty lines before them; anything else that was held is text.
    fn last_lines(&mut self, cut: bool, pieces: &mut Vec<Piece>) {
        let held = std::mem::take(&mut self.held);
        let any = !cut && held.split('\n').any(directive::is_directive);
        if !any {
            push_text(pieces, &held);
            return;
        }
        // All that is held are directives, empty lines, and perhaps one beginning of a directive.
        let text: Vec<&str> =
            held.split('\n').filter(|line| !directive::read(line, &mut self.found)).map(str::trim).collect();
        let text = text.join("\n");
        if !text.trim().is_empty() {
            push_text(pieces, &text);
        }
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(last)) => last.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

fn push_thinking(pieces: &mut Vec<Piece>, text: String) {
    if !text.is_empty() {
        pieces.push(Piece::Thinking(text));
    }
}
