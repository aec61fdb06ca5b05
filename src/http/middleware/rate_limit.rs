//! Cost-aware GCRA limiter: per client address, or per key for keys with a limit of their own.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

use super::operation::Current;
use crate::{
    app::AppState,
    caller::RateLimit,
    error::{Error, ErrorCode},
    http::{access::Identity, client::Client},
    ids::Id,
};

/// A failed authentication costs this much more.
const FAILED_AUTH: u32 = 10;
const LOGINS_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

type Keyed<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// By hourly quota and burst.
type LimitersOfKeys = HashMap<(i32, i32), Arc<Keyed<Id>>>;

/// Buckets of addresses and keys. They live in this process; several servers each count for themselves.
pub struct Limiter {
    enabled: bool,
    by_ip: Keyed<IpAddr>,
    quota: Quota,
    /// One limiter for each distinct limit of keys.
    by_key: Mutex<LimitersOfKeys>,
    logins: Keyed<IpAddr>,
}

/// State of a bucket after a request was charged.
#[derive(Clone, Copy, Debug)]
struct Charged {
    burst: u32,
    remaining: u32,
    /// Seconds until the bucket is full.
    reset_secs: u64,
    /// Seconds until the cost is affordable; 0 = it was paid.
    wait_secs: u64,
}

impl Limiter {
    pub fn new(config: &crate::config::RateLimits) -> Self {
        let quota = quota(f64::from(config.tokens_per_minute) / 60.0, config.burst);
        Self {
            enabled: config.enabled,
            by_ip: keyed(quota),
            quota,
            by_key: Mutex::default(),
            logins: keyed(Quota::per_minute(LOGINS_PER_MINUTE)),
        }
    }

    /// Drops the buckets that are full again.
    pub fn forget_idle(&self) {
        self.by_ip.retain_recent();
        self.logins.retain_recent();
        let by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        by_key.values().for_each(|limiter| limiter.retain_recent());
    }

    /// Burst and hourly quota of callers without a limit of their own.
    pub fn standard(&self) -> RateLimit {
        let per_hour = 3600.0 / self.quota.replenish_interval().as_secs_f64();
        RateLimit { quota_per_hour: per_hour.round() as i32, burst: self.quota.burst_size().get() as i32 }
    }

    fn charge_ip(&self, ip: IpAddr, cost: u32) -> Charged {
        charge(&self.by_ip, self.quota, &ip, cost)
    }

    fn charge_key(&self, id: Id, limit: RateLimit, cost: u32) -> Charged {
        let quota = quota(f64::from(limit.quota_per_hour) / 3600.0, limit.burst.unsigned_abs());
        let limiter = {
            let mut by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
            by_key.entry((limit.quota_per_hour, limit.burst)).or_insert_with(|| Arc::new(keyed(quota))).clone()
        };
        charge(&limiter, quota, &id, cost)
    }

    /// Charges what a client does inside an open socket. `Err` holds the seconds to wait.
    pub fn charge_frame(&self, ip: IpAddr, own: Option<(Id, RateLimit)>, cost: u32) -> Result<(), u64> {
        if !self.enabled {
            return Ok(());
        }
        let charged = match own {
            Some((id, limit)) => self.charge_key(id, limit, cost),
            None => self.charge_ip(ip, cost),
        };
        if charged.wait_secs == 0 { Ok(()) } else { Err(charged.wait_secs) }
    }
}

fn keyed<K: std::hash::Hash + Eq + Clone>(quota: Quota) -> Keyed<K> {
    RateLimiter::keyed(quota).with_middleware()
}

fn quota(per_second: f64, burst: u32) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    let interval = Duration::from_secs_f64(1.0 / per_second.max(1e-6));
    Quota::with_period(interval).unwrap_or(Quota::per_second(burst)).allow_burst(burst)
}

