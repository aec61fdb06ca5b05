//! What an answer of the model means: the end, tools to call, or one more call (W3).

use std::{collections::HashSet, time::Duration};

use serde_json::Value;

use super::{
    super::{
        content,
        event::EventBody,
        next::{Call, End, Next},
        nul,
        tools::{Effect, ToolError, ToolErrorCode, arguments, result},
        transcript,
    },
    calls::finished,
    charge::guess,
    rows::{message_tokens, new_step},
    stream::{Answer, AskedCall},
    turn::{Changes, Step, Stop, Turn},
};
use crate::{
    agents::manifest::ResponseFormatType,
    ids::Id,
    llm::{ErrorClass, LlmError, Purpose, StopReason as ModelStop, TokenUsage, estimate},
    messages::{Block, Blocks, MessageFlag, MessageFlags, MessageRole, MessageRow},
    runs::{Directives, ModelAnswer, ModelOutcome, StepKind, StepRow, StepState},
    time::Ts,
    usage::UsageStatus,
};

/// Calls of one answer; further ones are told so.
const MAX_CALLS: usize = 32;

impl Turn {
    pub(super) async fn answered(&mut self, call: Call, at: usize, answer: Answer, estimated: u32) -> Step {
        let outcome = match self.outcome(call, &answer) {
            Ok(outcome) => outcome,
            Err(error) => return self.failed(call, at, answer, error, estimated).await,
        };
        self.note_answered(call);
        let mut changes = Changes { steps: vec![at], ..Changes::default() };
        let (usage, guessed) = match answer.usage {
            Some(usage) => (usage, false),
            None => (guess(&answer, estimated), true),
        };
        self.charge(at, call, &answer, usage, guessed, None, UsageStatus::Ok, &mut changes);
        self.close_step(call, at, &answer, outcome);
        self.note_words(&answer, outcome);
        let calls = match outcome {
            ModelOutcome::Calls => self.plan_calls(at, answer.calls.clone(), &mut changes),
            _ => vec![],
        };
        if let Some(message) = self.assistant_message(call, at, &answer, outcome, calls, usage) {
            self.run.reply_message_id = Some(message.id);
            self.append(message, &mut changes);
        }
        self.run.stalled_attempts = 0;
        match outcome {
            ModelOutcome::Calls => self.close_batch(&mut changes),
            _ => {
                if let Next::Finish(end) = self.next() {
                    self.end(end, &mut changes);
                }
            }
        }
        self.commit(changes).await
    }

    fn outcome(&self, call: Call, answer: &Answer) -> Result<ModelOutcome, LlmError> {
        let fail = |class, message: &str| {
            Err(LlmError { class, status: None, retry_after: None, message: message.to_owned() })
        };
        if answer.stop == Some(ModelStop::ContentFilter) {
            return fail(ErrorClass::ContentFilter, "The provider refused to answer this conversation");
        }
        if !answer.calls.is_empty() && call.purpose == Purpose::Turn {
            return match answer.calls.iter().all(is_readable) {
                true => Ok(ModelOutcome::Calls),
                false => fail(ErrorClass::MalformedOutput, "The arguments of a tool call are not JSON"),
            };
        }
        let said = !answer.shown.text.trim().is_empty();
        let silent = answer.shown.silence || answer.shown.directives.silent;
        if answer.stop == Some(ModelStop::Length) && (said || !answer.raw.is_empty()) {
            return Ok(ModelOutcome::Cut);
        }
        let spoken = || transcript::texts(&self.steps).iter().any(|t| !t.text.trim().is_empty());
        // What a closing call says is welcome; the text so far is a reply as well.
        if call.purpose == Purpose::Closing {
            return Ok(ModelOutcome::Final);
        }
        if !said && !silent && !call.continues && !spoken() {
            return fail(ErrorClass::MalformedOutput, "The model gave an empty answer");
        }
        match self.faults_of(&self.answer_text(call, answer)) {
            Some(_) if !silent => Ok(ModelOutcome::Malformed),
            _ => Ok(ModelOutcome::Final),
        }
    }

    /// The whole text of the answer that ends with this piece.
    fn answer_text(&self, call: Call, answer: &Answer) -> String {
        let mut pieces = vec![answer.shown.text.clone()];
        if call.continues {
            for step in self.steps.iter().rev().filter(|s| s.kind == StepKind::ModelCall && s.state == StepState::Done)
            {
                let Some(piece) = transcript::answer(step).filter(|a| a.outcome == ModelOutcome::Cut) else { break };
                pieces.push(content::shown_cut(&piece.text, transcript::call(step).continues).text);
            }
        }
        pieces.into_iter().rev().collect()
    }

