//! Rows of runs and steps in their wire form. Pure.

use serde_json::{Value, json};

use super::{
    RunFailure, RunRow, StepKind, StepRow, StepState,
    schema::{Run, RunCallerInfo, RunError, RunStep, RunStepStatus},
    service::Described,
};
use crate::{
    runtime::{event::EventId, tools::ToolErrorCode},
    usage::schema::Usage,
};

mod event;
#[cfg(test)]
mod tests;

pub use event::{approval_required, wire_event};

/// Characters of the message that a single run shows.
const INPUT_CHARS: usize = 4_096;
/// Characters of message and answer in lists.
const LIST_CHARS: usize = 256;
/// Bytes of input and output that a step shows.
const STEP_BYTES: usize = 256 * 1024;

impl From<Described> for Run {
    fn from(described: Described) -> Self {
        run(described.run, described.agent_name, described.queue_position)
    }
}

fn run(row: RunRow, agent_name: String, queue_position: Option<i64>) -> Run {
    let duration_ms = row.started_at.zip(row.ended_at).map(|(start, end)| end.since(start).max(0));
    Run {
        id: row.id,
        run_id: row.id,
        agent_id: row.agent_id,
        agent_name,
        session_id: row.session_id,
        door: row.door,
        status: row.state.into(),
        stop_reason: row.stop_reason,
        usage: Usage::new(row.tokens(), row.cost_micro_usd),
        error: row.error.map(Into::into),
        input: first_chars(&row.input.text, INPUT_CHARS),
        response: row.response,
        silent: row.silent,
        model_provider: row.provider,
        model_name: row.model,
        iterations: row.iterations,
        attempt: row.attempts.max(1),
        parent_run_id: row.parent_run_id,
        caller: RunCallerInfo { kind: row.caller.kind, id: row.caller.id, name: row.caller.name },
        queue_position,
        cancel_requested: row.cancel_requested_at.is_some(),
        cancel_reason: row.cancel_reason,
        last_event_id: EventId::stored(row.event_seq).0,
        metadata: row.input.metadata,
        queued_at: row.created_at,
        started_at: row.started_at,
        finished_at: row.ended_at,
        duration_ms,
    }
}

/// The same run as lists show it.
pub fn shortened(mut run: Run) -> Run {
    run.input = first_chars(&run.input, LIST_CHARS);
    run.response = run.response.map(|text| first_chars(&text, LIST_CHARS));
    run
}

fn first_chars(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

impl From<RunFailure> for RunError {
    fn from(failure: RunFailure) -> Self {
        Self {
            code: failure.code,
            message: failure.message,
            retryable: failure.retryable,
            provider: failure.provider,
            retry_after_secs: failure.retry_after_secs.map(|secs| i64::try_from(secs).unwrap_or(i64::MAX)),
        }
    }
}

/// One step.
pub fn step(row: StepRow) -> RunStep {
    let status = step_status(&row);
    let tool_error = failure(&row);
    let is_model = matches!(row.kind, StepKind::ModelCall | StepKind::Compaction);
    let usage = is_model.then(|| Usage::new(row.tokens(), row.cost_micro_usd));
    let (input, input_cut) = bounded(row.input);
    let (output, output_cut) = bounded(row.output.unwrap_or_default());
    let error = match row.error {
        Some(fault) => Some(fault.message),
        None => tool_error.and_then(|error| error["message"].as_str().map(str::to_owned)),
    };
    let name = match row.kind {
        StepKind::ToolCall | StepKind::Approval => row.tool,
        StepKind::ModelCall | StepKind::Compaction => {
            row.provider.zip(row.model).map(|(provider, model)| format!("{provider}/{model}"))
        }
    };
    RunStep {
        id: row.id,
        run_id: row.run_id,
        seq: row.idx,
        kind: row.kind,
        status,
        name: name.unwrap_or_default(),
        tool_use_id: row.call_id,
        approval_id: row.approval_id,
        input,
        output,
        truncated: input_cut || output_cut,
        error,
        side_effects: row.effect.is_some_and(|effect| !matches!(effect.as_str(), "pure" | "read")),
        usage,
        started_at: row.started_at,
        finished_at: row.ended_at,
        duration_ms: row.started_at.zip(row.ended_at).map(|(start, end)| end.since(start).max(0)),
    }
}

fn step_status(row: &StepRow) -> RunStepStatus {
    let code = failure(row).and_then(|error| serde_json::from_value::<ToolErrorCode>(error["code"].clone()).ok());
    let refused = code.is_some_and(ToolErrorCode::is_refusal);
    match row.state {
        StepState::Planned | StepState::Waiting => RunStepStatus::Pending,
        StepState::Running => RunStepStatus::Running,
        StepState::Done if refused || (row.kind == StepKind::Approval && row.is_error) => RunStepStatus::Denied,
        StepState::Done if row.is_error => RunStepStatus::Failed,
        StepState::Done => RunStepStatus::Completed,
        StepState::Failed => RunStepStatus::Failed,
        StepState::Interrupted => RunStepStatus::Interrupted,
        StepState::Skipped | StepState::Cancelled => RunStepStatus::Cancelled,
    }
}

/// Code and message of a tool call that went wrong, as the model was told.
fn failure(row: &StepRow) -> Option<Value> {
    let told = row.output.as_ref().filter(|_| row.is_error)?.as_str()?;
    serde_json::from_str::<Value>(told).ok().map(|mut told| told["error"].take())
}

/// A value of at most 256 KiB: texts are cut, anything else becomes its cut JSON text.
fn bounded(value: Value) -> (Value, bool) {
    let text = match &value {
        Value::String(text) if text.len() <= STEP_BYTES => return (value, false),
        Value::String(text) => text.clone(),
        other => match serde_json::to_string(other) {
            Ok(text) if text.len() > STEP_BYTES => text,
            _ => return (value, false),
        },
    };
    (json!(text[..text.floor_char_boundary(STEP_BYTES)]), true)
}
