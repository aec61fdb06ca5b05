//! The two moments of a model call: what it may cost is reserved before, and released for what it did cost after.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement, UnionType},
};

use super::{Budget, events, limits_of_row, lock};
use crate::{
    budget::{
        BudgetEventKind, BudgetEventRow, BudgetScope, BudgetWindow, Need, Payer, Payers, Refusal, Subject,
        check::{Reset, Standing, excess, reached},
        entity::reservation,
    },
    error::Result,
    ids::Id,
    time::Ts,
    usage::{
        calendar::HOUR_MS,
        service::{Amounts, Spans, leaves_when, spent},
    },
};

type Column = reservation::Column;

impl Budget {
    /// Reserves what a call needs with everybody who pays, or says which limit it does not fit under; then nothing was
    /// written. To be called first in a transaction.
    pub async fn reserve<C: ConnectionTrait>(
        &self,
        tx: &C,
        who: &Payers,
        (run, step): (Id, Id),
        need: Need,
        now: Ts,
    ) -> Result<Result<(), Box<Refusal>>> {
        let payers = self.payers(who);
        let limited = self.locked(tx, payers.iter().filter(|p| p.limits.any()).cloned().collect()).await?;
        let standings = self.standings(tx, &limited, now).await?;
        for payer in limited {
            let standing = standings.get(&payer.subject).copied().unwrap_or_default();
            if let Some(excess) = excess(payer.limits, &standing, need) {
                let reset = self.reset(tx, payer.subject, excess.window, need, excess.limit, &standing, now).await?;
                return Ok(Err(Box::new(Refusal { payer, excess, reset })));
            }
        }
        let rows = payers.iter().map(|payer| reservation::Model {
            step_id: step,
            scope: payer.subject.scope(),
            scope_id: payer.subject.id(),
            run_id: run,
            micro_usd: need.micro_usd,
            tokens: need.tokens,
            created_at: now,
        });
        let rows = rows.map(|row| row.into_active_model().reset_all());
        reservation::Entity::insert_many(rows).exec_without_returning(tx).await?;
        Ok(Ok(()))
    }

    /// Warnings that are due when a call that took this is about to be stored. To be called first in its transaction.
    pub async fn warnings<C: ConnectionTrait>(
        &self,
        tx: &C,
        who: &Payers,
        run: Id,
        took: Need,
        now: Ts,
    ) -> Result<Vec<Warning>> {
        let threshold = self.global().alert_threshold;
        let warned = |payer: &Payer| payer.limits.any() && !matches!(payer.subject, Subject::Run(_));
        let limited: Vec<Payer> = self.payers(who).into_iter().filter(warned).collect();
        if threshold <= 0.0 || limited.is_empty() {
            return Ok(vec![]);
        }
        let limited = self.locked(tx, limited).await?;
        let standings = self.standings(tx, &limited, now).await?;
        let mut warnings = vec![];
        for payer in limited {
            let before = standings.get(&payer.subject).copied().unwrap_or_default();
            for (window, limit, spent) in reached(payer.limits, &before, took, threshold) {
                let event = BudgetEventRow {
                    threshold: Some(threshold),
                    ..self.event(BudgetEventKind::Warning, payer.subject, window, (limit, spent), Some(run), now)
                };
                if events::record(tx, &event).await? {
                    warnings.push(Warning { payer: payer.clone(), event });
                }
            }
        }
        Ok(warnings)
    }

    /// With several servers: locks their rows, and takes the limits from there.
    async fn locked<C: ConnectionTrait>(&self, tx: &C, mut payers: Vec<Payer>) -> Result<Vec<Payer>> {
        if self.db.is_sqlite() || payers.is_empty() {
            return Ok(payers);
        }
        let subjects: Vec<Subject> = payers.iter().map(|payer| payer.subject).collect();
        for row in lock(tx, &subjects).await? {
            for payer in payers.iter_mut().filter(|p| p.subject.scope() == row.scope && p.subject.id() == row.scope_id)
            {
                payer.limits = match row.scope {
                    BudgetScope::Global => self.global_of(Some(&row)).limits,
                    BudgetScope::ApiKey => limits_of_row(&row),
                    BudgetScope::Agent | BudgetScope::Run => payer.limits,
                };
            }
        }
        Ok(payers)
    }

