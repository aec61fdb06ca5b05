//! Rules and SQL of approvals. A decision and the end of its time race on one conditional update; the loser is told.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ApprovalKind, ApprovalRow, ApprovalStatus, Remember, ServerApproval,
    entity::{Column, Entity},
    schema::{ApprovalCreated, CreateApproval, RequireApproval, UpdateApprovalPolicy},
};
use crate::{
    caller::{Caller, CallerKind},
    db::Db,
    error::{Error, ErrorCode, Result},
    idempotency,
    ids::Id,
    page::{ListParams, Page},
    settings,
    time::Ts,
};

const LIST: &str = "approvals";
const POLICY: &str = "approval";

/// Which approvals a list shows.
#[derive(Clone, Debug, Default)]
pub struct ApprovalFilter {
    pub statuses: Vec<ApprovalStatus>,
    pub agent_id: Option<String>,
    pub kind: Option<ApprovalKind>,
    pub run_id: Option<Id>,
    /// Of a workflow; no row has one yet.
    pub workflow_run_id: Option<Id>,
}

impl ApprovalFilter {
    fn select(&self) -> Select<Entity> {
        let mut all = Condition::all()
            .add_option(self.agent_id.as_ref().map(|id| Column::AgentId.eq(id)))
            .add_option(self.kind.map(|kind| Column::Kind.eq(kind)))
            .add_option(self.run_id.map(|run| Column::RunId.eq(run)))
            .add_option(self.workflow_run_id.map(|_| Expr::val(1).eq(0)));
        if !self.statuses.is_empty() {
            all = all.add(Column::Status.is_in(self.statuses.iter().copied()));
        }
        Entity::find().filter(all)
    }
}

pub struct Listed {
    pub page: Page<ApprovalRow>,
    pub pending: i64,
}

#[derive(FromQueryResult)]
struct Counts {
    total: i64,
    pending: Option<i64>,
}

/// Those that wait first, then the newest.
pub async fn list(db: &Db, filter: &ApprovalFilter, params: &ListParams) -> Result<Listed> {
    let after = params.after::<(bool, Id)>(LIST)?;
    let waits = || Column::Status.eq(ApprovalStatus::Pending);
    let counts = filter
        .select()
        .select_only()
        .column_as(Column::Id.count(), "total")
        .column_as(Expr::expr(Func::sum(Expr::case(waits(), 1).finally(0))).cast_as(Alias::new("BIGINT")), "pending")
        .into_model::<Counts>()
        .one(db.read())
        .await?
        .unwrap_or(Counts { total: 0, pending: None });
    let read = async |pending: bool, after: Option<Id>, limit: u64| {
        filter
            .select()
            .filter(if pending { waits() } else { waits().not() })
            .filter(Condition::all().add_option(after.map(|id| Column::Id.lt(id))))
            .order_by_desc(Column::Id)
            .limit(limit)
            .all(db.read())
            .await
    };
    let wanted = params.limit() + 1;
    let mut rows = match after {
        Some((false, _)) => vec![],
        first => read(true, first.map(|(_, id)| id), wanted).await?,
    };
    let rest = wanted.saturating_sub(rows.len() as u64);
    if rest > 0 {
        let below = after.filter(|(pending, _)| !pending).map(|(_, id)| id);
        rows.extend(read(false, below, rest).await?);
    }
    let total = u64::try_from(counts.total).unwrap_or(0);
    let key = |row: &ApprovalRow| (row.status == ApprovalStatus::Pending, row.id);
    Ok(Listed { page: Page::cut(rows, params.limit(), total, LIST, key), pending: counts.pending.unwrap_or(0) })
}

pub async fn get<C: ConnectionTrait>(db: &C, id: Id) -> Result<ApprovalRow> {
    let row = Entity::find_by_id(id).one(db).await?;
    row.ok_or_else(|| Error::new(ErrorCode::ApprovalNotFound, format!("Approval {id} does not exist")))
}

