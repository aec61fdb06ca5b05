//! Reading runs, steps and events.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Order, PaginatorTrait, QueryFilter,
    QueryOrder, QueryResult, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, SubQueryStatement},
};
use uuid::Uuid;

use crate::{
    error::{Error, ErrorCode, Result},
    ids::Id,
    page::{ListParams, Page},
    runs::{
        Door, EventRow, RunRow, RunState, StepKind, StepRow, StepState,
        entity::{event, run, step},
    },
    time::Ts,
};

const LIST: &str = "runs";

pub async fn find<C: ConnectionTrait>(db: &C, id: Id) -> Result<Option<RunRow>> {
    Ok(run::Entity::find_by_id(id).one(db).await?)
}

/// As `find`, with 404 `run_not_found`.
pub async fn get<C: ConnectionTrait>(db: &C, id: Id) -> Result<RunRow> {
    find(db, id).await?.ok_or_else(|| not_found(id))
}

/// The run that a stored-answer record names: the last one, as failures give the key back for another try.
pub async fn find_by_idempotency_key<C: ConnectionTrait>(db: &C, key: &str) -> Result<Option<RunRow>> {
    Ok(run::Entity::find()
        .filter(run::Column::IdempotencyKey.eq(key))
        .filter(run::Column::IdempotencyKey.is_not_null())
        .order_by_desc(run::Column::Id)
        .one(db)
        .await?)
}

/// Which runs a list shows; empty means no restriction.
#[derive(Clone, Debug, Default)]
pub struct RunFilter {
    pub agent: Option<Id>,
    pub session: Option<Id>,
    pub states: Vec<RunState>,
    pub doors: Vec<Door>,
    pub parent: Option<Id>,
    /// Queued at or after.
    pub after: Option<Ts>,
    /// Queued before.
    pub before: Option<Ts>,
}

impl RunFilter {
    fn condition(&self) -> Condition {
        Condition::all()
            .add_option(self.agent.map(|id| run::Column::AgentId.eq(id)))
            .add_option(self.session.map(|id| run::Column::SessionId.eq(id)))
            .add_option((!self.states.is_empty()).then(|| run::Column::State.is_in(self.states.iter().copied())))
            .add_option((!self.doors.is_empty()).then(|| run::Column::Door.is_in(self.doors.iter().copied())))
            .add_option(self.parent.map(|id| run::Column::ParentRunId.eq(id)))
            .add_option(self.after.map(|t| {
                // A second of slack for clocks that differ.
                let first = first_id_at(t.plus_secs(-1));
                Condition::all().add(run::Column::Id.gte(first)).add(run::Column::CreatedAt.gte(t))
            }))
            .add_option(self.before.map(|t| run::Column::CreatedAt.lt(t)))
    }
}

/// Ids begin with their time, so a bound on the time is one on the key.
pub(super) fn first_id_at(t: Ts) -> Id {
    let ms = u128::try_from(t.0).unwrap_or_default();
    Id(Uuid::from_u128(ms << 80))
}

/// A run with what other rows say about it.
#[derive(Clone, Debug)]
pub struct Described {
    pub run: RunRow,
    pub agent_name: String,
    /// Queued runs ahead of it; None when it is not queued.
    pub queue_position: Option<i64>,
}

struct Found {
    described: Described,
    /// Runs that match the filter; only in lists.
    total: i64,
}

impl FromQueryResult for Found {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let described = Described {
            run: RunRow::from_query_result(row, prefix)?,
            agent_name: row.try_get::<Option<String>>(prefix, "agent_name")?.unwrap_or_default(),
            queue_position: None,
        };
        Ok(Self { described, total: row.try_get(prefix, "total").unwrap_or_default() })
    }
}

fn with_agent_name() -> Select<run::Entity> {
    let agents = Alias::new("agents");
    let name = Query::select()
        .column((agents.clone(), Alias::new("name")))
        .from(agents.clone())
        .and_where(Expr::col((agents, Alias::new("id"))).equals((run::Entity, run::Column::AgentId)))
        .to_owned();
    run::Entity::find().column_as(scalar(name), "agent_name")
}

fn scalar(query: SelectStatement) -> Expr {
    Expr::from(SubQueryStatement::SelectStatement(query))
}

