//! Rules and SQL of budgets. `reserve` and `settle` work inside the transactions of the turn loop.

mod change;
mod events;
mod read;
mod reserve;

use std::{
    collections::{HashMap, HashSet},
    sync::{PoisonError, RwLock},
};

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    BudgetScope, Limits, Payer, Payers, Subject,
    entity::scope::{Column, Entity, Model as ScopeRow},
    limits::micro_usd,
    memo::Memo,
};
use crate::{
    config::{BudgetLimits, Config, KeyOrigin, UnknownPrice},
    db::Db,
    error::Result,
    ids::Id,
    usage::Calendar,
};

pub use change::{ChangeAgent, ChangeGlobal, change_global, change_key, note_agent_change};
pub use events::{EventFilter, list as list_events, record as record_events};
pub use read::{
    AgentBudgetFacts, GlobalFacts, KeyBudgetFacts, LimitOrigin, Quota, SubjectFacts, agent, agents, global, key, keys,
    largest_share, token_quota,
};
pub use reserve::{Warning, open_reservations, refused, release};

/// Keys of the server's budget, which also name the fields of its origins.
pub const GLOBAL_KEYS: [&str; 5] =
    ["max_hourly_usd", "max_daily_usd", "max_monthly_usd", "alert_threshold", "default_max_llm_tokens_per_hour"];

/// The budgets of a server: what its configuration says, and what of the database every call needs to know.
pub struct Budget {
    db: Db,
    configured: BudgetLimits,
    origins: HashMap<&'static str, LimitOrigin>,
    calendar: Calendar,
    known: RwLock<Known>,
    memo: Memo,
}

/// What was set over the API, as of the last look.
#[derive(Clone, Debug, Default)]
struct Known {
    global: Option<ScopeRow>,
    keys: HashMap<Id, Limits>,
    /// Agents that not even the default token limit is for.
    without_token_limit: HashSet<Id>,
}

/// Values of the server in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Global {
    pub limits: Limits,
    pub alert_threshold: f64,
    pub default_tokens_per_hour: i64,
}

impl Budget {
    pub async fn open(db: Db, config: &Config) -> Result<Self> {
        let origins = GLOBAL_KEYS.into_iter().map(|key| {
            let origin = match config.set_by.get(&format!("budget.{key}")) {
                Some(KeyOrigin::File) => LimitOrigin::Config,
                Some(KeyOrigin::Environment) => LimitOrigin::Env,
                None => LimitOrigin::Default,
            };
            (key, origin)
        });
        let budget = Self {
            db,
            configured: config.budget.clone(),
            origins: origins.collect(),
            // A zone that does not exist was refused when the configuration was read.
            calendar: Calendar(config.budget.timezone.parse().unwrap_or_default()),
            known: RwLock::default(),
            memo: Memo::default(),
        };
        budget.refresh().await?;
        Ok(budget)
    }

    /// Learns what other servers changed.
    pub async fn refresh(&self) -> Result<()> {
        let set = Condition::any()
            .add(Column::Scope.eq(BudgetScope::Global))
            .add(Column::MaxHourlyMicroUsd.is_not_null())
            .add(Column::MaxDailyMicroUsd.is_not_null())
            .add(Column::MaxMonthlyMicroUsd.is_not_null())
            .add(Column::MaxTokensPerHour.is_not_null());
        let rows = Entity::find().filter(set).all(self.db.read()).await?;
        let mut known = Known::default();
        rows.into_iter().for_each(|row| known.note(row));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    /// Takes over what was written, so that it is in force before anybody is told.
    fn note(&self, row: ScopeRow) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).note(row);
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Calendar of the budget's time zone.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// Calls without a known price are refused.
    pub fn denies_unknown_prices(&self) -> bool {
        self.configured.unknown_price == UnknownPrice::Deny
    }

    pub fn global(&self) -> Global {
        self.global_of(self.known.read().unwrap_or_else(PoisonError::into_inner).global.as_ref())
    }

    fn global_of(&self, row: Option<&ScopeRow>) -> Global {
        let configured = &self.configured;
        let limit = |set: Option<Option<i64>>, usd: f64| set.flatten().unwrap_or_else(|| micro_usd(usd));
        let default = i64::try_from(configured.default_max_llm_tokens_per_hour).unwrap_or(i64::MAX);
        Global {
            limits: Limits {
                hour: limit(row.map(|r| r.max_hourly_micro_usd), configured.max_hourly_usd),
                day: limit(row.map(|r| r.max_daily_micro_usd), configured.max_daily_usd),
                month: limit(row.map(|r| r.max_monthly_micro_usd), configured.max_monthly_usd),
                ..Limits::default()
            },
            alert_threshold: row.and_then(|r| r.alert_threshold).unwrap_or(configured.alert_threshold),
            default_tokens_per_hour: row.and_then(|r| r.default_tokens_per_hour).unwrap_or(default),
        }
    }

