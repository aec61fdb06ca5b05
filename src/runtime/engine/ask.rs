//! Calls that a person has to release: the questions of a batch are asked at once, and decisions reach their calls.

use std::time::Duration;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    super::{
        event::{ApprovalRequested, EventBody},
        policy::Question,
        tools::{Effect, ToolError, ToolErrorCode, ToolInfo, arguments},
    },
    Engine, Inner,
    check::{Ready, Refusal},
    rows::new_step,
    turn::{Changes, Step, Turn},
};
use crate::{
    approvals::{self, ApprovalKind, ApprovalRow, ApprovalStatus, RiskLevel, service::Decision},
    error::{Error, ErrorCode, Result},
    ids::Id,
    runs::{RunState, StepKind, StepRow, StepState},
    time::Ts,
};

/// Characters of arguments in the summary that a person reads.
const SUMMARY_ARGUMENTS: usize = 200;
const SUMMARY: usize = 512;
const DESCRIPTION: usize = 1_024;

/// What a step of kind `approval` keeps of its decision.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Decided {
    pub decision: ApprovalStatus,
    pub by: Option<String>,
    pub reason: Option<String>,
    /// The call that was released.
    pub call_hash: Option<String>,
}

impl Turn {
    /// Asks for every call of the batch that needs it, so that a person sees the whole batch. True: something was asked or
    /// refused, so the rows changed.
    pub(super) async fn ask_people(&mut self, batch: i32) -> Step<bool> {
        let planned = |s: &StepRow| s.batch == batch && s.kind == StepKind::ToolCall && s.state == StepState::Planned;
        let open: Vec<usize> = (0..self.steps.len()).filter(|at| self.steps.get(*at).is_some_and(planned)).collect();
        let mut changes = Changes::default();
        let mut room = None;
        for at in open {
            // Anything but a question is settled when the call has its turn.
            let Err(Refusal::Ask(question, call)) = self.check(at) else { continue };
            if self.is_asked(at, &call) || self.take_remembered(at, &question, &call).await? {
                continue;
            }
            let left = match room {
                Some(left) => left,
                None => self.room_for_questions().await?,
            };
            if left == 0 {
                let error =
                    ToolError::new(ToolErrorCode::ApprovalDenied, "Too many approvals are pending for this agent.");
                self.refuse(at, &error, &mut changes);
            } else {
                self.ask(at, &question, &call, &mut changes);
            }
            room = Some(left.saturating_sub(1));
        }
        let changed = !changes.steps.is_empty();
        if changed {
            let asked = changes.approvals.clone();
            self.close_batch(&mut changes);
            self.commit(changes).await?;
            for row in asked {
                self.inner.tell_approval("approval.requested", &row);
            }
        }
        Ok(changed)
    }

    async fn room_for_questions(&self) -> Step<u32> {
        let agent = self.run.agent_id.to_string();
        let pending = approvals::service::pending_of(self.inner.db.read(), &agent).await?;
        Ok(self.approval.max_pending_per_agent.saturating_sub(u32::try_from(pending).unwrap_or(u32::MAX)))
    }

    /// The question for this very call waits already.
    fn is_asked(&self, at: usize, call: &Ready) -> bool {
        self.question_of(at).is_some_and(|asked| {
            asked.state == StepState::Waiting && asked.input_hash.as_deref() == Some(call.hash.as_str())
        })
    }

    /// The step of kind `approval` that belongs to a call.
    pub(super) fn question_of(&self, at: usize) -> Option<&StepRow> {
        let approval = self.steps.get(at)?.approval_id?;
        self.steps.iter().find(|s| s.kind == StepKind::Approval && s.approval_id == Some(approval))
    }

    /// What a person decided about a call, once it is decided.
    pub(super) fn decision_of(&self, at: usize) -> Option<Decided> {
        let asked = self.question_of(at).filter(|asked| asked.state == StepState::Done)?;
        serde_json::from_value(asked.output.clone()?).ok()
    }

    /// A person released the same call before, for longer than once. Hard rules ask again all the same.
    async fn take_remembered(&mut self, at: usize, question: &Question, call: &Ready) -> Step<bool> {
        if question.always {
            return Ok(false);
        }
        let (agent, session) = (self.run.agent_id, self.run.session_id);
        let found = approvals::service::is_remembered(self.inner.db.read(), agent, session, &call.hash).await?;
        if found {
            self.remembered.insert(at);
        }
        Ok(found)
    }

