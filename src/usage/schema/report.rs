//! Wire form of sums over model calls, and of single calls.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ids::Id,
    runs::Door,
    time::Ts,
    usage::{UsagePurpose, UsageStatus, calendar::UsagePeriod},
};

/// What the model calls of a span took, in all and by agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageReport {
    /// The span; null when `from` or `to` was given.
    pub period: Option<UsagePeriod>,
    /// Its beginning; null: since ever.
    pub from: Option<Ts>,
    /// Its end, not included.
    pub to: Ts,
    /// Input, cached tokens included.
    #[schema(minimum = 0)]
    pub total_input_tokens: i64,
    /// Output, reasoning included.
    #[schema(minimum = 0)]
    pub total_output_tokens: i64,
    /// Input that providers had in their caches.
    #[schema(minimum = 0)]
    pub total_cached_tokens: i64,
    /// Output spent on thinking.
    #[schema(minimum = 0)]
    pub total_reasoning_tokens: i64,
    /// In US dollars.
    #[schema(minimum = 0)]
    pub total_cost_usd: f64,
    /// Calls, failed and refused ones included.
    #[schema(minimum = 0)]
    pub request_count: i64,
    /// Calls that failed, were cut by a crash, or were refused by a limit.
    #[schema(minimum = 0)]
    pub failed_count: i64,
    /// Agents with calls.
    #[schema(minimum = 0)]
    pub active_agents: i64,
    /// A page of agents with calls, by cost, falling.
    pub agents: Vec<AgentUsage>,
    /// Agents with calls.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// What the calls of an agent took. Deleted agents keep their line.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentUsage {
    /// The agent.
    pub agent_id: Id,
    /// Its name at the last call.
    pub name: Option<String>,
    /// Same as `name`.
    pub agent_name: Option<String>,
    /// Input and output.
    #[schema(minimum = 0)]
    pub total_tokens: i64,
    /// Input, cached tokens included.
    #[schema(minimum = 0)]
    pub input_tokens: i64,
    /// Output, reasoning included.
    #[schema(minimum = 0)]
    pub output_tokens: i64,
    /// Tools that its models asked for.
    #[schema(minimum = 0)]
    pub tool_calls: i64,
    /// In US dollars.
    #[schema(minimum = 0)]
    pub cost_usd: f64,
    /// Calls, failed and refused ones included.
    #[schema(minimum = 0)]
    pub request_count: i64,
}

/// What all model calls took since ever, and today.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageSummary {
    /// Input, cached tokens included.
    #[schema(minimum = 0)]
    pub total_input_tokens: i64,
    /// Output, reasoning included.
    #[schema(minimum = 0)]
    pub total_output_tokens: i64,
    /// In US dollars.
    #[schema(minimum = 0)]
    pub total_cost_usd: f64,
    /// Calls, failed and refused ones included.
    #[schema(minimum = 0)]
    pub call_count: i64,
    /// Same as `call_count`.
    #[schema(minimum = 0)]
    pub total_calls: i64,
    /// Tools that models asked for.
    #[schema(minimum = 0)]
    pub total_tool_calls: i64,
    /// Calls that failed, were cut by a crash, or were refused by a limit.
    #[schema(minimum = 0)]
    pub failed_count: i64,
    /// Since midnight.
    pub today: UsageToday,
    /// Token limits of agents.
    pub quota: UsageQuota,
    /// End of the first call; null before there is one.
    pub since: Option<Ts>,
}

/// What the calls since midnight took.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageToday {
    /// Input, cached tokens included.
    #[schema(minimum = 0)]
    pub input_tokens: i64,
    /// Output, reasoning included.
    #[schema(minimum = 0)]
    pub output_tokens: i64,
    /// In US dollars.
    #[schema(minimum = 0)]
    pub cost_usd: f64,
    /// Calls, failed and refused ones included.
    #[schema(minimum = 0)]
    pub requests: i64,
}

/// Hourly token limits of agents, together.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageQuota {
    /// Sum over the agents that have a limit; 0 = none has.
    #[schema(minimum = 0)]
    pub hourly_token_limit: i64,
    /// What these agents used in the last 3,600 seconds.
    #[schema(minimum = 0)]
    pub hourly_tokens_used: i64,
    /// When the oldest of it stops counting; null when nothing counts.
    pub hourly_reset_at: Option<Ts>,
}

/// A page of models with calls.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelUsageList {
    /// By cost, falling.
    pub models: Vec<ModelUsage>,
    /// Models with calls.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// What the calls of a model took.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelUsage {
    /// The model, as it was asked for.
    pub model: String,
    /// Same as `model`.
    pub model_id: String,
    /// Its provider.
    pub provider: String,
    /// Input, cached tokens included.
    #[schema(minimum = 0)]
    pub input_tokens: i64,
    /// Output, reasoning included.
    #[schema(minimum = 0)]
    pub output_tokens: i64,
    /// Same as `input_tokens`.
    #[schema(minimum = 0)]
    pub total_input_tokens: i64,
    /// Same as `output_tokens`.
    #[schema(minimum = 0)]
    pub total_output_tokens: i64,
    /// Input that the provider had in its cache.
    #[schema(minimum = 0)]
    pub cached_input_tokens: i64,
    /// Output spent on thinking.
    #[schema(minimum = 0)]
    pub reasoning_tokens: i64,
    /// In US dollars.
    #[schema(minimum = 0)]
    pub cost_usd: f64,
    /// Same as `cost_usd`.
    #[schema(minimum = 0)]
    pub total_cost_usd: f64,
    /// Calls, failed and refused ones included.
    #[schema(minimum = 0)]
    pub request_count: i64,
    /// Same as `request_count`.
    #[schema(minimum = 0)]
    pub call_count: i64,
    /// Same as `request_count`.
    #[schema(minimum = 0)]
    pub calls: i64,
    /// Calls that failed, were cut by a crash, or were refused by a limit.
    #[schema(minimum = 0)]
    pub failed_count: i64,
    /// Mean time of a call.
    #[schema(minimum = 0)]
    pub avg_latency_ms: i64,
}

