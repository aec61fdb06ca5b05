//! The section `[budget]`.

use chrono_tz::Tz;
use serde::Deserialize;

const MAX_USD: f64 = 1_000_000.0;
const MAX_TOKENS: u64 = 1_000_000_000_000;

/// Limits of the whole server, in USD; 0 = none. What is set over the API lies above them.
#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct BudgetLimits {
    pub max_hourly_usd: f64,
    pub max_daily_usd: f64,
    pub max_monthly_usd: f64,
    /// Share of a limit at which a warning is given; 0 = never.
    pub alert_threshold: f64,
    /// For agents without a token limit of their own.
    pub default_max_llm_tokens_per_hour: u64,
    /// Days and months are those of this zone.
    pub timezone: String,
    pub unknown_price: UnknownPrice,
}

impl Default for BudgetLimits {
    fn default() -> Self {
        Self {
            max_hourly_usd: 0.0,
            max_daily_usd: 0.0,
            max_monthly_usd: 0.0,
            alert_threshold: 0.8,
            default_max_llm_tokens_per_hour: 0,
            timezone: "UTC".into(),
            unknown_price: UnknownPrice::Assume,
        }
    }
}

/// What becomes of calls to models whose price nobody states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownPrice {
    /// They count 1 USD a million input tokens and 3 USD a million output tokens.
    #[default]
    Assume,
    Deny,
}

impl BudgetLimits {
    /// The key at fault, and what is wrong with it.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        let ranges = [
            ("budget.max_hourly_usd", self.max_hourly_usd, MAX_USD),
            ("budget.max_daily_usd", self.max_daily_usd, MAX_USD),
            ("budget.max_monthly_usd", self.max_monthly_usd, MAX_USD),
            ("budget.alert_threshold", self.alert_threshold, 1.0),
        ];
        if let Some((key, value, high)) = ranges.into_iter().find(|(_, value, high)| !(0.0..=*high).contains(value)) {
            return Err((key, format!("{value} is out of range (0 to {high})")));
        }
        if self.default_max_llm_tokens_per_hour > MAX_TOKENS {
            return Err(("budget.default_max_llm_tokens_per_hour", format!("is out of range (0 to {MAX_TOKENS})")));
        }
        match self.timezone.parse::<Tz>() {
            Ok(_) => Ok(()),
            Err(_) => {
                let text = format!("'{}' is no IANA time zone such as Europe/Berlin", self.timezone);
                Err(("budget.timezone", text))
            }
        }
    }
}