    /// What they spent and what is reserved for them: one statement.
    pub(super) async fn standings<C: ConnectionTrait>(
        &self,
        db: &C,
        payers: &[Payer],
        now: Ts,
    ) -> Result<HashMap<Subject, Standing>> {
        let ever = Spans { hour: Ts(0), day: Ts(0), month: Ts(0), settled: Ts(0) };
        let readings: Vec<_> = payers.iter().map(|p| self.memo.spans(p.subject, self.calendar, now)).collect();
        let mut parts = vec![];
        for (n, (payer, reading)) in (0..).zip(payers.iter().zip(&readings)) {
            let spans = if matches!(payer.subject, Subject::Run(_)) { ever } else { reading.spans };
            for mut part in spent(n, payer.subject.charged(), spans) {
                part.expr_as(Expr::val(0_i64), Alias::new("reserved_micro_usd"));
                part.expr_as(Expr::val(0_i64), Alias::new("reserved_tokens"));
                parts.push(part);
            }
            parts.push(reserved(n, payer.subject));
        }
        let mut parts = parts.into_iter();
        let Some(mut query) = parts.next() else { return Ok(HashMap::new()) };
        query.unions(parts.map(|part| (UnionType::All, part)));
        let mut sums = vec![(Amounts::default(), 0_i64, 0_i64); payers.len()];
        for row in db.query_all(&query).await? {
            let n: i32 = row.try_get("", "n")?;
            if let Some((amounts, money, tokens)) = usize::try_from(n).ok().and_then(|n| sums.get_mut(n)) {
                *amounts = amounts.plus(Amounts::from_query_result(&row, "")?);
                *money += row.try_get::<i64>("", "reserved_micro_usd")?;
                *tokens += row.try_get::<i64>("", "reserved_tokens")?;
            }
        }
        let standings = payers.iter().zip(&readings).zip(sums).map(|((payer, reading), (read, money, tokens))| {
            let is_run = matches!(payer.subject, Subject::Run(_));
            let whole = if is_run { read } else { self.memo.complete(payer.subject, reading, read) };
            let standing = Standing {
                hour: whole.hour,
                day: whole.day,
                month: whole.month,
                tokens: whole.tokens,
                run: if is_run { read.month } else { 0 },
                reserved_micro_usd: money,
                reserved_tokens: tokens,
            };
            (payer.subject, standing)
        });
        Ok(standings.collect())
    }

    #[expect(clippy::too_many_arguments, reason = "the facts of one refusal")]
    async fn reset<C: ConnectionTrait>(
        &self,
        db: &C,
        subject: Subject,
        window: BudgetWindow,
        need: Need,
        limit: i64,
        standing: &Standing,
        now: Ts,
    ) -> Result<Reset> {
        let need = need.of(window);
        if need > limit {
            return Ok(Reset::Never);
        }
        // What is reserved comes back when the calls under way end, which no clock tells.
        let too_much = standing.spent(window).saturating_add(need) - limit;
        Ok(match window {
            BudgetWindow::Day => Reset::At(self.calendar.day(now).to),
            BudgetWindow::Month => Reset::At(self.calendar.month(now).to),
            BudgetWindow::Run => Reset::Never,
            BudgetWindow::Hour | BudgetWindow::TokensHour if too_much <= 0 => Reset::At(now),
            BudgetWindow::Hour | BudgetWindow::TokensHour => {
                let (from, tokens) = (self.calendar.hour(now).from, window == BudgetWindow::TokensHour);
                let leaves = leaves_when(db, subject.charged(), from, too_much, tokens).await?;
                leaves.map_or(Reset::Never, |at| Reset::At(at.plus_ms(HOUR_MS)))
            }
        })
    }

