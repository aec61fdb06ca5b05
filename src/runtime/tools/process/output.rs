//! What a program prints, bounded: the beginning, the end, and how much there was in all.

use std::collections::VecDeque;

/// Kept of each stream for the artifact.
const MAX_KEPT: usize = 5 * 1024 * 1024;

/// One stream of a program that is waited for.
pub struct Capture {
    /// Bytes of it that are shown.
    shown: usize,
    kept: Vec<u8>,
    /// The newest bytes, once `kept` is full.
    tail: VecDeque<u8>,
    pub total: u64,
}

impl Capture {
    pub fn new(shown: usize) -> Self {
        Self { shown, kept: vec![], tail: VecDeque::new(), total: 0 }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = MAX_KEPT - self.kept.len();
        let (kept, rest) = bytes.split_at(bytes.len().min(room));
        self.kept.extend_from_slice(kept);
        self.tail.extend(rest);
        let tail = self.tail_bytes();
        if self.tail.len() > tail {
            self.tail.drain(..self.tail.len() - tail);
        }
    }

    fn tail_bytes(&self) -> usize {
        self.shown * 3 / 10
    }

    /// The text for the model: all, or the first 70 % and the last 30 % of what may be shown.
    pub fn inline(&self) -> (String, bool) {
        if self.total <= self.shown as u64 {
            return (clean(&self.kept), false);
        }
        let head = &self.kept[..(self.shown * 7 / 10).min(self.kept.len())];
        let behind: Vec<u8> = self.kept.iter().chain(&self.tail).rev().take(self.tail_bytes()).copied().collect();
        let tail: Vec<u8> = behind.into_iter().rev().collect();
        (format!("{}\n[shortened: {} bytes in all]\n{}", clean(head), self.total, clean(&tail)), true)
    }

    /// The whole text, up to what is kept.
    pub fn whole(&self) -> String {
        clean(&self.kept)
    }
}

/// Bytes as text (X14): no escape sequences and no control characters but tab and line end.
pub fn clean(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => match rest.next() {
                // A control sequence ends with a letter or the like.
                Some('[') => while rest.next().is_some_and(|c| !('\u{40}'..='\u{7e}').contains(&c)) {},
                // A string for the terminal, such as its title, ends with BEL or ESC \.
                Some(']' | 'P' | '_' | '^' | 'X') => {
                    while let Some(c) = rest.next() {
                        if c == '\u{7}' || c == '\u{1b}' && rest.next_if_eq(&'\\').is_some() {
                            break;
                        }
                    }
                }
                _ => {}
            },
            '\t' | '\n' => plain.push(c),
            c if c.is_control() => {}
            c => plain.push(c),
        }
    }
    plain
}
