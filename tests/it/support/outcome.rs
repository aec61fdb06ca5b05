//! What golden cases look at: short forms of steps, events and messages, and what holds for every run.

use openfang::{
    messages::{Block, MessageFlag, MessageRole},
    runs::{StepKind, StepRow, StepState},
    runtime::event::{EventBody, EventId},
    usage::UsageStatus,
};
use serde_json::Value;

use super::engine::Outcome;

impl Outcome {
    /// `Md Fd Md`: kind and state of each step.
    pub fn steps_short(&self) -> String {
        self.steps.iter().map(short).collect::<Vec<_>>().join(" ")
    }

    /// `U A T A`: roles of the session's messages.
    pub fn roles(&self) -> String {
        let letter = |role| match role {
            MessageRole::User => "U",
            MessageRole::Assistant => "A",
            MessageRole::Tool => "T",
            MessageRole::Summary => "S",
            MessageRole::Notice => "N",
        };
        self.history.iter().map(|m| letter(m.role)).collect::<Vec<_>>().join(" ")
    }

    /// Stored events behind run.started, without usage and message, in the words of the golden cases.
    pub fn events_short(&self) -> String {
        let word = |body: &EventBody| match body {
            EventBody::StepStarted { .. } => Some("ss"),
            EventBody::ToolCall { .. } => Some("tc"),
            EventBody::ToolStarted { .. } => Some("ts"),
            EventBody::ToolFinished(_) => Some("tf"),
            EventBody::ApprovalRequested(_) => Some("ar"),
            EventBody::ApprovalDecided { .. } => Some("ad"),
            EventBody::Retry { .. } => Some("retry"),
            EventBody::StepDiscarded { .. } => Some("discarded"),
            EventBody::LoopWarning { .. } => Some("loop.warning"),
            EventBody::BudgetWarning { .. } => Some("budget.warning"),
            EventBody::Warning { .. } => Some("warning"),
            EventBody::Waiting { .. } => Some("waiting"),
            EventBody::RunResumed(_) => Some("resumed"),
            EventBody::Done(_) => Some("done"),
            EventBody::Error(_) => Some("error"),
            _ => None,
        };
        self.events.iter().filter_map(|e| word(&e.body)).collect::<Vec<_>>().join(" ")
    }

    /// Texts that were sent and not withdrawn, joined.
    pub fn deltas(&self) -> String {
        let mut sent: Vec<(EventId, String)> = vec![];
        for event in &self.events {
            match &event.body {
                EventBody::TextDelta { text, .. } => sent.push((event.id, text.clone())),
                EventBody::StepDiscarded { discards_after, .. } => {
                    let void = *discards_after;
                    sent.retain(|(id, _)| *id <= void || id.seq() != void.seq());
                }
                _ => {}
            }
        }
        sent.into_iter().map(|(_, text)| text).collect()
    }

    pub fn response(&self) -> &str {
        self.run.response.as_deref().unwrap_or_default()
    }

    /// `end_turn`, or the code of the failure.
    pub fn stop(&self) -> String {
        match &self.run.error {
            Some(error) => error.code.to_string(),
            None => word(&self.run.stop_reason),
        }
    }

    /// Result texts of the tool steps, in the order of the calls.
    pub fn results(&self) -> Vec<String> {
        let tools = self.steps.iter().filter(|s| s.kind == StepKind::ToolCall);
        tools.map(|s| s.output.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()).collect()
    }