    /// Limits of an agent whose manifest says these.
    pub fn agent_limits(&self, agent: Id, own: Limits) -> Limits {
        let default = self.global().default_tokens_per_hour;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let tokens = match own.tokens {
            0 if known.without_token_limit.contains(&agent) => 0,
            0 => default,
            tokens => tokens,
        };
        Limits { tokens, ..own }
    }

    /// Everybody who pays, with the limits in force, in the order in which they are asked.
    pub fn payers(&self, who: &Payers) -> Vec<Payer> {
        let mut payers =
            vec![Payer { subject: Subject::Global, limits: self.global().limits, label: "this server".to_owned() }];
        payers.extend(who.agents.iter().map(|agent| Payer {
            subject: Subject::Agent(agent.id),
            limits: self.agent_limits(agent.id, agent.limits),
            label: format!("agent '{}'", agent.name),
        }));
        payers.extend(who.key.iter().map(|(id, name)| Payer {
            subject: Subject::Key(*id),
            limits: self.key_limits(*id),
            label: match name {
                Some(name) => format!("API key '{name}'"),
                None => "the configured API key".to_owned(),
            },
        }));
        payers.extend(who.runs.iter().map(|(id, limit)| Payer {
            subject: Subject::Run(*id),
            limits: Limits { run: *limit, ..Limits::default() },
            label: "one run".to_owned(),
        }));
        payers
    }

    fn key_limits(&self, id: Id) -> Limits {
        self.known.read().unwrap_or_else(PoisonError::into_inner).keys.get(&id).copied().unwrap_or_default()
    }

    /// Whether any limit is in force for them.
    pub fn limits(&self, who: &Payers) -> bool {
        self.payers(who).iter().any(|payer| payer.limits.any())
    }
}

impl Known {
    fn note(&mut self, row: ScopeRow) {
        match row.scope {
            BudgetScope::Global => self.global = Some(row),
            BudgetScope::ApiKey => drop(self.keys.insert(row.scope_id, limits_of_row(&row))),
            BudgetScope::Agent if row.max_tokens_per_hour == Some(0) => {
                self.without_token_limit.insert(row.scope_id);
            }
            BudgetScope::Agent => drop(self.without_token_limit.remove(&row.scope_id)),
            BudgetScope::Run => {}
        }
    }
}

/// What the row of a key says.
fn limits_of_row(row: &ScopeRow) -> Limits {
    Limits {
        hour: row.max_hourly_micro_usd.unwrap_or(0),
        day: row.max_daily_micro_usd.unwrap_or(0),
        month: row.max_monthly_micro_usd.unwrap_or(0),
        tokens: row.max_tokens_per_hour.unwrap_or(0),
        run: 0,
    }
}

fn blank_row(subject: Subject) -> ScopeRow {
    ScopeRow {
        scope: subject.scope(),
        scope_id: subject.id(),
        max_hourly_micro_usd: None,
        max_daily_micro_usd: None,
        max_monthly_micro_usd: None,
        max_tokens_per_hour: None,
        alert_threshold: None,
        default_tokens_per_hour: None,
        updated_at: None,
    }
}

/// The row of a subject, if there is one.
async fn row_of<C: ConnectionTrait>(db: &C, subject: Subject) -> Result<Option<ScopeRow>> {
    Ok(Entity::find_by_id((subject.scope(), subject.id())).one(db).await?)
}

/// Rows of these subjects, locked until the transaction ends, in one order for everybody. Missing ones are made. SQLite
/// has one writer, who needs no locks.
async fn lock<C: ConnectionTrait>(tx: &C, subjects: &[Subject]) -> Result<Vec<ScopeRow>> {
    use sea_orm::{ActiveModelTrait, IntoActiveModel, QueryOrder, QuerySelect, sea_query::OnConflict};
    let one = |subject: &Subject| {
        Condition::all().add(Column::Scope.eq(subject.scope())).add(Column::ScopeId.eq(subject.id()))
    };
    let theirs = subjects.iter().fold(Condition::any(), |any, subject| any.add(one(subject)));
    let query = || {
        let rows = Entity::find().filter(theirs.clone());
        rows.order_by_asc(Column::Scope).order_by_asc(Column::ScopeId).lock_exclusive()
    };
    let rows = query().all(tx).await?;
    if rows.len() == subjects.len() {
        return Ok(rows);
    }
    let mut missing: Vec<&Subject> = subjects.iter().collect();
    missing.sort_by_key(|subject| (subject.scope().as_str(), subject.id()));
    let fresh = missing.into_iter().map(|subject| blank_row(*subject).into_active_model().reset_all());
    let nothing = OnConflict::columns([Column::Scope, Column::ScopeId]).do_nothing().to_owned();
    match Entity::insert_many(fresh).on_conflict(nothing).exec_without_returning(tx).await {
        Ok(_) | Err(sea_orm::DbErr::RecordNotInserted) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(query().all(tx).await?)
}
