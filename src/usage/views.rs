//! Sums and rows in the form that goes over the wire. Pure.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, Months, NaiveDate};

use super::{
    ROOT, ROOT_KEY, UsageRow,
    calendar::{Calendar, HOUR_MS, Span, first_of_month},
    schema::{AgentUsage, DailyUsage, ModelUsage, UsageGroup, UsageRecord, usd},
    service::{AgentSums, DaySums, Dimension, Group, GroupKey, ModelSums},
};
use crate::{ids::Id, time::Ts};

impl From<AgentSums> for AgentUsage {
    fn from(of: AgentSums) -> Self {
        let sums = of.sums;
        Self {
            agent_id: of.agent_id,
            agent_name: of.name.clone(),
            name: of.name,
            total_tokens: sums.input_tokens + sums.output_tokens,
            input_tokens: sums.input_tokens,
            output_tokens: sums.output_tokens,
            tool_calls: sums.tool_calls,
            cost_usd: usd(sums.cost_micro_usd),
            request_count: sums.calls,
        }
    }
}

impl From<ModelSums> for ModelUsage {
    fn from(of: ModelSums) -> Self {
        let sums = of.sums;
        Self {
            model: of.model.clone(),
            model_id: of.model,
            provider: of.provider,
            input_tokens: sums.input_tokens,
            output_tokens: sums.output_tokens,
            total_input_tokens: sums.input_tokens,
            total_output_tokens: sums.output_tokens,
            cached_input_tokens: sums.cached_tokens,
            reasoning_tokens: sums.reasoning_tokens,
            cost_usd: usd(sums.cost_micro_usd),
            total_cost_usd: usd(sums.cost_micro_usd),
            request_count: sums.calls,
            call_count: sums.calls,
            calls: sums.calls,
            failed_count: sums.failed,
            avg_latency_ms: of.avg_latency_ms,
        }
    }
}

impl From<UsageRow> for UsageRecord {
    fn from(row: UsageRow) -> Self {
        Self {
            id: row.id,
            timestamp: row.created_at,
            agent_id: row.agent_id,
            agent_name: row.agent_name,
            run_id: row.run_id,
            step_id: row.step_id,
            session_id: row.session_id,
            api_key_id: row.api_key_id.map(key_name),
            door: row.door,
            purpose: row.purpose,
            provider: row.provider,
            model: row.model,
            upstream_model: row.upstream_model,
            status: row.status,
            error_code: row.error_code,
            input_tokens: row.input_tokens,
            cached_input_tokens: row.cached_input_tokens,
            cache_write_tokens: row.cache_write_tokens,
            output_tokens: row.output_tokens,
            reasoning_tokens: row.reasoning_tokens,
            tool_calls: row.tool_calls,
            estimated: row.estimated || row.price_assumed,
            cost_usd: usd(row.cost_micro_usd),
            price_version: row.price_version,
            latency_ms: row.latency_ms,
            first_token_ms: row.first_token_ms,
            attempt: row.attempt,
        }
    }
}

/// Id of an API key as clients know it.
pub fn key_name(id: Id) -> String {
    if id == ROOT_KEY { ROOT.to_owned() } else { id.to_string() }
}

/// `count` days up to today, those without calls with zeros.
pub fn daily(today: NaiveDate, count: u64, sums: &[DaySums]) -> Vec<DailyUsage> {
    let known: HashMap<i64, &DaySums> = sums.iter().map(|day| (day.day, day)).collect();
    let days = (0..count).rev().filter_map(|ago| today.checked_sub_days(Days::new(ago)));
    days.map(|date| {
        let sums = known.get(&day_number(date));
        DailyUsage {
            date: date.to_string(),
            cost_usd: usd(sums.map_or(0, |s| s.cost_micro_usd)),
            tokens: sums.map_or(0, |s| s.tokens),
            calls: sums.map_or(0, |s| s.calls),
        }
    })
    .collect()
}

fn day_number(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

pub fn group(group: Group, dimensions: &[Dimension], calendar: Calendar, span: Span) -> UsageGroup {
    let sums = group.sums;
    let named = dimensions.iter().zip(group.keys);
    let keys: BTreeMap<String, String> =
        named.map(|(dimension, key)| (dimension.name().to_owned(), value(*dimension, key, calendar, span))).collect();
    UsageGroup {
        keys,
        input_tokens: sums.input_tokens,
        cached_input_tokens: sums.cached_tokens,
        output_tokens: sums.output_tokens,
        reasoning_tokens: sums.reasoning_tokens,
        cost_usd: usd(sums.cost_micro_usd),
        request_count: sums.calls,
        failed_count: sums.failed,
    }
}

fn value(dimension: Dimension, key: GroupKey, calendar: Calendar, span: Span) -> String {
    match key {
        GroupKey::Text(text) => text,
        GroupKey::Id(id) if id.0.is_nil() => String::new(),
        GroupKey::Id(id) => key_name(id),
        GroupKey::Number(number) => match dimension {
            Dimension::Hour => Ts(number * HOUR_MS).to_string(),
            Dimension::Month => {
                let months = Months::new(u32::try_from(number).unwrap_or(0));
                (first_of_month(calendar.date(span.from)) + months).format("%Y-%m").to_string()
            }
            _ => DateTime::from_timestamp(number * 86_400, 0).unwrap_or_default().date_naive().to_string(),
        },
    }
}
