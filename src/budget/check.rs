//! Whether a call fits, whether a warning is due, and what to say. Pure.

#[cfg(test)]
mod tests;

use super::{BudgetWindow, Limits, Payer};
use crate::{llm::catalog::Prices, time::Ts, usage::schema::usd};

/// The most that a call can take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Need {
    pub micro_usd: i64,
    pub tokens: i64,
}

impl Need {
    /// Of a call with so many estimated input tokens and this limit of output. The estimate may be a tenth too low.
    pub fn of_call(prices: &Prices, input: u32, max_output: u32) -> Self {
        let input = (u64::from(input) * 11).div_ceil(10);
        let output = u64::from(max_output);
        let nano = input.saturating_mul(prices.input).saturating_add(output.saturating_mul(prices.output));
        Self { micro_usd: signed(nano.div_ceil(1_000)), tokens: signed(input + output) }
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// What a payer spent in the windows, and what calls under way may add.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub hour: i64,
    pub day: i64,
    pub month: i64,
    /// Input and output tokens of the hour.
    pub tokens: i64,
    /// Of a run since its beginning.
    pub run: i64,
    pub reserved_micro_usd: i64,
    pub reserved_tokens: i64,
}

impl Standing {
    pub fn spent(&self, window: BudgetWindow) -> i64 {
        match window {
            BudgetWindow::Hour => self.hour,
            BudgetWindow::Day => self.day,
            BudgetWindow::Month => self.month,
            BudgetWindow::TokensHour => self.tokens,
            BudgetWindow::Run => self.run,
        }
    }

    pub fn reserved(&self, window: BudgetWindow) -> i64 {
        if window == BudgetWindow::TokensHour { self.reserved_tokens } else { self.reserved_micro_usd }
    }
}

impl Need {
    pub fn of(self, window: BudgetWindow) -> i64 {
        if window == BudgetWindow::TokensHour { self.tokens } else { self.micro_usd }
    }
}

impl Limits {
    /// The limits that there are.
    pub fn windows(self) -> impl Iterator<Item = (BudgetWindow, i64)> {
        let all = [
            (BudgetWindow::Hour, self.hour),
            (BudgetWindow::Day, self.day),
            (BudgetWindow::Month, self.month),
            (BudgetWindow::TokensHour, self.tokens),
            (BudgetWindow::Run, self.run),
        ];
        all.into_iter().filter(|(_, limit)| *limit > 0)
    }
}

/// A limit that a call does not fit under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    pub window: BudgetWindow,
    pub limit: i64,
    pub spent: i64,
    pub reserved: i64,
    pub need: i64,
}

/// The first limit under which the call does not fit beside what is spent and reserved.
pub fn excess(limits: Limits, standing: &Standing, need: Need) -> Option<Excess> {
    let found = limits.windows().map(|(window, limit)| Excess {
        window,
        limit,
        spent: standing.spent(window),
        reserved: standing.reserved(window),
        need: need.of(window),
    });
    found.into_iter().find(|e| e.spent.saturating_add(e.reserved).saturating_add(e.need) > e.limit)
}

/// Limits whose alert threshold is reached by what was just spent: the window, the limit, and what is spent now.
pub fn reached(limits: Limits, before: &Standing, spent: Need, threshold: f64) -> Vec<(BudgetWindow, i64, i64)> {
    if threshold <= 0.0 {
        return vec![];
    }
    let is_reached = |amount: i64, limit: i64| amount as f64 >= limit as f64 * threshold;
    let after = |window| before.spent(window).saturating_add(spent.of(window));
    let windows = limits.windows().map(|(window, limit)| (window, limit, after(window)));
    windows.filter(|(w, limit, after)| is_reached(*after, *limit) && !is_reached(before.spent(*w), *limit)).collect()
}

/// When a refused call can be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    At(Ts),
    /// The call alone is larger than the limit, or nothing ever leaves the window.
    Never,
}

/// A call that was refused, with all that people are told.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub payer: Payer,
    pub excess: Excess,
    pub reset: Reset,
}

impl Refusal {
    pub fn sentence(&self) -> String {
        let Excess { window, limit, spent, reserved, need } = self.excess;
        let what = match window {
            BudgetWindow::Hour => "hourly budget",
            BudgetWindow::Day => "daily budget",
            BudgetWindow::Month => "monthly budget",
            BudgetWindow::TokensHour => "hourly token limit",
            BudgetWindow::Run => "budget",
        };
        let amount = |value| amount(window, value);
        let when = match self.reset {
            Reset::At(at) => format!("there is room again at {at}"),
            Reset::Never => "raise the limit, or ask for less".to_owned(),
        };
        format!(
            "The {what} of {} is {}: {} are spent, {} are reserved, and this call may take {}; {when}",
            self.payer.label,
            amount(limit),
            amount(spent),
            amount(reserved),
            amount(need),
        )
    }
}

/// An amount as people read it: `$0.0501`, `12000 tokens`.
pub fn amount(window: BudgetWindow, value: i64) -> String {
    match window {
        BudgetWindow::TokensHour => format!("{value} tokens"),
        _ => format!("${}", usd(value)),
    }
}
