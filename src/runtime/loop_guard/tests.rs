//! The thresholds of the loop guard.

use super::{BeforeCall, PastCall, Sign, batch_warning, before, break_run, warning};
use crate::runtime::tools::Effect;

/// Calls as `tool:result` words: the tool names the call, `!` marks a failed one, `-` a refused one; each its own batch.
fn run(words: &str) -> Vec<PastCall<'_>> {
    words
        .split_whitespace()
        .enumerate()
        .map(|(at, word)| {
            let (tool, result) = word.split_once(':').unwrap();
            PastCall {
                tool,
                hash: tool,
                result: (result != "-").then_some(result),
                effect: if tool.starts_with('w') { Effect::Write } else { Effect::Read },
                failed: result == "!" || result == "-",
                batch: u32::try_from(at).unwrap(),
            }
        })
        .collect()
}

fn refused(words: &str, next: &str) -> Option<Sign> {
    match before(&run(words), next, next) {
        BeforeCall::Go => None,
        BeforeCall::Refuse(sign) => Some(sign),
    }
}

#[test]
fn equal_results() {
    assert_eq!(warning(&run("r:1"), 0), None);
    assert_eq!(warning(&run("r:1 r:1"), 0), Some(Sign::SameResult { times: 2 }));
    assert_eq!(refused("r:1", "r"), None);
    assert_eq!(refused("r:1 r:1", "r"), Some(Sign::SameResult { times: 2 }));
    assert_eq!(refused("r:1 x:1 r:1 y:1", "r"), Some(Sign::SameResult { times: 2 }));
    assert_eq!(refused("r:1 r:2", "r"), None);
}

#[test]
fn equal_calls_with_other_results() {
    assert_eq!(warning(&run("r:1 r:2"), 0), None);
    assert_eq!(warning(&run("r:1 r:2 r:3"), 0), Some(Sign::SameCall { times: 3 }));
    assert_eq!(refused("r:1 r:2 r:3", "r"), None);
    assert_eq!(refused("r:1 r:2 r:3 r:4", "r"), Some(Sign::SameCall { times: 5 }));
}

#[test]
fn a_write_starts_the_count_of_reads_anew() {
    assert_eq!(refused("r:1 r:1 w:ok", "r"), None);
    assert_eq!(warning(&run("r:1 w:ok r:1"), 0), None);
    assert_eq!(refused("r:1 w:! r:1", "r"), Some(Sign::SameResult { times: 2 }));
    assert_eq!(refused("w:ok w2:ok w:ok", "w"), Some(Sign::SameResult { times: 2 }));
}

#[test]
fn polls_may_repeat_three_times_as_often() {
    let polls = |n: usize| "task_list:1 ".repeat(n);
    assert_eq!(warning(&run(&polls(5)), 0), None);
    assert_eq!(warning(&run(&polls(6)), 0), Some(Sign::SameResult { times: 6 }));
    assert_eq!(refused(&polls(7), "task_list"), None);
    assert_eq!(refused(&polls(8), "task_list"), Some(Sign::SameResult { times: 8 }));
}

/// Every word with its own result, so that only the pattern shows.
fn changing(pattern: &[&str], rounds: usize) -> String {
    (0..pattern.len() * rounds).map(|at| format!("{}:{at} ", pattern[at % pattern.len()])).collect()
}

#[test]
fn patterns_of_two_and_three() {
    for pattern in [&["a", "b"][..], &["a", "b", "c"]] {
        let length = pattern.len();
        let last = pattern[length - 1];
        assert_eq!(warning(&run(&changing(pattern, 2)), 0), None);
        let warned = warning(&run(&changing(pattern, 3)), 0);
        // The third equal call is warned about first; the pattern is what the break and the refusal go by.
        assert_eq!(warned, Some(Sign::SameCall { times: 3 }));
        let mut almost = changing(pattern, 4);
        almost.truncate(almost.trim_end().rfind(' ').unwrap());
        assert_eq!(refused(&almost, last), Some(Sign::Pattern { length, rounds: 4 }));
        assert_eq!(break_run(&run(&changing(pattern, 5))), None);
        assert_eq!(break_run(&run(&changing(pattern, 6))), Some(Sign::Pattern { length, rounds: 6 }));
    }
    assert_eq!(refused("a:1 b:2 c:3 a:4 b:5 d:6", "a"), None);
}

#[test]
fn three_refusals_in_a_row_end_the_run() {
    assert_eq!(break_run(&run("r:1 r:1 r:- r:-")), None);
    assert_eq!(break_run(&run("r:1 r:1 r:- r:- x:1 r:-")), None);
    assert_eq!(break_run(&run("r:1 r:1 r:- r:- r:-")), Some(Sign::SameCall { times: 5 }));
}

#[test]
fn failing_batches() {
    assert_eq!(batch_warning(&run("a:1 b:! c:!")), None);
    assert_eq!(batch_warning(&run("a:1 b:! c:! d:!")), Some(Sign::FailedBatches { batches: 3 }));
    assert_eq!(break_run(&run("b:! c:! d:! e:! f:!")), None);
    assert_eq!(break_run(&run("b:! c:! d:! e:! f:! g:!")), Some(Sign::FailedBatches { batches: 6 }));
    let mut mixed = run("b:! c:1 d:! e:!");
    mixed[1].batch = 0;
    assert_eq!(batch_warning(&mixed), None);
}

#[test]
fn most_calls_are_used_up() {
    assert_eq!(warning(&run("a:1 b:2 c:3"), 5), None);
    assert_eq!(warning(&run("a:1 b:2 c:3 d:4"), 5), Some(Sign::ManyCalls { calls: 4, limit: 5 }));
    assert_eq!(warning(&run("a:1 b:2 c:3 d:4 e:5"), 5), None);
}
