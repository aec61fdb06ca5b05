//! What happens to memories in the background, on one server at a time: vectors that are missing or of another embedder are
//! made, and once in a while near-duplicates are merged and unused memories fade.

use std::{collections::HashMap, time::Duration};

use super::semantic::service::{self, Unembedded, Wish};
use crate::{
    app::AppState,
    error::{Error, Result},
    ids::Id,
    system,
    time::Ts,
};

const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Texts that are embedded at once.
const BATCH: u64 = 64;
/// Cosine from which on two memories say the same.
const SIMILARITY: f32 = 0.95;
const AGENTS_AT_ONCE: u64 = 20;

/// Starts the loops; they end with the shutdown.
pub fn start(app: &AppState) {
    let embedding = app.clone();
    tokio::spawn(async move {
        loop {
            let wait = async {
                let _ = tokio::time::timeout(LOOK_EVERY, embedding.memory.unembedded.notified()).await;
            };
            if let Err(error) = embed_missing(&embedding).await {
                tracing::warn!(%error, "memories wait for their vectors");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            if embedding.shutdown.unless_stopping(wait).await.is_none() {
                return;
            }
        }
    });
    let tidying = app.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        while tidying.shutdown.unless_stopping(ticks.tick()).await.is_some() {
            if let Err(error) = consolidate_due(&tidying).await {
                tracing::warn!(%error, "memories could not be consolidated");
            }
        }
    });
}

/// The server of this database that runs longest does what one is enough for.
async fn is_first(app: &AppState) -> Result<bool> {
    let first = system::service::running(&app.db).await?.into_iter().next();
    Ok(first.is_none_or(|first| first.id == app.boot_id))
}

/// Makes vectors until none is missing.
async fn embed_missing(app: &AppState) -> Result<()> {
    let embedder = &app.memory.embedder;
    if service::unembedded(app.db.read(), embedder.model(), 1).await?.is_empty() || !is_first(app).await? {
        return Ok(());
    }
    loop {
        let batch = service::unembedded(app.db.read(), embedder.model(), BATCH).await?;
        if batch.is_empty() || app.shutdown.is_draining() {
            return Ok(());
        }
        let texts: Vec<String> = batch.iter().map(|row| row.content.clone()).collect();
        let vectors = embedder.embed(&texts).await.map_err(Error::internal)?;
        let mut by_agent: HashMap<Id, Vec<(Unembedded, Vec<f32>)>> = HashMap::new();
        for (row, vector) in batch.into_iter().zip(vectors) {
            by_agent.entry(row.agent_id).or_default().push((row, vector));
        }
        for (agent, made) in by_agent {
            service::set_embeddings(&app.db, agent, embedder.model(), made).await?;
        }
    }
}

async fn consolidate_due(app: &AppState) -> Result<()> {
    let config = &app.config.memory;
    if config.consolidation_interval_hours == 0 {
        return Ok(());
    }
    let before = Ts::now().plus_secs(-i64::from(config.consolidation_interval_hours) * 3_600);
    let due = service::due(app.db.read(), before, AGENTS_AT_ONCE).await?;
    if due.is_empty() || !is_first(app).await? {
        return Ok(());
    }
    for agent in due {
        let model = app.memory.embedder.model();
        let wish = Wish { model, similarity: SIMILARITY, decay_rate: config.decay_rate, dry_run: false };
        let done = service::consolidate(&app.db, agent, wish).await?;
        if done != service::Consolidated::default() {
            tracing::info!(%agent, merged = done.merged, faded = done.faded, "memories were consolidated");
        }
        if app.shutdown.is_draining() {
            break;
        }
    }
    Ok(())
}
