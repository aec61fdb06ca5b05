//! Handlers of usage: sums, single calls, export.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use super::{
    ROOT, ROOT_KEY, Span, UsageStatus,
    calendar::{HOUR_MS, UsagePeriod},
    export::{self, ExportFormat},
    schema::{
        DailyUsageList, ModelUsageList, UsageBreakdown, UsageQuota, UsageRecordList, UsageReport, UsageSummary,
        UsageToday, usd,
    },
    service::{self, Dimension, UsageFilter},
    views,
};
use crate::{
    any_case,
    app::AppState,
    budget,
    error::{Error, Result},
    http::extract::ValidQuery,
    ids::Id,
    page::ListParams,
    time::Ts,
};

const DAYS: i32 = 7;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_usage))
        .routes(routes!(get_usage_summary))
        .routes(routes!(list_usage_by_model))
        .routes(routes!(list_daily_usage))
        .routes(routes!(get_usage_breakdown))
        .routes(routes!(list_usage_records))
        .routes(routes!(export_usage))
}

/// Span of a report.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct UsageSpan {
    /// A span up to now; does not count when `from` or `to` is given.
    #[serde(deserialize_with = "any_case::maybe")]
    #[param(inline)]
    period: Option<UsagePeriod>,
    /// Calls that ended at this moment or later.
    from: Option<Ts>,
    /// Calls that ended before this moment; now, when only `from` is given.
    to: Option<Ts>,
}

/// A named period, its beginning (None: since ever) and its end.
type Chosen = (Option<UsagePeriod>, Option<Ts>, Ts);

impl UsageSpan {
    fn choose(&self, app: &AppState, default: UsagePeriod) -> Result<Chosen> {
        let now = Ts::now();
        check_order(self.from, self.to)?;
        if self.from.is_some() || self.to.is_some() {
            return Ok((None, self.from, self.to.unwrap_or(now.plus_ms(1))));
        }
        let period = self.period.unwrap_or(default);
        let from = app.budget.calendar().period(period, now).map(|span| span.from);
        Ok((Some(period), from, now.plus_ms(1)))
    }
}

fn check_order(from: Option<Ts>, to: Option<Ts>) -> Result<()> {
    match (from, to) {
        (Some(from), Some(to)) if from >= to => Err(Error::invalid("to", "must be later than from")),
        _ => Ok(()),
    }
}

/// Provider of the calls.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ByProvider {
    /// Only calls of this provider.
    #[validate(length(min = 1, max = 128))]
    #[param(min_length = 1, max_length = 128)]
    provider: Option<String>,
}

/// Which calls count.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct UsageFilters {
    /// Calls that ended at this moment or later.
    from: Option<Ts>,
    /// Calls that ended before this moment.
    to: Option<Ts>,
    /// Only calls of this agent.
    agent_id: Option<Id>,
    /// Only calls of this provider.
    #[validate(length(min = 1, max = 128))]
    #[param(min_length = 1, max_length = 128)]
    provider: Option<String>,
    /// Only calls of this model, as it was asked for.
    #[validate(length(min = 1, max = 256))]
    #[param(min_length = 1, max_length = 256)]
    model: Option<String>,
    /// Only calls of runs that this API key started; `root`: that of the configuration.
    #[validate(length(min = 1, max = 36))]
    #[param(min_length = 1, max_length = 36)]
    api_key_id: Option<String>,
    /// Only calls that ended so.
    #[serde(deserialize_with = "any_case::maybe")]
    #[param(inline)]
    status: Option<UsageStatus>,
}

impl UsageFilters {
    fn read(self) -> Result<UsageFilter> {
        check_order(self.from, self.to)?;
        let api_key = match self.api_key_id.as_deref() {
            Some(ROOT) => Some(ROOT_KEY),
            Some(text) => Some(Id::parse(text).map_err(|_| Error::invalid("api_key_id", "must be a UUID, or root"))?),
            None => None,
        };
        Ok(UsageFilter {
            from: self.from,
            to: self.to,
            agent: self.agent_id,
            api_key,
            provider: self.provider,
            model: self.model,
            status: self.status,
            run: None,
            session: None,
        })
    }
}

/// Run or session of the calls.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct UsageOrigin {
    /// Only calls of this run.
    run_id: Option<Id>,
    /// Only calls of this session.
    session_id: Option<Id>,
}

/// Get usage by agent
///
/// Tokens, calls and cost of a span, in all and by agent. Everything is rows: numbers survive a restart.
#[utoipa::path(get, path = "/api/usage", tag = "usage", params(UsageSpan, ListParams),
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(3))),
    responses((status = 200, description = "Sums, and a page of agents", body = UsageReport)))]
