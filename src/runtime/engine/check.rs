//! Whether a call may be made: name, arguments, loop guard, policy. Nothing here has an effect outside.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Map, Value};

use super::{
    super::{
        loop_guard::{self, BeforeCall},
        policy::{self, Question},
        tools::{Needs, Tool, ToolError, ToolErrorCode, arguments, execute},
        transcript::LOOP_GUARD,
    },
    ask::Decided,
    invoke::CallOrigin,
    lock,
    turn::{Step, Stop, Turn},
};
use crate::{agents, memory::person, runs::Verdict};

const MINUTE: Duration = Duration::from_secs(60);
/// A call that comes too early waits so long for its turn.
const RATE_PATIENCE: Duration = Duration::from_secs(10);

/// Calls of one agent in the last minute, oldest first.
#[derive(Default)]
pub struct Minute(VecDeque<Instant>);

impl Minute {
    pub fn note(&mut self, now: Instant) {
        self.0.push_back(now);
    }

    pub fn count(&mut self, now: Instant) -> usize {
        while self.0.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            self.0.pop_front();
        }
        self.0.len()
    }
}

/// Why a call is not made now.
pub enum Refusal {
    Deny(ToolError),
    /// A person has to release it.
    Ask(Question, Box<Ready>),
}

impl From<ToolError> for Refusal {
    fn from(error: ToolError) -> Self {
        Self::Deny(error)
    }
}

/// A call that may be made.
pub struct Ready {
    pub at: usize,
    pub tool: Arc<dyn Tool>,
    pub arguments: Value,
    /// Of tool and arguments.
    pub hash: String,
    pub replaced: Vec<String>,
    /// By its arguments, a call of a tool that otherwise only looks.
    pub changes: bool,
    pub limit: Duration,
}

impl Turn {
    /// Waits a little when the agent makes too many calls a minute; the policy refuses what comes too early even then.
    pub(super) async fn wait_for_rate(&self) -> Step {
        let max = usize::try_from(self.setup.manifest.resources.max_tool_calls_per_minute).unwrap_or(0);
        let wait = {
            let mut minutes = lock(&self.inner.calls_per_minute);
            let minute = minutes.entry(self.run.agent_id).or_default();
            let now = Instant::now();
            match minute.count(now) {
                count if max > 0 && count >= max => {
                    minute.0.front().map(|first| MINUTE.saturating_sub(now.duration_since(*first)))
                }
                _ => None,
            }
        };
        match wait {
            Some(wait) if wait <= RATE_PATIENCE => tokio::select! {
                () = tokio::time::sleep(wait) => Ok(()),
                () = self.live.stop.cancelled() => Err(if self.live.is_abandoned() { Stop::Lost } else { Stop::Cancelled }),
            },
            _ => Ok(()),
        }
    }

    /// Steps 1 to 7 of a call; nothing of them has an effect.
    pub(super) fn check(&mut self, at: usize) -> Result<Ready, Refusal> {
        let step = self.steps.get(at).ok_or_else(|| ToolError::new(ToolErrorCode::Internal, "The step is gone"))?;
        let name = step.tool.clone().unwrap_or_default();
        let known = self.inner.tools.get(&name).cloned();
        let Some(tool) = known else {
            return Err(self.unknown_tool(&name).into());
        };
        let given: Map<String, Value> = arguments::parse(&step.input.to_string())?;
        let none = Map::new();
        let own = self.setup.manifest.tools.get(&name);
        let mut prepared =
            arguments::prepare(given, own.map_or(&none, |t| &t.defaults), own.map_or(&none, |t| &t.fixed));
        self.inner.tools.validate(&name, &prepared.arguments)?;
        let has_person = person::of_run(self.run.origin_user.as_deref()).is_some();
        tool.settle(&mut prepared.arguments, has_person);
        let hash = arguments::call_hash(&name, &prepared.arguments);
        if let BeforeCall::Refuse(sign) = loop_guard::before(&self.past_calls(), &name, &hash) {
            self.note_verdict(at, LOOP_GUARD, None);
            let text = format!("Not done: {}. Do something else, or say what is missing.", sign.text());
            return Err(ToolError::new(ToolErrorCode::LoopGuard, text).into());
        }
        let needs = tool.needs(&prepared.arguments, &self.setup.view());
        let asks = self.decide(at, &name, tool.as_ref(), &prepared.arguments, needs.as_ref())?;
        let decided = self.decision_of(at);
        if let Some(error) = decided.as_ref().and_then(Decided::refusal) {
            return Err(error.into());
        }
        let call = Ready {
            at,
            changes: needs.is_ok_and(|needs| needs.changes),
            limit: execute::time_limit(tool.as_ref(), self.setup.tool_timeout(&name)),
            tool,
            arguments: prepared.arguments,
            hash,
            replaced: prepared.replaced,
        };
        let released =
            decided.is_some_and(|d| d.call_hash.as_ref() == Some(&call.hash)) || self.remembered.contains(&at);
        if let Some(question) = asks.filter(|_| !released) {
            return Err(Refusal::Ask(question, Box::new(call)));
        }
        if let Some(step) = self.steps.get_mut(at) {
            step.input = call.arguments.clone();
            step.input_hash = Some(call.hash.clone());
        }
        Ok(call)
    }

    /// A name of the tool table that this version lacks gets the policy's reason; any other one is unknown.
    fn unknown_tool(&mut self, name: &str) -> ToolError {
        if !agents::manifest::KNOWN_TOOLS.contains(&name) {
            return self.inner.tools.unknown(name);
        }
        let needs = Needs::default();
        match self.verdict(name, None, &Value::Null, Ok(&needs)) {
            policy::Verdict::Deny(error) => error,
            _ => {
                ToolError::new(ToolErrorCode::Unavailable, format!("{name} is not part of this version of the server"))
            }
        }
    }

    fn decide(
        &mut self,
        at: usize,
        name: &str,
        tool: &dyn Tool,
        arguments: &Value,
        needs: Result<&Needs, &ToolError>,
    ) -> Result<Option<Question>, ToolError> {
        let error = match self.verdict(name, Some(tool), arguments, needs) {
            policy::Verdict::Allow => {
                self.note_verdict(at, "allow", None);
                return Ok(None);
            }
            policy::Verdict::Ask(question) => {
                self.note_verdict(at, "ask", Some(question.rule.clone()));
                return Ok(Some(question));
            }
            policy::Verdict::Deny(error) => error,
        };
        let word =
            serde_json::to_value(error.code).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        self.note_verdict(at, &word, error.rule.clone());
        Err(error)
    }

    fn verdict(
        &self,
        name: &str,
        tool: Option<&dyn Tool>,
        arguments: &Value,
        needs: Result<&Needs, &ToolError>,
    ) -> policy::Verdict {
        let origin = CallOrigin {
            caller: &self.run.caller,
            door: self.run.door,
            background: self.run.background,
            approval: &self.approval,
        };
        self.inner.verdict(&self.agent, &self.setup, &origin, name, tool, arguments, needs)
    }

    fn note_verdict(&mut self, at: usize, verdict: &str, rule: Option<String>) {
        let (manifest_version, mode) = (self.agent.manifest_version, self.agent.mode.clone());
        if let Some(step) = self.steps.get_mut(at) {
            step.verdict = Some(Verdict { verdict: verdict.to_owned(), rule, manifest_version, mode });
        }
    }
}
