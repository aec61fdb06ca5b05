//! Money around a model call: what it may cost is reserved with its step (W1), what it did cost takes the place of that with
//! its answer (W3). A call that fits under no limit does not happen, and its run ends.

use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Value, json};

use super::{
    super::{event::EventBody, next::Call},
    Inner,
    charge::{blank_row, word_of},
    setup::AgentSetup,
    turn::{Changes, Step, Stop, Turn},
};
use crate::{
    agents::{self, AgentRow},
    budget::{self, BudgetEventRow, BudgetScope, BudgetWindow, Need, Payers, PayingAgent, Refusal, Reset, Subject},
    caller::CallerKind,
    error::{ErrorCode, Result},
    ids::Id,
    llm::{catalog::qualified, registry::ResolvedModel},
    runs::{self, LimitFacts, RunCaller, RunFailure, RunRow},
    time::Ts,
    usage::{ChargeRow, ChargeScope, ROOT_KEY, UsageRow, UsageStatus, schema::usd},
};

/// Longest chain of runs or agents that is followed upwards.
const MAX_CHAIN: usize = 10;

/// What the call of a step needs at most.
#[derive(Clone, Copy, Debug)]
pub struct Reservation {
    pub step: Id,
    pub need: Need,
}

/// The API key behind a caller, with its name.
pub(super) fn key_of(caller: &RunCaller) -> Option<(Id, Option<String>)> {
    match caller.kind {
        CallerKind::ConfigKey => Some((ROOT_KEY, None)),
        CallerKind::ApiKey => {
            let id = caller.id.as_deref().and_then(|id| Id::parse(id).ok())?;
            Some((id, Some(caller.name.clone().unwrap_or_else(|| id.to_string()))))
        }
        _ => None,
    }
}

fn own_payers(run: &RunRow, agent: &AgentRow, setup: &AgentSetup) -> Payers {
    let own = PayingAgent::new(agent.id, &agent.name, &setup.manifest.resources);
    Payers { runs: vec![(run.id, own.max_run)], agents: vec![own], key: key_of(&run.caller) }
}

/// What a call is charged to besides its own agent and run.
pub(super) fn charges(row: &UsageRow, payers: &Payers) -> Vec<ChargeRow> {
    let charge = |scope, scope_id| ChargeRow {
        usage_id: row.id,
        scope,
        scope_id,
        cost_micro_usd: row.cost_micro_usd,
        tokens: row.input_tokens + row.output_tokens,
        created_at: row.created_at,
    };
    let agents = payers.agents.iter().skip(1).map(|agent| charge(ChargeScope::Agent, agent.id));
    agents.chain(payers.runs.iter().skip(1).map(|(id, _)| charge(ChargeScope::Run, *id))).collect()
}

impl Inner {
    /// Whether the first call of a run may have to be reserved for. Looks at nothing but memory.
    pub(super) fn may_be_limited(
        &self,
        agent: &AgentRow,
        setup: &AgentSetup,
        run: &RunRow,
        model: &ResolvedModel,
    ) -> bool {
        let has_chain = agent.parent_id.is_some() || run.parent_run_id.is_some();
        has_chain || self.denies_price(model) || self.budget.limits(&own_payers(run, agent, setup))
    }

    fn denies_price(&self, model: &ResolvedModel) -> bool {
        model.prices.estimated && self.budget.denies_unknown_prices()
    }

    /// The run's agent and key, and the agents and runs above it.
    pub(super) async fn payers<C: ConnectionTrait>(
        &self,
        db: &C,
        run: &RunRow,
        agent: &AgentRow,
        setup: &AgentSetup,
    ) -> Result<Payers> {
        let mut payers = own_payers(run, agent, setup);
        let mut above = run.parent_run_id;
        while let Some(id) = above.take()
            && payers.runs.len() < MAX_CHAIN
            && let Some(parent) = runs::service::find(db, id).await?
        {
            let max_run = add_agent(db, &mut payers, parent.agent_id).await?.map_or(0, |(max_run, _)| max_run);
            payers.runs.push((parent.id, max_run));
            payers.key = key_of(&parent.caller);
            above = parent.parent_run_id;
        }
        let mut above = agent.parent_id;
        while let Some(id) = above.take()
            && payers.agents.len() < MAX_CHAIN
        {
            above = add_agent(db, &mut payers, id).await?.and_then(|(_, parent)| parent);
        }
        Ok(payers)
    }
}

