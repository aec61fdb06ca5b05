//! Limits and what is spent, for those who look.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Budget, GLOBAL_KEYS, Global, limits_of_row, row_of};
use crate::{
    agents::{self, AgentRow},
    auth,
    budget::{
        BudgetScope, BudgetWindow, Limits, Payer, Subject,
        check::Standing,
        entity::scope::{Column, Entity, Model as ScopeRow},
    },
    error::{Error, ErrorCode, Result},
    ids::Id,
    page::{ListParams, Page},
    time::Ts,
    usage::{
        ROOT_KEY,
        calendar::HOUR_MS,
        service::{Amounts, Spans, of_each, oldest, tokens_by_agent},
    },
};

const AGENTS: &str = "agent_budgets";
const KEYS: &str = "key_budgets";

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitOrigin {
    /// Nobody set it.
    Default,
    /// The configuration file.
    Config,
    /// An environment variable.
    Env,
    /// It was set over the API.
    Database,
}

/// Limits of a subject, and where it stands.
#[derive(Clone, Debug)]
pub struct SubjectFacts {
    pub limits: Limits,
    pub standing: Standing,
    /// End of the oldest call that counts for the hour.
    pub oldest: Option<Ts>,
    /// When the answer was worked out.
    pub now: Ts,
    pub day_ends: Ts,
    pub month_ends: Ts,
}

