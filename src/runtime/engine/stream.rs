//! Reads one answer of a model: passes text on as it comes, keeps what must not be lost, and bounds the waiting.

use std::time::{Duration, Instant};

use futures::StreamExt;
use tokio::time::timeout;

use super::{
    super::{
        content::{self, Filter, Piece, Shown},
        event::{EventBody, EventId, RunEvent},
        nul,
        transcript::SEPARATOR,
    },
    turn::Turn,
};
use crate::{
    llm::{ChatRequest, Chunk, ChunkStream, Driver, ErrorClass, LlmError, StopReason, TokenUsage},
    messages::Block,
    runs,
    time::Ts,
};

const PARTIAL_EVERY: Duration = Duration::from_secs(1);
const PARTIAL_CHARS: usize = 2_048;

/// Limits of waiting for one call.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub first_event: Duration,
    pub silence: Duration,
    pub total: Duration,
    /// What is left to the whole run.
    pub run: Duration,
}

/// What a model call gave, whether it ended well or not.
#[derive(Debug, Default)]
pub struct Answer {
    /// As the model wrote it.
    pub raw: String,
    /// What followers saw of it; `thinking` is that between tags in the text.
    pub shown: Shown,
    /// Blocks of thinking, with their signatures.
    pub thoughts: Vec<Block>,
    pub calls: Vec<AskedCall>,
    pub usage: Option<TokenUsage>,
    pub stop: Option<StopReason>,
    pub first_token_ms: Option<i64>,
    pub latency_ms: i64,
    /// Followers were sent something of it.
    pub published: bool,
}

impl Answer {
    pub fn thinking(&self) -> String {
        let of = |block: &Block| match block {
            Block::Thinking { thinking, .. } => Some(thinking.clone()),
            _ => None,
        };
        self.thoughts.iter().filter_map(of).collect()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedCall {
    pub id: String,
    pub name: String,
    pub arguments: String,
    pub complete: bool,
}

/// How a model call ended.
pub enum Ending {
    Answered,
    Failed(LlmError),
    Cancelled,
    /// The run used up its time.
    OutOfTime,
    /// Somebody else has the run.
    Lost,
}

/// The state of one call while it streams.
struct Reader<'a> {
    turn: &'a Turn,
    step: usize,
    filter: Filter,
    answer: Answer,
    /// Characters of thinking and text sent so far; part of the ids of pieces.
    offset: usize,
    /// The empty line before the first text of this step.
    separator: bool,
    saved: Instant,
    saved_chars: usize,
    started: Instant,
}

impl Turn {
    /// `spoken`: earlier text of this run is part of the response. `continues`: goes on with a cut answer.
    pub(super) async fn read_answer(
        &self,
        step: usize,
        driver: &dyn Driver,
        request: ChatRequest,
        patience: Patience,
        spoken: bool,
        continues: bool,
    ) -> (Answer, Ending) {
        let now = Instant::now();
        let mut reader = Reader {
            turn: self,
            step,
            filter: content::filter(continues),
            answer: Answer::default(),
            offset: 0,
            separator: spoken && !continues,
            saved: now,
            saved_chars: 0,
            started: now,
        };
        let stop = &self.live.stop;
        let ending = tokio::select! {
            biased;
            () = stop.cancelled() => match self.live.is_abandoned() {
                true => Ending::Lost,
                false => Ending::Cancelled,
            },
            () = tokio::time::sleep(patience.run) => Ending::OutOfTime,
            ended = timeout(patience.total, reader.read(driver, request, patience)) => match ended {
                Ok(Ok(())) => Ending::Answered,
                Ok(Err(Stopped::Failed(error))) => Ending::Failed(error),
                Ok(Err(Stopped::Lost)) => Ending::Lost,
                Err(_) => Ending::Failed(late("the answer took too long", patience.total)),
            },
        };
        // What was held back is text if nothing more comes; a cut or broken answer has no end that could be a control word.
        let cut = !matches!(ending, Ending::Answered) || reader.answer.stop == Some(StopReason::Length);
        reader.close(cut, matches!(ending, Ending::Failed(_)));
        reader.answer.latency_ms = i64::try_from(reader.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        (reader.answer, ending)
    }
}

/// No text with U+0000, which Postgres does not store.
fn storable(chunk: Chunk) -> Chunk {
    match chunk {
        Chunk::Text(text) => Chunk::Text(nul::text(text)),
        Chunk::Thinking(text) => Chunk::Thinking(nul::text(text)),
        Chunk::ThinkingSignature(proof) => Chunk::ThinkingSignature(nul::text(proof)),
        Chunk::RedactedThinking(data) => Chunk::RedactedThinking(nul::text(data)),
        Chunk::CallStart { id, name } => Chunk::CallStart { id: nul::text(id), name: nul::text(name) },
        Chunk::CallArgs(text) => Chunk::CallArgs(nul::text(text)),
        other @ (Chunk::CallEnd | Chunk::Usage(_) | Chunk::Stop(_)) => other,
    }
}

enum Stopped {
    Failed(LlmError),
    Lost,
}

impl From<LlmError> for Stopped {
    fn from(error: LlmError) -> Self {
        Self::Failed(error)
    }
}

fn late(what: &str, limit: Duration) -> LlmError {
    let message = format!("{what} (limit {} s)", limit.as_secs_f64());
    LlmError { class: ErrorClass::Timeout, status: None, retry_after: None, message }
}

impl Reader<'_> {
    async fn read(&mut self, driver: &dyn Driver, request: ChatRequest, patience: Patience) -> Result<(), Stopped> {
        let open = timeout(patience.first_event, driver.stream(request));
        let mut chunks: ChunkStream = open.await.map_err(|_| late("no answer came", patience.first_event))??;
        let mut limit = patience.first_event.saturating_sub(self.started.elapsed());
        let mut what = "no answer came";
        loop {
            let chunk = timeout(limit, chunks.next()).await.map_err(|_| late(what, limit))?;
            (limit, what) = (patience.silence, "the answer stopped coming");
            match chunk {
                Some(chunk) => self.take(chunk?),
                None if self.answer.stop.is_some() => return Ok(()),
                None => {
                    let message = "the answer broke off".to_owned();
                    let class = ErrorClass::Network;
                    return Err(LlmError { class, status: None, retry_after: None, message }.into());
                }
            }
            self.save_partial().await?;
        }
    }

