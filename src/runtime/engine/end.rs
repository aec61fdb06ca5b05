//! The end of a run: exactly one terminal event, in the transaction of its last change.

use serde_json::json;

use super::{
    super::{
        event::{Done, EventBody, Failed},
        next::End,
        retry, transcript,
    },
    Inner,
    turn::{Changes, Turn},
};
use crate::{
    agents,
    error::ErrorCode,
    ids::Id,
    llm::{ErrorClass, catalog::qualified},
    runs::{self, RunFailure, RunRow, RunState, StepKind, StopReason},
    time::Ts,
};

/// So many runs in a row that failed by our own fault, within this time, make an agent Crashed.
const CRASH_RUNS: u64 = 5;
const CRASH_WINDOW_MS: i64 = 600_000;

/// What callers are told of a model error.
pub fn failure_code(class: ErrorClass) -> ErrorCode {
    match class {
        ErrorClass::Auth | ErrorClass::Billing => ErrorCode::UpstreamAuthFailed,
        ErrorClass::RateLimit => ErrorCode::UpstreamRateLimited,
        ErrorClass::Timeout => ErrorCode::UpstreamTimeout,
        ErrorClass::ModelNotFound => ErrorCode::UpstreamModelNotFound,
        ErrorClass::ContentFilter => ErrorCode::UpstreamRefused,
        ErrorClass::ContextOverflow => ErrorCode::ContextOverflow,
        ErrorClass::MalformedOutput => ErrorCode::InvalidOutput,
        ErrorClass::Overloaded | ErrorClass::Network | ErrorClass::BadRequest | ErrorClass::Unknown => {
            ErrorCode::UpstreamError
        }
    }
}

fn hint(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Auth => "Check the provider's API key in the server's configuration or environment.",
        ErrorClass::Billing => "The provider wants credit on the account of this key.",
        ErrorClass::RateLimit | ErrorClass::Overloaded => "Try again later, or name a fallback model.",
        ErrorClass::Timeout | ErrorClass::Network => {
            "Check that the server reaches the provider, or name a fallback model."
        }
        ErrorClass::ModelNotFound => "Name a model that the provider has; GET /api/models lists the known ones.",
        ErrorClass::BadRequest => "The provider did not accept the request; look at the model's parameters.",
        ErrorClass::ContextOverflow => "Shorten the message, or use a model with a larger window.",
        ErrorClass::ContentFilter => "The provider's rules refuse this conversation; another model may not.",
        ErrorClass::MalformedOutput => "Try again, or use another model.",
        ErrorClass::Unknown => "The server's log has more.",
    }
}

fn class_words(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::RateLimit => "is asked too often",
        ErrorClass::Overloaded => "is overloaded",
        ErrorClass::Timeout => "did not answer in time",
        ErrorClass::Network => "can not be reached",
        ErrorClass::Auth => "refused the key",
        ErrorClass::Billing => "refused for want of credit",
        ErrorClass::ModelNotFound => "does not know the model",
        ErrorClass::BadRequest => "did not accept the request",
        ErrorClass::ContextOverflow => "can not read so much at once",
        ErrorClass::ContentFilter => "refused to answer",
        ErrorClass::MalformedOutput => "gave an empty or unreadable answer",
        ErrorClass::Unknown => "failed",
    }
}

impl Turn {
    /// Writes the end into the run and adds its terminal event.
    pub(super) fn end(&mut self, end: End, changes: &mut Changes) {
        self.let_go();
        match end {
            End::Completed(reason) => {
                self.run.state = RunState::Completed;
                let empty = self.run.response.as_deref().is_none_or(str::is_empty);
                self.run.silent &= reason == StopReason::EndTurn;
                let silent = self.run.silent && empty;
                self.run.stop_reason = Some(if silent { StopReason::Silent } else { reason });
            }
            End::Cancelled => {
                self.run.state = RunState::Cancelled;
                self.run.stop_reason = Some(StopReason::Cancelled);
            }
            End::Model(class) => self.fail(self.model_failure(class)),
            End::RunTimeout => {
                let secs = self.setup.manifest.resources.max_run_secs;
                self.fail(own_failure(ErrorCode::RunTimeout, format!("The run took longer than {secs} s")));
            }
            End::Broken => {
                self.fail(own_failure(ErrorCode::InternalError, ErrorCode::InternalError.general_sentence()));
            }
        }
        changes.ends = true;
        changes.event(terminal_event(&self.run, self.context_fill()));
    }

    /// As `end`, with a failure that the rows do not tell.
    pub(super) fn end_failed(&mut self, failure: RunFailure, changes: &mut Changes) {
        self.let_go();
        self.fail(failure);
        changes.ends = true;
        changes.event(terminal_event(&self.run, self.context_fill()));
    }

    fn let_go(&mut self) {
        self.run.ended_at = Some(Ts::now());
        self.run.lease_owner = None;
        self.run.lease_until = None;
        self.run.wake_at = None;
        self.run.response = Some(transcript::response(&self.steps));
    }

    fn fail(&mut self, failure: RunFailure) {
        fail(&mut self.run, failure);
    }

    fn model_failure(&self, class: ErrorClass) -> RunFailure {
        let step = self.steps.iter().rfind(|s| s.kind == StepKind::ModelCall);
        let fault = step.and_then(|s| s.error.as_ref());
        let provider = step.and_then(|s| s.provider.clone());
        let said = fault.map(|f| f.message.clone()).unwrap_or_default();
        let model = step.and_then(|s| s.model.as_deref()).unwrap_or_default();
        let who = qualified(provider.as_deref().unwrap_or_default(), model);
        RunFailure {
            code: failure_code(class),
            message: format!("The model {who} {}: {said}", class_words(class)),
            hint: Some(hint(class).to_owned()),
            retryable: retry::passes(class),
            provider,
            retry_after_secs: fault.and_then(|f| f.retry_after_ms).map(|ms| ms.div_ceil(1_000)),
            class: Some(class),
            limit: None,
        }
    }

