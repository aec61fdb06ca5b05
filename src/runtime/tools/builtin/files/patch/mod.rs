//! The patch format of `apply_patch`: reading it and fitting its hunks into text. Pure; the tool does the file work.

mod fit;
mod parse;

#[cfg(test)]
mod tests;

pub use fit::{Misfit, apply};
pub use parse::parse;

#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    Add { path: String, content: String },
    Update { path: String, to: Option<String>, hunks: Vec<Hunk> },
    Delete { path: String },
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Hunk {
    /// A line that must occur before the hunk.
    pub anchor: Option<String>,
    pub lines: Vec<Line>,
    /// The old side ends where the file ends.
    pub at_end: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    Keep(String),
    Remove(String),
    Add(String),
}
