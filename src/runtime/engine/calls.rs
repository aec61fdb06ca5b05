//! Tool calls of one answer: checked, noted as begun (W4), made side by side, noted as ended (W6).

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use serde_json::{Map, Value, json};

use super::{
    super::{
        event::{EventBody, RESULT_BYTES, ToolFinished},
        loop_guard::{self, BeforeCall},
        next::Next,
        policy::{self, ApprovalPolicy, CallCounts, PolicyInput},
        tools::{
            Intent, Needs, Tool, ToolContext, ToolError, ToolErrorCode, ToolOutput, arguments, execute,
            result::{self, NewArtifact, Overflow, Shaped},
        },
        transcript::{GUARD_REMARK, LOOP_GUARD},
    },
    accept::step_started,
    lock, setup,
    turn::{Changes, Step, Stop, Turn},
};
use crate::{
    agents, artifacts,
    messages::{Block, MessageRole},
    runs::{StepRow, StepState, Verdict},
    time::Ts,
};

const MINUTE: Duration = Duration::from_secs(60);
/// A call that comes too early waits so long for its turn.
const RATE_PATIENCE: Duration = Duration::from_secs(10);

/// Calls of one agent in the last minute, oldest first.
#[derive(Default)]
pub struct Minute(VecDeque<Instant>);

impl Minute {
    fn count(&mut self, now: Instant) -> usize {
        while self.0.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            self.0.pop_front();
        }
        self.0.len()
    }
}

/// A call that may be made.
struct Ready {
    at: usize,
    tool: Arc<dyn Tool>,
    arguments: Value,
    replaced: Vec<String>,
    limit: Duration,
}

/// What came of it.
struct Made {
    at: usize,
    result: Result<ToolOutput, ToolError>,
    replaced: Vec<String>,
    took: Duration,
}

impl Turn {
    pub(super) async fn run_calls(&mut self, group: Vec<usize>) -> Step {
        self.refresh_agent().await?;
        if self.live.shall_park() && self.live.cancelled().is_none() {
            return self.park().await;
        }
        let mut changes = Changes::default();
        let mut ready = vec![];
        for at in group {
            self.wait_for_rate().await?;
            match self.check(at) {
                Ok(call) => {
                    self.begin(at, &call, &mut changes);
                    ready.push(call);
                }
                Err(error) => self.refuse(at, &error, &mut changes),
            }
        }
        if ready.is_empty() {
            self.close_batch(&mut changes);
            return self.commit(changes).await;
        }
        self.commit(changes).await?;
        let parallel = usize::try_from(self.setup.manifest.resources.max_concurrent_tools).unwrap_or(1).max(1);
        let context = self.tool_context();
        let mut running =
            stream::iter(ready.into_iter().map(|call| make(call, context.clone()))).buffer_unordered(parallel);
        while let Some(made) = running.next().await {
            if self.live.is_abandoned() {
                return Err(Stop::Lost);
            }
            self.finish_call(made).await?;
        }
        Ok(())
    }

    /// Mode, grants and state as they are now: a change counts from the next call on.
    async fn refresh_agent(&mut self) -> Step {
        let agent = agents::service::find(self.inner.db.read(), self.run.agent_id).await?;
        let Some(agent) = agent else { return Err(Stop::Lost) };
        self.setup = self.inner.agent_setup(&agent).await?;
        if agent.state == agents::AgentState::Suspended {
            self.live.park();
        }
        self.agent = agent;
        Ok(())
    }