    fn ask(&mut self, at: usize, question: &Question, call: &Ready, changes: &mut Changes) {
        let now = Ts::now();
        let timeout = self.setup.manifest.approval.timeout_secs.unwrap_or(self.approval.timeout_secs);
        let timeout_secs = i32::try_from(timeout).unwrap_or(i32::MAX);
        let Some(step) = self.steps.get(at) else { return };
        let info = call.tool.info();
        let shown = self.inner.settings.secrets.mask(call.arguments.to_string());
        let text = format!("{} {}", info.name, first_chars(&shown, SUMMARY_ARGUMENTS));
        let row = ApprovalRow {
            id: Id::new(),
            kind: ApprovalKind::Tool,
            status: ApprovalStatus::Pending,
            agent_id: self.run.agent_id.to_string(),
            agent_name: self.agent.name.clone(),
            tool_name: info.name.to_owned(),
            description: first_chars(&format!("{} ({})", question.reason, question.rule), DESCRIPTION),
            action_summary: first_chars(&text, SUMMARY),
            risk_level: risk(info, question),
            arguments: serde_json::from_str(&shown).ok(),
            arguments_sha256: Some(bound_hash(self.run.agent_id, self.run.id, step.idx, info.name, &call.arguments)),
            call_hash: Some(call.hash.clone()),
            rule: Some(question.rule.clone()),
            run_id: Some(self.run.id),
            session_id: Some(self.run.session_id),
            step_id: Some(step.id),
            timeout_secs,
            created_at: now,
            expires_at: now.plus_ms(i64::from(timeout_secs) * 1_000),
            decided_at: None,
            decided_by: None,
            reason: None,
            remember: None,
            new_arguments: None,
            applied: false,
        };
        let asked = StepRow {
            state: StepState::Waiting,
            tool: Some(info.name.to_owned()),
            input: json!({"rule": question.rule, "reason": question.reason}),
            input_hash: Some(call.hash.clone()),
            approval_id: Some(row.id),
            started_at: Some(now),
            ..new_step(&self.run, self.next_idx(), StepKind::Approval, now)
        };
        changes.step_event(
            &asked,
            EventBody::ApprovalRequested(ApprovalRequested {
                step: asked.idx,
                approval_id: row.id,
                call_id: step.call_id.clone().unwrap_or_default(),
                tool: info.name.to_owned(),
                arguments: row.arguments.clone().unwrap_or_default(),
                risk: row.risk_level,
                rule: question.rule.clone(),
                summary: row.action_summary.clone(),
                expires_at: row.expires_at,
            }),
        );
        if let Some(step) = self.steps.get_mut(at) {
            step.input = call.arguments.clone();
            step.input_hash = Some(call.hash.clone());
            step.approval_id = Some(row.id);
        }
        changes.steps.push(at);
        changes.new_steps.push(self.steps.len());
        self.steps.push(asked);
        changes.approvals.push(row);
    }

    /// Decisions that were taken meanwhile reach their calls.
    pub(super) async fn take_decisions(&mut self) -> Step {
        if !self.steps.iter().any(|s| s.kind == StepKind::Approval && s.state == StepState::Waiting) {
            return Ok(());
        }
        let decided = approvals::service::unapplied(self.inner.db.read(), self.run.id).await?;
        if decided.is_empty() {
            return Ok(());
        }
        let mut changes = Changes::default();
        for row in decided {
            changes.applied.push(row.id);
            self.take_decision(row, &mut changes);
        }
        self.commit(changes).await
    }

    fn take_decision(&mut self, row: ApprovalRow, changes: &mut Changes) {
        let asks = |s: &StepRow| s.kind == StepKind::Approval && s.approval_id == Some(row.id);
        let calls = |s: &StepRow| s.kind == StepKind::ToolCall && s.approval_id == Some(row.id);
        let call_hash = match (&row.new_arguments, self.steps.iter().position(calls)) {
            (Some(Value::Object(arguments)), Some(at)) => Some(self.replace_arguments(at, arguments, changes)),
            _ => row.call_hash.clone(),
        };
        let Some(at) = self.steps.iter().position(asks) else { return };
        let Some(step) = self.steps.get_mut(at) else { return };
        let decided = Decided { decision: row.status, by: row.decided_by, reason: row.reason, call_hash };
        step.state = StepState::Done;
        step.ended_at = row.decided_at;
        step.is_error = row.status != ApprovalStatus::Approved;
        step.output = serde_json::to_value(&decided).ok();
        let body = EventBody::ApprovalDecided {
            step: step.idx,
            approval_id: row.id,
            decision: row.status,
            by: decided.by,
            reason: decided.reason,
        };
        changes.step_event(step, body);
        changes.steps.push(at);
    }

    /// A person put other arguments in place; gives the hash of the call that is released.
    fn replace_arguments(&mut self, at: usize, given: &Map<String, Value>, changes: &mut Changes) -> String {
        let Some(step) = self.steps.get_mut(at) else { return String::new() };
        let name = step.tool.clone().unwrap_or_default();
        let none = Map::new();
        let own = self.setup.manifest.tools.get(&name);
        let prepared =
            arguments::prepare(given.clone(), own.map_or(&none, |t| &t.defaults), own.map_or(&none, |t| &t.fixed));
        let hash = arguments::call_hash(&name, &prepared.arguments);
        step.input = prepared.arguments;
        step.input_hash = Some(hash.clone());
        changes.steps.push(at);
        hash
    }

    /// Nothing can be done before a person decides: the run waits without a worker.
    pub(super) async fn wait_for_people(&mut self) -> Step {
        self.run.state = RunState::WaitingApproval;
        self.run.wake_at = Some(Ts::now());
        let mut changes = Changes::default();
        changes.event(EventBody::Waiting { kind: "approval".into(), until: None });
        self.inner.tell("run.waiting_approval", &self.run);
        self.leave(changes).await
    }