/// One run. 404 `run_not_found`.
pub async fn describe<C: ConnectionTrait>(db: &C, id: Id) -> Result<Described> {
    let found: Option<Found> = with_agent_name().filter(run::Column::Id.eq(id)).into_model().one(db).await?;
    let mut described = found.ok_or_else(|| not_found(id))?.described;
    if described.run.state == RunState::Queued {
        let position = queue_positions(db, std::slice::from_ref(&described.run)).await?;
        described.queue_position = position.first().map(|(_, position)| *position);
    }
    Ok(described)
}

fn not_found(id: Id) -> Error {
    Error::new(ErrorCode::RunNotFound, format!("There is no run {id}"))
}

/// Newest first.
pub async fn list<C: ConnectionTrait>(db: &C, filter: &RunFilter, params: &ListParams) -> Result<Page<Described>> {
    let after: Option<Id> = params.after(LIST)?;
    let count = Query::select()
        .expr(Expr::col(run::Column::Id).count())
        .from(run::Entity)
        .cond_where(filter.condition())
        .to_owned();
    let query = with_agent_name()
        .column_as(scalar(count), "total")
        .filter(filter.condition().add_option(after.map(|id| run::Column::Id.lt(id))))
        .order_by(run::Column::Id, Order::Desc);
    let mut found: Vec<Found> = query.limit(params.limit() + 1).into_model().all(db).await?;
    let total = match found.first() {
        Some(first) => u64::try_from(first.total).unwrap_or_default(),
        None if after.is_some() => count_all(db, filter).await?,
        None => 0,
    };
    let rows: Vec<RunRow> = found.iter().map(|f| f.described.run.clone()).collect();
    for (id, position) in queue_positions(db, &rows).await? {
        if let Some(f) = found.iter_mut().find(|f| f.described.run.id == id) {
            f.described.queue_position = Some(position);
        }
    }
    Ok(Page::cut(found, params.limit(), total, LIST, |f| f.described.run.id).map(|f| f.described))
}

async fn count_all<C: ConnectionTrait>(db: &C, filter: &RunFilter) -> Result<u64> {
    Ok(run::Entity::find().filter(filter.condition()).count(db).await?)
}

/// Steps in order; `after` is the index of the last one of the page before.
pub async fn steps<C: ConnectionTrait>(
    db: &C,
    run: Id,
    kind: Option<StepKind>,
    limit: u64,
    after: i32,
) -> Result<Vec<StepRow>> {
    let mut query = step::Entity::find().filter(step::Column::RunId.eq(run)).filter(step::Column::Idx.gt(after));
    if let Some(kind) = kind {
        query = query.filter(step::Column::Kind.eq(kind));
    }
    Ok(query.order_by(step::Column::Idx, Order::Asc).limit(limit).all(db).await?)
}

pub async fn count_steps<C: ConnectionTrait>(db: &C, run: Id, kind: Option<StepKind>) -> Result<u64> {
    let mut query = step::Entity::find().filter(step::Column::RunId.eq(run));
    if let Some(kind) = kind {
        query = query.filter(step::Column::Kind.eq(kind));
    }
    Ok(query.count(db).await?)
}

pub async fn all_steps<C: ConnectionTrait>(db: &C, run: Id) -> Result<Vec<StepRow>> {
    Ok(step::Entity::find().filter(step::Column::RunId.eq(run)).order_by(step::Column::Idx, Order::Asc).all(db).await?)
}

/// Model calls of these runs that are under way.
pub async fn running_model_calls<C: ConnectionTrait>(db: &C, runs: &[Id]) -> Result<Vec<StepRow>> {
    Ok(step::Entity::find()
        .filter(step::Column::RunId.is_in(runs.iter().copied()))
        .filter(step::Column::Kind.eq(StepKind::ModelCall))
        .filter(step::Column::State.eq(StepState::Running))
        .all(db)
        .await?)
}

/// Stored events with a higher sequence number, in order.
pub async fn events_after<C: ConnectionTrait>(db: &C, run: Id, seq: i64) -> Result<Vec<EventRow>> {
    Ok(event::Entity::find()
        .filter(event::Column::RunId.eq(run))
        .filter(event::Column::Seq.gt(seq))
        .order_by(event::Column::Seq, Order::Asc)
        .all(db)
        .await?)
}

