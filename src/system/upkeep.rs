//! Background loops of the server itself: heartbeat, summing up metrics, and clearing away what has expired.

use std::{sync::atomic::Ordering, time::Duration};

use super::service;
use crate::{agents, app::AppState, auth, config, db::Db, error::Result, idempotency, memory, runs, time::Ts};

const CLEAN_EVERY: Duration = Duration::from_secs(600);
/// A limit set on one server is in force on the others within two seconds.
const LIMITS_EVERY: Duration = Duration::from_secs(1);

/// Starts the loops; they end with the shutdown.
pub fn start(app: &AppState) {
    let heart = app.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(service::HEARTBEAT);
        while heart.shutdown.unless_stopping(ticks.tick()).await.is_some() {
            match service::heartbeat(&heart.db, heart.boot_id).await {
                Ok(()) => heart.last_write_ms.store(Ts::now().0, Ordering::Relaxed),
                Err(error) => tracing::error!(%error, "the database does not take writes"),
            }
            // Measured values pile up in memory until somebody sums them up.
            if let Some(metrics) = heart.metrics.get() {
                metrics.run_upkeep();
            }
        }
    });
    if !app.db.is_sqlite() {
        let learner = app.clone();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(LIMITS_EVERY);
            while learner.shutdown.unless_stopping(ticks.tick()).await.is_some() {
                if let Err(error) = learner.budget.refresh().await {
                    tracing::warn!(%error, "limits that other servers set could not be read");
                }
            }
        });
    }
    let cleaner = app.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(CLEAN_EVERY);
        while cleaner.shutdown.unless_stopping(ticks.tick()).await.is_some() {
            cleaner.limiter.forget_idle();
            if let Err(error) = clean(&cleaner.db, &cleaner.config.runs, Ts::now()).await {
                tracing::warn!(%error, "expired rows could not be removed");
            }
            if let Err(error) = agents::service::remove_left_folders(&cleaner.db, &cleaner.rules).await {
                tracing::warn!(%error, "folders of uninstalled agents could not be looked up");
            }
        }
    });
}

/// Removes what has expired at `now`.
pub async fn clean(db: &Db, kept: &config::Runs, now: Ts) -> Result<()> {
    idempotency::service::forget_expired(db, now).await?;
    auth::service::forget_expired(db, now).await?;
    memory::kv::service::forget_expired(db, now).await?;
    memory::semantic::service::forget_expired(db, now).await?;
    service::forget_old(db, now).await?;
    let hours = |n: u32| now.plus_secs(-i64::from(n) * 3_600);
    runs::service::delete_ended(db, hours(kept.retention_days * 24)).await?;
    runs::service::trim_events(db, hours(kept.events_retention_hours), now).await
}
