//! `next` on generated rows: whatever comes back from models, tools and crashes, a run makes no effect twice, leaves no
//! batch half and comes to an end.

use std::collections::HashMap;

use serde_json::json;

use super::{Call, End, Next, Rules, next};
use crate::{
    caller::CallerKind,
    ids::Id,
    llm::{ErrorClass, Purpose, StopReason as ModelStop},
    runs::{
        Door, ModelAnswer, ModelCall, ModelOutcome, RunCaller, RunInput, RunOptions, RunRow, RunState, StepFault,
        StepKind, StepRow, StepState, TextList,
    },
    runtime::{engine::rows::new_step, retry::Candidate, transcript},
    time::Ts,
};

pub fn run_row(door: Door) -> RunRow {
    let id = Id::new();
    RunRow {
        id,
        agent_id: Id::new(),
        manifest_version: 1,
        session_id: Id::new(),
        door,
        caller: RunCaller { kind: CallerKind::Open, id: None, name: None, owner: "operator".into(), admin: true },
        origin_user: None,
        parent_run_id: None,
        parent_step_id: None,
        root_run_id: id,
        depth: 0,
        rank: 0,
        queue_seq: 1,
        max_concurrent: 8,
        background: false,
        state: RunState::Running,
        stop_reason: None,
        error: None,
        input: RunInput::default(),
        options: RunOptions::default(),
        idempotency_key: None,
        attempts: 1,
        stalled_attempts: 0,
        lease_owner: None,
        lease_epoch: 1,
        lease_until: None,
        wake_at: None,
        waited_ms: 0,
        expires_at: None,
        cancel_requested_at: None,
        cancel_reason: None,
        cancel_by: None,
        provider: None,
        model: None,
        fallback_model: None,
        iterations: 0,
        tool_calls: 0,
        input_tokens: 0,
        output_tokens: 0,
        cached_tokens: 0,
        cache_write_tokens: 0,
        reasoning_tokens: 0,
        cost_micro_usd: None,
        response: None,
        silent: false,
        directives: None,
        warnings: TextList::default(),
        reply_message_id: None,
        event_seq: 0,
        created_at: Ts(0),
        started_at: Some(Ts(0)),
        ended_at: None,
        trimmed_at: None,
    }
}

fn candidates() -> Vec<Candidate> {
    ["a", "b", "c"].map(|model| Candidate { provider: "p".into(), model: model.into(), context_window: 1_000 }).to_vec()
}

/// A small generator of numbers, the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

const CLASSES: [ErrorClass; 6] = [
    ErrorClass::RateLimit,
    ErrorClass::Network,
    ErrorClass::Auth,
    ErrorClass::MalformedOutput,
    ErrorClass::BadRequest,
    ErrorClass::Unknown,
];
const PARALLEL: &str = "read";

/// A run that is played to its end.
struct Game {
    dice: Dice,
    run: RunRow,
    steps: Vec<StepRow>,
    candidates: Vec<Candidate>,
    now: Ts,
    /// How often each call was made without a crash that allows one more.
    made: HashMap<i32, u32>,
    allowed: HashMap<i32, u32>,
}

impl Game {
    fn new(seed: u64) -> Self {
        let door = if seed.is_multiple_of(3) { Door::Channel } else { Door::Api };
        Self {
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            run: run_row(door),
            steps: vec![],
            candidates: candidates(),
            now: Ts(0),
            made: HashMap::new(),
            allowed: HashMap::new(),
        }
    }

    fn next(&mut self) -> Next {
        let broken = self.steps.len() > 120 && self.dice.roll(4) == 0;
        let rules = Rules {
            max_iterations: 12,
            max_tool_calls: 40,
            max_run_ms: i64::MAX,
            candidates: &self.candidates,
            retry_base_ms: 10,
            parallel: &|tool| tool == PARALLEL,
            loop_broken: broken,
        };
        let first = next(&self.run, &self.steps, &rules, self.now);
        assert_eq!(first, next(&self.run, &self.steps, &rules, self.now), "equal rows, equal answer");
        first
    }

    fn play(mut self) -> (End, Vec<StepRow>) {
        for _ in 0..500 {
            match self.next() {
                Next::CallModel(call) => self.call_model(call),
                Next::RunCalls(group) => self.run_calls(&group),
                Next::WaitForPeople => self.decide(),
                Next::Finish(end) => return (end, self.steps),
            }
        }
        panic!("the run never ends: {} steps", self.steps.len());
    }