/// Queued runs ahead of each of these in its session, 0 = next. Runs that are not queued are left out.
pub async fn queue_positions<C: ConnectionTrait>(db: &C, runs: &[RunRow]) -> Result<Vec<(Id, i64)>> {
    let queued: Vec<&RunRow> = runs.iter().filter(|r| r.state == RunState::Queued).collect();
    if queued.is_empty() {
        return Ok(vec![]);
    }
    let ahead: Vec<(Id, i64)> = run::Entity::find()
        .select_only()
        .columns([run::Column::SessionId, run::Column::QueueSeq])
        .filter(run::Column::SessionId.is_in(queued.iter().map(|r| r.session_id)))
        .filter(run::Column::State.eq(RunState::Queued))
        .filter(run::Column::EndedAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    let position = |r: &RunRow| ahead.iter().filter(|(s, seq)| *s == r.session_id && *seq < r.queue_seq).count();
    Ok(queued.into_iter().map(|r| (r.id, i64::try_from(position(r)).unwrap_or(i64::MAX))).collect())
}

/// Since when the oldest queued run waits.
pub async fn oldest_queued<C: ConnectionTrait>(db: &C) -> Result<Option<Ts>> {
    Ok(run::Entity::find()
        .select_only()
        .column(run::Column::CreatedAt)
        .filter(run::Column::State.eq(RunState::Queued))
        .filter(run::Column::EndedAt.is_null())
        .order_by(run::Column::Id, Order::Asc)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?)
}

/// Unfinished runs of one agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OpenRuns {
    pub agent_id: Id,
    pub active: i64,
    pub queued: i64,
}

/// Unfinished runs of several agents at once; an agent without any has no row. No restriction when `agents` is None.
pub async fn open_runs<C: ConnectionTrait>(db: &C, agents: Option<&[Id]>) -> Result<Vec<OpenRuns>> {
    let sum_if = |condition: Expr| {
        let one_or_zero = Expr::case(condition, Expr::val(1)).finally(Expr::val(0));
        Expr::expr(one_or_zero).sum().cast_as(Alias::new("bigint"))
    };
    let mut query = run::Entity::find()
        .select_only()
        .column(run::Column::AgentId)
        .column_as(sum_if(run::Column::State.ne(RunState::Queued)), "active")
        .column_as(sum_if(run::Column::State.eq(RunState::Queued)), "queued")
        .filter(run::Column::EndedAt.is_null())
        .group_by(run::Column::AgentId);
    if let Some(agents) = agents {
        query = query.filter(run::Column::AgentId.is_in(agents.iter().copied()));
    }
    Ok(query.into_model().all(db).await?)
}

/// Unfinished runs of an agent or a session, in the order they run.
pub async fn open<C: ConnectionTrait>(db: &C, agent: Option<Id>, session: Option<Id>) -> Result<Vec<RunRow>> {
    let of = Condition::all()
        .add_option(agent.map(|id| run::Column::AgentId.eq(id)))
        .add_option(session.map(|id| run::Column::SessionId.eq(id)));
    Ok(run::Entity::find()
        .filter(of)
        .filter(run::Column::EndedAt.is_null())
        .order_by(run::Column::SessionId, Order::Asc)
        .order_by(run::Column::QueueSeq, Order::Asc)
        .all(db)
        .await?)
}

/// As `open`, locked until the transaction ends.
pub async fn lock_open<C: ConnectionTrait>(tx: &C, agent: Option<Id>, session: Option<Id>) -> Result<Vec<RunRow>> {
    let of = Condition::all()
        .add_option(agent.map(|id| run::Column::AgentId.eq(id)))
        .add_option(session.map(|id| run::Column::SessionId.eq(id)));
    Ok(run::Entity::find().filter(of).filter(run::Column::EndedAt.is_null()).lock_exclusive().all(tx).await?)
}

/// The runs of an agent that ended last, newest first.
pub async fn newest_ended<C: ConnectionTrait>(db: &C, agent: Id, limit: u64) -> Result<Vec<RunRow>> {
    Ok(run::Entity::find()
        .filter(run::Column::AgentId.eq(agent))
        .filter(run::Column::EndedAt.is_not_null())
        .order_by(run::Column::Id, Order::Desc)
        .limit(limit)
        .all(db)
        .await?)
}
