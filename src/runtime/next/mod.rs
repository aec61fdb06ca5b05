//! What a run does next: a pure function of its rows. A run that was taken over asks it again and goes on.

#[cfg(test)]
pub mod tests;

use super::{
    retry::{self, Candidate, Decision},
    transcript::{answer, call},
};
use crate::{
    llm::{ErrorClass, Purpose, StopReason as ModelStop},
    runs::{Door, ModelOutcome, RunRow, StepKind, StepRow, StepState, StopReason},
    time::Ts,
};

/// An answer that is cut again and again is continued so often.
pub const MAX_CONTINUATIONS: usize = 5;

/// What the rows alone do not say.
pub struct Rules<'a> {
    pub max_iterations: i32,
    pub max_tool_calls: i32,
    pub max_run_ms: i64,
    /// Models the run may use, in order.
    pub candidates: &'a [Candidate],
    /// Unit of the pauses between tries.
    pub retry_base_ms: i64,
    /// This tool may run beside its neighbours.
    pub parallel: &'a dyn Fn(&str) -> bool,
    /// The loop guard wants the run to end.
    pub loop_broken: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    CallModel(Call),
    /// Positions in `steps` of the calls to make now, side by side.
    RunCalls(Vec<usize>),
    /// The next call is not released yet.
    WaitForPeople,
    Finish(End),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which of the candidates.
    pub candidate: usize,
    /// From 1, counts the tries of this model step.
    pub attempt: i32,
    pub purpose: Purpose,
    /// Goes on with an answer that was cut.
    pub continues: bool,
    pub not_before: Ts,
    /// Every candidate failed, so this is a new beginning after some minutes.
    pub long_wait: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Completed(StopReason),
    Cancelled,
    /// The model failed for good with this class.
    Model(ErrorClass),
    RunTimeout,
    /// Rows that the loop never writes.
    Broken,
}

pub fn next(run: &RunRow, steps: &[StepRow], rules: &Rules<'_>, now: Ts) -> Next {
    if run.cancel_requested_at.is_some() {
        return Next::Finish(End::Cancelled);
    }
    if run.door == Door::Tool {
        return single_call(steps);
    }
    let Some(at) = steps.iter().rposition(|s| s.kind == StepKind::ModelCall) else {
        return before_call(run, steps, rules, now);
    };
    let last = &steps[at];
    match last.state {
        StepState::Failed => after_failure(run, steps, rules, now),
        StepState::Done => match answer(last).map(|a| (a.outcome, a.stop)) {
            None => Next::Finish(End::Broken),
            Some(_) if call(last).purpose == Purpose::Closing => {
                Next::Finish(End::Completed(closing_reason(run, steps, rules).unwrap_or(StopReason::EndTurn)))
            }
            Some((ModelOutcome::Final, stop)) => Next::Finish(End::Completed(final_reason(stop))),
            Some((ModelOutcome::Calls, _)) => batch(run, steps, last.idx, rules, now),
            Some((ModelOutcome::Cut, _)) => after_cut(run, steps, rules, now),
            Some((ModelOutcome::Malformed, _)) if call(last).purpose == Purpose::Repair => {
                Next::Finish(End::Model(ErrorClass::MalformedOutput))
            }
            Some((ModelOutcome::Malformed, _)) => limited(run, steps, rules, now, Purpose::Repair),
        },
        _ => Next::Finish(End::Broken),
    }
}

fn final_reason(stop: ModelStop) -> StopReason {
    match stop {
        ModelStop::Length => StopReason::MaxTokens,
        ModelStop::StopSequence => StopReason::StopSequence,
        _ => StopReason::EndTurn,
    }
}

/// The calls of one answer: neighbours that may run side by side form a group, groups run one after another.
fn batch(run: &RunRow, steps: &[StepRow], batch: i32, rules: &Rules<'_>, now: Ts) -> Next {
    let mut group: Vec<usize> = vec![];
    for (at, step) in steps.iter().enumerate().filter(|(_, s)| s.batch == batch) {
        let parallel = step.tool.as_deref().is_some_and(|tool| (rules.parallel)(tool));
        match step.state {
            StepState::Planned => {
                if is_unreleased(steps, step) {
                    return if group.is_empty() { Next::WaitForPeople } else { Next::RunCalls(group) };
                }
                if !group.is_empty() && !parallel {
                    break;
                }
                group.push(at);
                if !parallel {
                    break;
                }
            }
            StepState::Running | StepState::Waiting => return Next::Finish(End::Broken),
            // A call that ended parts groups only if it ran alone; what ran beside it may still be open.
            _ if !group.is_empty() && !parallel => break,
            _ => {}
        }
    }
    if group.is_empty() { before_call(run, steps, rules, now) } else { Next::RunCalls(group) }
}

/// A person was asked about this call and has not decided.
fn is_unreleased(steps: &[StepRow], call: &StepRow) -> bool {
    let asked = |s: &StepRow| s.kind == StepKind::Approval && s.approval_id == call.approval_id;
    call.approval_id.is_some() && steps.iter().any(|s| asked(s) && s.state == StepState::Waiting)
}