/// Adds an agent unless it pays already. Gives its limit of a run, and the agent above it.
async fn add_agent<C: ConnectionTrait>(db: &C, payers: &mut Payers, id: Id) -> Result<Option<(i64, Option<Id>)>> {
    let Some(row) = agents::service::find(db, id).await? else { return Ok(None) };
    let agent = PayingAgent::new(row.id, &row.name, &row.manifest()?.resources);
    let max_run = agent.max_run;
    if !payers.agents.iter().any(|known| known.id == id) {
        payers.agents.push(agent);
    }
    Ok(Some((max_run, row.parent_id)))
}

impl Turn {
    /// Notes who pays, with the limits as they are now.
    pub(super) async fn find_payers(&mut self) -> Step {
        let payers = self.inner.payers(self.inner.db.read(), &self.run, &self.agent, &self.setup).await?;
        self.payers = Some(payers);
        Ok(())
    }

    /// What a call needs at most; None: no limit asks. An error: no call to this model is allowed.
    pub(super) async fn need(&mut self, call: Call) -> Step<Result<Option<Need>, RunFailure>> {
        self.find_payers().await?;
        let Some(model) = self.models.models.get(call.candidate) else { return Err(Stop::Lost) };
        if self.inner.denies_price(&model.resolved) {
            return Ok(Err(unknown_price(&model.resolved)));
        }
        if !self.payers.as_ref().is_some_and(|payers| self.inner.budget.limits(payers)) {
            return Ok(Ok(None));
        }
        // One that is too long is not sent.
        let Ok((request, context)) = self.request(call, model) else { return Ok(Ok(None)) };
        let thinking = request.options.thinking.map_or(0, |thinking| thinking.budget_tokens);
        let output = model.max_tokens.saturating_add(thinking);
        Ok(Ok(Some(Need::of_call(&model.resolved.prices, context.tokens, output))))
    }

    /// The call does not happen: a row says so, and the run ends with what it has.
    pub(super) async fn refuse_call(&mut self, call: Call, failure: RunFailure, refused: Option<Box<Refusal>>) -> Step {
        let Some(model) = self.models.models.get(call.candidate) else { return Err(Stop::Lost) };
        let row = UsageRow {
            status: UsageStatus::BudgetRefused,
            error_code: Some(word_of(failure.code)),
            attempt: call.attempt,
            ..blank_row(&self.run, &self.agent.name, &model.resolved, call.purpose)
        };
        let mut changes = Changes { usage: vec![self.paid(row)], refused, ..Changes::default() };
        self.end_failed(failure, &mut changes);
        self.commit(changes).await
    }

    /// The row of a call that is over; its reservation goes.
    pub(super) fn settle(&mut self, row: UsageRow, changes: &mut Changes) {
        let row = self.paid(row);
        if let Some(payers) = &self.payers {
            changes.charges.extend(charges(&row, payers));
        }
        changes.release.extend(self.reserved.take());
        changes.usage.push(row);
    }

    /// Of a run that another one started, the key is the other one's.
    fn paid(&self, row: UsageRow) -> UsageRow {
        let key = self.payers.as_ref().and_then(|payers| payers.key.as_ref()).map(|(id, _)| *id);
        UsageRow { api_key_id: key.or(row.api_key_id), ..row }
    }

