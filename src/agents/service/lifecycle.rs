//! The states of an agent and who may follow whom.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{lookup, save};
use crate::{
    agents::{AgentRow, AgentState, entity, schema::AgentTransition},
    approvals,
    db::Db,
    error::{Error, ErrorCode, Result},
    idempotency,
    ids::Id,
    time::Ts,
};

/// An agent after an event of its life.
#[derive(Debug)]
pub struct Transition {
    pub row: AgentRow,
    pub previous: AgentState,
}

impl Transition {
    /// `status` says what was done.
    pub fn answer(&self, status: &str, cancelled_runs: Vec<Id>) -> AgentTransition {
        AgentTransition {
            status: status.to_owned(),
            agent: self.row.name.clone(),
            agent_id: self.row.id,
            id: self.row.id,
            previous_state: self.previous,
            state: self.row.state,
            task_cancelled: !cancelled_runs.is_empty(),
            cancelled_runs,
        }
    }
}

/// Brings the agent to Running from wherever it is, and forgets its crashes. `status` and the runs that were cancelled before
/// are for the answer.
pub async fn start(db: &Db, id: Id, status: &str, cancelled_runs: Vec<Id>) -> Result<(Transition, AgentTransition)> {
    let tx = db.begin().await?;
    let mut row = lookup::locked(&tx, id).await?;
    let previous = row.state;
    if previous != AgentState::Running {
        row.state = AgentState::Running;
        row.crash_at = None;
        row.crash_reason = None;
        row.crash_restarts = 0;
        row.updated_at = Ts::now();
        row = save(&tx, row).await?;
    }
    let transition = Transition { row, previous };
    let answer = transition.answer(status, cancelled_runs);
    idempotency::service::keep(&tx, 200, None, &answer).await?;
    tx.commit().await?;
    Ok((transition, answer))
}

pub async fn suspend(db: &Db, id: Id) -> Result<Transition> {
    let tx = db.begin().await?;
    let mut row = lookup::locked(&tx, id).await?;
    let previous = row.state;
    match previous {
        AgentState::Suspended => {}
        AgentState::Running => {
            row.state = AgentState::Suspended;
            row.updated_at = Ts::now();
            row = save(&tx, row).await?;
        }
        AgentState::Created | AgentState::Crashed | AgentState::Terminated => {
            return Err(illegal(&row, "suspended"));
        }
    }
    tx.commit().await?;
    Ok(Transition { row, previous })
}

/// What is possible from the present state.
fn illegal(row: &AgentRow, wish: &str) -> Error {
    let legal = match row.state {
        AgentState::Created => "start, activate, restart, delete, uninstall",
        AgentState::Running => "restart, suspend, delete, uninstall",
        AgentState::Suspended | AgentState::Crashed => "start, activate, restart, delete, uninstall",
        AgentState::Terminated => "uninstall",
    };
    let message = format!("Agent '{}' is {:?} and cannot be {wish}; possible now: {legal}", row.name, row.state);
    Error::new(ErrorCode::IllegalTransition, message).with_detail("state", format!("{:?}", row.state))
}

/// An agent that is no more, with what went with it.
#[derive(Debug)]
pub struct Terminated {
    pub row: AgentRow,
    /// Agents that it, or one of them, spawned and nobody adopted.
    pub children: Vec<AgentRow>,
}

/// Ends an agent and all that it spawned. Their rows stay, their names are free.
pub async fn terminate(db: &Db, id: Id) -> Result<Terminated> {
    let now = Ts::now();
    let tx = db.begin().await?;
    let row = lookup::locked(&tx, id).await?;
    let mut children: Vec<AgentRow> = vec![];
    let mut level = vec![id];
    // As many rounds as agents spawned each other, which the runtime limits.
    while !level.is_empty() {
        let next = live_children(&tx, &level).await?;
        level = next.iter().map(|child| child.id).collect();
        children.extend(next);
    }
    let ids: Vec<Id> = std::iter::once(id).chain(children.iter().map(|child| child.id)).collect();
    approvals::service::cancel_of_agents(&tx, &ids, now).await?;
    entity::Entity::update_many()
        .col_expr(entity::Column::State, Expr::value(AgentState::Terminated))
        .col_expr(entity::Column::TerminatedAt, Expr::value(now))
        .col_expr(entity::Column::UpdatedAt, Expr::value(now))
        .filter(entity::Column::Id.is_in(ids))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(Terminated { row: AgentRow { state: AgentState::Terminated, terminated_at: Some(now), ..row }, children })
}

async fn live_children<C: ConnectionTrait>(db: &C, parents: &[Id]) -> Result<Vec<AgentRow>> {
    Ok(entity::Entity::find()
        .filter(entity::Column::ParentId.is_in(parents.iter().copied()))
        .filter(entity::Column::TerminatedAt.is_null())
        .all(db)
        .await?)
}
