//! Turns an answer into chunks: cuts the text, honours the limits, counts the tokens, plays the pauses.

use std::{future, time::Duration};

use super::answer::{After, Answer, Call, Cutting, Fault, FaultKind, Moment, Report};
use crate::llm::{Chunk, ChunkStream, LlmError, StopReason, TokenUsage, estimate, estimate::Tally};

#[cfg(test)]
mod tests;

const ARGUMENT_PIECE: usize = 32;

/// What the request and the configuration allow.
pub struct Limits<'a> {
    pub max_tokens: u32,
    pub stop: &'a [String],
    pub word_delay: Duration,
    /// Input tokens of the call, and how many of them count as read from a cache.
    pub input: u32,
    pub cached: u32,
}

#[derive(Debug)]
pub enum Step {
    Send(Chunk),
    Pause(Duration),
    Fail(LlmError),
    Hang,
    #[cfg(feature = "crash-points")]
    Crash,
}

/// Everything that happens in a call, in order. Pure.
pub fn plan(answer: &Answer, limits: &Limits) -> Vec<Step> {
    let mut plan = Plan { steps: Vec::new(), output: 0, faulted: false };
    plan.pause(answer, Moment::Start);
    plan.fault(answer, limits, After::Nothing);

    let mut left = limits.max_tokens;
    let mut cut = false;
    if let Some(thinking) = &answer.thinking {
        let (chunks, whole) = fitting(chunks(&thinking.text, answer.cutting), left);
        let thought = estimate::text(&chunks.concat());
        chunks.into_iter().for_each(|chunk| plan.send(Chunk::Thinking(chunk)));
        if whole {
            plan.send(Chunk::ThinkingSignature(thinking.signature.clone()));
        }
        plan.output += thought;
        left -= thought;
        cut = !whole;
    }

    let (text, stopped) = up_to_stop(&answer.text, limits.stop);
    let text = text.strip_prefix(answer.said_so_far.as_str()).unwrap_or(text);
    let (chunks, whole) = fitting(if cut { Vec::new() } else { chunks(text, answer.cutting) }, left);
    cut |= !whole;
    let said = plan.text(answer, limits, chunks);
    left -= said;

    let calls = if cut || stopped { &[][..] } else { &answer.calls[..] };
    for call in calls {
        let price = estimate::call(&call.name, &call.arguments);
        cut |= price > left;
        if cut {
            break;
        }
        left -= price;
        plan.call(call, price);
    }

    plan.pause(answer, Moment::End);
    plan.usage(answer, limits);
    plan.send(Chunk::Stop(stop_reason(answer, cut, stopped)));
    plan.steps
}

/// Plays a plan. Dropping the stream stops at the next chunk.
pub fn play(steps: Vec<Step>) -> ChunkStream {
    Box::pin(async_stream::stream! {
        for step in steps {
            match step {
                Step::Send(chunk) => yield Ok(chunk),
                Step::Pause(length) => tokio::time::sleep(length).await,
                Step::Fail(error) => yield Err(error),
                Step::Hang => future::pending().await,
                #[cfg(feature = "crash-points")]
                Step::Crash => std::process::abort(),
            }
        }
    })
}

struct Plan {
    steps: Vec<Step>,
    output: u32,
    /// Nothing happens after a fault.
    faulted: bool,
}

impl Plan {
    fn send(&mut self, chunk: Chunk) {
        self.push(Step::Send(chunk));
    }

    fn push(&mut self, step: Step) {
        if !self.faulted {
            self.steps.push(step);
        }
    }

    fn pause(&mut self, answer: &Answer, moment: Moment) {
        for pause in answer.pauses.iter().filter(|p| p.before == moment) {
            self.push(Step::Pause(pause.length));
        }
    }

    /// Sends text with its pauses, and the fault when its place is reached. Returns the tokens sent.
    fn text(&mut self, answer: &Answer, limits: &Limits, chunks: Vec<String>) -> u32 {
        let before = self.output;
        let count = chunks.len();
        let mut said = Tally::default();
        for (sent, chunk) in chunks.into_iter().enumerate() {
            self.fault(answer, limits, After::Chunks(sent));
            if sent > 0 && !limits.word_delay.is_zero() {
                self.push(Step::Pause(limits.word_delay));
            }
            self.pause(answer, Moment::Chunk(sent + 1));
            said.add(&chunk);
            self.send(Chunk::Text(chunk));
            if !self.faulted {
                self.output = before + said.tokens();
            }
        }
        self.beyond_the_text(answer, limits, count);
        said.tokens()
    }