impl SubjectFacts {
    /// When a window gets new room.
    pub fn resets_at(&self, window: BudgetWindow) -> Option<Ts> {
        match window {
            BudgetWindow::Day => Some(self.day_ends),
            BudgetWindow::Month => Some(self.month_ends),
            BudgetWindow::Hour | BudgetWindow::TokensHour => {
                self.oldest.filter(|_| self.standing.spent(window) > 0).map(|at| at.plus_ms(HOUR_MS))
            }
            BudgetWindow::Run => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct GlobalFacts {
    pub facts: SubjectFacts,
    pub values: Global,
    pub origins: BTreeMap<String, LimitOrigin>,
    pub updated_at: Option<Ts>,
}

#[derive(Clone, Debug)]
pub struct AgentBudgetFacts {
    pub id: Id,
    pub name: String,
    pub facts: SubjectFacts,
    pub origins: BTreeMap<String, LimitOrigin>,
}

#[derive(Clone, Debug)]
pub struct KeyBudgetFacts {
    pub id: Id,
    pub name: String,
    pub facts: SubjectFacts,
}

impl Budget {
    async fn facts(&self, subject: Subject, limits: Limits, now: Ts) -> Result<SubjectFacts> {
        let db = self.db.read();
        let payer = Payer { subject, limits, label: String::new() };
        let standing = self.standings(db, &[payer], now).await?.remove(&subject).unwrap_or_default();
        let oldest = match standing.hour > 0 || standing.tokens > 0 {
            true => oldest(db, subject.charged(), self.calendar.hour(now).from).await?,
            false => None,
        };
        Ok(SubjectFacts { oldest, ..self.plain_facts(limits, standing, now) })
    }

    fn plain_facts(&self, limits: Limits, standing: Standing, now: Ts) -> SubjectFacts {
        let (day, month) = (self.calendar.day(now), self.calendar.month(now));
        SubjectFacts { limits, standing, oldest: None, now, day_ends: day.to, month_ends: month.to }
    }

    /// The whole windows, without the memo.
    fn spans(&self, now: Ts) -> Spans {
        let from = |span: crate::usage::Span| span.from;
        Spans {
            hour: from(self.calendar.hour(now)),
            day: from(self.calendar.day(now)),
            month: from(self.calendar.month(now)),
            settled: Ts(0),
        }
    }

    fn global_origins(&self, row: Option<&ScopeRow>) -> BTreeMap<String, LimitOrigin> {
        let set = |key: &str| {
            row.is_some_and(|row| match key {
                "max_hourly_usd" => row.max_hourly_micro_usd.is_some(),
                "max_daily_usd" => row.max_daily_micro_usd.is_some(),
                "max_monthly_usd" => row.max_monthly_micro_usd.is_some(),
                "alert_threshold" => row.alert_threshold.is_some(),
                _ => row.default_tokens_per_hour.is_some(),
            })
        };
        let origin = |key: &str| match set(key) {
            true => LimitOrigin::Database,
            false => self.origins.get(key).copied().unwrap_or(LimitOrigin::Default),
        };
        GLOBAL_KEYS.into_iter().map(|key| (key.to_owned(), origin(key))).collect()
    }

    fn agent_origins(&self, own: Limits, token_row: bool) -> BTreeMap<String, LimitOrigin> {
        let known = self.known();
        let default = self.global_origins(known.global.as_ref()).remove("default_max_llm_tokens_per_hour");
        let money = |limit: i64| if limit > 0 { LimitOrigin::Database } else { LimitOrigin::Default };
        let tokens = match own.tokens > 0 || token_row {
            true => LimitOrigin::Database,
            false => default.unwrap_or(LimitOrigin::Default),
        };
        BTreeMap::from([
            ("max_cost_per_hour_usd".to_owned(), money(own.hour)),
            ("max_cost_per_day_usd".to_owned(), money(own.day)),
            ("max_cost_per_month_usd".to_owned(), money(own.month)),
            ("max_llm_tokens_per_hour".to_owned(), tokens),
        ])
    }
}

pub async fn global(budget: &Budget, now: Ts) -> Result<GlobalFacts> {
    let row = row_of(budget.db.read(), Subject::Global).await?;
    let values = budget.global_of(row.as_ref());
    Ok(GlobalFacts {
        facts: budget.facts(Subject::Global, values.limits, now).await?,
        values,
        origins: budget.global_origins(row.as_ref()),
        updated_at: row.and_then(|row| row.updated_at),
    })
}

pub async fn agent(budget: &Budget, agent: &AgentRow, now: Ts) -> Result<AgentBudgetFacts> {
    let own = Limits::of_agent(&agent.manifest()?.resources);
    let limits = budget.agent_limits(agent.id, own);
    let token_row = budget.known().without_token_limit.contains(&agent.id);
    Ok(AgentBudgetFacts {
        id: agent.id,
        name: agent.name.clone(),
        facts: budget.facts(Subject::Agent(agent.id), limits, now).await?,
        origins: budget.agent_origins(own, token_row),
    })
}

/// Name of a key; that of the configuration has none of its own.
async fn key_label(budget: &Budget, id: Id, has_root: bool) -> Result<String> {
    match id {
        ROOT_KEY if has_root => Ok(crate::usage::ROOT.to_owned()),
        ROOT_KEY => Err(Error::new(ErrorCode::KeyNotFound, "No API key is configured")),
        id => Ok(auth::service::get(&budget.db, id).await?.name),
    }
}

pub async fn key(budget: &Budget, id: Id, has_root: bool, now: Ts) -> Result<KeyBudgetFacts> {
    let name = key_label(budget, id, has_root).await?;
    let row = row_of(budget.db.read(), Subject::Key(id)).await?;
    let limits = row.as_ref().map(limits_of_row).unwrap_or_default();
    Ok(KeyBudgetFacts { id, name, facts: budget.facts(Subject::Key(id), limits, now).await? })
}

fn standing(amounts: Option<&Amounts>) -> Standing {
    let amounts = amounts.copied().unwrap_or_default();
    Standing {
        hour: amounts.hour,
        day: amounts.day,
        month: amounts.month,
        tokens: amounts.tokens,
        ..Standing::default()
    }
}

/// Largest share of a limit that is spent; 0 without limits.
pub fn largest_share(limits: Limits, standing: &Standing) -> f64 {
    let share = |(window, limit): (BudgetWindow, i64)| standing.spent(window) as f64 / limit as f64;
    limits.windows().map(share).fold(0.0, f64::max)
}

/// Live agents by what they cost today, falling; with `over`, those at or above the alert threshold, or the others.
pub async fn agents(
    budget: &Budget,
    over: Option<bool>,
    params: &ListParams,
    now: Ts,
) -> Result<Page<AgentBudgetFacts>> {
    let (db, threshold) = (budget.db.read(), budget.global().alert_threshold);
    let spent = of_each(db, false, budget.spans(now)).await?;
    let mut rows = vec![];
    for (id, name, resources) in agents::service::resources_of_live(db).await? {
        let limits = budget.agent_limits(id, Limits::of_agent(&resources));
        let facts = budget.plain_facts(limits, standing(spent.get(&id)), now);
        let is_over = limits.any() && largest_share(limits, &facts.standing) >= threshold;
        if over.is_none_or(|wish| wish == is_over) {
            rows.push(AgentBudgetFacts { id, name, facts, origins: BTreeMap::new() });
        }
    }
    let key = |row: &AgentBudgetFacts| (std::cmp::Reverse(row.facts.standing.day), row.id);
    rows.sort_by_key(key);
    let total = u64::try_from(rows.len()).unwrap_or_default();
    if let Some((day, id)) = params.after::<(i64, Id)>(AGENTS)? {
        rows.retain(|row| key(row) > (std::cmp::Reverse(day), id));
    }
    Ok(Page::cut(rows, params.limit(), total, AGENTS, |row| (row.facts.standing.day, row.id)))
}

/// Keys that are not revoked, that of the configuration first.
pub async fn keys(budget: &Budget, has_root: bool, params: &ListParams, now: Ts) -> Result<Page<KeyBudgetFacts>> {
    let db = budget.db.read();
    let spent = of_each(db, true, budget.spans(now)).await?;
    let set = Entity::find().filter(Column::Scope.eq(BudgetScope::ApiKey)).all(db).await?;
    let set: HashMap<Id, Limits> = set.iter().map(|row| (row.scope_id, limits_of_row(row))).collect();
    let root = has_root.then(|| (ROOT_KEY, crate::usage::ROOT.to_owned()));
    // Newest first; the reserved id of the configured key is the highest.
    let mut named: Vec<(Id, String)> = root.into_iter().chain(auth::service::names(&budget.db).await?).collect();
    named.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    let total = u64::try_from(named.len()).unwrap_or_default();
    if let Some(after) = params.after::<Id>(KEYS)? {
        named.retain(|(id, _)| *id < after);
    }
    let rows = named.into_iter().map(|(id, name)| {
        let limits = set.get(&id).copied().unwrap_or_default();
        KeyBudgetFacts { id, name, facts: budget.plain_facts(limits, standing(spent.get(&id)), now) }
    });
    Ok(Page::cut(rows.collect(), params.limit(), total, KEYS, |row| row.id))
}

/// Hourly token limits of agents, together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quota {
    pub limit: i64,
    pub used: i64,
    pub oldest: Option<Ts>,
}

pub async fn token_quota(budget: &Budget, now: Ts) -> Result<Quota> {
    let db = budget.db.read();
    let used = tokens_by_agent(db, budget.calendar.hour(now).from).await?;
    let mut quota = Quota::default();
    for (id, _, resources) in agents::service::resources_of_live(db).await? {
        let limit = budget.agent_limits(id, Limits::of_agent(&resources)).tokens;
        if limit == 0 {
            continue;
        }
        quota.limit += limit;
        if let Some((tokens, first)) = used.get(&id) {
            quota.used += tokens;
            quota.oldest = Some(quota.oldest.map_or(*first, |oldest| oldest.min(*first)));
        }
    }
    Ok(quota)
}
