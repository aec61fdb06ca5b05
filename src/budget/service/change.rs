//! Setting limits. What is null goes back to the layer below, what is absent stays.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, sea_query::OnConflict};

use super::{
    Budget, blank_row, events, limits_of_row, lock,
    read::{AgentBudgetFacts, GlobalFacts, KeyBudgetFacts, agent, global, key},
};
use crate::{
    agents::AgentRow,
    budget::{
        BudgetEventKind, Limits, Payer, Subject,
        entity::scope::{Column, Entity, Model as ScopeRow},
    },
    error::Result,
    ids::Id,
    time::Ts,
};

/// A new value, back to the layer below, or no change.
type Wish<T> = Option<Option<T>>;

/// Limits of the server: micro-USD.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChangeGlobal {
    pub hour: Wish<i64>,
    pub day: Wish<i64>,
    pub month: Wish<i64>,
    pub alert_threshold: Wish<f64>,
    pub default_tokens_per_hour: Wish<i64>,
}

/// Limits of an agent or a key: micro-USD.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChangeAgent {
    pub hour: Wish<i64>,
    pub day: Wish<i64>,
    pub month: Wish<i64>,
    pub tokens: Wish<i64>,
}

fn put<T>(place: &mut Option<T>, wish: Wish<T>) {
    if let Some(value) = wish {
        *place = value;
    }
}

impl Budget {
    /// Changes the row of a subject, and notes which limits that changed.
    async fn change_row(
        &self,
        subject: Subject,
        now: Ts,
        limits: impl Fn(&ScopeRow) -> Limits,
        change: impl FnOnce(&mut ScopeRow),
    ) -> Result<()> {
        let tx = self.db.begin().await?;
        let mut row = lock(&tx, &[subject]).await?.pop().unwrap_or_else(|| blank_row(subject));
        let before = limits(&row);
        change(&mut row);
        row.updated_at = Some(now);
        let after = limits(&row);
        let all = [
            Column::MaxHourlyMicroUsd,
            Column::MaxDailyMicroUsd,
            Column::MaxMonthlyMicroUsd,
            Column::MaxTokensPerHour,
            Column::AlertThreshold,
            Column::DefaultTokensPerHour,
            Column::UpdatedAt,
        ];
        let replace = OnConflict::columns([Column::Scope, Column::ScopeId]).update_columns(all).to_owned();
        let values = row.clone().into_active_model().reset_all();
        Entity::insert(values).on_conflict(replace).exec_without_returning(&tx).await?;
        self.note_changes(&tx, subject, before, after, now).await?;
        tx.commit().await?;
        self.note(row);
        Ok(())
    }

    async fn note_changes<C: sea_orm::ConnectionTrait>(
        &self,
        tx: &C,
        subject: Subject,
        before: Limits,
        after: Limits,
        now: Ts,
    ) -> Result<()> {
        let all = |limits: Limits| {
            use crate::budget::BudgetWindow::{Day, Hour, Month, TokensHour};
            [(Hour, limits.hour), (Day, limits.day), (Month, limits.month), (TokensHour, limits.tokens)]
        };
        if before == after {
            return Ok(());
        }
        let payer = Payer { subject, limits: after, label: String::new() };
        let standing = self.standings(tx, &[payer], now).await?.remove(&subject).unwrap_or_default();
        for ((window, old), (_, new)) in all(before).into_iter().zip(all(after)) {
            if old != new {
                let amounts = (new, standing.spent(window));
                let event = self.event(BudgetEventKind::Changed, subject, window, amounts, None, now);
                events::record(tx, &event).await?;
            }
        }
        Ok(())
    }
}

pub async fn change_global(budget: &Budget, wish: ChangeGlobal, now: Ts) -> Result<GlobalFacts> {
    let limits = |row: &ScopeRow| {
        let global = budget.global_of(Some(row));
        Limits { tokens: global.default_tokens_per_hour, ..global.limits }
    };
    let change = |row: &mut ScopeRow| {
        put(&mut row.max_hourly_micro_usd, wish.hour);
        put(&mut row.max_daily_micro_usd, wish.day);
        put(&mut row.max_monthly_micro_usd, wish.month);
        put(&mut row.alert_threshold, wish.alert_threshold);
        put(&mut row.default_tokens_per_hour, wish.default_tokens_per_hour);
    };
    budget.change_row(Subject::Global, now, limits, change).await?;
    global(budget, now).await
}

pub async fn change_key(budget: &Budget, id: Id, has_root: bool, wish: ChangeAgent, now: Ts) -> Result<KeyBudgetFacts> {
    // 404 before anything is written.
    key(budget, id, has_root, now).await?;
    let change = |row: &mut ScopeRow| {
        put(&mut row.max_hourly_micro_usd, wish.hour);
        put(&mut row.max_daily_micro_usd, wish.day);
        put(&mut row.max_monthly_micro_usd, wish.month);
        put(&mut row.max_tokens_per_hour, wish.tokens);
    };
    budget.change_row(Subject::Key(id), now, limits_of_row, change).await?;
    key(budget, id, has_root, now).await
}

/// After an agent's manifest took its new limits: what the manifest can not say is stored here, and the change is noted.
pub async fn note_agent_change(
    budget: &Budget,
    before: Limits,
    row: &AgentRow,
    tokens: Wish<i64>,
    now: Ts,
) -> Result<AgentBudgetFacts> {
    let subject = Subject::Agent(row.id);
    let after = Limits::of_agent(&row.manifest()?.resources);
    let old = budget.agent_limits(row.id, before);
    let is_unlimited = budget.known().without_token_limit.contains(&row.id);
    // 0 in a manifest leaves it to the default limit; here it means none at all.
    let unlimited = match tokens {
        Some(Some(0)) => true,
        Some(_) => false,
        None => is_unlimited,
    };
    if unlimited != is_unlimited {
        let change = |row: &mut ScopeRow| row.max_tokens_per_hour = unlimited.then_some(0);
        budget.change_row(subject, now, |_| Limits::default(), change).await?;
    }
    let new = budget.agent_limits(row.id, after);
    if old != new {
        let tx = budget.db.begin().await?;
        budget.note_changes(&tx, subject, old, new, now).await?;
        tx.commit().await?;
    }
    agent(budget, row, now).await
}