    pub(super) fn context_fill(&self) -> f64 {
        let window = self.models.models.first().map_or(0, |m| m.resolved.context_window);
        if window == 0 {
            return 0.0;
        }
        // A share for display; tokens are far below the exact range of a double.
        #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
        let tokens = self.context_tokens as f64;
        (tokens / f64::from(window)).min(1.0)
    }

    pub(super) fn note_cancel(&mut self) {
        if let Some(wish) = self.live.cancelled() {
            self.run.cancel_reason = self.run.cancel_reason.take().or(wish.reason);
        }
    }

    /// After the commit: the world hears of it, and an agent that only fails is stopped.
    pub(super) async fn after_end(&mut self) {
        self.inner.tell_end(&self.run);
        if self.run.error.as_ref().is_some_and(|e| is_own_fault(e.code)) {
            self.inner.crash_if_hopeless(self.run.agent_id).await;
        }
    }
}

pub fn own_failure(code: ErrorCode, message: impl Into<String>) -> RunFailure {
    RunFailure {
        code,
        message: message.into(),
        hint: None,
        retryable: false,
        provider: None,
        retry_after_secs: None,
        class: None,
        limit: None,
    }
}

/// The run fails for this reason.
pub fn fail(run: &mut RunRow, failure: RunFailure) {
    run.state = RunState::Failed;
    run.stop_reason = Some(match failure.code {
        ErrorCode::InvalidOutput => StopReason::InvalidOutput,
        ErrorCode::RunExpired => StopReason::Expired,
        _ => StopReason::Error,
    });
    run.error = Some(failure);
}

fn is_own_fault(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::InternalError | ErrorCode::ModuleError | ErrorCode::Interrupted)
}

/// The one event that ends a run, from its row.
pub fn terminal_event(run: &RunRow, context_fill: f64) -> EventBody {
    let response = run.response.clone().unwrap_or_default();
    if let Some(failure) = run.error.clone().filter(|_| run.state == RunState::Failed) {
        return EventBody::Error(Box::new(Failed {
            stop_reason: run.stop_reason.unwrap_or(StopReason::Error),
            session_id: run.session_id,
            agent_id: run.agent_id,
            code: failure.code,
            class: failure.class,
            message: failure.message,
            hint: failure.hint,
            provider: failure.provider,
            retryable: failure.retryable,
            retry_after_secs: failure.retry_after_secs,
            response,
            usage: run.tokens(),
            cost_micro_usd: run.cost_micro_usd,
            iterations: run.iterations,
        }));
    }
    EventBody::Done(Box::new(Done {
        state: run.state,
        stop_reason: run.stop_reason.unwrap_or(StopReason::EndTurn),
        session_id: run.session_id,
        agent_id: run.agent_id,
        message_id: run.reply_message_id,
        response,
        silent: run.silent,
        directives: run.directives.clone().unwrap_or_default(),
        usage: run.tokens(),
        cost_micro_usd: run.cost_micro_usd,
        iterations: run.iterations,
        provider: run.provider.clone(),
        model: run.model.clone(),
        fallback_model: run.fallback_model.clone(),
        context_fill,
        warnings: run.warnings.0.clone(),
        cancel_reason: run.cancel_reason.clone(),
        duration_ms: run.started_at.zip(run.ended_at).map_or(0, |(start, end)| end.since(start)),
    }))
}

impl Inner {
    /// A change of a run's status, for whoever listens.
    pub(super) fn tell(&self, name: &'static str, run: &RunRow) {
        (self.listener)(
            name,
            json!({
                "run_id": run.id, "agent_id": run.agent_id, "session_id": run.session_id, "door": run.door,
                "status": run.state, "stop_reason": run.stop_reason,
                "error_code": run.error.as_ref().map(|e| e.code), "cost_micro_usd": run.cost_micro_usd,
            }),
        );
    }

    pub(super) fn tell_end(&self, run: &RunRow) {
        let name = match run.state {
            RunState::Completed => "run.completed",
            RunState::Cancelled => "run.cancelled",
            _ => "run.failed",
        };
        self.tell(name, run);
    }

    /// Five runs in a row failed within ten minutes by our own fault: the agent is Crashed, its queue stays.
    pub(super) async fn crash_if_hopeless(&self, agent: Id) {
        let now = Ts::now();
        let outcome = async {
            let last = runs::service::newest_ended(self.db.read(), agent, CRASH_RUNS).await?;
            let hopeless = u64::try_from(last.len()).unwrap_or(0) == CRASH_RUNS
                && last.iter().all(|run| {
                    run.error.as_ref().is_some_and(|e| is_own_fault(e.code))
                        && run.ended_at.is_some_and(|at| now.since(at) <= CRASH_WINDOW_MS)
                });
            if !hopeless {
                return Ok(false);
            }
            let reason = last.first().and_then(|r| r.error.as_ref()).map(|e| e.message.clone()).unwrap_or_default();
            agents::service::crash(self.db.write(), agent, &reason, now).await
        };
        match outcome.await {
            Ok(true) => (self.listener)("agent.crashed", json!({"agent_id": agent})),
            Ok(false) => {}
            Err(error) => tracing::error!(%agent, %error, "whether the agent crashed could not be found out"),
        }
    }
}