/// Notes questions that a run asks.
pub async fn insert<C: ConnectionTrait>(db: &C, rows: Vec<ApprovalRow>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// A gate for an external system. `agent` is the id and name of the agent, if it is one.
pub async fn create(
    db: &Db,
    request: CreateApproval,
    agent: Option<(Id, String)>,
    policy: &ServerApproval,
) -> Result<ApprovalRow> {
    let now = Ts::now();
    let timeout_secs = request.timeout_secs.unwrap_or_else(|| i32::try_from(policy.timeout_secs).unwrap_or(i32::MAX));
    let (agent_id, agent_name) = match agent {
        Some((id, name)) => (id.to_string(), name),
        None => (request.agent_id.clone(), request.agent_id),
    };
    let tool = request.tool_name;
    let row = ApprovalRow {
        id: Id::new(),
        kind: ApprovalKind::Manual,
        status: ApprovalStatus::Pending,
        agent_id,
        agent_name,
        description: request.description.unwrap_or_else(|| format!("Manual approval request for {tool}")),
        action_summary: request.action_summary.unwrap_or_else(|| tool.clone()),
        tool_name: tool,
        risk_level: request.risk_level.unwrap_or(super::RiskLevel::High),
        arguments: request.arguments.map(Value::Object),
        arguments_sha256: None,
        call_hash: None,
        rule: None,
        run_id: None,
        session_id: None,
        step_id: None,
        timeout_secs,
        created_at: now,
        expires_at: now.plus_ms(i64::from(timeout_secs) * 1_000),
        decided_at: None,
        decided_by: None,
        reason: None,
        remember: None,
        new_arguments: None,
        applied: true,
    };
    let tx = db.begin().await?;
    let waiting = pending_of(&tx, &row.agent_id).await?;
    if waiting >= u64::from(policy.max_pending_per_agent) {
        let text = format!("{waiting} approvals are pending for {}; decide some of them first", row.agent_name);
        return Err(Error::new(ErrorCode::TooManyPending, text));
    }
    insert(&tx, vec![row.clone()]).await?;
    let answer = ApprovalCreated { id: row.id, status: row.status, approval: row.clone().into() };
    idempotency::service::keep(&tx, 201, Some(path(row.id)), &answer).await?;
    tx.commit().await?;
    Ok(row)
}

pub fn path(id: Id) -> String {
    format!("/api/approvals/{id}")
}

pub async fn pending_of<C: ConnectionTrait>(db: &C, agent: &str) -> Result<u64> {
    let pending = Entity::find().filter(Column::AgentId.eq(agent)).filter(Column::Status.eq(ApprovalStatus::Pending));
    Ok(pending.count(db).await?)
}

/// What a person decides.
#[derive(Clone, Debug)]
pub struct Decision {
    pub approve: bool,
    pub reason: Option<String>,
    /// In place of the asked ones.
    pub arguments: Option<Value>,
    pub remember: Remember,
    pub by: String,
}

/// Decides once. The same decision again changes nothing; another one, or one too late, is 409. True: it is new.
pub async fn decide(db: &Db, id: Id, decision: Decision, now: Ts) -> Result<(ApprovalRow, bool)> {
    let status = if decision.approve { ApprovalStatus::Approved } else { ApprovalStatus::Rejected };
    let remember = (decision.approve && decision.remember != Remember::Once).then_some(decision.remember);
    let changed = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::DecidedAt, Expr::value(now))
        .col_expr(Column::DecidedBy, Expr::value(decision.by))
        .col_expr(Column::Reason, Expr::value(decision.reason))
        .col_expr(Column::Remember, Expr::value(remember))
        .col_expr(Column::NewArguments, Expr::value(decision.arguments.clone()))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(ApprovalStatus::Pending))
        .filter(Column::ExpiresAt.gt(now))
        .exec(db.write())
        .await?;
    let row = get(db.write(), id).await?;
    if changed.rows_affected == 1 {
        return Ok((row, true));
    }
    if row.status == status && row.new_arguments == decision.arguments {
        return Ok((row, false));
    }
    let at = row.decided_at.unwrap_or(row.expires_at);
    let status = if row.status == ApprovalStatus::Pending { ApprovalStatus::Expired } else { row.status };
    let by = row.decided_by.map_or(String::new(), |by| format!(" by {by}"));
    let text = format!("Approval {id} is {} since {at}{by}", status.as_str());
    Err(Error::new(ErrorCode::AlreadyDecided, text).with_detail("status", status.as_str()))
}

/// Who decided, as approvals name people.
pub fn decided_by(caller: &Caller) -> String {
    match (caller.kind, &caller.name) {
        (CallerKind::ApiKey, Some(name)) => format!("key:{name}"),
        (CallerKind::Login, Some(name)) => format!("user:{name}"),
        (kind, _) => kind.as_str().to_owned(),
    }
}

/// Decisions that this run does not know of yet.
pub async fn unapplied<C: ConnectionTrait>(db: &C, run: Id) -> Result<Vec<ApprovalRow>> {
    let rows = Entity::find().filter(Column::RunId.eq(run)).filter(Column::Applied.eq(false));
    Ok(rows.filter(Column::Status.ne(ApprovalStatus::Pending)).order_by_asc(Column::Id).all(db).await?)
}

pub async fn mark_applied<C: ConnectionTrait>(db: &C, ids: &[Id]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let of_these = Entity::update_many().col_expr(Column::Applied, Expr::value(true));
    of_these.filter(Column::Id.is_in(ids.iter().copied())).exec(db).await?;
    Ok(())
}