    /// Code of the error in the nth tool result.
    pub fn error_code(&self, n: usize) -> String {
        let text = &self.results()[n];
        let line = text.lines().next().unwrap_or_default();
        let value: Value = serde_json::from_str(line).unwrap_or_default();
        value["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn texts(&self) -> Vec<String> {
        self.history.iter().map(|m| m.blocks.text()).collect()
    }

    pub fn done(&self) -> &openfang::runtime::event::Done {
        match &self.events.last().expect("events").body {
            EventBody::Done(done) => done,
            other => panic!("the run did not end well: {other:?}"),
        }
    }

    /// What every golden case checks.
    pub fn check(&self) {
        self.check_events();
        self.check_history();
        let sum = |of: fn(&openfang::usage::UsageRow) -> i64| self.usage.iter().map(of).sum::<i64>();
        assert_eq!(sum(|u| u.input_tokens), self.run.input_tokens, "input tokens add up");
        assert_eq!(sum(|u| u.output_tokens), self.run.output_tokens, "output tokens add up");
        assert_eq!(sum(|u| u.cost_micro_usd), self.run.cost_micro_usd.unwrap_or(0), "cost adds up");
        let calls = self.steps.iter().filter(|s| s.kind == StepKind::ModelCall && s.state != StepState::Running);
        let made = self.usage.iter().filter(|u| u.status != UsageStatus::BudgetRefused).count();
        assert_eq!(calls.count(), made, "one usage row for each model call");
        for (n, step) in self.steps.iter().enumerate() {
            assert_eq!(step.idx, i32::try_from(n).unwrap() + 1, "steps are dense");
            assert!(!step.state.is_open(), "no step stays open: {step:?}");
        }
        assert_eq!(self.deltas(), self.response(), "what was sent is the response");
        assert!(self.run.lease_owner.is_none() && self.run.lease_until.is_none(), "no lease stays");
    }

    fn check_events(&self) {
        let terminal = self.events.iter().filter(|e| e.body.is_terminal()).count();
        assert_eq!(terminal, 1, "exactly one terminal event");
        assert!(self.events.last().expect("events").body.is_terminal(), "and it is the last");
        assert!(matches!(self.events[0].body, EventBody::RunQueued { .. }), "run.queued is the first");
        let stored: Vec<i64> = self.events.iter().filter(|e| e.id.offset() == 0).map(|e| e.id.seq()).collect();
        assert_eq!(stored, (1..=self.run.event_seq).collect::<Vec<_>>(), "stored events are dense");
        assert!(self.events.is_sorted_by(|a, b| a.id < b.id), "ids rise");
        let started = |id: &str| {
            self.events.iter().any(|e| matches!(&e.body, EventBody::ToolStarted { call_id, .. } if call_id == id))
        };
        for event in &self.events {
            if let EventBody::ToolStarted { call_id, .. } = &event.body {
                let ended =
                    self.events.iter().any(|e| matches!(&e.body, EventBody::ToolFinished(f) if f.call_id == *call_id));
                assert!(started(call_id) && ended, "{call_id} is started and finished");
            }
        }
    }

    /// Every call is followed by exactly one result of the same id before any other message.
    fn check_history(&self) {
        let mut open: Vec<String> = vec![];
        for (n, message) in self.history.iter().enumerate() {
            assert_eq!(message.seq, i64::try_from(n).unwrap() + 1, "messages are dense");
            if message.role != MessageRole::Tool {
                assert!(open.is_empty(), "results are missing for {open:?}");
            }
            for block in &message.blocks.0 {
                match block {
                    Block::ToolUse { id, .. } => open.push(id.clone()),
                    Block::ToolResult { tool_use_id, .. } => {
                        assert_eq!(open.first(), Some(tool_use_id), "results come in the order of the calls");
                        open.remove(0);
                    }
                    _ => {}
                }
            }
        }
        assert!(open.is_empty(), "results are missing for {open:?}");
    }

    pub fn flags(&self, message: usize) -> &[MessageFlag] {
        &self.history[message].flags.0
    }
}

fn short(step: &StepRow) -> String {
    let kind = match step.kind {
        StepKind::ModelCall => "M",
        StepKind::ToolCall => "F",
        StepKind::Approval => "P",
        StepKind::Compaction => "C",
    };
    let state = match step.state {
        StepState::Done => "d",
        StepState::Failed => "f",
        StepState::Interrupted => "i",
        StepState::Cancelled => "c",
        StepState::Skipped => "s",
        StepState::Planned | StepState::Running | StepState::Waiting => "?",
    };
    format!("{kind}{state}")
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
