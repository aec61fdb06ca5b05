//! Carries out one call within its time limit and until it is cancelled.

use std::time::Duration;

use serde_json::Value;

use super::{Effect, Tool, ToolContext, ToolError, ToolErrorCode, ToolOutput};

/// The time a call may take: the manifest's wish, within what the tool allows.
pub fn time_limit(tool: &dyn Tool, wished: Option<Duration>) -> Duration {
    wished.unwrap_or(tool.info().timeout).min(tool.info().max_timeout)
}

/// Arguments are validated and the policy has allowed the call. A late or cancelled call is dropped, which stops its
/// work.
pub async fn execute(
    tool: &dyn Tool,
    arguments: Value,
    ctx: &ToolContext,
    limit: Duration,
) -> Result<ToolOutput, ToolError> {
    tokio::select! {
        biased;
        () = ctx.cancel.cancelled() => Err(stopped(tool, ToolErrorCode::Cancelled, "The call was cancelled")),
        done = tokio::time::timeout(limit, tool.call(arguments, ctx)) => match done {
            Ok(result) => result,
            Err(_) => {
                let text = format!("The call took longer than {} s", limit.as_secs_f64());
                Err(stopped(tool, ToolErrorCode::Timeout, &text))
            }
        },
    }
}

fn stopped(tool: &dyn Tool, code: ToolErrorCode, text: &str) -> ToolError {
    let error = ToolError::new(code, text);
    match tool.info().effect {
        Effect::Pure | Effect::Read => error,
        _ => error.with_hint("It may or may not have taken effect; check before repeating"),
    }
}