/// What the calls of each day took.
#[derive(Debug, Serialize, ToSchema)]
pub struct DailyUsageList {
    /// Oldest first, the last one is today; days without calls have zeros.
    pub days: Vec<DailyUsage>,
    /// Today's cost in US dollars.
    #[schema(minimum = 0)]
    pub today_cost_usd: f64,
    /// Day of the first call of all; null before there is one.
    #[schema(example = "2026-01-31")]
    pub first_event_date: Option<String>,
    /// Number of days.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Always null: there is one page.
    pub next_cursor: Option<String>,
}

/// What the calls of a day took.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DailyUsage {
    /// The day in the budget's time zone.
    #[schema(example = "2026-01-31")]
    pub date: String,
    /// In US dollars.
    #[schema(minimum = 0)]
    pub cost_usd: f64,
    /// Input and output.
    #[schema(minimum = 0)]
    pub tokens: i64,
    /// Calls, failed and refused ones included.
    #[schema(minimum = 0)]
    pub calls: i64,
}

/// A page of groups of calls.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageBreakdown {
    /// In the order of their keys.
    pub groups: Vec<UsageGroup>,
    /// Groups with calls.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// What the calls took that have these keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageGroup {
    /// Dimension to value. Hours are their first moment in UTC, days `2026-01-31` and months `2026-01` in the budget's time
    /// zone; empty: no agent or no API key, `root`: the key of the configuration.
    #[schema(example = json!({"model": "gpt-5-mini", "day": "2026-01-31"}))]
    pub keys: BTreeMap<String, String>,
    /// Input, cached tokens included.
    #[schema(minimum = 0)]
    pub input_tokens: i64,
    /// Input that providers had in their caches.
    #[schema(minimum = 0)]
    pub cached_input_tokens: i64,
    /// Output, reasoning included.
    #[schema(minimum = 0)]
    pub output_tokens: i64,
    /// Output spent on thinking.
    #[schema(minimum = 0)]
    pub reasoning_tokens: i64,
    /// In US dollars.
    #[schema(minimum = 0)]
    pub cost_usd: f64,
    /// Calls, failed and refused ones included.
    #[schema(minimum = 0)]
    pub request_count: i64,
    /// Calls that failed, were cut by a crash, or were refused by a limit.
    #[schema(minimum = 0)]
    pub failed_count: i64,
}

/// A page of model calls.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageRecordList {
    /// Newest first.
    pub records: Vec<UsageRecord>,
    /// All calls that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// A model call, or one that a limit refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageRecord {
    /// Identifier.
    pub id: Id,
    /// End of the call.
    pub timestamp: Ts,
    /// The agent, if one made it.
    pub agent_id: Option<Id>,
    /// Its name at that time.
    pub agent_name: Option<String>,
    /// The run, if there was one.
    pub run_id: Option<Id>,
    /// Its step; null when the call was refused.
    pub step_id: Option<Id>,
    /// The session, if there was one.
    pub session_id: Option<Id>,
    /// The API key that started the run; `root`: that of the configuration.
    pub api_key_id: Option<String>,
    /// Where the message came in.
    pub door: Door,
    /// What it was for.
    pub purpose: UsagePurpose,
    /// The provider.
    pub provider: String,
    /// The model, as it was asked for.
    pub model: String,
    /// The model, as the provider calls it.
    pub upstream_model: String,
    /// How it ended.
    pub status: UsageStatus,
    /// Code of the failure.
    pub error_code: Option<String>,
    /// Input, cached tokens included.
    #[schema(minimum = 0)]
    pub input_tokens: i64,
    /// Input that the provider had in its cache.
    #[schema(minimum = 0)]
    pub cached_input_tokens: i64,
    /// Input that the provider put into its cache.
    #[schema(minimum = 0)]
    pub cache_write_tokens: i64,
    /// Output, reasoning included.
    #[schema(minimum = 0)]
    pub output_tokens: i64,
    /// Output spent on thinking.
    #[schema(minimum = 0)]
    pub reasoning_tokens: i64,
    /// Tools that the model asked for.
    #[schema(minimum = 0)]
    pub tool_calls: i32,
    /// The provider gave no usage, or the price is not known.
    pub estimated: bool,
    /// In US dollars.
    #[schema(minimum = 0)]
    pub cost_usd: f64,
    /// Counts the prices that this model of this provider has had.
    #[schema(minimum = 1)]
    pub price_version: i32,
    /// Time of the whole call.
    #[schema(minimum = 0)]
    pub latency_ms: i64,
    /// Time to the first piece of the answer.
    #[schema(minimum = 0)]
    pub first_token_ms: Option<i64>,
    /// From 1, counts the tries of one step.
    #[schema(minimum = 1)]
    pub attempt: i32,
}
