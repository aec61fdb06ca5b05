//! Puts the pieces of several tool calls, which some providers mix, into the order in which chunks speak of them: one
//! call after another, each with its start, its arguments and its end.

use std::collections::VecDeque;

use serde::de::IgnoredAny;

use crate::llm::Chunk;

#[derive(Default)]
pub(super) struct Calls {
    /// The first one has been started; the others wait for it to end.
    open: VecDeque<OpenCall>,
    started: bool,
    seen: usize,
}

struct OpenCall {
    index: u64,
    id: String,
    name: String,
    arguments: String,
}

/// A piece of a call as a provider sends it. Later pieces often have neither id nor name.
pub(super) struct Piece<'a> {
    pub index: u64,
    pub id: &'a str,
    pub name: &'a str,
    pub arguments: &'a str,
}

impl Calls {
    /// Whether there was any call in this answer.
    pub(super) fn any(&self) -> bool {
        self.seen > 0
    }

    /// A piece that belongs to no call that is open starts a new one, which needs a name.
    pub(super) fn push(&mut self, piece: &Piece, chunks: &mut Vec<Chunk>) -> Result<(), &'static str> {
        // Some servers give every call the index 0 and tell them apart by id alone.
        let same = |call: &OpenCall| {
            call.index == piece.index && (piece.id.is_empty() || piece.name.is_empty() || call.id == piece.id)
        };
        match self.open.iter().rposition(same) {
            Some(at) => {
                self.open[at].arguments.push_str(piece.arguments);
                if at == 0 && self.started {
                    push_arguments(piece.arguments, chunks);
                }
            }
            None if piece.name.is_empty() => return Err("A piece of a tool call belongs to no call."),
            None => {
                self.seen += 1;
                let id = if piece.id.is_empty() { fresh_id() } else { piece.id.to_owned() };
                let (name, arguments) = (piece.name.to_owned(), piece.arguments.to_owned());
                self.open.push_back(OpenCall { index: piece.index, id, name, arguments });
            }
        }
        self.start_first(chunks);
        // Whole arguments cannot grow any more, so the next call may start.
        while self.open.len() > 1 && self.open.front().is_some_and(|call| is_whole(&call.arguments)) {
            self.end_first(chunks);
            self.start_first(chunks);
        }
        Ok(())
    }

    /// Ends all calls.
    pub(super) fn finish(&mut self, chunks: &mut Vec<Chunk>) {
        while !self.open.is_empty() {
            self.start_first(chunks);
            self.end_first(chunks);
        }
    }

    fn start_first(&mut self, chunks: &mut Vec<Chunk>) {
        if let Some(call) = self.open.front().filter(|_| !self.started) {
            chunks.push(Chunk::CallStart { id: call.id.clone(), name: call.name.clone() });
            push_arguments(&call.arguments, chunks);
            self.started = true;
        }
    }

    fn end_first(&mut self, chunks: &mut Vec<Chunk>) {
        self.open.pop_front();
        self.started = false;
        chunks.push(Chunk::CallEnd);
    }
}

fn push_arguments(arguments: &str, chunks: &mut Vec<Chunk>) {
    if !arguments.is_empty() {
        chunks.push(Chunk::CallArgs(arguments.to_owned()));
    }
}

fn is_whole(arguments: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(arguments).is_ok()
}

/// For providers that give calls no id.
pub(super) fn fresh_id() -> String {
    format!("call_{}", uuid::Uuid::new_v4().simple())
}

#[cfg(test)]
mod tests;