/// What is not affordable even with a full bucket is charged the burst.
fn charge<K: std::hash::Hash + Eq + Clone>(limiter: &Keyed<K>, quota: Quota, key: &K, cost: u32) -> Charged {
    let burst = quota.burst_size();
    let cost = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN).min(burst);
    let interval = quota.replenish_interval().as_secs_f64();
    let full = |remaining: u32| (f64::from(burst.get() - remaining.min(burst.get())) * interval).ceil() as u64;
    match limiter.check_key_n(key, cost) {
        Ok(Ok(state)) => {
            let remaining = state.remaining_burst_capacity();
            Charged { burst: burst.get(), remaining, reset_secs: full(remaining), wait_secs: 0 }
        }
        Ok(Err(not_until)) => {
            let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs_f64();
            let remaining = (f64::from(cost.get()) - wait / interval).floor().max(0.0) as u32;
            Charged {
                burst: burst.get(),
                remaining,
                reset_secs: full(remaining),
                wait_secs: (wait.ceil() as u64).max(1),
            }
        }
        // Unreachable: the cost is at most the burst.
        Err(_) => Charged { burst: burst.get(), remaining: 0, reset_secs: full(0), wait_secs: full(0).max(1) },
    }
}

pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let operation = request.extensions().get::<Current>().and_then(|c| c.operation.clone());
    let (Some(client), true) = (request.extensions().get::<Client>().copied(), app.limiter.enabled) else {
        return next.run(request).await;
    };
    let own = match request.extensions().get::<Identity>() {
        Some(Identity::Caller(c) | Identity::Cookie(c)) => c.id.zip(c.rate_limit),
        _ => None,
    };
    let failed = matches!(request.extensions().get::<Identity>(), Some(Identity::Invalid));
    // Unknown paths and pages outside the document cost the least.
    let cost = operation.as_ref().map_or(1, |o| o.cost) + if failed { FAILED_AUTH } else { 0 };
    let mut charged = match own {
        Some((id, limit)) => app.limiter.charge_key(id, limit, cost),
        None => app.limiter.charge_ip(client.ip, cost),
    };
    if operation.is_some_and(|o| o.id == "login") && charged.wait_secs == 0 {
        charged.wait_secs = charge(&app.limiter.logins, Quota::per_minute(LOGINS_PER_MINUTE), &client.ip, 1).wait_secs;
    }
    let mut response = if charged.wait_secs > 0 {
        metrics::counter!("openfang_rate_limited_total").increment(1);
        Error::new(ErrorCode::RateLimited, "Rate limit exceeded").with_retry_after(charged.wait_secs).into_response()
    } else {
        next.run(request).await
    };
    write(response.headers_mut(), charged);
    response
}

fn write(headers: &mut HeaderMap, charged: Charged) {
    headers.insert("ratelimit-limit", charged.burst.into());
    headers.insert("ratelimit-remaining", charged.remaining.into());
    headers.insert("ratelimit-reset", charged.reset_secs.into());
}

#[cfg(test)]
mod tests {
    use super::Limiter;
    use crate::{caller::RateLimit, config::RateLimits, ids::Id};

    #[test]
    fn costs_add_up_and_the_wait_is_computed() {
        let limiter = Limiter::new(&RateLimits { enabled: true, tokens_per_minute: 60, burst: 50 });
        let ip = "192.0.2.1".parse().unwrap();
        let first = limiter.charge_ip(ip, 30);
        assert_eq!((first.wait_secs, first.remaining, first.reset_secs), (0, 20, 30));
        let second = limiter.charge_ip(ip, 30);
        assert_eq!((second.wait_secs, second.remaining), (10, 20));
        assert_eq!(
            limiter.charge_ip("192.0.2.2".parse().unwrap(), 1000).wait_secs,
            0,
            "a larger cost is charged the burst"
        );
    }

    #[test]
    fn keys_have_their_own_buckets() {
        let limiter = Limiter::new(&RateLimits { enabled: true, tokens_per_minute: 60, burst: 50 });
        let limit = RateLimit { quota_per_hour: 3600, burst: 10 };
        let (a, b) = (Id::new(), Id::new());
        assert_eq!(limiter.charge_key(a, limit, 10).wait_secs, 0);
        assert_eq!(limiter.charge_key(a, limit, 5).wait_secs, 5);
        assert_eq!(limiter.charge_key(b, limit, 10).wait_secs, 0);
        assert_eq!(limiter.standard(), RateLimit { quota_per_hour: 3600, burst: 50 });
    }
}
