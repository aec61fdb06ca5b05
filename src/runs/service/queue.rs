//! The queue and its leases. A run is taken by one statement, so two workers never get the same one.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, LockBehavior, LockType, Order, Query, SelectStatement},
};

use crate::{
    approvals,
    error::Result,
    ids::Id,
    runs::{RunRow, RunState, entity::run},
    time::Ts,
};

/// States in which no worker has a run and one may take it.
const WAITING: [RunState; 4] = [RunState::Queued, RunState::Parked, RunState::WaitingRetry, RunState::WaitingApproval];

/// What stands in front of a new run of a session, and the state of its agent.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Load {
    /// As stored in `agents.state`; None: no such agent.
    pub agent_state: Option<String>,
    /// Unfinished runs of the session.
    pub session_open: i64,
    /// Queued runs of the agent.
    pub agent_queued: i64,
    /// Runs of the agent that a worker has.
    pub agent_running: i64,
}

pub async fn load<C: ConnectionTrait>(db: &C, agent: Id, session: Id) -> Result<Load> {
    let open = |condition: Expr| {
        Query::select()
            .expr(Expr::col(run::Column::Id).count())
            .from(run::Entity)
            .and_where(condition)
            .and_where(run::Column::EndedAt.is_null())
            .to_owned()
    };
    let of_agent = |state: RunState| open(run::Column::AgentId.eq(agent).and(run::Column::State.eq(state)));
    let state = Query::select()
        .column(Alias::new("state"))
        .from(Alias::new("agents"))
        .and_where(Expr::col(Alias::new("id")).eq(agent))
        .to_owned();
    let query = Query::select()
        .expr_as(Expr::from(sub(state)), Alias::new("agent_state"))
        .expr_as(Expr::from(sub(open(run::Column::SessionId.eq(session)))), Alias::new("session_open"))
        .expr_as(Expr::from(sub(of_agent(RunState::Queued))), Alias::new("agent_queued"))
        .expr_as(Expr::from(sub(of_agent(RunState::Running))), Alias::new("agent_running"))
        .to_owned();
    let row = db.query_one(&query).await?;
    let row = row.ok_or_else(|| sea_orm::DbErr::RecordNotFound("counts of the queue".into()))?;
    Ok(Load::from_query_result(&row, "")?)
}

fn sub(query: SelectStatement) -> sea_orm::sea_query::SubQueryStatement {
    sea_orm::sea_query::SubQueryStatement::SelectStatement(query)
}

