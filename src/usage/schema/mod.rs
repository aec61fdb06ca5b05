//! Wire form of token counts and costs.

mod report;

use serde::Serialize;
use utoipa::ToSchema;

use super::service::SessionUsage;
use crate::runs::Tokens;

pub use report::{
    AgentUsage, DailyUsage, DailyUsageList, ModelUsage, ModelUsageList, UsageBreakdown, UsageGroup, UsageQuota,
    UsageRecord, UsageRecordList, UsageReport, UsageSummary, UsageToday,
};

/// Tokens and cost of model calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Usage {
    /// Input, cached tokens included.
    #[schema(minimum = 0)]
    pub input_tokens: i64,
    /// Tokens written by models.
    #[schema(minimum = 0)]
    pub output_tokens: i64,
    /// Input that the provider had in its cache.
    #[schema(minimum = 0)]
    pub cache_read_tokens: i64,
    /// Input that the provider put into its cache.
    #[schema(minimum = 0)]
    pub cache_write_tokens: i64,
    /// Output spent on thinking.
    #[schema(minimum = 0)]
    pub reasoning_tokens: i64,
    /// Input and output.
    #[schema(minimum = 0)]
    pub total_tokens: i64,
    /// In US dollars; null before the first model call, and on single messages.
    pub cost_usd: Option<f64>,
}

impl Usage {
    pub fn new(tokens: Tokens, cost_micro_usd: Option<i64>) -> Self {
        Self {
            input_tokens: tokens.input,
            output_tokens: tokens.output,
            cache_read_tokens: tokens.cached,
            cache_write_tokens: tokens.cache_write,
            reasoning_tokens: tokens.reasoning,
            total_tokens: tokens.total(),
            cost_usd: cost_micro_usd.map(usd),
        }
    }
}

impl From<&SessionUsage> for Usage {
    fn from(sums: &SessionUsage) -> Self {
        let tokens = Tokens {
            input: sums.input_tokens,
            output: sums.output_tokens,
            cached: sums.cached_tokens,
            cache_write: sums.cache_write_tokens,
            reasoning: sums.reasoning_tokens,
        };
        Self::new(tokens, (sums.calls > 0).then_some(sums.cost_micro_usd))
    }
}

/// Micro-USD, as stored, in USD, as sent.
pub fn usd(micro: i64) -> f64 {
    micro as f64 / 1e6
}