/// Runs, as a subquery, whose decision was taken while they wait.
pub fn decided_for(run: Expr) -> SelectStatement {
    let a = Alias::new("a");
    let col = |column: Column| Expr::col((a.clone(), column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, a.clone())
        .and_where(col(Column::RunId).eq(run))
        .and_where(col(Column::Applied).eq(false))
        .and_where(col(Column::Status).ne(ApprovalStatus::Pending))
        .to_owned()
}

/// Whether a person released this very call for longer than once.
pub async fn is_remembered<C: ConnectionTrait>(db: &C, agent: Id, session: Id, call_hash: &str) -> Result<bool> {
    let still = Condition::any()
        .add(Column::Remember.eq(Remember::Rule))
        .add(Condition::all().add(Column::Remember.eq(Remember::Session)).add(Column::SessionId.eq(session)));
    let found = Entity::find()
        .filter(Column::CallHash.eq(call_hash))
        .filter(Column::AgentId.eq(agent.to_string()))
        .filter(Column::Remember.is_not_null())
        .filter(Column::Status.eq(ApprovalStatus::Approved))
        // An approval with other arguments released those, not the asked ones.
        .filter(Column::NewArguments.is_null())
        .filter(still);
    Ok(found.one(db).await?.is_some())
}

/// Ends what nobody decided in time; gives the ended ones.
pub async fn expire(db: &Db, now: Ts) -> Result<Vec<ApprovalRow>> {
    let due = || Condition::all().add(Column::Status.eq(ApprovalStatus::Pending)).add(Column::ExpiresAt.lte(now));
    // A read first: the one writer of SQLite is not bothered for nothing.
    if Entity::find().filter(due()).one(db.read()).await?.is_none() {
        return Ok(vec![]);
    }
    end(db.write(), due(), ApprovalStatus::Expired, now).await
}

/// The run is over, so nothing waits any more.
pub async fn cancel_of_run<C: ConnectionTrait>(db: &C, run: Id, now: Ts) -> Result<Vec<ApprovalRow>> {
    let open = Condition::all().add(Column::RunId.eq(run)).add(Column::Status.eq(ApprovalStatus::Pending));
    end(db, open, ApprovalStatus::Cancelled, now).await
}

/// The agents are gone.
pub async fn cancel_of_agents<C: ConnectionTrait>(db: &C, agents: &[Id], now: Ts) -> Result<Vec<ApprovalRow>> {
    let open = Condition::all()
        .add(Column::AgentId.is_in(agents.iter().map(Id::to_string)))
        .add(Column::Status.eq(ApprovalStatus::Pending));
    end(db, open, ApprovalStatus::Cancelled, now).await
}

async fn end<C: ConnectionTrait>(
    db: &C,
    which: Condition,
    status: ApprovalStatus,
    now: Ts,
) -> Result<Vec<ApprovalRow>> {
    let ended = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::DecidedAt, Expr::value(now))
        .filter(which);
    Ok(ended.exec_with_returning(db).await?)
}

/// Erases what was asked in these runs; that it was asked, and how it was decided, stays.
pub async fn erase<C: ConnectionTrait>(db: &C, runs: SelectStatement) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Arguments, Expr::value(None::<Value>))
        .col_expr(Column::NewArguments, Expr::value(None::<Value>))
        .col_expr(Column::ActionSummary, Expr::col(Column::ToolName))
        .col_expr(Column::Reason, Expr::value(None::<String>))
        .filter(Column::RunId.in_subquery(runs))
        .exec(db)
        .await?;
    Ok(())
}

/// What operations changed of the policy; the rest is the configuration's.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Changed {
    require_approval: Option<Vec<String>>,
    timeout_secs: Option<u32>,
    auto_approve: Option<bool>,
    auto_approve_autonomous: Option<bool>,
    max_pending_per_agent: Option<u32>,
}

/// The policy in force: the configuration's, with what was changed by operation.
pub async fn policy<C: ConnectionTrait>(db: &C, configured: &ServerApproval) -> Result<ServerApproval> {
    let changed: Changed = settings::service::get(db, POLICY).await?.unwrap_or_default();
    let mut policy = configured.clone();
    policy.require_approval = changed.require_approval.unwrap_or(policy.require_approval);
    policy.timeout_secs = changed.timeout_secs.unwrap_or(policy.timeout_secs);
    policy.auto_approve = changed.auto_approve.unwrap_or(policy.auto_approve);
    policy.auto_approve_autonomous = changed.auto_approve_autonomous.unwrap_or(policy.auto_approve_autonomous);
    policy.max_pending_per_agent = changed.max_pending_per_agent.unwrap_or(policy.max_pending_per_agent);
    Ok(policy)
}

/// Changes what the request names; null gives the configured value back.
pub async fn change_policy(
    db: &Db,
    configured: &ServerApproval,
    request: UpdateApprovalPolicy,
    by: &str,
) -> Result<ServerApproval> {
    let tx = db.begin().await?;
    let mut changed: Changed = settings::service::get(&tx, POLICY).await?.unwrap_or_default();
    if let Some(list) = request.require_approval {
        changed.require_approval = list.map(RequireApproval::tools);
    }
    if let Some(value) = request.timeout_secs {
        changed.timeout_secs = value;
    }
    if let Some(value) = request.auto_approve {
        changed.auto_approve = value;
    }
    if let Some(value) = request.auto_approve_autonomous {
        changed.auto_approve_autonomous = value;
    }
    if let Some(value) = request.max_pending_per_agent {
        changed.max_pending_per_agent = value;
    }
    if changed.auto_approve == Some(true) {
        changed.require_approval = Some(vec![]);
    }
    settings::service::set(&tx, POLICY, &changed, by).await?;
    tx.commit().await?;
    policy(db.read(), configured).await
}