    fn take(&mut self, chunk: Chunk) {
        let chunk = storable(chunk);
        if self.answer.first_token_ms.is_none() {
            self.answer.first_token_ms = i64::try_from(self.started.elapsed().as_millis()).ok();
        }
        match chunk {
            Chunk::Text(text) => {
                self.answer.raw.push_str(&text);
                for piece in self.filter.push(&text) {
                    self.piece(piece);
                }
            }
            Chunk::Thinking(text) => {
                match self.answer.thoughts.last_mut() {
                    Some(Block::Thinking { thinking, signature: None }) => thinking.push_str(&text),
                    _ => self.answer.thoughts.push(Block::Thinking { thinking: text.clone(), signature: None }),
                }
                self.think(text);
            }
            Chunk::ThinkingSignature(proof) => match self.answer.thoughts.last_mut() {
                Some(Block::Thinking { signature, .. }) => *signature = Some(proof),
                _ => self.answer.thoughts.push(Block::Thinking { thinking: String::new(), signature: Some(proof) }),
            },
            Chunk::RedactedThinking(data) => self.answer.thoughts.push(Block::RedactedThinking { data }),
            Chunk::CallStart { id, name } => {
                self.input_piece(&id, &name, "");
                self.answer.calls.push(AskedCall { id, name, ..AskedCall::default() });
            }
            Chunk::CallArgs(text) => {
                if let Some(call) = self.answer.calls.last_mut() {
                    call.arguments.push_str(&text);
                    let (id, name) = (call.id.clone(), call.name.clone());
                    self.input_piece(&id, &name, &text);
                }
            }
            Chunk::CallEnd => {
                if let Some(call) = self.answer.calls.last_mut() {
                    call.complete = true;
                }
            }
            Chunk::Usage(usage) => self.answer.usage = Some(usage),
            Chunk::Stop(reason) => self.answer.stop = Some(reason),
        }
    }

    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Thinking(text) => {
                self.answer.shown.thinking.push_str(&text);
                self.think(text);
            }
            Piece::Text(text) => {
                self.answer.shown.text.push_str(&text);
                let text = if std::mem::take(&mut self.separator) { format!("{SEPARATOR}{text}") } else { text };
                self.offset += text.chars().count();
                self.publish(|step| EventBody::TextDelta { step, text });
            }
        }
    }

    fn think(&mut self, text: String) {
        self.offset += text.chars().count();
        if self.turn.run.options.stream_thinking {
            self.publish(|step| EventBody::ThinkingDelta { step, text });
        }
    }

    fn input_piece(&mut self, call_id: &str, tool: &str, text: &str) {
        let (call_id, tool, text) = (call_id.to_owned(), tool.to_owned(), text.to_owned());
        self.publish(|step| EventBody::ToolInputDelta { step, call_id, tool, text });
    }

    fn publish(&mut self, body: impl FnOnce(i32) -> EventBody) {
        let Some(step) = self.turn.steps.get(self.step) else { return };
        self.answer.published = true;
        self.turn.channel.publish(RunEvent {
            run_id: self.turn.run.id,
            id: EventId::piece(step.event_seq, self.offset),
            at: Ts::now(),
            body: body(step.idx),
        });
    }

    /// The end of the text. A failed step's text is withdrawn anyway, so nothing more of it is sent.
    fn close(&mut self, cut: bool, failed: bool) {
        let rest = std::mem::take(&mut self.filter).finish(cut);
        self.answer.shown.directives = rest.directives;
        self.answer.shown.silence = rest.silence;
        if failed {
            return;
        }
        for piece in [Piece::Thinking(rest.thinking), Piece::Text(rest.text)] {
            let (Piece::Thinking(text) | Piece::Text(text)) = &piece;
            if !text.is_empty() {
                self.piece(piece);
            }
        }
    }

    async fn save_partial(&mut self) -> Result<(), Stopped> {
        let chars = self.answer.raw.len();
        let new = chars - self.saved_chars;
        if new == 0 || (new < PARTIAL_CHARS && self.saved.elapsed() < PARTIAL_EVERY) {
            return Ok(());
        }
        (self.saved, self.saved_chars) = (Instant::now(), chars);
        let Some(step) = self.turn.steps.get(self.step) else { return Ok(()) };
        let db = self.turn.inner.db.write();
        match runs::service::save_partial(db, step.id, &self.answer.raw, self.turn.live.epoch).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Stopped::Lost),
            Err(error) => {
                tracing::warn!(run = %self.turn.run.id, %error, "the text received so far could not be kept");
                Ok(())
            }
        }
    }
}
