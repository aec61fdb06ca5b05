//! One call of a tool as an agent, without a model: a run of the door `tool` with one step, driven like any other.

use std::{sync::Arc, time::Instant};

use serde_json::{Map, Value};

use super::{
    super::{
        policy::{self, ApprovalPolicy, CallCounts, PolicyInput, ServerApproval, Verdict},
        tools::{Needs, NetworkMeter, Tool, ToolError, arguments},
    },
    Accepted, Engine, Inner, NewRun, SessionChoice, lock,
    rows::{new_step, start_facts},
    setup::{self, AgentSetup},
    turn::{Changes, Step, Turn},
};
use crate::{
    agents::AgentRow,
    approvals,
    caller::Caller,
    error::{Error, Result},
    ids::Id,
    runs::{Door, RunCaller, RunInput, RunOptions, StepKind, ToolCall},
    time::Ts,
};

/// A call of a tool that somebody asks for.
pub struct NewCall {
    pub agent: AgentRow,
    pub caller: Caller,
    pub tool: String,
    pub arguments: Map<String, Value>,
    /// The caller's own session if not named.
    pub session: Option<Id>,
}

/// Why there is no run.
pub enum InvokeFault {
    /// By the arguments' schema or the policy.
    Refused(ToolError),
    Failed(Error),
}

impl From<Error> for InvokeFault {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Who calls, and through which door.
pub(super) struct CallOrigin<'a> {
    pub caller: &'a RunCaller,
    pub door: Door,
    pub background: bool,
    /// The server's policy now.
    pub approval: &'a ServerApproval,
}

impl Engine {
    /// Accepts the call if the policy permits it now; just before the effect it is asked again.
    pub async fn invoke(&self, call: NewCall) -> std::result::Result<Accepted, InvokeFault> {
        let NewCall { agent, caller, tool, arguments, session } = call;
        super::accept::check_agent_runs(&agent)?;
        let setup = self.0.agent_setup(&agent).await?;
        let run_caller = RunCaller::from(&caller);
        let approval = self.approval_policy().await?;
        let origin = CallOrigin { caller: &run_caller, door: Door::Tool, background: false, approval: &approval };
        self.0.check_ahead(&agent, &setup, &origin, &tool, arguments.clone()).map_err(InvokeFault::Refused)?;
        let accepted = self.accept(NewRun {
            agent,
            caller,
            door: Door::Tool,
            input: RunInput { call: Some(ToolCall { tool, arguments }), ..RunInput::default() },
            options: RunOptions::default(),
            session: session.map_or(SessionChoice::Active, SessionChoice::Id),
            idempotency_key: None,
        });
        Ok(accepted.await?)
    }

    /// Names of the tools that the agent may call now for this caller.
    pub async fn usable_tools(&self, agent: &AgentRow, caller: &Caller) -> Result<Vec<String>> {
        let setup = self.0.agent_setup(agent).await?;
        let holds = |grant: &str| setup.resolved.grants.allows_text(grant);
        let class = setup::stored_class(&caller.into());
        let infos = self.0.tools.iter().map(|tool| tool.info()).filter(|info| {
            let state = setup::agent_state(agent, &setup, info.name);
            policy::offered(info, state, class, &self.0.settings.admin_tools, &holds)
        });
        Ok(infos.map(|info| info.name.to_owned()).collect())
    }

    /// When a person is asked, as the server has it now.
    pub async fn approval_policy(&self) -> Result<ServerApproval> {
        approvals::service::policy(self.0.db.read(), &self.0.settings.approval).await
    }
}

impl Inner {
    /// Steps 1 to 7 without a step that could note them.
    fn check_ahead(
        &self,
        agent: &AgentRow,
        setup: &Arc<AgentSetup>,
        origin: &CallOrigin<'_>,
        name: &str,
        given: Map<String, Value>,
    ) -> std::result::Result<(), ToolError> {
        let Some(tool) = self.tools.get(name) else { return Err(self.tools.unknown(name)) };
        let none = Map::new();
        let own = setup.manifest.tools.get(name);
        let prepared = arguments::prepare(given, own.map_or(&none, |t| &t.defaults), own.map_or(&none, |t| &t.fixed));
        self.tools.validate(name, &prepared.arguments)?;
        let needs = tool.needs(&prepared.arguments, &setup.view());
        match self.verdict(agent, setup, origin, name, Some(tool.as_ref()), &prepared.arguments, needs.as_ref()) {
            // The run waits for whoever is asked.
            Verdict::Allow | Verdict::Ask(_) => Ok(()),
            Verdict::Deny(error) => Err(error),
        }
    }

    /// The policy's answer for a call of this agent.
    #[expect(clippy::too_many_arguments, reason = "everything that decides about a call")]
    pub(super) fn verdict(
        &self,
        agent: &AgentRow,
        setup: &AgentSetup,
        origin: &CallOrigin<'_>,
        name: &str,
        tool: Option<&dyn Tool>,
        arguments: &Value,
        needs: std::result::Result<&Needs, &ToolError>,
    ) -> Verdict {
        let holds = |grant: &str| setup.resolved.grants.allows_text(grant);
        let last_minute = lock(&self.calls_per_minute).entry(agent.id).or_default().count(Instant::now());
        let approval = &setup.manifest.approval;
        let door = serde_json::to_value(origin.door).ok();
        policy::decide(&PolicyInput {
            tool: name,
            info: tool.map(Tool::info),
            arguments,
            needs,
            agent: setup::agent_state(agent, setup, name),
            caller: setup::stored_class(origin.caller),
            admin_tools: &self.settings.admin_tools,
            holds: &holds,
            calls: CallCounts {
                last_minute: u32::try_from(last_minute).unwrap_or(u32::MAX),
                max_per_minute: setup.manifest.resources.max_tool_calls_per_minute,
                // Counted when the answer came; the limit of the run ends it before the next answer.
                in_run: 0,
                max_per_run: 0,
                network_used_up: self.network_meter(agent.id, setup).left() == 0,
            },
            approval: ApprovalPolicy {
                server: origin.approval,
                require: approval.require.as_deref().unwrap_or_default(),
                auto: approval.auto.as_deref().unwrap_or_default(),
                door: door.as_ref().and_then(Value::as_str).unwrap_or_default(),
                autonomous: origin.background,
            },
        })
    }

    /// Shared by all runs of the agent.
    pub(super) fn network_meter(&self, agent: Id, setup: &AgentSetup) -> Arc<NetworkMeter> {
        let mut meters = lock(&self.network_meters);
        let meter = meters.entry(agent).or_default();
        meter.limit(setup.manifest.resources.max_network_bytes_per_hour);
        meter.clone()
    }
}

impl Turn {
    /// The turn of a queued call has come: its only step is planned.
    pub(super) async fn begin_call(&mut self, call: ToolCall) -> Step {
        let now = Ts::now();
        self.run.attempts = 1;
        self.run.started_at = Some(now);
        self.run.tool_calls = 1;
        let mut step = new_step(&self.run, 1, StepKind::ToolCall, now);
        step.batch = 1;
        step.call_id = Some("call_1_1".into());
        step.tool = Some(call.tool);
        step.input = Value::Object(call.arguments);
        self.steps = vec![step];
        let mut changes = Changes { new_steps: vec![0], ..Changes::default() };
        changes.event(super::super::event::EventBody::RunStarted(start_facts(&self.run)));
        self.commit(changes).await?;
        self.inner.tell("run.started", &self.run);
        Ok(())
    }
}