    /// What is wrong with a final text, if the agent promises a format.
    fn faults_of(&self, text: &str) -> Option<String> {
        let format = self.setup.manifest.model.response_format.as_ref()?;
        if format.format == ResponseFormatType::Text {
            return None;
        }
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => return Some(format!("it is not JSON ({error})")),
        };
        let schema = format.schema.as_ref().filter(|_| format.format == ResponseFormatType::JsonSchema)?;
        let validator = jsonschema::validator_for(&Value::Object(schema.clone())).ok()?;
        let faults: Vec<String> =
            validator.iter_errors(&value).take(5).map(|e| format!("{}: {}", e.instance_path(), e.masked())).collect();
        (!faults.is_empty()).then(|| faults.join("; "))
    }

    /// Faults of the last answer, for the call that repairs it.
    pub(super) fn format_faults(&self) -> Option<String> {
        let step = self.steps.iter().rfind(|s| s.kind == StepKind::ModelCall && s.state == StepState::Done)?;
        let answer = transcript::answer(step)?;
        self.faults_of(&content::shown(&answer.text).text)
    }

    fn close_step(&mut self, call: Call, at: usize, answer: &Answer, outcome: ModelOutcome) {
        let output = ModelAnswer {
            thinking: answer.thinking(),
            text: answer.raw.clone(),
            stop: answer.stop.unwrap_or(ModelStop::EndTurn),
            outcome,
            calls: answer.calls.len(),
        };
        if let Some(step) = self.steps.get_mut(at) {
            step.state = StepState::Done;
            step.ended_at = Some(Ts::now());
            step.partial = None;
            step.output = serde_json::to_value(output).ok();
        }
        if !call.continues && call.purpose != Purpose::Closing {
            self.run.iterations += 1;
        }
        if call.candidate > 0 {
            self.run.fallback_model = self.models.models.get(call.candidate).map(super::setup::RunModel::name);
        }
    }

    /// Control words of a final answer belong to the run.
    fn note_words(&mut self, answer: &Answer, outcome: ModelOutcome) {
        if outcome != ModelOutcome::Final {
            return;
        }
        let Directives { silent, reply_current, reply_to } = answer.shown.directives.clone();
        let found = Directives { silent, reply_current, reply_to };
        self.run.silent = answer.shown.silence || silent;
        self.run.directives = (!found.is_empty()).then_some(found);
    }

    /// One planned step for each call, but for those that are not made.
    fn plan_calls(&mut self, model: usize, asked: Vec<AskedCall>, changes: &mut Changes) -> Vec<Block> {
        let now = Ts::now();
        let batch = self.steps.get(model).map_or(0, |s| s.idx);
        let max_in_run = usize::try_from(self.setup.manifest.resources.max_tool_calls_per_run).unwrap_or(usize::MAX);
        let secrets = self.inner.settings.secrets.clone();
        let skip = |step: &mut StepRow, text: String| {
            let error = ToolError::new(ToolErrorCode::QuotaExceeded, text);
            step.state = StepState::Skipped;
            step.is_error = true;
            step.ended_at = Some(now);
            step.output = Some(Value::String(result::failure(&error, &secrets, usize::MAX).text));
        };
        let mut ids: HashSet<String> = self.steps.iter().filter_map(|s| s.call_id.clone()).collect();
        let mut blocks = vec![];
        for (n, asked) in asked.into_iter().enumerate() {
            let input: Value = match asked.arguments.trim() {
                "" => Value::Object(serde_json::Map::new()),
                text => nul::value(serde_json::from_str(text).unwrap_or_default()),
            };
            let idx = self.next_idx();
            let fresh = !asked.id.is_empty() && ids.insert(asked.id.clone());
            let call_id = if fresh { asked.id } else { format!("call_{}", Id::new().0.simple()) };
            let mut step = new_step(&self.run, idx, StepKind::ToolCall, now);
            step.batch = batch;
            step.call_id = Some(call_id.clone());
            step.tool = Some(asked.name.clone());
            step.input_hash = Some(arguments::call_hash(&asked.name, &input));
            step.input = input.clone();
            if n >= MAX_CALLS {
                skip(&mut step, format!("An answer may have {MAX_CALLS} calls; this one was not made"));
            } else if self.is_repeated(&step.input_hash, batch, &asked.name) {
                // Its result will be that of the first.
                step.state = StepState::Skipped;
                step.ended_at = Some(now);
            } else if usize::try_from(self.run.tool_calls).unwrap_or(0) >= max_in_run {
                skip(&mut step, format!("A run may make {max_in_run} calls; this one was not made"));
            } else {
                self.run.tool_calls += 1;
            }
            let body = EventBody::ToolCall {
                step: batch,
                call_id: call_id.clone(),
                tool: asked.name.clone(),
                input: input.clone(),
                iteration: self.run.iterations,
            };
            changes.step_event(&step, body);
            if step.output.is_some() {
                let body = finished(&step, Some(ToolErrorCode::QuotaExceeded), Duration::ZERO);
                changes.step_event(&step, body);
            }
            changes.new_steps.push(self.steps.len());
            self.steps.push(step);
            blocks.push(Block::ToolUse { id: call_id, name: asked.name, input });
        }
        blocks
    }

    /// The same harmless call stands in this answer already, and nothing between them changes its result.
    fn is_repeated(&self, hash: &Option<String>, batch: i32, tool: &str) -> bool {
        if !self.is_harmless(tool) {
            return false;
        }
        let mut before = self.steps.iter().rev().take_while(|s| s.batch == batch);
        let found = before.find(|s| s.input_hash == *hash || !self.is_harmless(s.tool.as_deref().unwrap_or_default()));
        found.is_some_and(|s| s.input_hash == *hash)
    }

    fn is_harmless(&self, tool: &str) -> bool {
        self.inner.tools.get(tool).is_some_and(|t| t.info().effect <= Effect::Read)
    }

    fn assistant_message(
        &self,
        call: Call,
        at: usize,
        answer: &Answer,
        outcome: ModelOutcome,
        calls: Vec<Block>,
        usage: TokenUsage,
    ) -> Option<MessageRow> {
        let mut blocks = answer.thoughts.clone();
        if !answer.shown.thinking.is_empty() {
            blocks.push(Block::Thinking { thinking: answer.shown.thinking.clone(), signature: None });
        }
        let silence = answer.shown.silence && outcome == ModelOutcome::Final;
        let text = if silence { answer.raw.trim() } else { answer.shown.text.as_str() };
        if !text.is_empty() {
            blocks.push(Block::Text { text: text.to_owned() });
        }
        blocks.extend(calls);
        if blocks.is_empty() {
            return None;
        }
        let mut flags = vec![];
        flags.extend((outcome == ModelOutcome::Cut).then_some(MessageFlag::Continued));
        flags.extend(
            (self.run.silent && outcome == ModelOutcome::Final && text_is_silent(silence, text))
                .then_some(MessageFlag::Silent),
        );
        let mut row = self.message(MessageRole::Assistant, blocks, self.steps.get(at).map(|s| s.id));
        row.flags = MessageFlags(flags);
        row.model = self.models.models.get(call.candidate).map(super::setup::RunModel::name);
        row.usage = serde_json::to_value(crate::runs::Tokens::from(usage)).ok();
        Some(row)
    }

    /// A message of this run; its number comes with the transaction.
    pub(super) fn message(&self, role: MessageRole, blocks: Vec<Block>, step: Option<Id>) -> MessageRow {
        let tokens = blocks.iter().map(block_tokens).fold(0, u32::saturating_add);
        MessageRow {
            id: Id::new(),
            session_id: self.run.session_id,
            seq: 0,
            run_id: Some(self.run.id),
            step_id: step,
            role,
            tokens: message_tokens(tokens),
            blocks: Blocks(blocks),
            replaces_from: None,
            replaces_to: None,
            flags: MessageFlags::default(),
            sender_id: None,
            sender_name: None,
            model: None,
            usage: None,
            metadata: serde_json::json!({}),
            created_at: Ts::now(),
        }
    }

    pub(super) fn append(&self, message: MessageRow, changes: &mut Changes) {
        changes.event(EventBody::Message { message_id: message.id, seq: 0, role: message.role });
        changes.messages.push(message);
    }

    /// Cancelled or out of time in the middle of an answer: what was said is kept, its unfinished calls are not.
    pub(super) async fn broken_off(&mut self, call: Call, at: usize, answer: Answer, estimated: u32, end: End) -> Step {
        let mut changes = Changes { steps: vec![at], ..Changes::default() };
        let usage = answer.usage.unwrap_or_else(|| guess(&answer, estimated));
        self.charge(at, call, &answer, usage, answer.usage.is_none(), None, UsageStatus::Cancelled, &mut changes);
        if let Some(step) = self.steps.get_mut(at) {
            step.state = StepState::Cancelled;
            step.ended_at = Some(Ts::now());
            step.partial = Some(answer.raw.clone());
        }
        if !answer.shown.text.is_empty() {
            let blocks = vec![Block::Text { text: answer.shown.text.clone() }];
            let mut row = self.message(MessageRole::Assistant, blocks, self.steps.get(at).map(|s| s.id));
            row.flags = MessageFlags(vec![MessageFlag::Truncated]);
            row.model = self.models.models.get(call.candidate).map(super::setup::RunModel::name);
            self.run.reply_message_id = Some(row.id);
            self.append(row, &mut changes);
        }
        self.note_cancel();
        self.end(end, &mut changes);
        self.commit(changes).await?;
        Err(Stop::Left)
    }
}

/// A whole answer of nothing but `[[silent]]` is as silent as a mark.
fn text_is_silent(mark: bool, text: &str) -> bool {
    mark || text.is_empty()
}

fn is_readable(call: &AskedCall) -> bool {
    let text = call.arguments.trim();
    text.is_empty() || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

fn block_tokens(block: &Block) -> u32 {
    match block {
        Block::Text { text } | Block::Thinking { thinking: text, .. } => estimate::text(text),
        Block::RedactedThinking { data } => estimate::text(data),
        Block::ToolUse { name, input, .. } => estimate::call(name, &input.to_string()),
        Block::ToolResult { content, .. } => estimate::text(content).saturating_add(8),
        Block::Image { .. } | Block::Audio { .. } | Block::File { .. } => 1_100,
    }
}
