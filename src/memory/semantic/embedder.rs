//! What turns texts into vectors: the built-in embedder, or a model of a provider.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use async_trait::async_trait;

use crate::{
    db::Db,
    ids::Id,
    llm::{
        ErrorClass, LlmError, TokenUsage,
        catalog::{cost_micro_usd, qualified},
        drivers::{builtin::embed, remote::Embedded},
        estimate,
        registry::{ModelChoice, Registry, ResolvedModel},
    },
    runs::Door,
    time::Ts,
    usage::{self, UsagePurpose, UsageRow, UsageStatus},
};

#[async_trait]
pub trait Embedder: Send + Sync {
    /// Stored with each vector; vectors of different names are never compared.
    fn model(&self) -> &str;

    /// Length of its vectors, as far as it is known.
    fn dimensions(&self) -> Option<usize>;

    /// One vector for each text.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, LlmError>;
}

/// `builtin/embed`: close in wording means close in angle.
pub struct Builtin;

#[async_trait]
impl Embedder for Builtin {
    fn model(&self) -> &str {
        embed::MODEL
    }

    fn dimensions(&self) -> Option<usize> {
        Some(embed::DIMENSIONS)
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, LlmError> {
        Ok(texts.iter().map(|text| embed::embed(text)).collect())
    }
}

/// The catalogue of the release has one price for each model.
const PRICE_VERSION: i32 = 1;

/// A model of a provider, found anew at each call, so that a key that came meanwhile counts. Each call has its usage row.
pub struct Remote {
    db: Db,
    models: Arc<Registry>,
    choice: ModelChoice,
    name: String,
    dimensions: Option<usize>,
    /// Length of the vectors that came; 0 = none yet.
    seen: AtomicUsize,
}

impl Remote {
    pub fn new(db: Db, models: Arc<Registry>, choice: ModelChoice, dimensions: Option<usize>) -> Self {
        let name = qualified(&choice.provider, &choice.model);
        Self { db, models, choice, name, dimensions, seen: AtomicUsize::new(0) }
    }

    fn row(&self, model: &ResolvedModel, made: &Result<Embedded, LlmError>, texts: &[String], ms: i64) -> UsageRow {
        let estimated = || texts.iter().map(|text| estimate::text(text)).fold(0, u32::saturating_add);
        let (tokens, is_estimated) = match made {
            Ok(made) => (made.input_tokens.unwrap_or_else(estimated), made.input_tokens.is_none()),
            Err(_) => (0, false),
        };
        let usage = TokenUsage { input: tokens, ..TokenUsage::default() };
        UsageRow {
            id: Id::new(),
            agent_id: None,
            agent_name: None,
            run_id: None,
            step_id: None,
            session_id: None,
            api_key_id: None,
            origin_user: None,
            door: Door::Api,
            purpose: UsagePurpose::Embedding,
            provider: model.provider.clone(),
            model: model.model.clone(),
            upstream_model: model.upstream_id.clone(),
            status: if made.is_ok() { UsageStatus::Ok } else { UsageStatus::Error },
            error_code: made.as_ref().err().map(|error| format!("{:?}", error.class).to_lowercase()),
            input_tokens: tokens.into(),
            cached_input_tokens: 0,
            cache_write_tokens: 0,
            output_tokens: 0,
            reasoning_tokens: 0,
            tool_calls: 0,
            estimated: is_estimated,
            cost_micro_usd: i64::try_from(cost_micro_usd(&model.prices, &usage)).unwrap_or(i64::MAX),
            price_assumed: model.prices.estimated,
            price_version: PRICE_VERSION,
            latency_ms: ms,
            first_token_ms: None,
            attempt: 1,
            created_at: Ts::now(),
        }
    }
}

#[async_trait]
impl Embedder for Remote {
    fn model(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> Option<usize> {
        self.dimensions.or_else(|| Some(self.seen.load(Ordering::Relaxed)).filter(|seen| *seen > 0))
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, LlmError> {
        let model = self.models.resolve(&self.choice);
        let embeddings = self.models.embeddings(&model, self.dimensions)?;
        let started = Instant::now();
        let made = embeddings.embed(texts).await;
        let ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let row = self.row(&model, &made, texts, ms);
        if let Err(error) = usage::service::record(self.db.write(), vec![row]).await {
            tracing::error!(%error, "the usage of an embedder could not be stored");
        }
        let vectors = made?.vectors;
        let length = vectors.first().map_or(0, Vec::len);
        if self.dimensions.is_some_and(|wanted| wanted != length) {
            let message =
                format!("{} gave vectors of {length} numbers; memory.embedding_dimensions says another", self.name);
            return Err(LlmError { class: ErrorClass::BadRequest, status: None, retry_after: None, message });
        }
        self.seen.store(length, Ordering::Relaxed);
        Ok(vectors)
    }
}
