//! One model call: its step is stored before (W1), what came of it after (W3).

use std::time::Duration;

use rand::RngExt;

use super::{
    super::{
        context::TooLong,
        event::{EventBody, EventId},
        next::{Call, End, Next},
        nul, transcript,
    },
    charge::guess,
    money::{Reservation, limit_failure},
    request::request_hash,
    rows::{new_step, step_started},
    setup::RunModel,
    stream::{Answer, Ending, Patience},
    turn::{Changes, Step, Stop, Turn},
};
use crate::{
    llm::{ErrorClass, LlmError, Purpose, TokenUsage, mask},
    runs::{ModelCall, StepFault, StepKind, StepState},
    time::Ts,
    usage::UsageStatus,
};

impl Turn {
    /// The call whose step the acceptance stored already.
    pub(super) async fn first_model_call(&mut self) -> Step {
        self.find_payers().await?;
        self.load_history().await?;
        let call = Call {
            candidate: self.candidate_of(0),
            attempt: 1,
            purpose: Purpose::Turn,
            continues: false,
            not_before: self.run.created_at,
            long_wait: false,
        };
        self.call_with_step(call, 0).await
    }

    pub(super) fn candidate_of(&self, step: usize) -> usize {
        let Some(step) = self.steps.get(step) else { return 0 };
        let same = |m: &RunModel| {
            step.provider.as_ref() == Some(&m.provider) && step.model.as_ref() == Some(&m.resolved.model)
        };
        self.models.models.iter().position(same).unwrap_or(0)
    }

    pub(super) async fn call_model(&mut self, mut call: Call) -> Step {
        self.pause_before(call).await?;
        self.load_history().await?;
        if call.attempt == 1 && !self.steps.iter().any(|s| s.kind == StepKind::ModelCall) {
            call.candidate = self.inner.first_usable(&self.models.models);
        }
        let need = match self.need(call).await? {
            Ok(need) => need,
            Err(failure) => return self.refuse_call(call, failure, None).await,
        };
        let now = Ts::now();
        let at = self.steps.len();
        let mut step = new_step(&self.run, self.next_idx(), StepKind::ModelCall, now);
        step.state = StepState::Running;
        step.attempt = call.attempt;
        step.started_at = Some(now);
        step.input = transcript::call_json(&ModelCall { purpose: call.purpose, continues: call.continues });
        step.context_to_seq = self.own.last().map(|m| m.seq);
        if let Some(model) = self.models.models.get(call.candidate) {
            step.provider = Some(model.provider.clone());
            step.model = Some(model.resolved.model.clone());
        }
        self.run.provider.clone_from(&step.provider);
        self.run.model.clone_from(&step.model);
        let reserve = need.map(|need| Reservation { step: step.id, need });
        let mut changes = Changes { new_steps: vec![at], reserve, ..Changes::default() };
        changes.step_event(&step, step_started(&step));
        self.steps.push(step);
        match self.commit(changes).await {
            Err(Stop::Refused(refusal)) => {
                self.steps.truncate(at);
                let failure = limit_failure(&refusal, Ts::now());
                return self.refuse_call(call, failure, Some(refusal)).await;
            }
            done => done?,
        }
        self.call_with_step(call, at).await
    }

    async fn call_with_step(&mut self, call: Call, at: usize) -> Step {
        let Some(model) = self.models.models.get(call.candidate) else { return Err(Stop::Lost) };
        let driver = self.inner.models.driver(&model.resolved);
        let limits = self.inner.models.limits(&model.provider);
        let (request, estimated) = match self.request(call, model) {
            Ok((request, context)) => {
                self.context_tokens = i64::from(context.tokens);
                self.warn_about_history(context.left_out);
                (request, context.tokens)
            }
            Err(TooLong { needed, limit }) => return self.too_long(at, needed, limit).await,
        };
        self.note_recalled(at);
        let thinks = request.options.thinking.is_some();
        let patience = Patience {
            first_event: if thinks { limits.first_event_reasoning } else { limits.first_event },
            silence: limits.silence,
            total: limits.total,
            run: self.time_left(),
        };
        let spoken = transcript::texts(&self.steps).iter().any(|t| !t.text.is_empty());
        if let Some(step) = self.steps.get_mut(at) {
            step.request_hash = Some(request_hash(&request));
        }
        let read = self.read_answer(at, driver.as_ref(), request, patience, spoken, call.continues);
        let (answer, ending) = Box::pin(read).await;
        match ending {
            Ending::Answered => self.answered(call, at, answer, estimated).await,
            Ending::Failed(error) => self.failed(call, at, answer, error, estimated).await,
            Ending::Cancelled => self.broken_off(call, at, answer, estimated, End::Cancelled).await,
            Ending::OutOfTime => self.broken_off(call, at, answer, estimated, End::RunTimeout).await,
            Ending::Lost => Err(Stop::Lost),
        }
    }

    /// What is left of the time of the run.
    fn time_left(&self) -> Duration {
        let now = Ts::now();
        let spent = now.since(self.run.started_at.unwrap_or(now)) - self.run.waited_ms;
        let limit = i64::from(self.setup.manifest.resources.max_run_secs) * 1_000;
        Duration::from_millis(u64::try_from(limit - spent).unwrap_or(0))
    }

