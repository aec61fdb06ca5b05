//! Suspending agents and stopping the server: runs stop between steps, keep what they have, and go on later.

use std::{sync::atomic::Ordering, time::Duration};

use super::Engine;
use crate::{error::Result, ids::Id, runs};

impl Engine {
    /// Running runs of this agent finish their step and are parked. The agent's row says Suspended already.
    pub fn suspend(&self, agent: Id) {
        for live in self.0.live.all().into_iter().filter(|l| l.agent_id == agent) {
            live.park();
        }
    }

    /// Parked and queued runs go on: the agent's row says Running already.
    pub fn resume(&self) {
        self.0.call();
    }

    /// Nothing new is started; running steps get `limit`, then their runs are left for the next process to take over.
    pub async fn drain(&self, limit: Duration) -> Result<()> {
        let inner = &self.0;
        inner.draining.store(true, Ordering::Relaxed);
        for live in inner.live.all() {
            live.park();
        }
        inner.tasks.close();
        if tokio::time::timeout(limit, inner.tasks.wait()).await.is_err() {
            let left = inner.live.all();
            let ids: Vec<(Id, i32)> = left.iter().map(|l| (l.run_id, l.epoch)).collect();
            for live in left {
                live.abandon();
            }
            inner.tasks.wait().await;
            runs::service::release(inner.db.write(), &inner.owner, &ids).await?;
        }
        #[cfg(unix)]
        inner.processes.stop_all(None).await;
        inner.stopped.cancel();
        Ok(())
    }

    /// Lets go of everything without a word, as a crash does: leases stay, open steps stay open.
    pub async fn abandon(&self) {
        let inner = &self.0;
        inner.draining.store(true, Ordering::Relaxed);
        inner.stopped.cancel();
        for live in inner.live.all() {
            live.abandon();
        }
        inner.tasks.close();
        inner.tasks.wait().await;
    }
}
