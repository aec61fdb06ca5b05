//! Budgets in the form that goes over the wire. Pure.

use super::{
    BudgetEventRow, BudgetScope, BudgetWindow,
    schema::{
        AgentBudget, AgentBudgetLine, BudgetEvent, BudgetSpan, BudgetStatus, KeyBudget, KeyBudgetLine, TokenSpan,
    },
    service::{AgentBudgetFacts, GlobalFacts, KeyBudgetFacts, SubjectFacts, largest_share},
};
use crate::usage::{schema::usd, views::key_name};

/// With four decimals.
fn share(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { rounded(part as f64 / whole as f64) }
}

fn rounded(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

fn span(facts: &SubjectFacts, window: BudgetWindow) -> BudgetSpan {
    let limit = match window {
        BudgetWindow::Hour => facts.limits.hour,
        BudgetWindow::Day => facts.limits.day,
        _ => facts.limits.month,
    };
    let (spent, reserved) = (facts.standing.spent(window), facts.standing.reserved(window));
    BudgetSpan {
        spend: usd(spent),
        reserved: usd(reserved),
        limit: usd(limit),
        pct: share(spent + reserved, limit),
        resets_at: facts.resets_at(window),
    }
}

fn token_span(facts: &SubjectFacts) -> TokenSpan {
    let (used, reserved) = (facts.standing.tokens, facts.standing.reserved_tokens);
    TokenSpan {
        used,
        reserved,
        limit: facts.limits.tokens,
        pct: share(used + reserved, facts.limits.tokens),
        resets_at: facts.resets_at(BudgetWindow::TokensHour),
    }
}

impl From<GlobalFacts> for BudgetStatus {
    fn from(of: GlobalFacts) -> Self {
        let (hourly, daily, monthly) = (
            span(&of.facts, BudgetWindow::Hour),
            span(&of.facts, BudgetWindow::Day),
            span(&of.facts, BudgetWindow::Month),
        );
        Self {
            hourly_spend: hourly.spend,
            hourly_limit: hourly.limit,
            hourly_pct: hourly.pct,
            daily_spend: daily.spend,
            daily_limit: daily.limit,
            daily_pct: daily.pct,
            monthly_spend: monthly.spend,
            monthly_limit: monthly.limit,
            monthly_pct: monthly.pct,
            hourly,
            daily,
            monthly,
            alert_threshold: of.values.alert_threshold,
            default_max_llm_tokens_per_hour: of.values.default_tokens_per_hour,
            origin: of.origins,
            updated_at: of.updated_at,
            status: None,
            message: None,
        }
    }
}

impl From<AgentBudgetFacts> for AgentBudget {
    fn from(of: AgentBudgetFacts) -> Self {
        Self {
            agent_id: of.id,
            agent_name: of.name,
            hourly: span(&of.facts, BudgetWindow::Hour),
            daily: span(&of.facts, BudgetWindow::Day),
            monthly: span(&of.facts, BudgetWindow::Month),
            tokens: token_span(&of.facts),
            origin: of.origins,
            status: None,
            message: None,
        }
    }
}

impl From<AgentBudgetFacts> for AgentBudgetLine {
    fn from(of: AgentBudgetFacts) -> Self {
        let SubjectFacts { limits, standing, .. } = of.facts;
        Self {
            agent_id: of.id,
            name: of.name,
            hourly_cost_usd: usd(standing.hour),
            daily_cost_usd: usd(standing.day),
            monthly_cost_usd: usd(standing.month),
            hourly_limit: usd(limits.hour),
            daily_limit: usd(limits.day),
            monthly_limit: usd(limits.month),
            max_llm_tokens_per_hour: limits.tokens,
            tokens_used: standing.tokens,
            pct: rounded(largest_share(limits, &standing)),
        }
    }
}

impl From<KeyBudgetFacts> for KeyBudget {
    fn from(of: KeyBudgetFacts) -> Self {
        Self {
            api_key_id: key_name(of.id),
            name: of.name,
            hourly: span(&of.facts, BudgetWindow::Hour),
            daily: span(&of.facts, BudgetWindow::Day),
            monthly: span(&of.facts, BudgetWindow::Month),
            tokens: token_span(&of.facts),
            status: None,
            message: None,
        }
    }
}

impl From<KeyBudgetFacts> for KeyBudgetLine {
    fn from(of: KeyBudgetFacts) -> Self {
        let SubjectFacts { limits, standing, .. } = of.facts;
        Self {
            api_key_id: key_name(of.id),
            name: of.name,
            hourly_cost_usd: usd(standing.hour),
            daily_cost_usd: usd(standing.day),
            monthly_cost_usd: usd(standing.month),
            hourly_limit: usd(limits.hour),
            daily_limit: usd(limits.day),
            monthly_limit: usd(limits.month),
            pct: rounded(largest_share(limits, &standing)),
        }
    }
}

impl From<BudgetEventRow> for BudgetEvent {
    fn from(row: BudgetEventRow) -> Self {
        let amount = |value: i64| if row.span == BudgetWindow::TokensHour { value as f64 } else { usd(value) };
        Self {
            id: row.id,
            timestamp: row.created_at,
            kind: row.kind,
            scope: row.scope,
            scope_id: (row.scope != BudgetScope::Global).then(|| key_name(row.scope_id)),
            window: row.span,
            limit: amount(row.limit_value),
            spent: amount(row.spent),
            threshold: row.threshold,
            run_id: row.run_id,
        }
    }
}