pub async fn get_usage(
    State(app): State<AppState>,
    ValidQuery(span): ValidQuery<UsageSpan>,
    ValidQuery(params): ValidQuery<ListParams>,
) -> Result<Json<UsageReport>> {
    let (period, from, to) = span.choose(&app, UsagePeriod::Day)?;
    let filter = UsageFilter { from, to: Some(to), ..UsageFilter::default() };
    let (sums, active_agents) = service::totals(app.db.read(), &filter).await?;
    let page = service::by_agent(app.db.read(), &filter, active_agents, &params).await?.map(Into::into);
    Ok(Json(UsageReport {
        period,
        from,
        to,
        total_input_tokens: sums.input_tokens,
        total_output_tokens: sums.output_tokens,
        total_cached_tokens: sums.cached_tokens,
        total_reasoning_tokens: sums.reasoning_tokens,
        total_cost_usd: usd(sums.cost_micro_usd),
        request_count: sums.calls,
        failed_count: sums.failed,
        active_agents,
        total: page.total(),
        agents: page.rows,
        next_cursor: page.next_cursor,
    }))
}

/// Get a summary of all usage
#[utoipa::path(get, path = "/api/usage/summary", tag = "usage",
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(3))),
    responses((status = 200, description = "Sums since ever and of today", body = UsageSummary)))]
pub async fn get_usage_summary(State(app): State<AppState>) -> Result<Json<UsageSummary>> {
    let (db, now) = (app.db.read(), Ts::now());
    let since = app.budget.calendar().day(now).from;
    let summary = service::summary(db, since).await?;
    let quota = budget::service::token_quota(&app.budget, now).await?;
    let sums = summary.all;
    Ok(Json(UsageSummary {
        total_input_tokens: sums.input_tokens,
        total_output_tokens: sums.output_tokens,
        total_cost_usd: usd(sums.cost_micro_usd),
        call_count: sums.calls,
        total_calls: sums.calls,
        total_tool_calls: sums.tool_calls,
        failed_count: sums.failed,
        today: UsageToday {
            input_tokens: summary.today_input,
            output_tokens: summary.today_output,
            cost_usd: usd(summary.today_cost),
            requests: summary.today_calls,
        },
        quota: UsageQuota {
            hourly_token_limit: quota.limit,
            hourly_tokens_used: quota.used,
            hourly_reset_at: quota.oldest.map(|at| at.plus_ms(HOUR_MS)),
        },
        since: summary.first,
    }))
}

/// List usage by model
#[utoipa::path(get, path = "/api/usage/by-model", tag = "usage", params(UsageSpan, ByProvider, ListParams),
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(3))),
    responses((status = 200, description = "A page of models", body = ModelUsageList)))]
pub async fn list_usage_by_model(
    State(app): State<AppState>,
    ValidQuery(span): ValidQuery<UsageSpan>,
    ValidQuery(by): ValidQuery<ByProvider>,
    ValidQuery(params): ValidQuery<ListParams>,
) -> Result<Json<ModelUsageList>> {
    let (_, from, to) = span.choose(&app, UsagePeriod::All)?;
    let filter = UsageFilter { from, to: Some(to), provider: by.provider, ..UsageFilter::default() };
    let page = service::by_model(app.db.read(), &filter, &params).await?.map(Into::into);
    Ok(Json(ModelUsageList { total: page.total(), models: page.rows, next_cursor: page.next_cursor }))
}

/// How many days.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct DailySpan {
    /// Number of days, today included.
    #[validate(range(min = 1, max = 366))]
    #[param(minimum = 1, maximum = 366, default = 7)]
    days: Option<i32>,
}

/// List usage by day
///
/// Days of the budget's time zone; days without calls are listed with zeros.
#[utoipa::path(get, path = "/api/usage/daily", tag = "usage", params(DailySpan),
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(3))),
    responses((status = 200, description = "The days, oldest first", body = DailyUsageList)))]
pub async fn list_daily_usage(
    State(app): State<AppState>,
    ValidQuery(wish): ValidQuery<DailySpan>,
) -> Result<Json<DailyUsageList>> {
    let (db, calendar, now) = (app.db.read(), app.budget.calendar(), Ts::now());
    let count = u64::from(wish.days.unwrap_or(DAYS).unsigned_abs());
    let today = calendar.date(now);
    let first_day = today - chrono::Days::new(count - 1);
    let span = Span { from: calendar.start_of(first_day), to: calendar.day(now).to };
    let days = views::daily(today, count, &service::by_day(db, calendar, span).await?);
    let first = service::first_at(db, &UsageFilter::default()).await?;
    Ok(Json(DailyUsageList {
        today_cost_usd: days.last().map_or(0.0, |day| day.cost_usd),
        first_event_date: first.map(|at| calendar.date(at).to_string()),
        total: i64::try_from(days.len()).unwrap_or(i64::MAX),
        days,
        next_cursor: None,
    }))
}

