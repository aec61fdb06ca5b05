//! What model calls cost, and which providers are left alone for a while.

use std::time::{Duration, Instant};

use super::{
    super::{event::EventBody, next::Call},
    Inner, end, lock,
    money::key_of,
    setup::RunModel,
    stream::Answer,
    turn::{Changes, Turn},
};
use crate::{
    error::ErrorCode,
    ids::Id,
    llm::{ErrorClass, LlmError, Purpose, TokenUsage, catalog::cost_micro_usd, estimate, registry::ResolvedModel},
    runs::{RunRow, StepRow, Tokens},
    time::Ts,
    usage::{UsagePurpose, UsageRow, UsageStatus},
};

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

    pub(super) fn note_outcome(&self, provider: &str, failure: Option<&LlmError>) {
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

/// What a model call took, as reported or guessed.
pub(super) struct Spent {
    pub usage: TokenUsage,
    pub estimated: bool,
    pub status: UsageStatus,
    pub error: Option<ErrorClass>,
    pub tool_calls: usize,
    pub latency_ms: i64,
    pub first_token_ms: Option<i64>,
}

/// Every model has had one price so far.
const PRICE_VERSION: i32 = 1;

/// Charges a call to its step and run, and gives its usage row.
pub(super) fn charge(
    run: &mut RunRow,
    step: &mut StepRow,
    agent_name: &str,
    model: &ResolvedModel,
    purpose: Purpose,
    spent: &Spent,
) -> UsageRow {
    let tokens = Tokens::from(spent.usage);
    let cost = i64::try_from(cost_micro_usd(&model.prices, &spent.usage)).unwrap_or(i64::MAX);
    step.input_tokens = tokens.input;
    step.output_tokens = tokens.output;
    step.cached_tokens = tokens.cached;
    step.cache_write_tokens = tokens.cache_write;
    step.reasoning_tokens = tokens.reasoning;
    step.cost_micro_usd = Some(cost);
    let total = run.tokens().plus(tokens);
    run.input_tokens = total.input;
    run.output_tokens = total.output;
    run.cached_tokens = total.cached;
    run.cache_write_tokens = total.cache_write;
    run.reasoning_tokens = total.reasoning;
    run.cost_micro_usd = Some(run.cost_micro_usd.unwrap_or(0) + cost);
    let row = blank_row(run, agent_name, model, purpose);
    UsageRow {
        step_id: Some(step.id),
        status: spent.status,
        error_code: spent.error.map(code_word),
        input_tokens: tokens.input,
        cached_input_tokens: tokens.cached,
        cache_write_tokens: tokens.cache_write,
        output_tokens: tokens.output,
        reasoning_tokens: tokens.reasoning,
        tool_calls: i32::try_from(spent.tool_calls).unwrap_or(i32::MAX),
        estimated: spent.estimated,
        cost_micro_usd: cost,
        latency_ms: spent.latency_ms,
        first_token_ms: spent.first_token_ms,
        attempt: step.attempt,
        ..row
    }
}

/// The row of a call that did not take anything yet.
pub(super) fn blank_row(run: &RunRow, agent_name: &str, model: &ResolvedModel, purpose: Purpose) -> UsageRow {
    UsageRow {
        id: Id::new(),
        agent_id: Some(run.agent_id),
        agent_name: Some(agent_name.to_owned()),
        run_id: Some(run.id),
        step_id: None,
        session_id: Some(run.session_id),
        api_key_id: key_of(&run.caller).map(|(id, _)| id),
        origin_user: run.origin_user.clone(),
        door: run.door,
        purpose: match purpose {
            Purpose::Turn | Purpose::Closing | Purpose::Repair => UsagePurpose::Turn,
            Purpose::Compaction => UsagePurpose::Compaction,
            Purpose::Describe => UsagePurpose::Other,
        },
        provider: model.provider.clone(),
        model: model.model.clone(),
        upstream_model: model.upstream_id.clone(),
        status: UsageStatus::Ok,
        error_code: None,
        input_tokens: 0,
        cached_input_tokens: 0,
        cache_write_tokens: 0,
        output_tokens: 0,
        reasoning_tokens: 0,
        tool_calls: 0,
        estimated: false,
        cost_micro_usd: 0,
        price_assumed: model.prices.estimated,
        price_version: PRICE_VERSION,
        latency_ms: 0,
        first_token_ms: None,
        attempt: 1,
        created_at: Ts::now(),
    }
}

impl Turn {
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
        let spent = Spent {
            usage,
            estimated,
            status,
            error: error.map(|e| e.class),
            tool_calls: answer.calls.len(),
            latency_ms: answer.latency_ms,
            first_token_ms: answer.first_token_ms,
        };
        let row = charge(&mut self.run, step, &self.agent.name, &model.resolved, call.purpose, &spent);
        self.settle(row, changes);
        let tokens = self.run.tokens();
        changes.event(EventBody::Usage { tokens, cost_micro_usd: self.run.cost_micro_usd.unwrap_or(0) });
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

pub(super) fn code_word(class: ErrorClass) -> String {
    word_of(end::failure_code(class))
}

pub(super) fn word_of(code: ErrorCode) -> String {
    serde_json::to_value(code).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
