//! What a failed model call leads to: the same model again, the next fallback, or the end. Pure.

#[cfg(test)]
mod tests;

use crate::{llm::ErrorClass, runs::StepRow};

/// A provider's request to wait longer than this sends the run to the next model at once.
const LONGEST_PATIENCE_MS: i64 = 60_000;
/// Waits of runs that nobody sits before, once every model failed.
const LONG_WAITS_MS: [i64; 3] = [60_000, 300_000, 900_000];

/// One class of errors of model calls.
struct Rule {
    /// Further tries with the same model.
    same: usize,
    pause: Pause,
    next: Fallbacks,
}

enum Pause {
    None,
    /// The base, doubled with each try, up to a bound in multiples of the base.
    Doubling {
        cap: i64,
    },
    Fixed(i64),
    /// The base, then four times the base.
    Fourfold,
}

#[derive(PartialEq)]
enum Fallbacks {
    None,
    One,
    All,
}

fn rule(class: ErrorClass) -> Rule {
    use ErrorClass as C;
    let (same, pause, next) = match class {
        C::RateLimit => (3, Pause::Doubling { cap: 60 }, Fallbacks::All),
        C::Overloaded => (3, Pause::Doubling { cap: 30 }, Fallbacks::All),
        C::Timeout => (1, Pause::Fixed(1), Fallbacks::All),
        C::Network => (2, Pause::Fourfold, Fallbacks::All),
        C::Auth | C::Billing | C::ModelNotFound => (0, Pause::None, Fallbacks::All),
        C::BadRequest => (0, Pause::None, Fallbacks::One),
        C::ContextOverflow => (1, Pause::None, Fallbacks::All),
        C::ContentFilter => (0, Pause::None, Fallbacks::None),
        C::MalformedOutput => (1, Pause::None, Fallbacks::One),
        C::Unknown => (1, Pause::Fixed(2), Fallbacks::All),
    };
    Rule { same, pause, next }
}

/// A model that the run may use, in order of preference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub provider: String,
    pub model: String,
    pub context_window: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Call this candidate after this pause.
    Again {
        candidate: usize,
        delay_ms: i64,
    },
    /// Every candidate failed; the run waits and begins with the first one again.
    Later {
        delay_ms: i64,
    },
    GiveUp,
}

/// `failed` are the failed tries of the present model step, oldest first, at least one.
pub fn decide(failed: &[&StepRow], candidates: &[Candidate], base_ms: i64, durable: bool) -> Decision {
    let waits = failed.iter().filter(|s| fault(s).is_some_and(|f| f.long_wait)).count();
    let since = failed.iter().rposition(|s| fault(s).is_some_and(|f| f.long_wait)).map_or(0, |at| at + 1);
    let round: Vec<&&StepRow> = failed[since..].iter().filter(|s| fault(s).is_some_and(|f| !f.takeover)).collect();
    let used = failed.last().and_then(|s| position(s, candidates)).unwrap_or(0);
    let Some(last) = round.last() else {
        let delay_ms = failed
            .last()
            .and_then(|s| fault(s))
            .filter(|f| f.long_wait)
            .and(LONG_WAITS_MS.get(waits.saturating_sub(1)));
        return match delay_ms {
            Some(delay_ms) => Decision::Later { delay_ms: *delay_ms },
            None => Decision::Again { candidate: used, delay_ms: 0 },
        };
    };
    let Some(fault) = fault(last) else { return Decision::GiveUp };
    let rule = rule(fault.class);
    let asked = i64::try_from(fault.retry_after_ms.unwrap_or(0)).unwrap_or(i64::MAX);
    let tries = round.iter().rev().take_while(|s| position(s, candidates) == Some(used)).count();
    if tries <= rule.same && asked <= LONGEST_PATIENCE_MS {
        let delay_ms = pause(&rule.pause, tries, base_ms).max(asked);
        return Decision::Again { candidate: used, delay_ms };
    }
    let tried_models = round.chunk_by(|a, b| (&a.provider, &a.model) == (&b.provider, &b.model)).count();
    let window = candidates.get(used).map_or(0, |c| c.context_window);
    let fits = |c: &Candidate| fault.class != ErrorClass::ContextOverflow || c.context_window > window;
    let next = (used + 1..candidates.len()).find(|n| fits(&candidates[*n]));
    match next {
        Some(candidate) if rule.next == Fallbacks::All || (rule.next == Fallbacks::One && tried_models < 2) => {
            Decision::Again { candidate, delay_ms: 0 }
        }
        _ if durable && passes(fault.class) => match LONG_WAITS_MS.get(waits) {
            Some(delay_ms) => Decision::Later { delay_ms: *delay_ms },
            None => Decision::GiveUp,
        },
        _ => Decision::GiveUp,
    }
}

/// Errors that time may heal.
pub fn passes(class: ErrorClass) -> bool {
    matches!(class, ErrorClass::RateLimit | ErrorClass::Overloaded | ErrorClass::Network | ErrorClass::Timeout)
}

fn pause(pause: &Pause, tries: usize, base_ms: i64) -> i64 {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(0).min(16);
    match pause {
        Pause::None => 0,
        Pause::Doubling { cap } => base_ms * (1_i64 << doublings).min(*cap),
        Pause::Fixed(times) => base_ms * times,
        Pause::Fourfold => base_ms * if tries > 1 { 4 } else { 1 },
    }
}

fn fault(step: &StepRow) -> Option<&crate::runs::StepFault> {
    step.error.as_ref()
}

fn position(step: &StepRow, candidates: &[Candidate]) -> Option<usize> {
    candidates.iter().position(|c| {
        Some(c.provider.as_str()) == step.provider.as_deref() && Some(c.model.as_str()) == step.model.as_deref()
    })
}
