//! One model call: its step is stored before (W1), what came of it after (W3).

use std::time::{Duration, Instant};

use rand::RngExt;
use sha2::{Digest, Sha256};

use super::{
    super::{
        context::{self, Budget, Context, ContextInput, Notice, TooLong, TurnData},
        event::EventBody,
        next::{Call, Next},
        transcript,
    },
    Inner,
    accept::{new_step, step_started},
    lock,
    setup::{self, RunModel},
    stream::{Answer, Ending, Patience},
    turn::{Changes, Step, Stop, Turn},
};
use crate::{
    agents::manifest::{Effort, ResponseFormatType},
    error::ErrorCode,
    ids::Id,
    llm::{
        ChatOptions, ChatRequest, ErrorClass, LlmError, Meta, Purpose, ResponseFormat, ThinkingOptions, TokenUsage,
        catalog::cost_micro_usd, estimate,
    },
    messages,
    runs::{ModelCall, StepFault, StepKind, StepState, ThinkingWish, Tokens},
    time::Ts,
    usage::{UsagePurpose, UsageRow, UsageStatus},
};

/// History is read up to here when the manifest does not say how much.
const HISTORY_ROWS: u64 = 2_000;
const CONTEXT_FILE: &str = "context.md";
const CONTEXT_FILE_BYTES: u64 = 32 * 1_024;
const CONTEXT_FILE_CHARS: usize = 8_000;

/// A provider that is left alone for a while.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cooldown {
    until: Option<Instant>,
    /// Passing failures one after another, and when the first of them was.
    failures: u32,
    since: Option<Instant>,
    /// Times it was left alone already.
    rounds: u32,
}

const FAILURES: u32 = 5;
const FAILURE_WINDOW: Duration = Duration::from_secs(60);

impl Inner {
    /// The first model whose provider is not left alone; else the first.
    pub(super) fn first_usable(&self, models: &[RunModel]) -> usize {
        if models.len() < 2 {
            return 0;
        }
        let now = Instant::now();
        let cooldowns = lock(&self.cooldowns);
        let rests = |m: &RunModel| cooldowns.get(&m.provider).and_then(|c| c.until).is_some_and(|until| until > now);
        models.iter().position(|m| !rests(m)).unwrap_or(0)
    }

    fn note_outcome(&self, provider: &str, failure: Option<&LlmError>) {
        // The built-in model is never left alone, and the map stays free of what works.
        if provider == "builtin" {
            return;
        }
        let mut cooldowns = lock(&self.cooldowns);
        let Some(error) = failure else {
            cooldowns.remove(provider);
            return;
        };
        let now = Instant::now();
        let entry = cooldowns.entry(provider.to_owned()).or_default();
        let rest = match error.class {
            ErrorClass::RateLimit => Some(error.retry_after.unwrap_or(Duration::from_secs(60))),
            ErrorClass::Auth => Some(Duration::from_secs(600)),
            ErrorClass::Billing => Some(Duration::from_secs(3_600)),
            ErrorClass::Overloaded | ErrorClass::Timeout | ErrorClass::Network => {
                if entry.since.is_none_or(|since| now.duration_since(since) > FAILURE_WINDOW) {
                    (entry.since, entry.failures) = (Some(now), 0);
                }
                entry.failures += 1;
                (entry.failures >= FAILURES).then(|| {
                    entry.failures = 0;
                    entry.rounds += 1;
                    Duration::from_secs(30 << (entry.rounds - 1).min(5)).min(Duration::from_secs(600))
                })
            }
            _ => None,
        };
        if let Some(rest) = rest {
            entry.until = Some(now + rest);
        }
    }
}

impl Turn {
    /// The call whose step the acceptance stored already.
    pub(super) async fn first_model_call(&mut self) -> Step {
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
        let same =
            |m: &RunModel| step.provider.as_ref() == Some(&m.provider) && step.model.as_ref() == Some(&m.upstream);
        self.models.models.iter().position(same).unwrap_or(0)
    }

