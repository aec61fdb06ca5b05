//! Plays one turn of a script: checks what it expects, then gathers what it says, calls and breaks.

use super::{
    super::{
        MESSAGE_LIMIT,
        answer::{After, Answer, Call, Fault, FaultKind, Thinking},
        conversation::cut,
        failure,
    },
    ScriptError,
    directive::{Directive, ScriptedError},
    parse::{Line, Turn},
    replace::{Place, replace},
    scene::Scene,
};
use crate::llm::{ErrorClass, LlmError, StopReason, classify::classify};

#[cfg(test)]
mod tests;

const END: &str = "(end of script)";

pub fn run(turns: &[Turn], scene: &Scene) -> Result<Answer, LlmError> {
    let Some(turn) = current(turns, scene.turn) else { return Ok(Answer::text(END)) };
    for line in &turn.lines {
        if let Directive::Expect { what, expectation } = &line.directive
            && !expectation.holds(scene)
        {
            return Err(failure(ErrorClass::BadRequest, Some(400), format!("expect failed: {what}")));
        }
    }
    let mut stage =
        Stage { scene, answer: Answer::default(), replies: Vec::new(), thoughts: Vec::new(), id: None, silent: true };
    for line in &turn.lines {
        stage.play(line).map_err(|what| ScriptError::at(line.number, what))?;
    }
    if stage.id.is_some() {
        let number = turn.lines.last().map_or(0, |line| line.number);
        return Err(ScriptError::at(number, "no call follows @@id".to_owned()).into());
    }
    Ok(stage.finish(turn))
}

/// A turn that repeats serves all later ones, so what is written behind it is never played.
fn current(turns: &[Turn], number: usize) -> Option<&Turn> {
    let last = turns.iter().position(|turn| turn.again);
    let index = last.map_or(number - 1, |last| last.min(number - 1));
    turns.get(index)
}

struct Stage<'a> {
    scene: &'a Scene<'a>,
    answer: Answer,
    replies: Vec<String>,
    thoughts: Vec<String>,
    id: Option<String>,
    /// Nothing of this turn has an effect of its own so far.
    silent: bool,
}

impl Stage<'_> {
    fn play(&mut self, line: &Line) -> Result<(), String> {
        let now = self.scene.attempt;
        match &line.directive {
            Directive::Reply(text) => self.replies.push(replace(text, self.scene, Place::Text)?),
            Directive::Think(text) => self.thoughts.push(replace(text, self.scene, Place::Text)?),
            Directive::Tool { name, arguments } => {
                let arguments = replace(arguments, self.scene, Place::Json)?;
                serde_json::from_str::<serde::de::IgnoredAny>(&arguments)
                    .map_err(|error| format!("the arguments are not JSON: {error}"))?;
                self.call(name, arguments);
            }
            Directive::RawTool { name, text, times } if times.holds(now) => self.call(name, text.clone()),
            Directive::Stop { reason, times } if times.holds(now) => self.answer.stop = Some(*reason),
            Directive::Error(error) if error.times.holds(now) => {
                self.fault(error.after, FaultKind::Error(thrown(error)))
            }
            Directive::Hang { after, times } if times.holds(now) => self.fault(*after, FaultKind::Hang),
            Directive::Drop { after, times } if times.holds(now) => self.fault(*after, FaultKind::Drop),
            Directive::Garbage { after, times } if times.holds(now) => {
                let message = "a chunk that is not part of the protocol".to_owned();
                self.fault(*after, FaultKind::Error(failure(ErrorClass::MalformedOutput, None, message)));
            }
            Directive::Empty { times } if times.holds(now) => {}
            #[cfg(feature = "crash-points")]
            Directive::Crash { times } if times.holds(now) => self.fault(After::Nothing, FaultKind::Crash),
            Directive::Id(id) => {
                self.id = Some(id.clone());
                return Ok(());
            }
            Directive::Delay(pause) => {
                self.answer.pauses.push(*pause);
                return Ok(());
            }
            Directive::Chunks(cutting) => {
                self.answer.cutting = *cutting;
                return Ok(());
            }
            Directive::Usage(report) => {
                self.answer.usage = *report;
                return Ok(());
            }
            _ => return Ok(()),
        }
        self.silent = false;
        Ok(())
    }

    fn call(&mut self, name: &str, arguments: String) {
        let number = self.answer.calls.len() + 1;
        let id = self.id.take().unwrap_or_else(|| format!("call_{}_{number}", self.scene.turn));
        self.answer.calls.push(Call { id, name: name.to_owned(), arguments });
    }

    fn fault(&mut self, after: After, kind: FaultKind) {
        self.answer.fault.get_or_insert(Fault { kind, after });
    }

    fn finish(self, turn: &Turn) -> Answer {
        let Self { scene, mut answer, replies, thoughts, silent, .. } = self;
        let is_empty = |line: &Line| matches!(line.directive, Directive::Empty { times } if times.holds(scene.attempt));
        if turn.lines.iter().any(is_empty) {
            return Answer { calls: Vec::new(), stop: Some(StopReason::EndTurn), ..answer };
        }
        answer.text = if silent { END.to_owned() } else { replies.join("\n") };
        let signature = format!("sig-{}", scene.turn);
        answer.thinking = (!thoughts.is_empty()).then(|| Thinking { text: thoughts.join("\n"), signature });
        answer
    }
}

/// A status given by hand, or no class, leaves the verdict to the rules that real providers' errors go through.
fn thrown(error: &ScriptedError) -> LlmError {
    let (status, message) = error.class.map_or((None, ""), usual);
    let status = error.status.or(status);
    let message = error.message.as_deref().unwrap_or(message);
    let class = match error.class {
        Some(class) if error.status.is_none() => class,
        _ => classify(status, message),
    };
    LlmError { class, status, retry_after: error.retry_after, message: cut(message, MESSAGE_LIMIT) }
}

/// Status and words of a provider that fails in this way.
fn usual(class: ErrorClass) -> (Option<u16>, &'static str) {
    match class {
        ErrorClass::RateLimit => (Some(429), "scripted: too many requests"),
        ErrorClass::Overloaded => (Some(529), "scripted: overloaded"),
        ErrorClass::Timeout => (None, "scripted: timed out"),
        ErrorClass::Network => (None, "scripted: connection reset"),
        ErrorClass::Auth => (Some(401), "scripted: invalid API key"),
        ErrorClass::Billing => (Some(402), "scripted: credit balance too low"),
        ErrorClass::ModelNotFound => (Some(404), "scripted: model not found"),
        ErrorClass::BadRequest => (Some(400), "scripted: bad request"),
        ErrorClass::ContextOverflow => (Some(400), "scripted: the prompt exceeds the maximum context length"),
        ErrorClass::ContentFilter => (Some(400), "scripted: refused by the content policy"),
        ErrorClass::MalformedOutput => (None, "scripted: malformed output"),
        ErrorClass::Unknown => (Some(418), "scripted: unknown"),
    }
}