    /// Reserves, or finds the warnings that are due. Gives what the world is told after the commit.
    pub(super) async fn count_money(
        &mut self,
        tx: &DatabaseTransaction,
        changes: &mut Changes,
        now: Ts,
    ) -> Step<Vec<(&'static str, Value)>> {
        let mut told = vec![];
        let Some(payers) = &self.payers else { return Ok(told) };
        let (budget, run) = (&self.inner.budget, self.run.id);
        if let Some(Reservation { step, need }) = changes.reserve {
            budget.reserve(tx, payers, (run, step), need, now).await?.map_err(Stop::Refused)?;
            self.reserved = Some(step);
        }
        if let Some(refusal) = &changes.refused
            && budget::service::refused(budget, tx, refusal, run, now).await?
        {
            told.push(("system.quota_enforced", quota_enforced(refusal)));
        }
        let made = || changes.usage.iter().filter(|row| row.status != UsageStatus::BudgetRefused);
        if made().next().is_some() && budget.limits(payers) {
            let took = Need {
                micro_usd: made().map(|row| row.cost_micro_usd).sum(),
                tokens: made().map(|row| row.input_tokens + row.output_tokens).sum(),
            };
            let warnings = budget.warnings(tx, payers, run, took, now).await?;
            let events = warnings.iter().map(|warning| {
                (None, EventBody::BudgetWarning { code: "budget_warning".into(), message: warning.sentence() })
            });
            // In front, since the last event may be the end of the run.
            changes.events.splice(0..0, events);
            told.extend(warnings.iter().map(|w| ("system.quota_warning", quota_warning(&w.event, w.percent()))));
        }
        Ok(told)
    }
}

fn quota_warning(event: &BudgetEventRow, percent: f64) -> Value {
    json!({
        "agent_id": (event.scope == BudgetScope::Agent).then_some(event.scope_id),
        "resource": resource(event.span),
        "usage_percent": percent,
        "scope": event.scope.as_str(),
        "scope_id": (event.scope != BudgetScope::Global).then_some(event.scope_id),
        "window": event.span.as_str(),
    })
}

fn quota_enforced(refusal: &Refusal) -> Value {
    let (subject, excess) = (refusal.payer.subject, refusal.excess);
    let money = |micro: i64| (excess.window != BudgetWindow::TokensHour).then(|| usd(micro));
    json!({
        "agent_id": match subject { Subject::Agent(id) => Some(id), _ => None },
        "resource": resource(excess.window),
        "spent_usd": money(excess.spent),
        "limit_usd": money(excess.limit),
        "scope": subject.scope().as_str(),
        "scope_id": (subject != Subject::Global).then(|| subject.id()),
        "window": excess.window.as_str(),
    })
}

fn resource(window: BudgetWindow) -> &'static str {
    if window == BudgetWindow::TokensHour { "llm_tokens" } else { "cost_usd" }
}

/// The end of a run whose next call does not fit.
pub(super) fn limit_failure(refusal: &Refusal, now: Ts) -> RunFailure {
    let (subject, excess) = (refusal.payer.subject, refusal.excess);
    let (code, amount): (_, fn(i64) -> String) = match excess.window {
        BudgetWindow::TokensHour => (ErrorCode::QuotaExceeded, |tokens| tokens.to_string()),
        _ => (ErrorCode::BudgetExceeded, |micro| usd(micro).to_string()),
    };
    let retry_after_secs = match refusal.reset {
        Reset::At(at) => u64::try_from(at.since(now)).ok().map(|ms| ms.div_ceil(1_000).max(1)).or(Some(1)),
        Reset::Never => None,
    };
    RunFailure {
        code,
        message: refusal.sentence(),
        hint: None,
        retryable: retry_after_secs.is_some(),
        provider: None,
        retry_after_secs,
        class: None,
        limit: Some(LimitFacts {
            scope: subject.scope().as_str().to_owned(),
            scope_id: match subject {
                Subject::Global => None,
                Subject::Key(ROOT_KEY) => Some(crate::usage::ROOT.to_owned()),
                other => Some(other.id().to_string()),
            },
            window: excess.window.as_str().to_owned(),
            limit: amount(excess.limit),
            spent: amount(excess.spent),
            reserved: amount(excess.reserved),
            resets_at: match refusal.reset {
                Reset::At(at) => at.to_string(),
                Reset::Never => "never".to_owned(),
            },
        }),
    }
}

fn unknown_price(model: &ResolvedModel) -> RunFailure {
    let name = qualified(&model.provider, &model.model);
    let text = format!("The price of {name} is not known, and budget.unknown_price refuses such models");
    super::end::own_failure(ErrorCode::BudgetExceeded, text)
}