    /// Waits here for a short pause; gives the worker back for a long one.
    async fn pause_before(&mut self, call: Call) -> Step {
        let delay = call.not_before.since(Ts::now());
        if delay <= 0 {
            return Ok(());
        }
        let patience = i64::try_from(self.inner.settings.patience.as_millis()).unwrap_or(i64::MAX);
        if delay > patience {
            return self.wait_for_retry(call.not_before).await;
        }
        // A spread of a fifth, so that runs that failed together do not come back together.
        let spread = rand::rng().random_range(0.8..1.2);
        let delay = Duration::from_millis(u64::try_from(delay).unwrap_or(0)).mul_f64(spread);
        tokio::select! {
            () = tokio::time::sleep(delay) => Ok(()),
            () = self.live.stop.cancelled() => Err(match self.live.is_abandoned() {
                true => Stop::Lost,
                false => Stop::Cancelled,
            }),
        }
    }

    /// The run alone is longer than the model's window: no call is made.
    async fn too_long(&mut self, at: usize, needed: u32, limit: u32) -> Step {
        let message =
            format!("This run needs about {needed} tokens, the model reads at most {limit}; shorten the message");
        let error = LlmError { class: ErrorClass::ContextOverflow, status: None, retry_after: None, message };
        let release = self.reserved.take().into_iter().collect();
        let mut changes = Changes { steps: vec![at], release, ..Changes::default() };
        self.fail_step(at, &error, false);
        let end = End::Model(ErrorClass::ContextOverflow);
        self.end(end, &mut changes);
        self.commit(changes).await
    }

    fn fail_step(&mut self, at: usize, error: &LlmError, takeover: bool) {
        if let Some(step) = self.steps.get_mut(at) {
            step.state = StepState::Failed;
            step.ended_at = Some(Ts::now());
            step.partial = None;
            step.error = Some(StepFault {
                class: error.class,
                message: error.message.clone(),
                retry_after_ms: error.retry_after.and_then(|d| u64::try_from(d.as_millis()).ok()),
                takeover,
                long_wait: false,
            });
        }
    }

    /// W3 of a call that failed: what was sent of it is withdrawn, and the rows say what happens next.
    pub(super) async fn failed(
        &mut self,
        call: Call,
        at: usize,
        answer: Answer,
        error: LlmError,
        estimated: u32,
    ) -> Step {
        let error = self.presentable(error);
        let Some(model) = self.models.models.get(call.candidate) else { return Err(Stop::Lost) };
        self.inner.note_outcome(&model.provider, Some(&error));
        let mut changes = Changes { steps: vec![at], ..Changes::default() };
        let (tokens, guessed) = match (answer.usage, answer.raw.is_empty()) {
            (Some(usage), _) => (usage, false),
            (None, true) => (TokenUsage::default(), false),
            (None, false) => (guess(&answer, estimated), true),
        };
        self.charge(at, call, &answer, tokens, guessed, Some(&error), UsageStatus::Error, &mut changes);
        self.fail_step(at, &error, false);
        if answer.published {
            self.discard(at, &mut changes);
        }
        self.announce_next(at, call, error.class, &mut changes);
        self.commit(changes).await
    }

    /// An error as rows, events and people may have it: whichever driver it comes from, no key is in its text.
    fn presentable(&self, error: LlmError) -> LlmError {
        let known = self.inner.settings.secrets.mask(error.message);
        LlmError { message: nul::text(mask::mask_tokens(&known)), ..error }
    }

    pub(super) fn discard(&self, at: usize, changes: &mut Changes) {
        if let Some(step) = self.steps.get(at) {
            let discards_after = EventId::stored(step.event_seq);
            changes.step_event(step, EventBody::StepDiscarded { step: step.idx, discards_after });
        }
    }

    /// After a failure: another try, or the end, in the same transaction.
    fn announce_next(&mut self, at: usize, failed: Call, class: ErrorClass, changes: &mut Changes) {
        match self.next() {
            Next::CallModel(next) => {
                if next.long_wait
                    && let Some(fault) = self.steps.get_mut(at).and_then(|s| s.error.as_mut())
                {
                    fault.long_wait = true;
                }
                let Some(step) = self.steps.get(at) else { return };
                let other =
                    (next.candidate != failed.candidate).then(|| self.models.models.get(next.candidate)).flatten();
                let body = EventBody::Retry {
                    step: step.idx,
                    class,
                    attempt: failed.attempt,
                    delay_ms: next.not_before.since(step.ended_at.unwrap_or(next.not_before)).max(0),
                    next_provider: other.map(|m| m.provider.clone()),
                    next_model: other.map(|m| m.resolved.model.clone()),
                };
                let builtin = other.is_some_and(|m| m.provider == "builtin");
                changes.step_event(step, body);
                if builtin {
                    let message = "No other model answered, so the built-in one answers by fixed rules".to_owned();
                    self.run.warnings.0.push("builtin_fallback".into());
                    changes.event(EventBody::Warning { code: "builtin_fallback".into(), message });
                }
            }
            Next::Finish(end) => self.end(end, changes),
            Next::RunCalls(_) | Next::WaitForPeople => {}
        }
    }
}
