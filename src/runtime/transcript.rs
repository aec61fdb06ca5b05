//! What clients were shown of a run, computed from its steps: so a replay sends exactly what was sent live. Pure.

use serde_json::Value;

use super::content::{self, Shown};
use crate::runs::{ModelAnswer, ModelCall, ModelOutcome, StepKind, StepRow, StepState};

/// Between the texts of two answers.
pub const SEPARATOR: &str = "\n\n";

/// Begins the line that the loop guard adds to a result.
pub const GUARD_REMARK: &str = "\n[loop guard: ";

/// Verdict of calls that the loop guard refused.
pub const LOOP_GUARD: &str = "loop_guard";

/// The text of one model step as clients saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepText {
    pub step: i32,
    /// Sequence number of its `step.started`.
    pub event_seq: i64,
    pub thinking: String,
    /// With the empty line that parts it from earlier text.
    pub text: String,
}

/// The texts of all steps that count, in order.
pub fn texts(steps: &[StepRow]) -> Vec<StepText> {
    let mut spoken = false;
    let mut shown = vec![];
    for step in steps.iter().filter(|s| s.kind == StepKind::ModelCall) {
        let Some(raw) = raw_text(step) else { continue };
        let continues = call(step).continues;
        let Shown { thinking, text, .. } = match (raw.cut, continues) {
            (true, continues) => content::shown_cut(&raw.text, continues),
            (false, true) => content::shown_rest(&raw.text),
            (false, false) => content::shown(&raw.text),
        };
        let text = if spoken && !continues && !text.is_empty() { format!("{SEPARATOR}{text}") } else { text };
        spoken |= !text.is_empty();
        shown.push(StepText { step: step.idx, event_seq: step.event_seq, thinking: raw.thinking + &thinking, text });
    }
    shown
}

/// The response of the run so far.
pub fn response(steps: &[StepRow]) -> String {
    texts(steps).into_iter().map(|t| t.text).collect()
}

struct Raw {
    thinking: String,
    text: String,
    /// It goes on in the next step, or was stopped in the middle.
    cut: bool,
}

/// None: the step failed and its text was withdrawn.
fn raw_text(step: &StepRow) -> Option<Raw> {
    match step.state {
        StepState::Done => {
            answer(step).map(|a| Raw { thinking: a.thinking, text: a.text, cut: a.outcome == ModelOutcome::Cut })
        }
        StepState::Cancelled => {
            Some(Raw { thinking: String::new(), text: step.partial.clone().unwrap_or_default(), cut: true })
        }
        _ => None,
    }
}

/// The answer of a model step that ended well.
pub fn answer(step: &StepRow) -> Option<ModelAnswer> {
    step.output.as_ref().and_then(|output| serde_json::from_value(output.clone()).ok())
}

/// What the model was told as the result of a call; nothing when the loop guard refused it.
pub fn result_text(step: &StepRow) -> Option<&str> {
    let refused = step.verdict.as_ref().is_some_and(|v| v.verdict == LOOP_GUARD);
    if refused {
        return None;
    }
    let text = step.output.as_ref().and_then(Value::as_str)?;
    // The guard's own remark makes no result a different one.
    Some(text.split_once(GUARD_REMARK).map_or(text, |(result, _)| result))
}

/// What a model step was for.
pub fn call(step: &StepRow) -> ModelCall {
    serde_json::from_value(step.input.clone()).unwrap_or(ModelCall { purpose: Default::default(), continues: false })
}

/// The JSON of a model step's input.
pub fn call_json(call: &ModelCall) -> Value {
    serde_json::to_value(call).unwrap_or_default()
}
