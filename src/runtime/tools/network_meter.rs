//! How many bytes an agent may send and receive in an hour, rolling; kept per process.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

const HOUR: Duration = Duration::from_secs(3600);

#[derive(Debug, Default)]
pub struct NetworkMeter(Mutex<Used>);

#[derive(Debug, Default)]
struct Used {
    /// 0 = no limit.
    max: u64,
    sum: u64,
    /// Oldest first.
    transfers: VecDeque<(Instant, u64)>,
}

impl NetworkMeter {
    pub fn limit(&self, max: u64) {
        self.lock().max = max;
    }

    /// Bytes that are left in this hour.
    pub fn left(&self) -> u64 {
        self.left_at(Instant::now())
    }

    pub fn note(&self, bytes: u64) {
        let mut used = self.lock();
        used.sum += bytes;
        used.transfers.push_back((Instant::now(), bytes));
    }

    fn left_at(&self, now: Instant) -> u64 {
        let mut used = self.lock();
        while let Some((_, bytes)) = used.transfers.front().copied().filter(|(at, _)| now.duration_since(*at) >= HOUR) {
            used.sum -= bytes;
            used.transfers.pop_front();
        }
        if used.max == 0 { u64::MAX } else { used.max.saturating_sub(used.sum) }
    }

    fn lock(&self) -> MutexGuard<'_, Used> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{HOUR, NetworkMeter};

    #[test]
    fn bytes_come_back_after_an_hour() {
        let meter = NetworkMeter::default();
        meter.note(7);
        assert_eq!(meter.left(), u64::MAX);
        meter.limit(10);
        assert_eq!(meter.left(), 3);
        meter.note(7);
        assert_eq!(meter.left(), 0);
        assert_eq!(meter.left_at(Instant::now() + HOUR + Duration::from_secs(1)), 10);
    }
}
