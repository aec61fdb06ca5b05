//! Events of a run in the form that its SSE streams send. Pure.

use crate::{
    ids::Id,
    runs::schema::{
        ApprovalRequired, RunDone, RunEvent as WireEvent, RunFailed, RunRetry, RunWarning, StepDiscarded, TextDelta,
        ThinkingDelta, ToolResult, ToolUse,
    },
    runtime::{
        engine::failure_code,
        event::{ApprovalRequested, Done, EventBody, Failed, RunEvent, ToolFinished},
    },
    usage::schema::{Usage, usd},
};

/// The event as it goes over the wire; None for those that streams do not show. `request_id` is that of the follower.
pub fn wire_event(event: &RunEvent, request_id: Id) -> Option<WireEvent> {
    let (run_id, done) = (event.run_id, false);
    Some(match &event.body {
        EventBody::TextDelta { text, .. } => {
            WireEvent::TextDelta(TextDelta { run_id, delta: text.clone(), content: text.clone(), done })
        }
        EventBody::ThinkingDelta { text, .. } => {
            WireEvent::ThinkingDelta(ThinkingDelta { run_id, thinking: text.clone(), done })
        }
        EventBody::ToolCall { call_id, tool, input, iteration, .. } => WireEvent::ToolUse(ToolUse {
            run_id,
            tool: tool.clone(),
            name: tool.clone(),
            id: call_id.clone(),
            tool_use_id: call_id.clone(),
            arguments: input.clone(),
            iteration: *iteration,
            done,
        }),
        EventBody::ApprovalRequested(asked) => WireEvent::ApprovalRequired(Box::new(approval_required(run_id, asked))),
        EventBody::ToolFinished(finished) => WireEvent::ToolResult(tool_result(run_id, finished)),
        EventBody::StepDiscarded { discards_after, .. } => {
            WireEvent::StepDiscarded(StepDiscarded { run_id, discards_after: discards_after.0, done })
        }
        EventBody::Retry { class, attempt, delay_ms, next_provider, next_model, .. } => {
            let next_model = next_model.as_ref().map(|model| match next_provider {
                Some(provider) => format!("{provider}/{model}"),
                None => model.clone(),
            });
            let (attempt, delay_ms) = (*attempt, *delay_ms);
            WireEvent::Retry(RunRetry { run_id, attempt, delay_ms, code: failure_code(*class), next_model, done })
        }
        EventBody::LoopWarning { code, message }
        | EventBody::BudgetWarning { code, message }
        | EventBody::Warning { code, message } => {
            WireEvent::Warning(RunWarning { run_id, code: code.clone(), message: message.clone(), done })
        }
        EventBody::Done(end) => WireEvent::Done(Box::new(done_event(run_id, end))),
        EventBody::Error(failed) => WireEvent::Error(Box::new(failed_event(run_id, failed, request_id))),
        EventBody::RunQueued { .. }
        | EventBody::RunStarted(_)
        | EventBody::RunResumed(_)
        | EventBody::StepStarted { .. }
        | EventBody::ToolInputDelta { .. }
        | EventBody::ToolStarted { .. }
        | EventBody::Message { .. }
        | EventBody::Usage { .. }
        | EventBody::Waiting { .. }
        | EventBody::ApprovalDecided { .. }
        | EventBody::Erased => return None,
    })
}

/// The same in streams and sockets.
pub fn approval_required(run_id: Id, asked: &ApprovalRequested) -> ApprovalRequired {
    ApprovalRequired {
        run_id,
        approval_id: asked.approval_id,
        tool_name: asked.tool.clone(),
        tool_use_id: asked.call_id.clone(),
        arguments: asked.arguments.clone(),
        risk_level: asked.risk,
        summary: asked.summary.clone(),
        expires_at: asked.expires_at,
        done: false,
    }
}

fn tool_result(run_id: Id, finished: &ToolFinished) -> ToolResult {
    ToolResult {
        run_id,
        tool: finished.tool.clone(),
        name: finished.tool.clone(),
        id: finished.call_id.clone(),
        tool_use_id: finished.call_id.clone(),
        input: finished.input.clone(),
        result: finished.result.clone(),
        is_error: finished.is_error,
        truncated: finished.truncated,
        duration_ms: finished.duration_ms,
        done: false,
    }
}

fn done_event(run_id: Id, end: &Done) -> RunDone {
    RunDone {
        run_id,
        done: true,
        status: end.state.into(),
        response: end.response.clone(),
        message_id: end.message_id,
        session_id: end.session_id,
        agent_id: end.agent_id,
        stop_reason: end.stop_reason,
        silent: end.silent,
        iterations: end.iterations,
        input_tokens: end.usage.input,
        output_tokens: end.usage.output,
        cost_usd: end.cost_micro_usd.map(usd),
        usage: Usage::new(end.usage, end.cost_micro_usd),
        model_provider: end.provider.clone(),
        model_name: end.model.clone(),
        warnings: end.warnings.clone(),
    }
}

fn failed_event(run_id: Id, failed: &Failed, request_id: Id) -> RunFailed {
    RunFailed {
        run_id,
        done: true,
        error: failed.message.clone(),
        code: failed.code,
        request_id,
        retryable: failed.retryable,
        session_id: failed.session_id,
        agent_id: failed.agent_id,
        usage: Usage::new(failed.usage, failed.cost_micro_usd),
        partial: !failed.response.is_empty(),
    }
}
