//! Wire form of budgets.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{BudgetEventKind, BudgetScope, BudgetWindow, service::LimitOrigin};
use crate::{http::extract::present, ids::Id, time::Ts};

/// Money of a window, in US dollars.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BudgetSpan {
    /// What the calls in it cost.
    #[schema(minimum = 0)]
    pub spend: f64,
    /// What calls under way may cost at most.
    #[schema(minimum = 0)]
    pub reserved: f64,
    /// 0 = unlimited.
    #[schema(minimum = 0)]
    pub limit: f64,
    /// Spent and reserved as a share of the limit, with four decimals; 0 when unlimited.
    #[schema(minimum = 0)]
    pub pct: f64,
    /// End of the day or month; of the rolling hour, when the oldest call leaves it, null when nothing counts.
    pub resets_at: Option<Ts>,
}

/// Tokens of the last 3,600 seconds, input and output.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenSpan {
    /// Tokens of the calls in it.
    #[schema(minimum = 0)]
    pub used: i64,
    /// What calls under way may take at most.
    #[schema(minimum = 0)]
    pub reserved: i64,
    /// 0 = unlimited.
    #[schema(minimum = 0)]
    pub limit: i64,
    /// Used and reserved as a share of the limit, with four decimals; 0 when unlimited.
    #[schema(minimum = 0)]
    pub pct: f64,
    /// When the oldest call leaves it; null when nothing counts.
    pub resets_at: Option<Ts>,
}

/// Limits and spending of the server.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetStatus {
    /// Money of the last 3,600 seconds, in US dollars.
    #[schema(minimum = 0)]
    pub hourly_spend: f64,
    /// 0 = unlimited.
    #[schema(minimum = 0)]
    pub hourly_limit: f64,
    /// As in `hourly`.
    #[schema(minimum = 0)]
    pub hourly_pct: f64,
    /// Money of this day, in US dollars.
    #[schema(minimum = 0)]
    pub daily_spend: f64,
    /// 0 = unlimited.
    #[schema(minimum = 0)]
    pub daily_limit: f64,
    /// As in `daily`.
    #[schema(minimum = 0)]
    pub daily_pct: f64,
    /// Money of this month, in US dollars.
    #[schema(minimum = 0)]
    pub monthly_spend: f64,
    /// 0 = unlimited.
    #[schema(minimum = 0)]
    pub monthly_limit: f64,
    /// As in `monthly`.
    #[schema(minimum = 0)]
    pub monthly_pct: f64,
    /// The last 3,600 seconds.
    pub hourly: BudgetSpan,
    /// This day in the budget's time zone.
    pub daily: BudgetSpan,
    /// This month in the budget's time zone.
    pub monthly: BudgetSpan,
    /// Share of a limit at which a warning is given; 0 = never.
    #[schema(minimum = 0, maximum = 1)]
    pub alert_threshold: f64,
    /// For agents without a token limit of their own; 0 = unlimited.
    #[schema(minimum = 0)]
    pub default_max_llm_tokens_per_hour: i64,
    /// Where each value comes from.
    pub origin: BTreeMap<String, LimitOrigin>,
    /// Last change over the API.
    pub updated_at: Option<Ts>,
    /// `ok`; only after a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// A sentence for people; only after a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// New limits of the server. What is absent stays, null goes back to the configuration.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"max_daily_usd": 25.0, "alert_threshold": 0.9}))]
pub struct UpdateBudget {
    /// US dollars in any 3,600 seconds, with at most six decimals; 0 = unlimited.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 0.0, max = 1_000_000.0))]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1_000_000)]
    pub max_hourly_usd: Option<Option<f64>>,
    /// US dollars a day, with at most six decimals; 0 = unlimited.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 0.0, max = 1_000_000.0))]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1_000_000)]
    pub max_daily_usd: Option<Option<f64>>,
    /// US dollars a month, with at most six decimals; 0 = unlimited.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 0.0, max = 1_000_000.0))]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1_000_000)]
    pub max_monthly_usd: Option<Option<f64>>,
    /// Share of a limit at which a warning is given; 0 = never.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 0.0, max = 1.0))]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1)]
    pub alert_threshold: Option<Option<f64>>,
    /// Tokens in any 3,600 seconds for agents without a limit of their own; 0 = unlimited.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub default_max_llm_tokens_per_hour: Option<Option<i64>>,
}

/// New limits of an agent or an API key. What is absent stays, null goes back to the default.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"max_cost_per_day_usd": 2.5, "max_llm_tokens_per_hour": 200_000}))]
pub struct UpdateSpending {
    /// US dollars in any 3,600 seconds, with at most six decimals; 0 = unlimited.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 0.0, max = 1_000_000.0))]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1_000_000)]
    pub max_cost_per_hour_usd: Option<Option<f64>>,
    /// US dollars a day, with at most six decimals; 0 = unlimited.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 0.0, max = 1_000_000.0))]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1_000_000)]
    pub max_cost_per_day_usd: Option<Option<f64>>,
    /// US dollars a month, with at most six decimals; 0 = unlimited.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 0.0, max = 1_000_000.0))]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1_000_000)]
    pub max_cost_per_month_usd: Option<Option<f64>>,
    /// Input and output tokens in any 3,600 seconds; 0 = unlimited, also where the server has a default.
    #[serde(deserialize_with = "present")]
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub max_llm_tokens_per_hour: Option<Option<i64>>,
}