    /// What is placed behind more chunks than there are comes after the last one.
    fn beyond_the_text(&mut self, answer: &Answer, limits: &Limits, count: usize) {
        for pause in &answer.pauses {
            if matches!(pause.before, Moment::Chunk(chunk) if chunk > count) {
                self.push(Step::Pause(pause.length));
            }
        }
        if let Some(Fault { after: after @ After::Chunks(chunks), .. }) = &answer.fault
            && *chunks >= count
        {
            self.fault(answer, limits, *after);
        }
        self.fault(answer, limits, After::AllText);
    }

    fn fault(&mut self, answer: &Answer, limits: &Limits, moment: After) {
        let Some(fault) = answer.fault.as_ref().filter(|f| f.after == moment) else { return };
        match &fault.kind {
            FaultKind::Error(error) => {
                if self.output > 0 {
                    self.usage(answer, limits);
                }
                self.push(Step::Fail(error.clone()));
            }
            FaultKind::Hang => self.push(Step::Hang),
            FaultKind::Drop => {}
            #[cfg(feature = "crash-points")]
            FaultKind::Crash => self.push(Step::Crash),
        }
        self.faulted = true;
    }

    fn call(&mut self, call: &Call, price: u32) {
        self.send(Chunk::CallStart { id: call.id.clone(), name: call.name.clone() });
        for piece in chunks(&call.arguments, Cutting::Scalars(ARGUMENT_PIECE)) {
            self.send(Chunk::CallArgs(piece));
        }
        self.send(Chunk::CallEnd);
        self.output += price;
    }

    fn usage(&mut self, answer: &Answer, limits: &Limits) {
        let usage = match answer.usage {
            Report::Nothing => return,
            Report::Given(usage) => usage,
            Report::Computed => {
                TokenUsage { input: limits.input, output: self.output, cached: limits.cached, ..TokenUsage::default() }
            }
        };
        self.send(Chunk::Usage(usage));
    }
}

fn stop_reason(answer: &Answer, cut: bool, stopped: bool) -> StopReason {
    match answer.stop {
        _ if cut => StopReason::Length,
        _ if stopped => StopReason::StopSequence,
        Some(reason) => reason,
        None if answer.calls.is_empty() => StopReason::EndTurn,
        None => StopReason::ToolCalls,
    }
}

/// The text before the first stop sequence in it, and whether there was one.
fn up_to_stop<'a>(text: &'a str, stop: &[String]) -> (&'a str, bool) {
    let sequences = stop.iter().filter(|s| !s.is_empty());
    match sequences.filter_map(|s| text.find(s.as_str())).min() {
        Some(at) => (&text[..at], true),
        None => (text, false),
    }
}

/// The leading chunks whose joined estimate is within `limit`, and whether those are all. When not even the first one
/// fits it is cut inside, so that an answer always gets on.
fn fitting(chunks: Vec<String>, limit: u32) -> (Vec<String>, bool) {
    let total = chunks.len();
    let mut kept: Vec<String> = Vec::new();
    let mut joined = Tally::default();
    for chunk in chunks {
        joined.add(&chunk);
        if joined.tokens() > limit {
            let piece = if kept.is_empty() { longest_start(&chunk, limit) } else { "" };
            if !piece.is_empty() {
                kept.push(piece.to_owned());
            }
            return (kept, false);
        }
        kept.push(chunk);
    }
    let whole = kept.len() == total;
    (kept, whole)
}

fn longest_start(text: &str, limit: u32) -> &str {
    let mut tally = Tally::default();
    let too_much = text.char_indices().find(|(at, c)| {
        tally.add(&text[*at..*at + c.len_utf8()]);
        tally.tokens() > limit
    });
    too_much.map_or(text, |(end, _)| &text[..end])
}

/// Chunks joined are the text.
pub fn chunks(text: &str, cutting: Cutting) -> Vec<String> {
    match cutting {
        Cutting::All if text.is_empty() => Vec::new(),
        Cutting::All => vec![text.to_owned()],
        Cutting::Words => words(text),
        Cutting::Scalars(size) => {
            let scalars: Vec<char> = text.chars().collect();
            scalars.chunks(size.max(1)).map(|piece| piece.iter().collect()).collect()
        }
    }
}

/// A run of non-white characters with the white space behind it; white space at the very start stands alone.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut after_space = true;
    for c in text.chars() {
        let starts_word = !c.is_whitespace() && after_space;
        match words.last_mut() {
            Some(word) if !starts_word => word.push(c),
            _ => words.push(c.to_string()),
        }
        after_space = c.is_whitespace();
    }
    words
}
