//! Erasing sessions and agents: their unfinished runs end in the same transaction, so that none accepted meanwhile is
//! left behind. Sessions are locked before runs, in the order of the worker's own writes.

use std::sync::Arc;

use sea_orm::DatabaseTransaction;

use super::{
    super::{event::RunEvent, transcript},
    Engine, Inner,
    charge::{Spent, charge},
    end::terminal_event,
    money::charges,
    report::Sent,
    setup,
    turn::number_events,
};
use crate::{
    agents::{self, AgentRow},
    approvals, budget,
    error::Result,
    ids::Id,
    llm::{TokenUsage, estimate, registry::ModelChoice},
    runs::{self, RunRow, RunState, StepRow, StepState, StopReason},
    sessions::{self, SessionRow},
    time::Ts,
    usage::{self, UsageStatus},
};

/// Why runs of an erased session ended.
pub const SESSION_DELETED: &str = "session_deleted";

/// Runs that an erasing transaction ended; told once it is committed.
struct EndedRuns(Vec<(RunRow, RunEvent)>);

impl Engine {
    /// Erases a session. An active one is replaced by a fresh one.
    pub async fn delete_session(&self, session: Id) -> Result<(SessionRow, Option<SessionRow>)> {
        let tx = self.0.db.begin().await?;
        let now = Ts::now();
        let old = sessions::service::lock(&tx, session).await?;
        let ended = self.0.end_with(&tx, None, Some(session), now).await?;
        let fresh = sessions::service::delete(&tx, &old, now).await?;
        tx.commit().await?;
        self.0.tell_ended(ended);
        Ok((old, fresh))
    }

    /// A fresh session takes the place of this one, which stays readable unless it is to be erased.
    pub async fn reset_session(&self, session: Id, delete_old: bool) -> Result<SessionRow> {
        let tx = self.0.db.begin().await?;
        let now = Ts::now();
        let old = sessions::service::lock(&tx, session).await?;
        let ended = match delete_old {
            true => self.0.end_with(&tx, None, Some(session), now).await?,
            false => EndedRuns(vec![]),
        };
        let fresh = sessions::service::reset(&tx, &old, delete_old, now).await?;
        tx.commit().await?;
        self.0.tell_ended(ended);
        Ok(fresh)
    }

    /// Erases every session of an agent; `owner` gets a fresh one. Gives the ids of the old ones.
    pub async fn clear_sessions(&self, agent: Id, owner: &str) -> Result<(Vec<Id>, SessionRow)> {
        let tx = self.0.db.begin().await?;
        let now = Ts::now();
        let ids = sessions::service::lock_all(&tx, agent).await?;
        let ended = self.0.end_with(&tx, Some(agent), None, now).await?;
        let fresh = sessions::service::clear(&tx, agent, owner, now).await?;
        tx.commit().await?;
        self.0.tell_ended(ended);
        Ok((ids, fresh))
    }

    /// Erases what a terminated agent leaves in the database; its folder is the caller's to remove.
    pub async fn erase_agent(&self, row: AgentRow) -> Result<AgentRow> {
        let tx = self.0.db.begin().await?;
        sessions::service::lock_all(&tx, row.id).await?;
        let ended = self.0.end_with(&tx, Some(row.id), None, Ts::now()).await?;
        let erased = agents::service::erase(&tx, row).await?;
        tx.commit().await?;
        self.0.tell_ended(ended);
        Ok(erased)
    }
}

impl Inner {
    /// A worker found that its session is gone: the run, and whatever else was left of the session, ends.
    pub(super) async fn end_orphans(self: &Arc<Self>, session: Id) -> Result<()> {
        let tx = self.db.begin().await?;
        let ended = self.end_with(&tx, None, Some(session), Ts::now()).await?;
        tx.commit().await?;
        self.tell_ended(ended);
        Ok(())
    }

    async fn end_with(
        &self,
        tx: &DatabaseTransaction,
        agent: Option<Id>,
        session: Option<Id>,
        now: Ts,
    ) -> Result<EndedRuns> {
        let mut ended = vec![];
        let open = runs::service::lock_open(tx, agent, session).await?;
        let ids: Vec<Id> = open.iter().map(|run| run.id).collect();
        let mut cut = runs::service::running_model_calls(tx, &ids).await?;
        for mut run in open {
            // A run is at one step at a time.
            if let Some(at) = cut.iter().position(|step| step.run_id == run.id) {
                self.charge_cut(tx, &mut run, cut.swap_remove(at), now).await?;
            }
            let was = run.state;
            run.state = RunState::Cancelled;
            run.stop_reason = Some(StopReason::Cancelled);
            run.cancel_reason = Some(SESSION_DELETED.to_owned());
            run.ended_at = Some(now);
            run.lease_epoch += 1;
            run.lease_owner = None;
            run.lease_until = None;
            run.wake_at = None;
            let body = terminal_event(&run, 0.0);
            let numbered = number_events(&mut run, vec![(None, body)], now)?;
            if !runs::service::end_from_outside(tx, &run, was).await? {
                continue;
            }
            runs::service::cancel_open_steps(tx, run.id, now).await?;
            approvals::service::cancel_of_run(tx, run.id, now).await?;
            for n in numbered {
                runs::service::append_events(tx, vec![n.row]).await?;
                ended.push((run.clone(), n.event));
            }
        }
        Ok(EndedRuns(ended))
    }

    /// A call that is cut costs what it sent and the text received so far.
    async fn charge_cut(&self, tx: &DatabaseTransaction, run: &mut RunRow, mut step: StepRow, now: Ts) -> Result<()> {
        let Some(agent) = agents::service::find(tx, run.agent_id).await? else { return Ok(()) };
        let setup = self.agent_setup_in(tx, &agent).await?;
        let choice = ModelChoice {
            provider: step.provider.clone().unwrap_or_default(),
            ..ModelChoice::named(step.model.as_deref().unwrap_or_default())
        };
        let model = self.models.resolve(&choice);
        let sent = Sent { model: &model, class: setup::stored_class(&run.caller), door: run.door };
        let facts = self.estimate(tx, &agent, &setup, sent, run.session_id).await?;
        let spent = Spent {
            usage: TokenUsage {
                input: facts.total(),
                output: estimate::text(step.partial.as_deref().unwrap_or_default()),
                ..TokenUsage::default()
            },
            estimated: true,
            status: UsageStatus::Cancelled,
            error: None,
            tool_calls: 0,
            latency_ms: step.started_at.map_or(0, |start| now.since(start)),
            first_token_ms: None,
        };
        let purpose = transcript::call(&step).purpose;
        let row = charge(run, &mut step, &agent.name, &model, purpose, &spent);
        let payers = self.payers(tx, run, &agent, &setup).await?;
        usage::service::charge(tx, charges(&row, &payers)).await?;
        usage::service::record(tx, vec![row]).await?;
        budget::service::release(tx, &[step.id]).await?;
        step.state = StepState::Cancelled;
        step.ended_at = Some(now);
        step.partial = None;
        runs::service::save_step(tx, &step).await
    }

    /// After the commit: workers let go, followers and waiting callers hear of the end.
    fn tell_ended(&self, ended: EndedRuns) {
        for (run, event) in ended.0 {
            if let Some(live) = self.live.get(run.id) {
                live.abandon();
            }
            self.tell_end(&run);
            self.publish_end(run, event);
        }
        self.call();
    }
}
