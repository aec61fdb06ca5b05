//! Who takes runs from the queue, and the clocks of the engine: leases, takeovers, runs that waited too long.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures::FutureExt;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Inner,
    takeover::{self, Taken},
    turn::Turn,
};
use crate::{
    artifacts,
    error::Result,
    runs::{self, RunRow},
    time::Ts,
};

const TRIM_EVERY: Duration = Duration::from_secs(3_600);

/// The right to drive one run.
pub struct Permits {
    _worker: OwnedSemaphorePermit,
    _background: Option<OwnedSemaphorePermit>,
}

impl Permits {
    pub fn try_take(inner: &Inner, background: bool) -> Option<Self> {
        let worker = inner.workers.clone().try_acquire_owned().ok()?;
        let own = match background {
            true => Some(inner.background.clone().try_acquire_owned().ok()?),
            false => None,
        };
        Some(Self { _worker: worker, _background: own })
    }
}

/// Takeover first, so that nothing is accepted before it is known what was left behind.
pub async fn start(inner: &Arc<Inner>) -> Result<()> {
    if inner.settings.sole_process {
        runs::service::expire_all_leases(inner.db.write()).await?;
    }
    inner.kill_orphans().await?;
    take_over_expired(inner).await?;
    for looped in [Loop::Queue, Loop::Leases, Loop::Takeover, Loop::Trim] {
        let inner = inner.clone();
        tokio::spawn(async move { looped.run(&inner).await });
    }
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Loop {
    Queue,
    Leases,
    Takeover,
    Trim,
}

impl Loop {
    async fn run(self, inner: &Arc<Inner>) {
        let every = match self {
            Self::Queue => inner.settings.poll_every,
            Self::Leases => inner.settings.renew_every,
            Self::Takeover => inner.settings.takeover_every,
            Self::Trim => TRIM_EVERY,
        };
        loop {
            tokio::select! {
                () = inner.stopped.cancelled() => return,
                () = tokio::time::sleep(every) => {}
                () = inner.wake.notified(), if matches!(self, Self::Queue) => {}
            }
            if let Err(error) = self.once(inner).await {
                tracing::error!(task = ?self, %error, "the engine could not do its round; it tries again");
            }
        }
    }

    async fn once(self, inner: &Arc<Inner>) -> Result<()> {
        match self {
            Self::Queue => claim_ready(inner).await,
            Self::Leases => renew(inner).await,
            Self::Takeover => {
                take_over_expired(inner).await?;
                takeover::expire_queued(inner).await
            }
            Self::Trim => artifacts::service::trim(inner.db.write(), Ts::now()).await,
        }
    }
}

/// Takes ready runs as long as there are some and a worker is free.
async fn claim_ready(inner: &Arc<Inner>) -> Result<()> {
    inner.expire_questions().await?;
    if !inner.settings.sole_process {
        for (run, reason) in runs::service::cancel_requests(inner.db.read(), &inner.owner).await? {
            inner.cancel_live(run, reason.as_deref());
        }
    }
    while !inner.draining.load(Ordering::Relaxed) {
        // A read first: the one writer of SQLite is not bothered for nothing.
        if !runs::service::any_waiting(inner.db.read()).await? {
            inner.backlog.store(false, Ordering::Relaxed);
            return Ok(());
        }
        inner.backlog.store(true, Ordering::Relaxed);
        let Some(permits) = Permits::try_take(inner, false) else { return Ok(()) };
        let background = inner.background.available_permits() > 0;
        let now = Ts::now();
        let claimed =
            runs::service::claim(inner.db.write(), &inner.owner, now, lease_end(inner, now), background).await?;
        let Some(run) = claimed else { return Ok(()) };
        drive(inner, run, Taken::Claimed, permits);
    }
    Ok(())
}

async fn take_over_expired(inner: &Arc<Inner>) -> Result<()> {
    while !inner.draining.load(Ordering::Relaxed) {
        let Some(permits) = Permits::try_take(inner, false) else { return Ok(()) };
        let now = Ts::now();
        let taken = runs::service::take_over(inner.db.write(), &inner.owner, now, lease_end(inner, now)).await?;
        let Some(run) = taken else { return Ok(()) };
        if inner.live.get(run.id).is_some_and(|live| live.epoch < run.lease_epoch) {
            // Our own worker was too slow to renew; it must not write any more.
            if let Some(live) = inner.live.get(run.id) {
                live.abandon();
            }
        }
        tracing::info!(run = %run.id, epoch = run.lease_epoch, "took over a run whose worker is gone");
        drive(inner, run, Taken::FromDead, permits);
    }
    Ok(())
}

fn lease_end(inner: &Inner, now: Ts) -> Ts {
    now.plus_ms(i64::try_from(inner.settings.lease.as_millis()).unwrap_or(i64::MAX))
}

/// Keeps the leases of living workers, and stops those that lost theirs.
async fn renew(inner: &Arc<Inner>) -> Result<()> {
    inner.hub.sweep();
    let live = inner.live.all();
    if live.is_empty() {
        return Ok(());
    }
    let held: Vec<_> = live.iter().map(|l| (l.run_id, l.epoch)).collect();
    let kept = runs::service::renew(inner.db.write(), &inner.owner, &held, lease_end(inner, Ts::now())).await?;
    for lost in live.iter().filter(|l| !kept.contains(&l.run_id)) {
        // A run that ended in this moment is not held either; its worker is gone already.
        if inner.live.get(lost.run_id).is_some_and(|present| Arc::ptr_eq(&present, lost)) {
            lost.abandon();
        }
    }
    Ok(())
}

fn drive(inner: &Arc<Inner>, run: RunRow, taken: Taken, permits: Permits) {
    let owner = inner.clone();
    let id = run.id;
    inner.tasks.spawn(async move {
        let background = match run.background {
            true => owner.background.clone().try_acquire_owned().ok(),
            false => None,
        };
        let work = AssertUnwindSafe(Box::pin(owner.resume(run, taken))).catch_unwind();
        match work.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(run = %id, %error, "a run could not be resumed; its lease runs out"),
            Err(_) => tracing::error!(run = %id, "a worker panicked; its lease runs out"),
        }
        if let Some(live) = owner.live.get(id) {
            owner.live.leave(&live);
        }
        drop((permits, background));
        owner.call_for_backlog();
    });
}

/// A worker for a run that its acceptance started.
pub fn spawn(inner: &Arc<Inner>, turn: Turn, permits: Permits) {
    let owner = inner.clone();
    let live = turn.live.clone();
    inner.tasks.spawn(async move {
        if AssertUnwindSafe(Box::pin(turn.drive())).catch_unwind().await.is_err() {
            tracing::error!(run = %live.run_id, "a worker panicked; its lease runs out");
        }
        owner.live.leave(&live);
        drop(permits);
        owner.call_for_backlog();
    });
}

impl Inner {
    /// A worker is free: whoever waits may go.
    fn call_for_backlog(&self) {
        if self.backlog.load(Ordering::Relaxed) {
            self.wake.notify_one();
        }
    }

    /// Something was queued, parked or asked to end.
    pub(super) fn call(&self) {
        self.backlog.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }
}
