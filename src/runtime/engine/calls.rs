//! Tool calls of one answer: noted as begun (W4), made side by side, noted as ended (W6).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use serde_json::Value;

use super::{
    super::{
        event::{EventBody, RESULT_BYTES, ToolFinished},
        loop_guard,
        next::Next,
        tools::{
            Resume, ToolContext, ToolError, ToolErrorCode, ToolOutput, execute,
            result::{self, NewArtifact, Overflow, Shaped},
        },
        transcript::GUARD_REMARK,
    },
    check::{Ready, Refusal},
    lock,
    processes::Books,
    rows::step_started,
    turn::{Changes, Step, Stop, Turn},
};
use crate::{
    agents, approvals, artifacts,
    messages::{Block, MessageRole},
    runs::{Door, StepKind, StepRow, StepState},
    time::Ts,
};

/// What came of a call.
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
        let batch = group.first().and_then(|at| self.steps.get(*at)).map_or(0, |s| s.batch);
        if std::mem::replace(&mut self.asked_batch, batch) != batch {
            self.remembered.clear();
            if self.ask_people(batch).await? {
                return Ok(());
            }
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
                Err(Refusal::Deny(error)) => self.refuse(at, &error, &mut changes),
                // A rule changed since the batch was asked about: ask anew.
                Err(Refusal::Ask(..)) => self.asked_batch = 0,
            }
        }
        if ready.is_empty() {
            if changes.steps.is_empty() {
                return Ok(());
            }
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
        self.approval = approvals::service::policy(self.inner.db.read(), &self.inner.settings.approval).await?;
        if agent.state == agents::AgentState::Suspended {
            self.live.park();
        }
        self.agent = agent;
        Ok(())
    }

    /// W4.
    fn begin(&mut self, at: usize, call: &Ready, changes: &mut Changes) {
        lock(&self.inner.calls_per_minute).entry(self.run.agent_id).or_default().note(Instant::now());
        let epoch = self.live.epoch;
        let Some(step) = self.steps.get_mut(at) else { return };
        let info = call.tool.info();
        step.state = StepState::Running;
        step.started_at = Some(Ts::now());
        step.lease_epoch = epoch;
        step.effect = word(&info.effect);
        step.resume = word(if call.changes { &Resume::Interrupt } else { &info.resume });
        let body = EventBody::ToolStarted {
            step: step.idx,
            call_id: step.call_id.clone().unwrap_or_default(),
            tool: step.tool.clone().unwrap_or_default(),
        };
        changes.step_event(step, step_started(step));
        changes.step_event(step, body);
        changes.steps.push(at);
    }

    pub(super) fn refuse(&mut self, at: usize, error: &ToolError, changes: &mut Changes) {
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
        // The transaction of a write, which the end of the step joins.
        let mut open = None;
        let (mut shaped, kept) = match made.result {
            Ok(ToolOutput::Content(content)) => {
                let mut shaped = result::success(&content.value, &secrets, allowance, Overflow::Store);
                shaped.is_error = content.is_error;
                if let Some(source) = &content.untrusted {
                    shaped.text = result::fence(source, &shaped.text);
                }
                (shaped, content.kept)
            }
            Ok(ToolOutput::Intent(intent)) => {
                let overflow = intent.overflow();
                let done = match intent.writes() {
                    true => {
                        let tx = self.inner.db.begin().await?;
                        let done = self.write(&tx, intent, &mut changes).await?;
                        open = Some(tx);
                        done
                    }
                    false => self.carry_out(self.inner.db.read(), intent, &mut changes).await?,
                };
                match done {
                    Ok(value) => (result::success(&value, &secrets, allowance, overflow), None),
                    Err(error) => {
                        error_code = Some(error.code);
                        (result::failure(&error, &secrets, allowance), None)
                    }
                }
            }
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
        match open {
            Some(tx) => self.commit_in(tx, changes).await,
            None => self.commit(changes).await,
        }
    }

    fn keep_artifact(&mut self, at: usize, tool: &str, artifact: NewArtifact, changes: &mut Changes) {
        if let Some(step) = self.steps.get_mut(at) {
            step.artifact_id.get_or_insert(artifact.id);
        }
        changes.artifacts.push(artifacts::service::NewArtifact {
            bytes: artifact.content,
            media_type: artifact.media_type,
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
        // Questions stand behind the calls they are about.
        let last = self.steps.iter().rfind(|s| s.kind != StepKind::Approval);
        let Some(batch) = last.map(|s| s.batch).filter(|batch| *batch > 0) else { return };
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
        if self.run.door == Door::Tool {
            // Nobody talked: the history stays as it is.
            return;
        }
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
        let same =
            |s: &&StepRow| s.batch == step.batch && s.idx < step.idx && s.input == step.input && s.tool == step.tool;
        let asked = |s: &&StepRow| s.batch == step.batch && s.idx < step.idx && s.input_hash == step.input_hash;
        let first = self.steps.iter().rfind(asked).or_else(|| self.steps.iter().rfind(same));
        let (output, is_error) = match first {
            Some(first) => (first.output.clone(), first.is_error),
            None => (Some(Value::String(String::new())), false),
        };
        if let Some(step) = self.steps.get_mut(at) {
            (step.output, step.is_error) = (output, is_error);
            let body = finished(step, None, Duration::ZERO);
            changes.step_event(step, body);
            changes.steps.push(at);
        }
    }

    pub(super) fn tool_context(&self) -> ToolContext {
        let setup = self.setup.clone();
        let view = setup.view();
        ToolContext {
            agent: self.run.agent_id,
            session: self.run.session_id,
            roots: view.roots,
            holds: view.holds,
            grants: view.grants,
            exec: view.exec,
            max_processes: setup.manifest.resources.max_processes.try_into().unwrap_or(usize::MAX),
            ledger: Arc::new(Books(self.inner.db.clone())),
            secrets: self.inner.settings.secrets.clone(),
            network: self.inner.network_meter(self.run.agent_id, &self.setup),
            workspace_limit: setup.workspace_limit.clone(),
            cancel: self.live.stop.child_token(),
            time_zone: self.inner.settings.time_zone.clone(),
        }
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
