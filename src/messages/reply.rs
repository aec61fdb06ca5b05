//! The end of a run as the one answer of a waiting caller. Pure.

use serde_json::Value;

use super::schema::{MessageReply, ToolCallView};
use crate::{
    error::{Error, ErrorDetail, Result},
    runs::{RunRow, RunState, StepKind, StepRow, StopReason},
    usage::schema::{Usage, usd},
};

/// The reply, or the failure under its own code.
pub fn fold(run: RunRow, steps: &[StepRow]) -> Result<MessageReply> {
    if let Some(failure) = run.error.as_ref().filter(|_| run.state == RunState::Failed) {
        let text = match &failure.hint {
            Some(hint) => format!("{} {hint}", failure.message),
            None => failure.message.clone(),
        };
        let limit = failure.limit.as_ref().map(|limit| {
            let facts = [
                ("scope", &limit.scope),
                ("window", &limit.window),
                ("limit", &limit.limit),
                ("spent", &limit.spent),
                ("reserved", &limit.reserved),
                ("resets_at", &limit.resets_at),
            ];
            let id = limit.scope_id.iter().map(|id| ErrorDetail::new("scope_id", id));
            facts.map(|(name, value)| ErrorDetail::new(name, value)).into_iter().chain(id).collect()
        });
        let details: Vec<ErrorDetail> = limit.unwrap_or_default();
        let error = Error::new(failure.code, text).with_detail("run_id", run.id.to_string()).with_details(details);
        return Err(match failure.retry_after_secs {
            Some(secs) => error.with_retry_after(secs),
            None => error,
        });
    }
    Ok(MessageReply {
        run_id: run.id,
        session_id: run.session_id,
        agent_id: run.agent_id,
        message_id: run.reply_message_id,
        input_tokens: run.input_tokens,
        output_tokens: run.output_tokens,
        iterations: run.iterations,
        cost_usd: run.cost_micro_usd.map(usd),
        usage: Usage::new(run.tokens(), run.cost_micro_usd),
        stop_reason: run.stop_reason.unwrap_or(StopReason::EndTurn),
        silent: run.silent,
        fallback_model: run.fallback_model,
        tool_calls: steps.iter().filter(|s| s.kind == StepKind::ToolCall).map(tool_call).collect(),
        warnings: run.warnings.0,
        duration_ms: run.started_at.zip(run.ended_at).map_or(0, |(start, end)| end.since(start).max(0)),
        response: run.response.unwrap_or_default(),
        model_provider: run.provider,
        model_name: run.model,
    })
}

fn tool_call(step: &StepRow) -> ToolCallView {
    let result = step.output.as_ref().and_then(Value::as_str).map(str::to_owned);
    ToolCallView {
        id: step.call_id.clone().unwrap_or_default(),
        name: step.tool.clone().unwrap_or_default(),
        input: step.input.clone(),
        is_error: result.is_some().then_some(step.is_error),
        running: result.is_none(),
        result,
    }
}
