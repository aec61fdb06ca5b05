//! Writes of the turn loop. Those of a worker name its lease epoch and change nothing once the lease is lost.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::NotSet,
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, Query},
};

use crate::{
    approvals,
    error::Result,
    ids::Id,
    runs::{
        EventRow, RunInput, RunRow, RunState, StepRow, StepState,
        entity::{event, run, step},
    },
    time::Ts,
};

pub async fn insert<C: ConnectionTrait>(db: &C, row: &RunRow) -> Result<()> {
    run::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(db).await?;
    Ok(())
}

/// Writes all of a run that its worker may change. False: another worker holds it now, nothing was written.
pub async fn save<C: ConnectionTrait>(db: &C, row: &RunRow, epoch: i32) -> Result<bool> {
    let mut changes = row.clone().into_active_model().reset_all();
    changes.id = NotSet;
    changes.agent_id = NotSet;
    changes.session_id = NotSet;
    changes.door = NotSet;
    changes.caller = NotSet;
    changes.origin_user = NotSet;
    changes.parent_run_id = NotSet;
    changes.parent_step_id = NotSet;
    changes.root_run_id = NotSet;
    changes.depth = NotSet;
    changes.rank = NotSet;
    changes.queue_seq = NotSet;
    changes.max_concurrent = NotSet;
    changes.background = NotSet;
    changes.input = NotSet;
    changes.options = NotSet;
    changes.idempotency_key = NotSet;
    changes.lease_epoch = NotSet;
    changes.expires_at = NotSet;
    changes.cancel_requested_at = NotSet;
    changes.cancel_by = NotSet;
    changes.created_at = NotSet;
    if row.state == RunState::Running {
        // The renewal writes these two, and a save must not turn the clock back.
        changes.lease_owner = NotSet;
        changes.lease_until = NotSet;
    }
    if row.state != RunState::Cancelled {
        changes.cancel_reason = NotSet;
    }
    let saved = run::Entity::update_many()
        .set(changes)
        .filter(run::Column::Id.eq(row.id))
        .filter(run::Column::LeaseEpoch.eq(epoch))
        .filter(run::Column::State.eq(RunState::Running))
        .exec(db)
        .await?;
    Ok(saved.rows_affected == 1)
}

/// Ends a run from outside its worker, whose lease is void by the new epoch. False: its state changed meanwhile, nothing
/// was written.
pub async fn end_from_outside<C: ConnectionTrait>(db: &C, row: &RunRow, was: RunState) -> Result<bool> {
    let ended = run::Entity::update_many()
        .col_expr(run::Column::State, Expr::value(row.state))
        .col_expr(run::Column::StopReason, Expr::value(row.stop_reason))
        .col_expr(run::Column::Error, Expr::value(row.error.clone()))
        .col_expr(run::Column::CancelReason, Expr::value(row.cancel_reason.clone()))
        .col_expr(run::Column::EventSeq, Expr::value(row.event_seq))
        .col_expr(run::Column::LeaseEpoch, Expr::value(row.lease_epoch))
        .col_expr(run::Column::LeaseOwner, Expr::value(row.lease_owner.clone()))
        .col_expr(run::Column::LeaseUntil, Expr::value(row.lease_until))
        .col_expr(run::Column::WakeAt, Expr::value(row.wake_at))
        .col_expr(run::Column::EndedAt, Expr::value(row.ended_at))
        .col_expr(run::Column::InputTokens, Expr::value(row.input_tokens))
        .col_expr(run::Column::OutputTokens, Expr::value(row.output_tokens))
        .col_expr(run::Column::CostMicroUsd, Expr::value(row.cost_micro_usd))
        .filter(run::Column::Id.eq(row.id))
        .filter(run::Column::State.eq(was))
        .exec(db)
        .await?;
    Ok(ended.rows_affected == 1)
}

pub async fn insert_steps<C: ConnectionTrait>(db: &C, rows: Vec<StepRow>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    step::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

pub async fn save_step<C: ConnectionTrait>(db: &C, row: &StepRow) -> Result<()> {
    let mut changes = row.clone().into_active_model().reset_all();
    changes.id = NotSet;
    changes.run_id = NotSet;
    changes.idx = NotSet;
    changes.kind = NotSet;
    changes.batch = NotSet;
    changes.call_id = NotSet;
    changes.tool = NotSet;
    changes.created_at = NotSet;
    step::Entity::update_many().set(changes).filter(step::Column::Id.eq(row.id)).exec(db).await?;
    Ok(())
}

/// Keeps the text received so far, so that little is lost when the server dies.
pub async fn save_partial<C: ConnectionTrait>(db: &C, step: Id, text: &str, epoch: i32) -> Result<bool> {
    let saved = step::Entity::update_many()
        .col_expr(step::Column::Partial, Expr::value(text))
        .filter(step::Column::Id.eq(step))
        .filter(step::Column::LeaseEpoch.eq(epoch))
        .exec(db)
        .await?;
    Ok(saved.rows_affected == 1)
}

/// Open steps of a run that ended from outside are over with it.
pub async fn cancel_open_steps<C: ConnectionTrait>(db: &C, run: Id, now: Ts) -> Result<()> {
    step::Entity::update_many()
        .col_expr(step::Column::State, Expr::value(StepState::Cancelled))
        .col_expr(step::Column::EndedAt, Expr::value(now))
        .filter(step::Column::RunId.eq(run))
        .filter(step::Column::State.is_in([StepState::Planned, StepState::Running, StepState::Waiting]))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn append_events<C: ConnectionTrait>(db: &C, rows: Vec<EventRow>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    event::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Erases what was said in the runs of a session; that they happened, and what they cost, stays.
pub async fn erase_session<C: ConnectionTrait>(db: &C, session: Id) -> Result<()> {
    erase(db, run::Column::SessionId.eq(session)).await
}

/// As `erase_session`, for all runs of an agent.
pub async fn erase_agent<C: ConnectionTrait>(db: &C, agent: Id) -> Result<()> {
    erase(db, run::Column::AgentId.eq(agent)).await
}

async fn erase<C: ConnectionTrait>(db: &C, whose: Expr) -> Result<()> {
    let runs = || Query::select().column(run::Column::Id).from(run::Entity).and_where(whose.clone()).to_owned();
    let nothing = serde_json::json!({});
    approvals::service::erase(db, runs()).await?;
    event::Entity::update_many()
        .col_expr(event::Column::Payload, Expr::value(nothing.clone()))
        .filter(event::Column::RunId.in_subquery(runs()))
        .exec(db)
        .await?;
    step::Entity::update_many()
        .col_expr(step::Column::Input, Expr::value(nothing))
        .col_expr(step::Column::Output, Expr::value(None::<serde_json::Value>))
        .col_expr(step::Column::Partial, Expr::value(None::<String>))
        .filter(step::Column::RunId.in_subquery(runs()))
        .exec(db)
        .await?;
    run::Entity::update_many()
        .col_expr(run::Column::Input, Expr::value(RunInput::default()))
        .col_expr(run::Column::Response, Expr::value(None::<String>))
        .filter(whose)
        .exec(db)
        .await?;
    Ok(())
}
