//! Tests of retries and fallbacks.

use super::{Candidate, Decision, decide};
use crate::{
    llm::ErrorClass,
    runs::{Door, StepFault, StepKind, StepRow},
    runtime::{engine::rows::new_step, next::tests::run_row},
    time::Ts,
};

fn candidates(windows: &[u32]) -> Vec<Candidate> {
    let of =
        |(n, window): (usize, &u32)| Candidate { provider: "p".into(), model: n.to_string(), context_window: *window };
    windows.iter().enumerate().map(of).collect()
}

fn failed(class: ErrorClass, candidate: usize) -> StepRow {
    let mut step = new_step(&run_row(Door::Api), 1, StepKind::ModelCall, Ts(0));
    step.provider = Some("p".into());
    step.model = Some(candidate.to_string());
    step.error =
        Some(StepFault { class, message: String::new(), retry_after_ms: None, takeover: false, long_wait: false });
    step
}

/// What follows after each further failure of this class.
fn course(class: ErrorClass, models: usize, durable: bool) -> Vec<Decision> {
    let candidates = candidates(&vec![1_000; models]);
    let mut steps: Vec<StepRow> = vec![];
    let mut decisions = vec![];
    let mut at = 0;
    for _ in 0..20 {
        steps.push(failed(class, at));
        let decision = decide(&steps.iter().collect::<Vec<_>>(), &candidates, 1_000, durable);
        decisions.push(decision);
        match decision {
            Decision::Again { candidate, .. } => at = candidate,
            _ => break,
        }
    }
    decisions
}

fn again(candidate: usize, delay_ms: i64) -> Decision {
    Decision::Again { candidate, delay_ms }
}

#[test]
fn each_class_has_its_own_patience() {
    use ErrorClass as C;
    let give_up = Decision::GiveUp;
    assert_eq!(course(C::RateLimit, 1, false), [again(0, 1_000), again(0, 2_000), again(0, 4_000), give_up]);
    assert_eq!(course(C::Overloaded, 1, false), [again(0, 1_000), again(0, 2_000), again(0, 4_000), give_up]);
    assert_eq!(course(C::Timeout, 1, false), [again(0, 1_000), give_up]);
    assert_eq!(course(C::Network, 1, false), [again(0, 1_000), again(0, 4_000), give_up]);
    assert_eq!(course(C::Unknown, 1, false), [again(0, 2_000), give_up]);
    assert_eq!(course(C::MalformedOutput, 1, false), [again(0, 0), give_up]);
    for class in [C::Auth, C::Billing, C::ModelNotFound, C::BadRequest, C::ContentFilter] {
        assert_eq!(course(class, 1, false), [give_up], "{class:?}");
    }
}

#[test]
fn fallbacks_are_tried_in_order() {
    use ErrorClass as C;
    assert_eq!(course(C::Auth, 3, false), [again(1, 0), again(2, 0), Decision::GiveUp]);
    assert_eq!(course(C::BadRequest, 3, false), [again(1, 0), Decision::GiveUp], "only one");
    assert_eq!(course(C::MalformedOutput, 3, false), [again(0, 0), again(1, 0), again(1, 0), Decision::GiveUp]);
    assert_eq!(course(C::ContentFilter, 3, false), [Decision::GiveUp], "none");
    assert_eq!(course(C::Timeout, 2, false), [again(0, 1_000), again(1, 0), again(1, 1_000), Decision::GiveUp]);
}

#[test]
fn a_provider_that_wants_a_minute_is_left_for_the_next() {
    let mut step = failed(ErrorClass::RateLimit, 0);
    let fault = step.error.as_mut().unwrap();
    fault.retry_after_ms = Some(61_000);
    assert_eq!(decide(&[&step], &candidates(&[1, 1]), 1_000, false), again(1, 0));
    step.error.as_mut().unwrap().retry_after_ms = Some(20_000);
    assert_eq!(decide(&[&step], &candidates(&[1, 1]), 1_000, false), again(0, 20_000));
}

#[test]
fn a_long_conversation_only_goes_to_a_larger_window() {
    let twice = [failed(ErrorClass::ContextOverflow, 0), failed(ErrorClass::ContextOverflow, 0)];
    let tried: Vec<&StepRow> = twice.iter().collect();
    assert_eq!(decide(&tried, &candidates(&[1_000, 500, 2_000]), 1, false), again(2, 0));
    assert_eq!(decide(&tried, &candidates(&[1_000, 500]), 1, false), Decision::GiveUp);
}

#[test]
fn a_run_that_nobody_waits_for_waits_itself() {
    let mut steps = vec![failed(ErrorClass::Network, 0)];
    let candidates = candidates(&[1_000]);
    let mut waits = vec![];
    for _ in 0..60 {
        let decision = decide(&steps.iter().collect::<Vec<_>>(), &candidates, 1, true);
        match decision {
            Decision::Again { .. } => {}
            Decision::Later { delay_ms } => {
                waits.push(delay_ms);
                let last = steps.last_mut().unwrap();
                last.error.as_mut().unwrap().long_wait = true;
                let same = decide(&steps.iter().collect::<Vec<_>>(), &candidates, 1, true);
                assert_eq!(same, Decision::Later { delay_ms }, "asked again, the same answer");
            }
            Decision::GiveUp => break,
        }
        steps.push(failed(ErrorClass::Network, 0));
    }
    assert_eq!(waits, [60_000, 300_000, 900_000]);
    assert_eq!(course(ErrorClass::Auth, 1, true), [Decision::GiveUp], "time does not heal a wrong key");
}

#[test]
fn a_stopped_server_is_not_the_provider_s_fault() {
    let mut step = failed(ErrorClass::Network, 0);
    step.error.as_mut().unwrap().takeover = true;
    let many = vec![step; 10];
    assert_eq!(decide(&many.iter().collect::<Vec<_>>(), &candidates(&[1]), 1_000, false), again(0, 0));
}
