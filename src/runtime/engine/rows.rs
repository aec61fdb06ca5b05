//! Fresh rows of a run, and the small facts that events take from them.

use super::super::event::{EventBody, Start};
use crate::{
    ids::Id,
    llm::{catalog::qualified, estimate},
    messages::{Block, Blocks, MessageFlags, MessageRole, MessageRow},
    runs::{RunRow, StepKind, StepRow, StepState},
    time::Ts,
};

pub(super) fn start_facts(run: &RunRow) -> Start {
    Start {
        provider: run.provider.clone().unwrap_or_default(),
        model: run.model.clone().unwrap_or_default(),
        attempt: run.attempts,
        manifest_version: run.manifest_version,
    }
}

pub(super) fn step_started(step: &StepRow) -> EventBody {
    let model = step.provider.as_ref().zip(step.model.as_ref()).map(|(p, m)| qualified(p, m));
    EventBody::StepStarted { step: step.idx, kind: step.kind, tool: step.tool.clone(), model }
}

/// What the person said, as the first message of the run.
pub(super) fn user_message(run: &RunRow, seq: i64, now: Ts) -> MessageRow {
    let text = &run.input.text;
    MessageRow {
        id: Id::new(),
        session_id: run.session_id,
        seq,
        run_id: Some(run.id),
        step_id: None,
        role: MessageRole::User,
        tokens: message_tokens(estimate::text(text)),
        blocks: Blocks(vec![Block::Text { text: text.clone() }]),
        replaces_from: None,
        replaces_to: None,
        flags: MessageFlags::default(),
        sender_id: run.input.sender_id.clone(),
        sender_name: run.input.sender_name.clone(),
        model: None,
        usage: None,
        metadata: serde_json::Value::Object(run.input.metadata.clone()),
        created_at: now,
    }
}

/// Estimate of a stored message with blocks of this size.
pub(super) fn message_tokens(blocks: u32) -> i32 {
    const OVERHEAD: u32 = 4;
    i32::try_from(blocks.saturating_add(OVERHEAD)).unwrap_or(i32::MAX)
}

pub fn new_step(run: &RunRow, idx: i32, kind: StepKind, now: Ts) -> StepRow {
    StepRow {
        id: Id::new(),
        run_id: run.id,
        idx,
        kind,
        state: StepState::Planned,
        attempt: 1,
        batch: 0,
        call_id: None,
        tool: None,
        input: serde_json::Value::Null,
        input_hash: None,
        effect: None,
        resume: None,
        verdict: None,
        output: None,
        is_error: false,
        artifact_id: None,
        child_run_id: None,
        approval_id: None,
        provider: None,
        model: None,
        partial: None,
        request_hash: None,
        context_to_seq: None,
        error: None,
        input_tokens: 0,
        output_tokens: 0,
        cached_tokens: 0,
        cache_write_tokens: 0,
        reasoning_tokens: 0,
        cost_micro_usd: None,
        event_seq: 0,
        lease_epoch: run.lease_epoch,
        created_at: now,
        started_at: None,
        ended_at: None,
    }
}