    /// Waits a little when the agent makes too many calls a minute; the policy refuses what comes too early even then.
    async fn wait_for_rate(&self) -> Step {
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
    fn check(&mut self, at: usize) -> Result<Ready, ToolError> {
        let step = self.steps.get(at).ok_or_else(|| ToolError::new(ToolErrorCode::Internal, "The step is gone"))?;
        let name = step.tool.clone().unwrap_or_default();
        let known = self.inner.tools.get(&name).cloned();
        let Some(tool) = known else {
            return Err(self.unknown_tool(&name));
        };
        let given: Map<String, Value> = arguments::parse(&step.input.to_string())?;
        let none = Map::new();
        let own = self.setup.manifest.tools.get(&name);
        let prepared = arguments::prepare(given, own.map_or(&none, |t| &t.defaults), own.map_or(&none, |t| &t.fixed));
        self.inner.tools.validate(&name, &prepared.arguments)?;
        let hash = arguments::call_hash(&name, &prepared.arguments);
        if let BeforeCall::Refuse(sign) = loop_guard::before(&self.past_calls(), &name, &hash) {
            self.note_verdict(at, LOOP_GUARD, None);
            let text = format!("Not done: {}. Do something else, or say what is missing.", sign.text());
            return Err(ToolError::new(ToolErrorCode::LoopGuard, text));
        }
        let needs = tool.needs(&prepared.arguments, &self.setup.roots);
        self.decide(at, &name, tool.as_ref(), &prepared.arguments, needs.as_ref())?;
        if let Some(step) = self.steps.get_mut(at) {
            step.input = prepared.arguments.clone();
            step.input_hash = Some(hash);
        }
        Ok(Ready {
            at,
            limit: execute::time_limit(tool.as_ref(), self.setup.tool_timeout(&name)),
            tool,
            arguments: prepared.arguments,
            replaced: prepared.replaced,
        })
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
    ) -> Result<(), ToolError> {
        let error = match self.verdict(name, Some(tool), arguments, needs) {
            policy::Verdict::Allow => {
                self.note_verdict(at, "allow", None);
                return Ok(());
            }
            policy::Verdict::Deny(error) => error,
            policy::Verdict::Ask(question) => question.refuse(),
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
        let setup = &self.setup;
        let holds = |grant: &str| setup.resolved.grants.allows_text(grant);
        let last_minute =
            lock(&self.inner.calls_per_minute).entry(self.run.agent_id).or_default().count(Instant::now());
        let approval = &setup.manifest.approval;
        let door = serde_json::to_value(self.run.door).ok();
        policy::decide(&PolicyInput {
            tool: name,
            info: tool.map(Tool::info),
            arguments,
            needs,
            agent: setup::agent_state(&self.agent, setup, name),
            caller: setup::stored_class(&self.run.caller),
            admin_tools: &self.inner.settings.admin_tools,
            holds: &holds,
            calls: CallCounts {
                last_minute: u32::try_from(last_minute).unwrap_or(u32::MAX),
                max_per_minute: setup.manifest.resources.max_tool_calls_per_minute,
                // Counted when the answer came; the limit of the run ends it before the next answer.
                in_run: 0,
                max_per_run: 0,
            },
            approval: ApprovalPolicy {
                server: &self.inner.settings.approval,
                require: approval.require.as_deref().unwrap_or_default(),
                auto: approval.auto.as_deref().unwrap_or_default(),
                door: door.as_ref().and_then(Value::as_str).unwrap_or_default(),
                autonomous: self.run.background,
            },
        })
    }

    fn note_verdict(&mut self, at: usize, verdict: &str, rule: Option<String>) {
        let (manifest_version, mode) = (self.agent.manifest_version, self.agent.mode.clone());
        if let Some(step) = self.steps.get_mut(at) {
            step.verdict = Some(Verdict { verdict: verdict.to_owned(), rule, manifest_version, mode });
        }
    }

    /// W4.
    fn begin(&mut self, at: usize, call: &Ready, changes: &mut Changes) {
        lock(&self.inner.calls_per_minute).entry(self.run.agent_id).or_default().0.push_back(Instant::now());
        let epoch = self.live.epoch;
        let Some(step) = self.steps.get_mut(at) else { return };
        let info = call.tool.info();
        step.state = StepState::Running;
        step.started_at = Some(Ts::now());
        step.lease_epoch = epoch;
        step.effect = word(&info.effect);
        step.resume = word(&info.resume);
        let body = EventBody::ToolStarted {
            step: step.idx,
            call_id: step.call_id.clone().unwrap_or_default(),
            tool: step.tool.clone().unwrap_or_default(),
        };
        changes.step_event(step, step_started(step));
        changes.step_event(step, body);
        changes.steps.push(at);
    }

    fn refuse(&mut self, at: usize, error: &ToolError, changes: &mut Changes) {
        let shaped = result::failure(error, &self.inner.settings.secrets, usize::MAX);
        self.end_call(at, shaped, StepState::Done, Some(error.code), Duration::ZERO, changes);
    }

    /// W6.
    async fn finish_call(&mut self, made: Made) -> Step {
        let mut changes = Changes::default();
        let cancelled = matches!(&made.result, Err(error) if error.code == ToolErrorCode::Cancelled);
        let secrets = self.inner.settings.secrets.clone();
        let name = self.steps.get(made.at).and_then(|s| s.tool.clone()).unwrap_or_default();
        let limit = self.inner.tools.get(&name).map_or(usize::MAX, |t| t.info().output_limit);
        let input_tokens = self.models.models.first().map(|m| u64::from(m.resolved.context_window));
        let allowance = result::allowance(limit, input_tokens);
        let mut error_code = None;
        let (mut shaped, kept) = match made.result {
            Ok(ToolOutput::Content { value, replaced }) => {
                let kept = replaced.map(|content| NewArtifact::new("application/octet-stream", content));
                (result::success(&value, &secrets, allowance, Overflow::Store), kept)
            }
            Ok(ToolOutput::Intent(intent)) => match self.carry_out(intent).await? {
                Ok(value) => (result::success(&value, &secrets, allowance, Overflow::Drop), None),
                Err(error) => {
                    error_code = Some(error.code);
                    (result::failure(&error, &secrets, allowance), None)
                }
            },
            Err(error) => {
                error_code = Some(error.code);
                (result::failure(&error, &secrets, allowance), None)
            }
        };
        if !made.replaced.is_empty() {
            shaped.text.push_str(&format!("\n[fixed by the manifest: {}]", made.replaced.join(", ")));
        }
        for artifact in [shaped.artifact.take(), kept].into_iter().flatten() {
            self.keep_artifact(made.at, &name, artifact, &mut changes);
        }
        let state = if cancelled { StepState::Cancelled } else { StepState::Done };
        self.end_call(made.at, shaped, state, error_code, made.took, &mut changes);
        self.warn_of_loop(made.at, &mut changes);
        self.run.stalled_attempts = 0;
        self.close_batch(&mut changes);
        self.commit(changes).await
    }

    fn keep_artifact(&mut self, at: usize, tool: &str, artifact: NewArtifact, changes: &mut Changes) {
        if let Some(step) = self.steps.get_mut(at) {
            step.artifact_id.get_or_insert(artifact.id);
        }
        changes.artifacts.push(artifacts::service::NewArtifact {
            bytes: artifact.content,
            media_type: artifact.media_type.to_owned(),
            origin: tool.to_owned(),
        });
    }

    fn end_call(
        &mut self,
        at: usize,
        shaped: Shaped,
        state: StepState,
        code: Option<ToolErrorCode>,
        took: Duration,
        changes: &mut Changes,
    ) {
        let Some(step) = self.steps.get_mut(at) else { return };
        step.state = state;
        step.ended_at = Some(Ts::now());
        step.is_error = shaped.is_error;
        step.output = Some(Value::String(shaped.text));
        let body = finished(step, code, took);
        changes.step_event(step, body);
        changes.steps.push(at);
    }

    fn warn_of_loop(&mut self, at: usize, changes: &mut Changes) {
        let max = usize::try_from(self.setup.manifest.resources.max_tool_calls_per_run).unwrap_or(0);
        let Some(sign) = loop_guard::warning(&self.past_calls(), max) else { return };
        let text = sign.text();
        if let Some(step) = self.steps.get_mut(at)
            && let Some(Value::String(output)) = &mut step.output
        {
            output.push_str(&format!("{GUARD_REMARK}{text}]"));
        }
        changes.event(EventBody::LoopWarning { code: "loop_guard".into(), message: text });
    }

    /// The last call of the batch ended: its results become messages, in the order of the calls.
    pub(super) fn close_batch(&mut self, changes: &mut Changes) {
        let Some(batch) = self.steps.last().map(|s| s.batch).filter(|batch| *batch > 0) else { return };
        if self.steps.iter().any(|s| s.batch == batch && s.state.is_open()) {
            return;
        }
        if let Some(sign) = loop_guard::batch_warning(&self.past_calls()) {
            changes.event(EventBody::LoopWarning { code: "loop_guard".into(), message: sign.text() });
        }
        self.append_results(batch, changes);
        if let Next::Finish(end) = self.next() {
            self.end(end, changes);
        }
    }

    pub(super) fn append_results(&mut self, batch: i32, changes: &mut Changes) {
        let calls: Vec<usize> =
            (0..self.steps.len()).filter(|at| self.steps.get(*at).is_some_and(|s| s.batch == batch)).collect();
        for at in calls {
            self.copy_repeated(at, changes);
            let Some(step) = self.steps.get(at) else { continue };
            let block = Block::ToolResult {
                tool_use_id: step.call_id.clone().unwrap_or_default(),
                tool_name: step.tool.clone().unwrap_or_default(),
                content: step.output.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(),
                is_error: step.is_error,
            };
            let message = self.message(MessageRole::Tool, vec![block], Some(step.id));
            self.append(message, changes);
        }
    }

    /// A repeated call has the result of the first.
    fn copy_repeated(&mut self, at: usize, changes: &mut Changes) {
        let Some(step) = self.steps.get(at).filter(|s| s.state == StepState::Skipped && s.output.is_none()) else {
            return;
        };
        let first = self.steps.iter().find(|s| s.batch == step.batch && s.tool == step.tool && s.output.is_some());
        let (output, is_error) = match first.filter(|f| f.idx < step.idx) {
            Some(first) => (first.output.clone(), first.is_error),
            None => (Some(Value::String(String::new())), false),
        };
        if let Some(step) = self.steps.get_mut(at) {
            (step.output, step.is_error) = (output, is_error);
            changes.steps.push(at);
        }
    }

    pub(super) fn tool_context(&self) -> ToolContext {
        let setup = self.setup.clone();
        ToolContext {
            roots: setup.roots.clone(),
            workspace_limit: setup.workspace_limit.clone(),
            holds: Arc::new(move |grant: &str| setup.resolved.grants.allows_text(grant)),
            cancel: self.live.stop.child_token(),
            time_zone: self.inner.settings.time_zone.clone(),
        }
    }

    /// Reads of server data, which tools themselves never touch.
    async fn carry_out(&self, intent: Intent) -> Step<Result<Value, ToolError>> {
        let Intent::ArtifactRead { id, offset, length } = intent;
        let found = artifacts::service::find(self.inner.db.read(), self.run.agent_id, self.run.session_id, &id).await?;
        let Some(artifact) = found else {
            return Ok(Err(ToolError::new(ToolErrorCode::NotFound, format!("There is no artifact {id}"))));
        };
        let size = artifact.bytes.len();
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(size);
        let to = from.saturating_add(usize::try_from(length).unwrap_or(usize::MAX)).min(size);
        let text = String::from_utf8_lossy(artifact.bytes.get(from..to).unwrap_or_default());
        Ok(Ok(json!({
            "artifact": id, "media_type": artifact.media_type, "size": size, "offset": from,
            "content": text, "next_offset": (to < size).then_some(to),
        })))
    }
}

async fn make(call: Ready, context: ToolContext) -> Made {
    let started = Instant::now();
    let result = execute::execute(call.tool.as_ref(), call.arguments, &context, call.limit).await;
    Made { at: call.at, result, replaced: call.replaced, took: started.elapsed() }
}

pub(super) fn finished(step: &StepRow, code: Option<ToolErrorCode>, took: Duration) -> EventBody {
    let result = step.output.as_ref().and_then(Value::as_str).unwrap_or_default();
    let shown = &result[..result.floor_char_boundary(RESULT_BYTES)];
    EventBody::ToolFinished(ToolFinished {
        step: step.idx,
        call_id: step.call_id.clone().unwrap_or_default(),
        tool: step.tool.clone().unwrap_or_default(),
        is_error: step.is_error,
        code: code.and_then(|code| word(&code)),
        artifact: step.artifact_id.clone(),
        duration_ms: i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
        input: step.input.clone(),
        truncated: shown.len() < result.len(),
        result: shown.to_owned(),
    })
}

fn word(value: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}