/// A run that is one call and nothing else.
fn single_call(steps: &[StepRow]) -> Next {
    match steps.iter().position(|s| s.kind == StepKind::ToolCall && s.state.is_open()) {
        Some(at) if is_unreleased(steps, &steps[at]) => Next::WaitForPeople,
        Some(at) if steps[at].state == StepState::Planned => Next::RunCalls(vec![at]),
        Some(_) => Next::Finish(End::Broken),
        None => Next::Finish(End::Completed(StopReason::EndTurn)),
    }
}

fn before_call(run: &RunRow, steps: &[StepRow], rules: &Rules<'_>, now: Ts) -> Next {
    limited(run, steps, rules, now, Purpose::Turn)
}

/// Checks the limits, in their order, then calls.
fn limited(run: &RunRow, steps: &[StepRow], rules: &Rules<'_>, now: Ts, purpose: Purpose) -> Next {
    if is_over_time(run, rules, now) {
        return Next::Finish(End::RunTimeout);
    }
    let purpose = if closing_reason(run, steps, rules).is_some() { Purpose::Closing } else { purpose };
    Next::CallModel(Call {
        candidate: kept_candidate(steps, rules.candidates),
        attempt: 1,
        purpose,
        continues: false,
        not_before: now,
        long_wait: false,
    })
}

fn is_over_time(run: &RunRow, rules: &Rules<'_>, now: Ts) -> bool {
    run.started_at.is_some_and(|start| now.since(start) - run.waited_ms >= rules.max_run_ms)
}

/// Why the run may only say where it stands, if so.
pub fn closing_reason(run: &RunRow, steps: &[StepRow], rules: &Rules<'_>) -> Option<StopReason> {
    let called = steps.iter().any(|s| s.kind == StepKind::ToolCall);
    if run.iterations >= rules.max_iterations {
        Some(StopReason::MaxIterations)
    } else if called && run.tool_calls >= rules.max_tool_calls {
        Some(StopReason::MaxToolCalls)
    } else if rules.loop_broken {
        Some(StopReason::LoopDetected)
    } else {
        None
    }
}

/// The first model that answers is kept for the rest of the run.
fn kept_candidate(steps: &[StepRow], candidates: &[Candidate]) -> usize {
    let answered = steps.iter().rfind(|s| s.kind == StepKind::ModelCall && s.state == StepState::Done);
    answered
        .and_then(|s| {
            candidates
                .iter()
                .position(|c| Some(&c.provider) == s.provider.as_ref() && Some(&c.model) == s.model.as_ref())
        })
        .unwrap_or(0)
}

fn after_failure(run: &RunRow, steps: &[StepRow], rules: &Rules<'_>, now: Ts) -> Next {
    let failed = failed_tries(steps);
    let Some(last) = failed.last() else { return Next::Finish(End::Broken) };
    let this = call(last);
    let class = last.error.as_ref().map_or(ErrorClass::Unknown, |e| e.class);
    if is_over_time(run, rules, now) {
        return Next::Finish(End::RunTimeout);
    }
    let ended = last.ended_at.unwrap_or(now);
    let again = |candidate, delay_ms, long_wait| {
        Next::CallModel(Call {
            candidate,
            attempt: last.attempt + 1,
            purpose: this.purpose,
            continues: this.continues,
            not_before: ended.plus_ms(delay_ms),
            long_wait,
        })
    };
    match retry::decide(&failed, rules.candidates, rules.retry_base_ms, run.door.is_durable()) {
        Decision::Again { candidate, delay_ms } => again(candidate, delay_ms, false),
        Decision::Later { delay_ms } => again(0, delay_ms, true),
        Decision::GiveUp if this.purpose == Purpose::Closing => {
            Next::Finish(End::Completed(closing_reason(run, steps, rules).unwrap_or(StopReason::EndTurn)))
        }
        Decision::GiveUp => Next::Finish(End::Model(class)),
    }
}

/// The failed tries of the present model step, oldest first.
pub fn failed_tries(steps: &[StepRow]) -> Vec<&StepRow> {
    let model = || steps.iter().filter(|s| s.kind == StepKind::ModelCall);
    let count = model().rev().take_while(|s| s.state == StepState::Failed).count();
    model().skip(model().count() - count).collect()
}

fn after_cut(run: &RunRow, steps: &[StepRow], rules: &Rules<'_>, now: Ts) -> Next {
    let model = steps.iter().rev().filter(|s| s.kind == StepKind::ModelCall && s.state == StepState::Done);
    let pieces = model.take_while(|s| answer(s).is_some_and(|a| a.outcome == ModelOutcome::Cut)).count();
    if pieces > MAX_CONTINUATIONS {
        return Next::Finish(End::Completed(StopReason::MaxTokens));
    }
    if is_over_time(run, rules, now) {
        return Next::Finish(End::RunTimeout);
    }
    Next::CallModel(Call {
        candidate: kept_candidate(steps, rules.candidates),
        attempt: 1,
        purpose: Purpose::Turn,
        continues: true,
        not_before: now,
        long_wait: false,
    })
}