    pub(super) async fn call_model(&mut self, mut call: Call) -> Step {
        self.pause_before(call).await?;
        self.load_history().await?;
        if call.attempt == 1 && !self.steps.iter().any(|s| s.kind == StepKind::ModelCall) {
            call.candidate = self.inner.first_usable(&self.models.models);
        }
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
            step.model = Some(model.upstream.clone());
        }
        self.run.provider.clone_from(&step.provider);
        self.run.model.clone_from(&step.model);
        let mut changes = Changes { new_steps: vec![at], ..Changes::default() };
        changes.step_event(&step, step_started(&step));
        self.steps.push(step);
        self.commit(changes).await?;
        self.call_with_step(call, at).await
    }

    async fn call_with_step(&mut self, call: Call, at: usize) -> Step {
        let Some(model) = self.models.models.get(call.candidate) else { return Err(Stop::Lost) };
        let driver = self.inner.models.driver(&model.resolved);
        let limits = self.inner.models.limits(&model.provider);
        let request = match self.request(call, model) {
            Ok((request, context)) => {
                self.context_tokens = i64::from(context.tokens);
                self.warn_about_history(context.left_out);
                request
            }
            Err(TooLong { needed, limit }) => return self.too_long(at, needed, limit).await,
        };
        let thinks = request.options.thinking.is_some();
        let patience = Patience {
            first_event: if thinks { limits.first_event_reasoning } else { limits.first_event },
            silence: limits.silence,
            total: limits.total,
        };
        let spoken = transcript::texts(&self.steps).iter().any(|t| !t.text.is_empty());
        if let Some(step) = self.steps.get_mut(at) {
            step.request_hash = Some(request_hash(&request));
        }
        let estimated = estimate::request(&request);
        let read = self.read_answer(at, driver.as_ref(), request, patience, spoken, call.continues);
        let (answer, ending) = Box::pin(read).await;
        match ending {
            Ending::Answered => self.answered(call, at, answer, estimated).await,
            Ending::Failed(error) => self.failed(call, at, answer, error, estimated).await,
            Ending::Cancelled => self.broken_off(call, at, answer, estimated).await,
            Ending::Lost => Err(Stop::Lost),
        }
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

    async fn load_history(&mut self) -> Step {
        if !std::mem::replace(&mut self.context_file_read, true) {
            self.context_file = self.read_context_file().await;
        }
        if self.history.is_some() {
            return Ok(());
        }
        let limit = match self.setup.manifest.max_history_messages {
            Some(max) if max > 0 => u64::from(max),
            _ => HISTORY_ROWS,
        };
        let read = u64::try_from(self.own.len()).unwrap_or(0) + limit;
        let mut rows = messages::service::newest(self.inner.db.read(), self.run.session_id, 0, read).await?;
        let cut_short = u64::try_from(rows.len()).unwrap_or(0) == read;
        self.own = rows.extract_if(.., |m| m.run_id == Some(self.run.id)).collect();
        if cut_short && let Some(oldest) = rows.first().and_then(|m| m.run_id) {
            // The oldest run of the page may not be whole.
            rows.retain(|m| m.run_id != Some(oldest));
        }
        self.history = Some(rows);
        Ok(())
    }

    /// `context.md` of the workspace, read by the same rules as any path of an agent.
    async fn read_context_file(&self) -> Option<String> {
        use super::super::tools::paths::{Access, LastLink, blocking};
        let path = self.setup.roots.workspace.join(CONTEXT_FILE);
        std::fs::symlink_metadata(path).ok()?;
        let context = self.tool_context();
        let content = blocking(&context, |space| {
            let given = space.parse(CONTEXT_FILE)?;
            let place = space.resolve(&given, LastLink::Follow, &[Access::Read])?;
            space.read(&place, CONTEXT_FILE_BYTES)
        });
        let text = String::from_utf8(content.await.ok()?).ok()?;
        Some(text.chars().take(CONTEXT_FILE_CHARS).collect())
    }

    fn request(&self, call: Call, model: &RunModel) -> Result<(ChatRequest, Context), TooLong> {
        let manifest = &self.setup.manifest;
        let tools = match call.purpose {
            Purpose::Turn if model.resolved.tools => {
                self.inner.offered(&self.agent, &self.setup, setup::stored_class(&self.run.caller))
            }
            _ => vec![],
        };
        let system = self.setup.system_text(&self.agent, self.run.door);
        let turn = TurnData {
            now: self.run.started_at.unwrap_or(self.run.created_at),
            time_zone: self.inner.settings.time_zone.clone(),
            sender_id: self.run.input.sender_id.clone(),
            sender_name: self.run.input.sender_name.clone(),
            context_file: self.context_file.clone(),
        };
        let failed = super::super::next::failed_tries(&self.steps);
        let last_class = failed.last().and_then(|s| s.error.as_ref()).map(|e| e.class);
        let repair = (call.purpose == Purpose::Repair).then(|| self.format_faults()).flatten();
        let context = context::assemble(&ContextInput {
            session_id: self.run.session_id,
            run_id: self.run.id,
            door: self.run.door,
            system: &system,
            persona: &self.setup.persona,
            tools: &tools,
            history: self.history.as_deref().unwrap_or_default(),
            own: &self.own,
            turn: &turn,
            model: &model.name(),
            notice: match call.purpose {
                Purpose::Closing => Some(Notice::Closing),
                _ if call.continues => Some(Notice::Continue),
                _ if last_class == Some(ErrorClass::MalformedOutput) => Some(Notice::Malformed),
                _ => None,
            },
            repair: repair.as_deref(),
            budget: Budget {
                context_window: model.resolved.context_window,
                max_tokens: model.max_tokens,
                max_messages: usize::try_from(manifest.max_history_messages.unwrap_or(0)).unwrap_or(0),
                halved: last_class == Some(ErrorClass::ContextOverflow),
            },
        })?;
        let request = ChatRequest {
            model: model.upstream.clone(),
            system,
            messages: context.messages.clone(),
            tools,
            options: self.options(model),
            meta: Meta {
                purpose: call.purpose,
                agent_name: self.agent.name.clone(),
                attempt: u32::try_from(call.attempt).unwrap_or(1),
                selected_by_default: model.resolved.selected_by_default,
            },
            cache_mark: Some(context.cache_mark),
        };
        Ok((request, context))
    }

    fn options(&self, model: &RunModel) -> ChatOptions {
        let own = &self.setup.manifest.model;
        let thinking = &self.setup.manifest.thinking;
        let thinks = match self.run.options.thinking {
            Some(wish) => wish == ThinkingWish::On,
            None => thinking.enabled,
        };
        ChatOptions {
            max_tokens: model.max_tokens,
            temperature: Some(own.temperature),
            top_p: own.top_p,
            seed: own.seed.and_then(|seed| i32::try_from(seed).ok()),
            stop: own.stop.clone(),
            response_format: own.response_format.as_ref().and_then(|f| match f.format {
                ResponseFormatType::Text => None,
                ResponseFormatType::Json => Some(ResponseFormat::Json),
                ResponseFormatType::JsonSchema => Some(ResponseFormat::JsonSchema {
                    schema: serde_json::Value::Object(f.schema.clone().unwrap_or_default()),
                }),
            }),
            thinking: thinks.then(|| ThinkingOptions {
                budget_tokens: thinking.budget_tokens,
                effort: thinking.effort.map(|effort| match effort {
                    Effort::Low => "low".to_owned(),
                    Effort::Medium => "medium".to_owned(),
                    Effort::High => "high".to_owned(),
                }),
            }),
            params: own.params.clone(),
        }
    }

    fn warn_about_history(&mut self, left_out: usize) {
        const CODE: &str = "history_trimmed";
        if left_out > 0 && !self.run.warnings.0.iter().any(|w| w == CODE) {
            self.run.warnings.0.push(CODE.into());
            let message = format!("The {left_out} oldest messages of the conversation do not fit and were left out");
            self.pending.push(EventBody::Warning { code: CODE.into(), message });
        }
    }

    /// The run alone is longer than the model's window: no call is made.
    async fn too_long(&mut self, at: usize, needed: u32, limit: u32) -> Step {
        let message =
            format!("This run needs about {needed} tokens, the model reads at most {limit}; shorten the message");
        let error = LlmError { class: ErrorClass::ContextOverflow, status: None, retry_after: None, message };
        let mut changes = Changes { steps: vec![at], ..Changes::default() };
        self.fail_step(at, &error, false);
        let end = super::super::next::End::Model(ErrorClass::ContextOverflow);
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

    pub(super) fn discard(&self, at: usize, changes: &mut Changes) {
        if let Some(step) = self.steps.get(at) {
            let discards_after = super::super::event::EventId::stored(step.event_seq);
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
                    next_model: other.map(|m| m.upstream.clone()),
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
            Next::RunCalls(_) => {}
        }
    }

    /// The usage row of a call, on step and run too.
    #[expect(clippy::too_many_arguments, reason = "one row with the facts of one call")]
    pub(super) fn charge(
        &mut self,
        at: usize,
        call: Call,
        answer: &Answer,
        usage: TokenUsage,
        estimated: bool,
        error: Option<&LlmError>,
        status: UsageStatus,
        changes: &mut Changes,
    ) {
        let (Some(model), Some(step)) = (self.models.models.get(call.candidate), self.steps.get_mut(at)) else {
            return;
        };
        let tokens = Tokens::from(usage);
        let prices = &model.resolved.prices;
        let cost = i64::try_from(cost_micro_usd(prices, &usage)).unwrap_or(i64::MAX);
        step.input_tokens = tokens.input;
        step.output_tokens = tokens.output;
        step.cached_tokens = tokens.cached;
        step.cache_write_tokens = tokens.cache_write;
        step.reasoning_tokens = tokens.reasoning;
        step.cost_micro_usd = Some(cost);
        let total = self.run.tokens().plus(tokens);
        self.run.input_tokens = total.input;
        self.run.output_tokens = total.output;
        self.run.cached_tokens = total.cached;
        self.run.cache_write_tokens = total.cache_write;
        self.run.reasoning_tokens = total.reasoning;
        self.run.cost_micro_usd = Some(self.run.cost_micro_usd.unwrap_or(0) + cost);
        changes.usage.push(UsageRow {
            id: Id::new(),
            agent_id: Some(self.run.agent_id),
            agent_name: Some(self.agent.name.clone()),
            run_id: Some(self.run.id),
            step_id: Some(step.id),
            session_id: Some(self.run.session_id),
            api_key_id: (self.run.caller.kind == crate::caller::CallerKind::ApiKey)
                .then(|| self.run.caller.id.as_deref().and_then(|id| Id::parse(id).ok()))
                .flatten(),
            origin_user: self.run.origin_user.clone(),
            door: self.run.door,
            purpose: match call.purpose {
                Purpose::Turn | Purpose::Closing | Purpose::Repair => UsagePurpose::Turn,
                Purpose::Compaction => UsagePurpose::Compaction,
                Purpose::Describe => UsagePurpose::Other,
            },
            provider: model.provider.clone(),
            model: model.resolved.model.clone(),
            upstream_model: model.upstream.clone(),
            status,
            error_code: error.map(|e| code_word(e.class)),
            input_tokens: tokens.input,
            cached_input_tokens: tokens.cached,
            cache_write_tokens: tokens.cache_write,
            output_tokens: tokens.output,
            reasoning_tokens: tokens.reasoning,
            tool_calls: i32::try_from(answer.calls.len()).unwrap_or(i32::MAX),
            estimated,
            cost_micro_usd: cost,
            price_assumed: prices.estimated,
            latency_ms: answer.latency_ms,
            first_token_ms: answer.first_token_ms,
            attempt: call.attempt,
            created_at: Ts::now(),
        });
        changes.event(EventBody::Usage { tokens: total, cost_micro_usd: self.run.cost_micro_usd.unwrap_or(0) });
    }

    pub(super) fn note_answered(&self, call: Call) {
        if let Some(model) = self.models.models.get(call.candidate) {
            self.inner.note_outcome(&model.provider, None);
        }
    }
}

/// Tokens of a call whose provider reported none.
pub fn guess(answer: &Answer, input: u32) -> TokenUsage {
    let calls = answer.calls.iter().map(|c| estimate::call(&c.name, &c.arguments)).fold(0, u32::saturating_add);
    let output = estimate::text(&answer.raw).saturating_add(estimate::text(&answer.thinking())).saturating_add(calls);
    TokenUsage { input, output, ..TokenUsage::default() }
}

fn code_word(class: ErrorClass) -> String {
    let code = super::end::failure_code(class);
    serde_json::to_value::<ErrorCode>(code).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Names the request without keeping it.
fn request_hash(request: &ChatRequest) -> String {
    let mut digest = Sha256::new();
    digest.update(&request.system);
    digest.update(serde_json::to_vec(&request.messages).unwrap_or_default());
    hex::encode(digest.finalize())
}