/// A page of agents with their limits.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentBudgetList {
    /// By the cost of this day, falling.
    pub agents: Vec<AgentBudgetLine>,
    /// All agents that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// Limits and spending of an agent, in US dollars. What agents and runs below it spend counts too.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentBudgetLine {
    /// The agent.
    pub agent_id: Id,
    /// Its name.
    pub name: String,
    /// Of the last 3,600 seconds.
    #[schema(minimum = 0)]
    pub hourly_cost_usd: f64,
    /// Of this day.
    #[schema(minimum = 0)]
    pub daily_cost_usd: f64,
    /// Of this month.
    #[schema(minimum = 0)]
    pub monthly_cost_usd: f64,
    /// 0 = unlimited.
    #[schema(minimum = 0)]
    pub hourly_limit: f64,
    /// 0 = unlimited.
    #[schema(minimum = 0)]
    pub daily_limit: f64,
    /// 0 = unlimited.
    #[schema(minimum = 0)]
    pub monthly_limit: f64,
    /// The token limit in force; 0 = unlimited.
    #[schema(minimum = 0)]
    pub max_llm_tokens_per_hour: i64,
    /// Tokens of the last 3,600 seconds.
    #[schema(minimum = 0)]
    pub tokens_used: i64,
    /// The largest share of a limit that is spent, with four decimals; 0 without limits.
    #[schema(minimum = 0)]
    pub pct: f64,
}

/// Limits and spending of an agent. What agents and runs below it spend counts too.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentBudget {
    /// The agent.
    pub agent_id: Id,
    /// Its name.
    pub agent_name: String,
    /// The last 3,600 seconds.
    pub hourly: BudgetSpan,
    /// This day in the budget's time zone.
    pub daily: BudgetSpan,
    /// This month in the budget's time zone.
    pub monthly: BudgetSpan,
    /// Tokens of the last 3,600 seconds.
    pub tokens: TokenSpan,
    /// Where each limit comes from; `database` is the agent's manifest or this operation.
    pub origin: BTreeMap<String, LimitOrigin>,
    /// `ok`; only after a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// A sentence for people; only after a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A page of API keys with their limits.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyBudgetList {
    /// That of the configuration first, then the newest.
    pub keys: Vec<KeyBudgetLine>,
    /// All keys that are not revoked.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// Limits and spending of an API key, in US dollars: of all runs that it started.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyBudgetLine {
    /// The key; `root` is that of the configuration.
    pub api_key_id: String,
    /// Its name.
    pub name: String,
    /// Of the last 3,600 seconds.
    #[schema(minimum = 0)]
    pub hourly_cost_usd: f64,
    /// Of this day.
    #[schema(minimum = 0)]
    pub daily_cost_usd: f64,
    /// Of this month.
    #[schema(minimum = 0)]
    pub monthly_cost_usd: f64,
    /// 0 = unlimited.
    #[schema(minimum = 0)]
    pub hourly_limit: f64,
    /// 0 = unlimited.
    #[schema(minimum = 0)]
    pub daily_limit: f64,
    /// 0 = unlimited.
    #[schema(minimum = 0)]
    pub monthly_limit: f64,
    /// The largest share of a limit that is spent, with four decimals; 0 without limits.
    #[schema(minimum = 0)]
    pub pct: f64,
}

/// Limits and spending of an API key: of all runs that it started.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyBudget {
    /// The key; `root` is that of the configuration.
    pub api_key_id: String,
    /// Its name.
    pub name: String,
    /// The last 3,600 seconds.
    pub hourly: BudgetSpan,
    /// This day in the budget's time zone.
    pub daily: BudgetSpan,
    /// This month in the budget's time zone.
    pub monthly: BudgetSpan,
    /// Tokens of the last 3,600 seconds.
    pub tokens: TokenSpan,
    /// `ok`; only after a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// A sentence for people; only after a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A page of budget events.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetEventList {
    /// Newest first.
    pub events: Vec<BudgetEvent>,
    /// All events that match.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Begins the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// A warning, a refusal or a change of a limit. Warnings and refusals are noted once for each window.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetEvent {
    /// Identifier.
    pub id: Id,
    /// When it happened.
    pub timestamp: Ts,
    /// What happened.
    pub kind: BudgetEventKind,
    /// Whom the limit is for.
    pub scope: BudgetScope,
    /// The agent or key (`root`: that of the configuration); null for the server.
    pub scope_id: Option<String>,
    /// What the limit counts.
    pub window: BudgetWindow,
    /// US dollars, or tokens; 0 = unlimited. Of a change: the new one.
    #[schema(minimum = 0)]
    pub limit: f64,
    /// US dollars, or tokens.
    #[schema(minimum = 0)]
    pub spent: f64,
    /// Share of the limit that was reached; null for other kinds.
    pub threshold: Option<f64>,
    /// The run whose call did it; null for changes.
    pub run_id: Option<Id>,
}