/// Takes the best ready run for a worker: state running, one epoch up. A waiting run comes before the queued ones.
pub async fn claim<C: ConnectionTrait>(
    db: &C,
    owner: &str,
    now: Ts,
    lease_until: Ts,
    background: bool,
) -> Result<Option<RunRow>> {
    let (r, x) = (Alias::new("r"), Alias::new("x"));
    let before_it = Condition::any()
        .add(col(&x, run::Column::State).ne(RunState::Queued))
        .add(col(&x, run::Column::QueueSeq).lt(col(&r, run::Column::QueueSeq)));
    let blocked = Query::select()
        .expr(Expr::val(1))
        .from_as(run::Entity, x.clone())
        .and_where(col(&x, run::Column::SessionId).equals((r.clone(), run::Column::SessionId)))
        .and_where(col(&x, run::Column::EndedAt).is_null())
        .cond_where(before_it)
        .to_owned();
    let cancelled =
        || col(&r, run::Column::CancelRequestedAt).is_not_null().and(col(&r, run::Column::State).ne(RunState::Queued));
    let ready = Condition::any()
        .add(cancelled())
        .add(Condition::all().add(col(&r, run::Column::State).eq(RunState::Queued)).add(Expr::exists(blocked).not()))
        .add(col(&r, run::Column::State).eq(RunState::Parked))
        .add(decided(col(&r, run::Column::State), col(&r, run::Column::Id)))
        .add(
            Condition::all()
                .add(col(&r, run::Column::State).eq(RunState::WaitingRetry))
                .add(col(&r, run::Column::WakeAt).lte(now)),
        );
    let running = Query::select()
        .expr(col(&x, run::Column::Id).count())
        .from_as(run::Entity, x.clone())
        .and_where(col(&x, run::Column::AgentId).equals((r.clone(), run::Column::AgentId)))
        .and_where(col(&x, run::Column::EndedAt).is_null())
        .and_where(col(&x, run::Column::State).eq(RunState::Running))
        .to_owned();
    let agents = Alias::new("agents");
    let mut candidate = Query::select()
        .column((r.clone(), run::Column::Id))
        .from_as(run::Entity, r.clone())
        .inner_join(
            agents.clone(),
            Expr::col((agents.clone(), Alias::new("id"))).equals((r.clone(), run::Column::AgentId)),
        )
        .and_where(col(&r, run::Column::EndedAt).is_null())
        .and_where(col(&r, run::Column::State).is_in(WAITING))
        .cond_where(
            Condition::any().add(cancelled()).add(
                Condition::all()
                    .add(Expr::col((agents, Alias::new("state"))).eq("running"))
                    .add(Expr::from(sub(running)).lt(col(&r, run::Column::MaxConcurrent))),
            ),
        )
        .cond_where(ready)
        .order_by_expr(col(&r, run::Column::State).eq(RunState::Queued), Order::Asc)
        .order_by((r.clone(), run::Column::Rank), Order::Asc)
        .order_by((r.clone(), run::Column::Id), Order::Asc)
        .limit(1)
        .to_owned();
    if !background {
        candidate.and_where(col(&r, run::Column::Background).eq(false));
    }
    take(db, candidate, r, owner, lease_until).await
}

/// A run that waits for a person who has decided.
fn decided(state: Expr, id: Expr) -> Expr {
    state.eq(RunState::WaitingApproval).and(Expr::exists(approvals::service::decided_for(id)))
}

/// Takes a run whose worker stopped renewing its lease.
pub async fn take_over<C: ConnectionTrait>(db: &C, owner: &str, now: Ts, lease_until: Ts) -> Result<Option<RunRow>> {
    let r = Alias::new("r");
    let candidate = Query::select()
        .column((r.clone(), run::Column::Id))
        .from_as(run::Entity, r.clone())
        .and_where(col(&r, run::Column::EndedAt).is_null())
        .and_where(col(&r, run::Column::State).eq(RunState::Running))
        .and_where(col(&r, run::Column::LeaseUntil).lt(now))
        .order_by((r.clone(), run::Column::Rank), Order::Asc)
        .limit(1)
        .to_owned();
    take(db, candidate, r, owner, lease_until).await
}