    /// A row about a limit. Money and tokens are `(limit, spent)`.
    pub(super) fn event(
        &self,
        kind: BudgetEventKind,
        subject: Subject,
        window: BudgetWindow,
        (limit_value, spent): (i64, i64),
        run_id: Option<Id>,
        now: Ts,
    ) -> BudgetEventRow {
        BudgetEventRow {
            id: Id::new(),
            kind,
            scope: subject.scope(),
            scope_id: subject.id(),
            span: window,
            instance: match window {
                BudgetWindow::Day => self.calendar.day(now).from,
                BudgetWindow::Month => self.calendar.month(now).from,
                _ => now,
            },
            limit_value,
            spent,
            threshold: None,
            run_id,
            created_at: now,
        }
    }
}

/// A threshold that was reached.
#[derive(Clone, Debug)]
pub struct Warning {
    pub payer: Payer,
    pub event: BudgetEventRow,
}

impl Warning {
    pub fn sentence(&self) -> String {
        let BudgetEventRow { span, limit_value, spent, .. } = self.event;
        let amount = |value| crate::budget::check::amount(span, value);
        let what = match span {
            BudgetWindow::Hour => "in the last hour",
            BudgetWindow::Day => "today",
            BudgetWindow::Month => "this month",
            BudgetWindow::TokensHour => "in the last hour",
            BudgetWindow::Run => "in this run",
        };
        format!("{} of {} are spent {what} by {}", amount(spent), amount(limit_value), self.payer.label)
    }

    /// Percent of the limit.
    pub fn percent(&self) -> f64 {
        self.event.spent as f64 * 100.0 / self.event.limit_value as f64
    }
}

/// Notes that a limit did not let a call happen. True the first time in the present window; runs have no such rows.
pub async fn refused<C: ConnectionTrait>(budget: &Budget, tx: &C, refusal: &Refusal, run: Id, now: Ts) -> Result<bool> {
    let (subject, excess) = (refusal.payer.subject, refusal.excess);
    if excess.window == BudgetWindow::Run {
        return Ok(false);
    }
    let rolls = matches!(excess.window, BudgetWindow::Hour | BudgetWindow::TokensHour);
    if rolls && events::refused_since(tx, subject, excess.window, budget.calendar.hour(now).from).await? {
        return Ok(false);
    }
    let amounts = (excess.limit, excess.spent);
    let event = budget.event(BudgetEventKind::Exceeded, subject, excess.window, amounts, Some(run), now);
    events::record(tx, &event).await
}

/// The calls of these steps are over: what they cost stands in their usage rows.
pub async fn release<C: ConnectionTrait>(tx: &C, steps: &[Id]) -> Result<()> {
    if !steps.is_empty() {
        reservation::Entity::delete_many().filter(Column::StepId.is_in(steps.iter().copied())).exec(tx).await?;
    }
    Ok(())
}

/// Number of open reservations of a run; for tests of what must not be left behind.
pub async fn open_reservations<C: ConnectionTrait>(db: &C, run: Id) -> Result<u64> {
    use sea_orm::PaginatorTrait;
    Ok(reservation::Entity::find().filter(Column::RunId.eq(run)).count(db).await?)
}

fn reserved(n: i32, subject: Subject) -> SelectStatement {
    let sum = |column: Column| {
        let sum = Func::coalesce([Expr::col(column).sum(), Expr::val(0_i64)]);
        Expr::expr(sum).cast_as(Alias::new("bigint"))
    };
    let mut query = Query::select();
    query.expr_as(Expr::val(n), Alias::new("n"));
    for name in ["hour", "day", "month", "tokens", "day_settled", "month_settled"] {
        query.expr_as(Expr::val(0_i64), Alias::new(name));
    }
    query
        .expr_as(sum(Column::MicroUsd), Alias::new("reserved_micro_usd"))
        .expr_as(sum(Column::Tokens), Alias::new("reserved_tokens"))
        .from(reservation::Entity)
        .and_where(Column::Scope.eq(subject.scope()))
        .and_where(Column::ScopeId.eq(subject.id()));
    query
}