/// By what calls are grouped.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Grouping {
    /// One or two of `agent`, `model`, `provider`, `api_key`, `door`, `purpose`, `status`, `hour`, `day`, `month`, separated
    /// by a comma.
    #[validate(length(min = 1, max = 64))]
    #[param(required = true, min_length = 1, max_length = 64, example = "model,day")]
    group_by: Option<String>,
}

impl Grouping {
    fn dimensions(&self) -> Result<Vec<Dimension>> {
        let wrong = || {
            let text = "must be one or two different ones of agent, model, provider, api_key, door, purpose, status, \
                        hour, day, month";
            Error::invalid("group_by", text)
        };
        let words = self.group_by.as_deref().unwrap_or_default().split(',');
        let dimensions = words.map(|word| Dimension::parse(word).ok_or_else(wrong)).collect::<Result<Vec<_>>>()?;
        match dimensions.as_slice() {
            [_] => Ok(dimensions),
            [first, second] if first != second => Ok(dimensions),
            _ => Err(wrong()),
        }
    }
}

/// Break usage down
///
/// By one or two dimensions, of this month unless `from` or `to` is given.
#[utoipa::path(get, path = "/api/usage/breakdown", tag = "usage", params(Grouping, UsageFilters, ListParams),
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of groups", body = UsageBreakdown)))]
pub async fn get_usage_breakdown(
    State(app): State<AppState>,
    ValidQuery(grouping): ValidQuery<Grouping>,
    ValidQuery(filters): ValidQuery<UsageFilters>,
    ValidQuery(params): ValidQuery<ListParams>,
) -> Result<Json<UsageBreakdown>> {
    let dimensions = grouping.dimensions()?;
    let (db, calendar, now) = (app.db.read(), app.budget.calendar(), Ts::now());
    let mut filter = filters.read()?;
    if filter.from.is_none() && filter.to.is_none() {
        filter.from = Some(calendar.month(now).from);
    }
    // Months and days are worked out from the first call on, not from whatever was asked for.
    let end = *filter.to.get_or_insert(now.plus_ms(1));
    let first = service::first_at(db, &filter).await?.unwrap_or(now);
    let span = Span { from: first, to: end.min(now.plus_ms(1)).max(first.plus_ms(1)) };
    let page = service::groups(db, &filter, &dimensions, calendar, span, &params).await?;
    let page = page.map(|group| views::group(group, &dimensions, calendar, span));
    Ok(Json(UsageBreakdown { total: page.total(), groups: page.rows, next_cursor: page.next_cursor }))
}

/// List model calls
///
/// Newest first; failed calls and calls that a limit refused included.
#[utoipa::path(get, path = "/api/usage/records", tag = "usage", params(UsageFilters, UsageOrigin, ListParams),
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(5))),
    responses((status = 200, description = "A page of calls", body = UsageRecordList)))]
pub async fn list_usage_records(
    State(app): State<AppState>,
    ValidQuery(filters): ValidQuery<UsageFilters>,
    ValidQuery(origin): ValidQuery<UsageOrigin>,
    ValidQuery(params): ValidQuery<ListParams>,
) -> Result<Json<UsageRecordList>> {
    let filter = UsageFilter { run: origin.run_id, session: origin.session_id, ..filters.read()? };
    let page = service::records(app.db.read(), &filter, &params).await?.map(Into::into);
    Ok(Json(UsageRecordList { total: page.total(), records: page.rows, next_cursor: page.next_cursor }))
}

/// Form of an export.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ExportWish {
    /// CSV with a line of names, or one JSON object a line.
    #[serde(deserialize_with = "any_case::one")]
    #[param(inline)]
    format: ExportFormat,
}

/// Export model calls
///
/// All that match, newest first, as a stream.
#[utoipa::path(get, path = "/api/usage/export", tag = "usage", params(ExportWish, UsageFilters, UsageOrigin),
    security(("api_key" = ["usage:read"])), extensions(("x-cost" = json!(50)), ("x-long-running" = json!(true))),
    responses((status = 200, description = "The calls as an attachment",
        content((String = "text/csv; charset=utf-8"), (String = "application/x-ndjson")))))]
pub async fn export_usage(
    State(app): State<AppState>,
    ValidQuery(wish): ValidQuery<ExportWish>,
    ValidQuery(filters): ValidQuery<UsageFilters>,
    ValidQuery(origin): ValidQuery<UsageOrigin>,
) -> Result<Response> {
    let filter = UsageFilter { run: origin.run_id, session: origin.session_id, ..filters.read()? };
    let name = format!("attachment; filename=\"{}\"", wish.format.file_name());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(wish.format.content_type())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::internal)?),
    ];
    Ok((headers, export::body(app.db.clone(), filter, wish.format)).into_response())
}