    fn call_model(&mut self, call: Call) {
        assert!(self.steps.iter().all(|s| !s.state.is_open()), "no batch is left half when a model is called");
        assert!(call.candidate < self.candidates.len());
        assert_eq!(call.attempt > 1, self.steps.last().is_some_and(|s| s.state == StepState::Failed));
        self.now = self.now.max(call.not_before).plus_ms(1);
        if let Some(failed) = self.steps.last_mut().filter(|_| call.long_wait)
            && let Some(fault) = &mut failed.error
        {
            fault.long_wait = true;
        }
        let idx = self.idx();
        let mut step = new_step(&self.run, idx, StepKind::ModelCall, self.now);
        step.attempt = call.attempt;
        step.provider = Some("p".into());
        step.model = Some(self.candidates[call.candidate].model.clone());
        step.input = transcript::call_json(&ModelCall { purpose: call.purpose, continues: call.continues });
        step.ended_at = Some(self.now);
        let mut calls = vec![];
        let takeover = self.dice.roll(12) == 0;
        if takeover || self.dice.roll(4) == 0 {
            step.state = StepState::Failed;
            let class = CLASSES[usize::try_from(self.dice.roll(6)).unwrap()];
            step.error = Some(StepFault {
                class: if takeover { ErrorClass::Network } else { class },
                message: String::new(),
                retry_after_ms: None,
                takeover,
                long_wait: false,
            });
        } else {
            let outcome = match self.dice.roll(10) {
                _ if call.purpose != Purpose::Turn => ModelOutcome::Final,
                0 => ModelOutcome::Cut,
                1 => ModelOutcome::Malformed,
                2 => ModelOutcome::Final,
                _ => ModelOutcome::Calls,
            };
            if outcome == ModelOutcome::Calls {
                calls = (0..=self.dice.roll(5)).map(|_| self.dice.roll(3) > 0).collect();
            }
            step.state = StepState::Done;
            step.output = serde_json::to_value(ModelAnswer {
                thinking: String::new(),
                text: "x".into(),
                stop: ModelStop::EndTurn,
                outcome,
                calls: calls.len(),
            })
            .ok();
            if !call.continues && call.purpose != Purpose::Closing {
                self.run.iterations += 1;
            }
        }
        self.steps.push(step);
        for parallel in calls {
            let mut call = new_step(&self.run, self.idx(), StepKind::ToolCall, self.now);
            call.batch = idx;
            call.tool = Some(if parallel { PARALLEL } else { "write" }.into());
            self.run.tool_calls += 1;
            self.allowed.insert(call.idx, 1);
            self.steps.push(call);
        }
        self.ask_people(idx);
    }

    /// Some calls of the batch wait for a person; the questions stand behind the calls.
    fn ask_people(&mut self, batch: i32) {
        let calls = (0..self.steps.len()).filter(|at| self.steps[*at].batch == batch).collect::<Vec<_>>();
        for at in calls {
            if self.dice.roll(4) == 0 {
                let mut asked = new_step(&self.run, self.idx(), StepKind::Approval, self.now);
                asked.state = StepState::Waiting;
                asked.approval_id = Some(asked.id);
                self.steps[at].approval_id = asked.approval_id;
                self.steps.push(asked);
            }
        }
    }

    fn decide(&mut self) {
        let waiting: Vec<usize> =
            (0..self.steps.len()).filter(|at| self.steps[*at].state == StepState::Waiting).collect();
        assert!(!waiting.is_empty(), "it waits for a question");
        let at = waiting[usize::try_from(self.dice.roll(waiting.len().try_into().unwrap())).unwrap()];
        self.steps[at].state = StepState::Done;
    }

    fn idx(&self) -> i32 {
        i32::try_from(self.steps.len()).unwrap() + 1
    }

    fn run_calls(&mut self, group: &[usize]) {
        assert!(!group.is_empty());
        let batch = self.steps[group[0]].batch;
        let alone = self.steps[group[0]].tool.as_deref() != Some(PARALLEL);
        assert!(!alone || group.len() == 1, "a call with an effect runs alone");
        let before = self.steps.iter().filter(|s| s.batch == batch && s.idx < self.steps[group[0]].idx);
        assert!(before.clone().all(|s| !s.state.is_open()), "groups keep their order");
        let open = self.steps.iter().filter(|s| s.state == StepState::Waiting);
        let waiting: Vec<_> = open.map(|s| s.approval_id).collect();
        for at in group {
            self.now = self.now.plus_ms(1);
            let crash = self.dice.roll(15) == 0;
            let step = &mut self.steps[*at];
            assert_eq!((step.state, step.batch), (StepState::Planned, batch));
            assert!(!waiting.contains(&step.approval_id), "a person has released it");
            *self.made.entry(step.idx).or_default() += 1;
            assert!(self.made[&step.idx] <= self.allowed[&step.idx], "no effect is asked for twice");
            if crash && alone {
                step.state = StepState::Interrupted;
            } else if crash {
                // A read may run again.
                *self.allowed.entry(step.idx).or_default() += 1;
            } else {
                step.state = StepState::Done;
                step.output = Some(json!("{}"));
            }
        }
    }
}

#[test]
fn every_run_ends_with_no_effect_made_twice_and_no_batch_left_half() {
    let mut ends: HashMap<String, u32> = HashMap::new();
    for seed in 0..3_000 {
        let (end, steps) = Game::new(seed).play();
        assert!(steps.iter().all(|s| !s.state.is_open()), "seed {seed}: open steps at the end");
        assert_ne!(end, End::Broken, "seed {seed}");
        *ends.entry(format!("{end:?}")).or_default() += 1;
    }
    assert!(ends.len() >= 5, "the game reaches many ends: {ends:?}");
}

#[test]
fn a_wish_to_cancel_comes_first() {
    let mut run = run_row(Door::Api);
    run.cancel_requested_at = Some(Ts(1));
    let candidates = candidates();
    let rules = Rules {
        max_iterations: 1,
        max_tool_calls: 1,
        max_run_ms: 1,
        candidates: &candidates,
        retry_base_ms: 1,
        parallel: &|_| false,
        loop_broken: true,
    };
    assert_eq!(next(&run, &[], &rules, Ts(5_000)), Next::Finish(End::Cancelled));
    run.cancel_requested_at = None;
    assert_eq!(next(&run, &[], &rules, Ts(5_000)), Next::Finish(End::RunTimeout));
    run.waited_ms = 5_000;
    assert!(matches!(next(&run, &[], &rules, Ts(5_000)), Next::CallModel(_)), "waiting does not count");
}