    /// The run ends: its open questions end with it.
    pub(super) fn withdraw_questions(&mut self, changes: &mut Changes, now: Ts) -> bool {
        let mut any = false;
        for (at, step) in self.steps.iter_mut().enumerate() {
            if step.kind == StepKind::Approval && step.state == StepState::Waiting {
                step.state = StepState::Cancelled;
                step.ended_at = Some(now);
                changes.steps.push(at);
                any = true;
            }
        }
        any
    }
}

impl Decided {
    /// Why the call is not made, if a person or the clock said no.
    pub(super) fn refusal(&self) -> Option<ToolError> {
        match self.decision {
            ApprovalStatus::Approved => None,
            ApprovalStatus::Expired => {
                Some(ToolError::new(ToolErrorCode::ApprovalExpired, "The approval expired; the call was not made."))
            }
            _ => {
                let reason = self.reason.as_deref().filter(|text| !text.trim().is_empty()).unwrap_or("no reason given");
                Some(ToolError::new(ToolErrorCode::ApprovalDenied, format!("The call was refused: {reason}")))
            }
        }
    }
}

/// The higher of what the tool does and what its name is known for.
fn risk(info: &ToolInfo, question: &Question) -> RiskLevel {
    let by_effect = match info.effect {
        Effect::Pure | Effect::Read => RiskLevel::Low,
        Effect::Network | Effect::Write => RiskLevel::Medium,
        Effect::Spend | Effect::Exec => RiskLevel::High,
    };
    let by_name = match info.name {
        "shell_exec" => RiskLevel::Critical,
        "file_write" | "file_delete" => RiskLevel::High,
        "web_fetch" | "browser_navigate" => RiskLevel::Medium,
        _ => RiskLevel::Low,
    };
    let by_rule = if question.rule == "X8" { RiskLevel::Critical } else { RiskLevel::Low };
    by_effect.max(by_name).max(by_rule)
}

/// SHA-256 of the canonical JSON of the whole call: keys sorted, no blanks.
fn bound_hash(agent: Id, run: Id, step: i32, tool: &str, arguments: &Value) -> String {
    let call = json!({
        "agent_id": agent, "arguments": arguments, "run_id": run, "step_seq": step, "tool_name": tool,
    });
    hex::encode(Sha256::digest(arguments::canonical(&call)))
}

fn first_chars(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

impl Engine {
    /// Decides an approval; a run that waits for it goes on.
    pub async fn decide_approval(&self, id: Id, decision: Decision) -> Result<ApprovalRow> {
        if let Some(arguments) = &decision.arguments {
            let row = approvals::service::get(self.0.db.read(), id).await?;
            if row.kind != ApprovalKind::Tool {
                return Err(Error::invalid("arguments", "can only be changed for a tool call"));
            }
            self.0.tools.validate(&row.tool_name, arguments).map_err(|error| {
                Error::new(ErrorCode::InvalidRequest, format!("arguments: {}", error.message))
                    .with_detail("arguments", error.message)
            })?;
        }
        let approve = decision.approve;
        let (row, is_new) = approvals::service::decide(&self.0.db, id, decision, Ts::now()).await?;
        if is_new {
            self.0.tell_approval(if approve { "approval.approved" } else { "approval.rejected" }, &row);
        }
        self.0.call();
        Ok(row)
    }

    /// The approval, as soon as it is decided or `limit` has passed.
    pub async fn wait_for_decision(&self, id: Id, limit: Duration) -> Result<ApprovalRow> {
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            let told = self.0.decided.notified();
            let row = approvals::service::get(self.0.db.read(), id).await?;
            if row.status != ApprovalStatus::Pending || tokio::time::Instant::now() >= deadline {
                return Ok(row);
            }
            // Another replica may decide it, so the rows are asked too.
            tokio::select! {
                () = told => {}
                () = tokio::time::sleep(self.0.settings.poll_every) => {}
                () = tokio::time::sleep_until(deadline) => {}
                () = self.0.stopped.cancelled() => return Ok(row),
            }
        }
    }

    pub fn tell_approval(&self, name: &'static str, row: &ApprovalRow) {
        self.0.tell_approval(name, row);
    }
}

impl Inner {
    pub(super) fn tell_approval(&self, name: &'static str, row: &ApprovalRow) {
        self.decided.notify_waiters();
        (self.listener)(
            name,
            json!({
                "approval_id": row.id, "kind": row.kind, "status": row.status, "agent_id": row.agent_id,
                "agent_name": row.agent_name, "tool_name": row.tool_name, "risk_level": row.risk_level,
                "run_id": row.run_id, "session_id": row.session_id, "decided_by": row.decided_by,
                "expires_at": row.expires_at,
            }),
        );
    }

    /// Questions that nobody answered in time.
    pub(super) async fn expire_questions(&self) -> Result<()> {
        let ended = approvals::service::expire(&self.db, Ts::now()).await?;
        for row in &ended {
            self.tell_approval("approval.expired", row);
        }
        if !ended.is_empty() {
            self.call();
        }
        Ok(())
    }
}