async fn take<C: ConnectionTrait>(
    db: &C,
    mut candidate: SelectStatement,
    alias: Alias,
    owner: &str,
    lease_until: Ts,
) -> Result<Option<RunRow>> {
    if db.get_database_backend() == DatabaseBackend::Postgres {
        candidate.lock_with_tables_behavior(LockType::Update, [alias], LockBehavior::SkipLocked);
    }
    let taken = run::Entity::update_many()
        .col_expr(run::Column::State, Expr::value(RunState::Running))
        .col_expr(run::Column::LeaseOwner, Expr::value(owner))
        .col_expr(run::Column::LeaseEpoch, Expr::col(run::Column::LeaseEpoch).add(1))
        .col_expr(run::Column::LeaseUntil, Expr::value(lease_until))
        .filter(run::Column::Id.in_subquery(candidate))
        .exec_with_returning(db)
        .await;
    match taken {
        Ok(rows) => Ok(rows.into_iter().next()),
        // Another replica started a run of the same session in this very moment.
        Err(e) if matches!(e.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

fn col(alias: &Alias, column: run::Column) -> Expr {
    Expr::col((alias.clone(), column))
}

/// Extends the leases of these runs and returns those that are still held.
pub async fn renew<C: ConnectionTrait>(db: &C, owner: &str, runs: &[(Id, i32)], until: Ts) -> Result<Vec<Id>> {
    let held = runs.iter().fold(Condition::any(), |any, (id, epoch)| {
        any.add(run::Column::Id.eq(*id).and(run::Column::LeaseEpoch.eq(*epoch)))
    });
    let rows = run::Entity::update_many()
        .col_expr(run::Column::LeaseUntil, Expr::value(until))
        .filter(run::Column::LeaseOwner.eq(owner))
        .filter(run::Column::State.eq(RunState::Running))
        .filter(held)
        .exec_with_returning(db)
        .await?;
    Ok(rows.into_iter().map(|r| r.id).collect())
}

/// At boot on SQLite: the former process is known to be dead, so no lease of its counts any more.
pub async fn expire_all_leases<C: ConnectionTrait>(db: &C) -> Result<()> {
    run::Entity::update_many()
        .col_expr(run::Column::LeaseUntil, Expr::value(Ts(0)))
        .filter(run::Column::EndedAt.is_null())
        .filter(run::Column::State.eq(RunState::Running))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes the wish to cancel, once. Runs that ended or were asked before stay as they are.
pub async fn request_cancel<C: ConnectionTrait>(
    db: &C,
    runs: &[Id],
    reason: Option<&str>,
    by: &str,
    now: Ts,
) -> Result<()> {
    run::Entity::update_many()
        .col_expr(run::Column::CancelRequestedAt, Expr::value(now))
        .col_expr(run::Column::CancelReason, Expr::value(reason))
        .col_expr(run::Column::CancelBy, Expr::value(by))
        .filter(run::Column::Id.is_in(runs.iter().copied()))
        .filter(run::Column::EndedAt.is_null())
        .filter(run::Column::CancelRequestedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Runs of this owner that somebody asked to cancel, perhaps on another replica.
pub async fn cancel_requests<C: ConnectionTrait>(db: &C, owner: &str) -> Result<Vec<(Id, Option<String>)>> {
    Ok(run::Entity::find()
        .select_only()
        .columns([run::Column::Id, run::Column::CancelReason])
        .filter(run::Column::LeaseOwner.eq(owner))
        .filter(run::Column::State.eq(RunState::Running))
        .filter(run::Column::EndedAt.is_null())
        .filter(run::Column::CancelRequestedAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?)
}

/// Queued runs whose time in the queue is over.
pub async fn past_expiry<C: ConnectionTrait>(db: &C, now: Ts, limit: u64) -> Result<Vec<RunRow>> {
    Ok(run::Entity::find()
        .filter(run::Column::EndedAt.is_null())
        .filter(run::Column::State.eq(RunState::Queued))
        .filter(run::Column::ExpiresAt.lt(now))
        .order_by_asc(run::Column::Rank)
        .limit(limit)
        .all(db)
        .await?)
}

/// Whether any run waits for its turn, for a retry, or parked.
pub async fn any_waiting<C: ConnectionTrait>(db: &C) -> Result<bool> {
    let one: Option<Id> = run::Entity::find()
        .select_only()
        .column(run::Column::Id)
        .filter(run::Column::EndedAt.is_null())
        .filter(
            Condition::any()
                .add(run::Column::State.is_in([RunState::Queued, RunState::Parked, RunState::WaitingRetry]))
                .add(run::Column::CancelRequestedAt.is_not_null().and(run::Column::State.eq(RunState::WaitingApproval)))
                .add(decided(Expr::col((run::Entity, run::Column::State)), Expr::col((run::Entity, run::Column::Id)))),
        )
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(one.is_some())
}

/// Gives the leases of these runs back, so that the next process takes them over at once.
pub async fn release<C: ConnectionTrait>(db: &C, owner: &str, runs: &[(Id, i32)]) -> Result<()> {
    run::Entity::update_many()
        .col_expr(run::Column::LeaseUntil, Expr::value(Ts(0)))
        .filter(run::Column::LeaseOwner.eq(owner))
        .filter(run::Column::State.eq(RunState::Running))
        .filter(run::Column::Id.is_in(runs.iter().map(|(id, _)| *id)))
        .exec(db)
        .await?;
    Ok(())
}
