//! Notices when a run goes round in circles: equal calls, repeated patterns, failing batches. Pure; computed from the
//! tool steps of the run.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use super::tools::Effect;

/// Tools whose purpose is to be called again until something changes: they may repeat three times as often.
const POLL_TOOLS: [&str; 7] =
    ["run_status", "process_poll", "workflow_status", "hand_status", "a2a_status", "task_list", "browser_wait"];
const POLL_FACTOR: usize = 3;

const SAME_CALL_WARN: usize = 3;
const SAME_CALL_REFUSE: usize = 5;
const SAME_RESULT_WARN: usize = 2;
const SAME_RESULT_REFUSE: usize = 3;
const PATTERN_LENGTHS: [usize; 2] = [2, 3];
const PATTERN_WARN: usize = 3;
const PATTERN_REFUSE: usize = 4;
const PATTERN_BREAK: usize = 6;
const REFUSED_IN_A_ROW: usize = 3;
const FAILED_BATCHES_WARN: usize = 3;
const FAILED_BATCHES_BREAK: usize = 6;
const CALLS_WARN_PERCENT: usize = 80;

/// A call of the run that has ended.
#[derive(Clone, Debug)]
pub struct PastCall<'a> {
    pub tool: &'a str,
    /// `arguments::call_hash`.
    pub hash: &'a str,
    /// Hash of the result text; nothing when the call was refused by this guard.
    pub result: Option<&'a str>,
    pub effect: Effect,
    pub failed: bool,
    /// Number of the model answer it belongs to; grows within the run.
    pub batch: u32,
}

/// What is wrong, in the words of the event and of the line that the model reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    SameCall { times: usize },
    SameResult { times: usize },
    Pattern { length: usize, rounds: usize },
    ManyCalls { calls: usize, limit: usize },
    FailedBatches { batches: usize },
}

impl Sign {
    pub fn text(&self) -> String {
        match self {
            Self::SameCall { times } => format!("this call has been made {times} times with the same arguments"),
            Self::SameResult { times } => format!("this call has given the same result {times} times"),
            Self::Pattern { length, rounds } => format!("the same {length} calls have been repeated {rounds} times"),
            Self::ManyCalls { calls, limit } => format!("{calls} of at most {limit} tool calls of this run are made"),
            Self::FailedBatches { batches } => format!("every call of the last {batches} answers has failed"),
        }
    }
}

/// What happens to a call before it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BeforeCall {
    Go,
    /// Not executed; the model gets `loop_guard` with this reason.
    Refuse(Sign),
}

/// Whether the next call may be made.
pub fn before(past: &[PastCall<'_>], tool: &str, hash: &str) -> BeforeCall {
    let factor = factor(tool);
    let same_results = same_results(past, hash);
    if same_results + 1 >= SAME_RESULT_REFUSE * factor {
        return BeforeCall::Refuse(Sign::SameResult { times: same_results });
    }
    let times = past.iter().filter(|call| call.hash == hash).count() + 1;
    if times >= SAME_CALL_REFUSE * factor {
        return BeforeCall::Refuse(Sign::SameCall { times });
    }
    match longest_pattern(past, Some(hash)) {
        Some((length, rounds)) if rounds >= PATTERN_REFUSE * pattern_factor(past, length) => {
            BeforeCall::Refuse(Sign::Pattern { length, rounds })
        }
        _ => BeforeCall::Go,
    }
}

/// The warning that the result of the newest call deserves, if any. `max_calls` 0 = no limit.
pub fn warning(past: &[PastCall<'_>], max_calls: usize) -> Option<Sign> {
    let newest = past.last()?;
    let factor = factor(newest.tool);
    let same = same_results(past, newest.hash);
    if newest.result.is_some() && same >= SAME_RESULT_WARN * factor {
        return Some(Sign::SameResult { times: same });
    }
    let times = past.iter().filter(|call| call.hash == newest.hash).count();
    if times >= SAME_CALL_WARN * factor {
        return Some(Sign::SameCall { times });
    }
    if let Some((length, rounds)) = longest_pattern(past, None)
        && rounds >= PATTERN_WARN * pattern_factor(past, length)
    {
        return Some(Sign::Pattern { length, rounds });
    }
    // Told once, by the call that reaches the mark.
    let calls = past.len();
    if max_calls > 0 && calls == (max_calls * CALLS_WARN_PERCENT).div_ceil(100) {
        return Some(Sign::ManyCalls { calls, limit: max_calls });
    }
    None
}

/// The warning after a whole batch, if every call of the last ones has failed.
pub fn batch_warning(past: &[PastCall<'_>]) -> Option<Sign> {
    let batches = failed_batches(past);
    (batches >= FAILED_BATCHES_WARN).then_some(Sign::FailedBatches { batches })
}

/// Whether the run ends with a closing call after this batch.
pub fn break_run(past: &[PastCall<'_>]) -> Option<Sign> {
    let refused = past.iter().rev().take_while(|call| call.result.is_none()).count();
    if refused >= REFUSED_IN_A_ROW {
        let hash = past.last().map_or("", |call| call.hash);
        return Some(Sign::SameCall { times: past.iter().filter(|call| call.hash == hash).count() });
    }
    if let Some((length, rounds)) = longest_pattern(past, None)
        && rounds >= PATTERN_BREAK * pattern_factor(past, length)
    {
        return Some(Sign::Pattern { length, rounds });
    }
    let batches = failed_batches(past);
    (batches >= FAILED_BATCHES_BREAK).then_some(Sign::FailedBatches { batches })
}

fn factor(tool: &str) -> usize {
    if POLL_TOOLS.contains(&tool) { POLL_FACTOR } else { 1 }
}

/// A pattern of nothing but polls is as patient as its calls.
fn pattern_factor(past: &[PastCall<'_>], length: usize) -> usize {
    past.iter().rev().take(length).map(|call| factor(call.tool)).min().unwrap_or(1)
}

/// How often this call has given its newest result without another one in between. Between two equal reads a write
/// starts the count anew, since looking again after a change is sensible.
fn same_results(past: &[PastCall<'_>], hash: &str) -> usize {
    let mut newest: Option<&str> = None;
    let mut count = 0;
    let mut changed = false;
    for call in past.iter().rev() {
        changed |= call.effect >= Effect::Write && !call.failed && call.result.is_some() && call.hash != hash;
        let (true, Some(result)) = (call.hash == hash, call.result) else { continue };
        if newest.is_some_and(|newest| newest != result) || (changed && call.effect <= Effect::Network) {
            break;
        }
        newest = Some(result);
        count += 1;
    }
    count
}

/// Length and rounds of the pattern of different calls that the run ends with, counting `next` as made.
fn longest_pattern(past: &[PastCall<'_>], next: Option<&str>) -> Option<(usize, usize)> {
    let mut hashes: Vec<&str> = past.iter().map(|call| call.hash).collect();
    hashes.extend(next);
    let of_length = |length: &usize| {
        let pattern = &hashes[hashes.len().checked_sub(*length)?..];
        if pattern.iter().collect::<HashSet<_>>().len() < *length {
            return None;
        }
        let rounds = hashes.rchunks_exact(*length).take_while(|round| *round == pattern).count();
        Some((*length, rounds))
    };
    PATTERN_LENGTHS.iter().filter_map(of_length).max_by_key(|(_, rounds)| *rounds)
}

fn failed_batches(past: &[PastCall<'_>]) -> usize {
    past.chunk_by(|a, b| a.batch == b.batch).rev().take_while(|batch| batch.iter().all(|call| call.failed)).count()
}
