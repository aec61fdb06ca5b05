//! What a model call costs. Integers all the way: nano-USD a token in, micro-USD a call out.

use crate::llm::TokenUsage;

/// Nano-USD per token; 1 USD per million tokens is 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    pub input: u64,
    pub output: u64,
    /// Input that was read from the provider's cache.
    pub cached: u64,
    /// Input that was written to it.
    pub cache_write: u64,
    /// Nobody states these prices: they are assumed.
    pub estimated: bool,
}

impl Prices {
    pub const FREE: Self = Self { input: 0, output: 0, cached: 0, cache_write: 0, estimated: false };

    /// For models without a known price: 1 and 3 USD per million tokens.
    pub fn assumed(provider: &str, model: &str) -> Self {
        Self { estimated: true, ..Self::new(provider, model, 1_000, 3_000) }
    }

    /// Prices of a model whose vendor states only input and output; the cache's prices follow from the provider's habit.
    pub fn new(provider: &str, model: &str, input: u64, output: u64) -> Self {
        let anthropic = provider == "anthropic" || (provider == "bedrock" && model.contains("anthropic."));
        let (read_percent, write_percent) = match provider {
            _ if anthropic => (10, 125),
            "openai" | "azure" | "codex" => (50, 100),
            "gemini" | "vertex-ai" => (25, 100),
            "deepseek" => (10, 100),
            _ => (100, 100),
        };
        Self {
            input,
            output,
            cached: percent(input, read_percent),
            cache_write: percent(input, write_percent),
            estimated: false,
        }
    }
}

fn percent(price: u64, percent: u64) -> u64 {
    (price * percent + 50) / 100
}

/// The price of one call, rounded half up once. Reasoning is part of the output.
pub fn cost_micro_usd(prices: &Prices, usage: &TokenUsage) -> u64 {
    let cached = u64::from(usage.cached.min(usage.input));
    let written = u64::from(usage.cache_write).min(u64::from(usage.input) - cached);
    let plain = u64::from(usage.input) - cached - written;
    let nano = plain
        .saturating_mul(prices.input)
        .saturating_add(cached.saturating_mul(prices.cached))
        .saturating_add(written.saturating_mul(prices.cache_write))
        .saturating_add(u64::from(usage.output).saturating_mul(prices.output));
    nano.saturating_add(500) / 1_000
}
