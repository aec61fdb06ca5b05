//! Every long-lived part of the server, built in one function.

use std::{
    ops::Deref,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicI64, AtomicU64},
    },
    time::{Duration, Instant},
};

mod engine;
pub mod models;
pub mod tools;

use axum::Router;

use crate::{
    agents::rules::ManifestRules,
    audit,
    budget::Budget,
    config::Config,
    db::{self, ConnectError, Db, DbUrl},
    events::EventBus,
    http::{middleware::rate_limit::Limiter, operations::Operations, server::Shutdown, ws::Seats},
    ids::Id,
    llm::registry::Registry as Models,
    memory::{self, semantic::search::Search},
    router,
    runtime::{engine::Engine, tools::registry::Registry as Tools},
    secrets::{KeyError, SecretStore},
    system,
    time::Ts,
};

pub struct App {
    pub config: Config,
    pub db: Db,
    /// What is stored encrypted.
    pub secrets: SecretStore,
    /// This process; leases and claims carry it.
    pub boot_id: Id,
    pub started: Instant,
    pub started_at: Ts,
    pub operations: Operations,
    pub limiter: Limiter,
    /// Open chat sockets of each client address.
    pub sockets: Arc<Seats>,
    /// Model providers, and which model answers.
    pub models: Arc<Models>,
    pub tools: Arc<Tools>,
    /// What manifests may say here.
    pub rules: Arc<ManifestRules>,
    /// Limits on money and tokens.
    pub budget: Arc<Budget>,
    /// What agents remember, as it is searched.
    pub memory: Arc<Search>,
    /// Runs.
    pub engine: Engine,
    pub audit: audit::Recorder,
    pub events: EventBus,
    pub shutdown: Shutdown,
    /// Panics caught since the start.
    pub panics: AtomicU64,
    /// When the database last took a write of the heartbeat.
    pub last_write_ms: AtomicI64,
    /// When it last answered a question about its health.
    pub last_answer_ms: AtomicI64,
    /// Deaths of servers of this database, as of the start.
    pub unclean_stops: i64,
    pub metrics: Metrics,
    document: OnceLock<Document>,
    /// Until the server takes them: making them makes the whole document, which is done once.
    routes: Mutex<Option<Router<AppState>>>,
}

/// What was counted and measured; empty until the recorder is there, or where nobody installs one.
pub type Metrics = Arc<OnceLock<metrics_exporter_prometheus::PrometheusHandle>>;

impl App {
    /// The finished document, as served; written when it is first asked for.
    pub fn document(&self) -> &Document {
        self.document.get_or_init(|| Document::of(&router::document()))
    }

    pub fn take_routes(&self) -> Option<Router<AppState>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The OpenAPI document in both forms, with their entity tags.
pub struct Document {
    pub json: String,
    pub yaml: String,
    pub etag: String,
}

/// Handle that routes and loops share.
#[derive(Clone)]
pub struct AppState(Arc<App>);

impl Deref for AppState {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0}")]
    Config(String),
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    MasterKey(#[from] KeyError),
    #[error(transparent)]
    Failed(#[from] crate::error::Error),
}

impl AppState {
    /// Connects, migrates, takes over, starts the background loops. Nothing listens yet.
    pub async fn build(config: Config, metrics: Metrics) -> Result<Self, StartError> {
        let url = config.database_url().map_err(|e| StartError::Config(format!("database.url: {e}")))?;
        let opening = tokio::spawn(async move { open_database(&url).await });
        // The longest piece of work of a start, done meanwhile.
        let (routes, operations) = router::routes();
        let db = opening.await.map_err(crate::error::Error::internal)??;
        let secrets = SecretStore::open(&db, &config).await?;
        let boot_id = Id::new();
        system::service::enter(&db, boot_id, &config.api_listen).await?;
        let models = Arc::new(models::registry(&config).map_err(StartError::Config)?);
        let settings = tools::settings(&config, &models).map_err(StartError::Config)?;
        let tools = Arc::new(Tools::configured(&settings)?);
        let rules = Arc::new(ManifestRules::new(&config, models.clone(), &tools).map_err(StartError::Config)?);
        let events = EventBus::new();
        let budget = Arc::new(Budget::open(db.clone(), &config).await?);
        let shared = engine::Shared {
            models: models.clone(),
            tools: tools.clone(),
            rules: rules.clone(),
            budget: budget.clone(),
            tool_settings: settings,
        };
        let parts = engine::parts(&config, &db, boot_id, shared, &events);
        let memory = parts.memory.clone();
        let engine = Engine::start(parts).await?;
        let app = Self(Arc::new(App {
            limiter: Limiter::new(&config.rate_limit),
            sockets: Arc::default(),
            models,
            tools,
            rules,
            budget,
            memory,
            engine,
            audit: audit::Recorder::start(db.clone()),
            events,
            operations,
            routes: Mutex::new(Some(routes)),
            document: OnceLock::new(),
            shutdown: Shutdown::new(),
            panics: AtomicU64::new(0),
            last_write_ms: AtomicI64::new(Ts::now().0),
            last_answer_ms: AtomicI64::new(0),
            unclean_stops: system::service::unclean_stops(&db).await?,
            started: Instant::now(),
            started_at: Ts::now(),
            boot_id,
            metrics,
            config,
            db,
            secrets,
        }));
        system::upkeep::start(&app);
        memory::upkeep::start(&app);
        Ok(app)
    }

    /// Lets running work end within `limit`.
    pub async fn drain(&self, limit: Duration) {
        if let Err(error) = self.engine.drain(limit).await {
            tracing::error!(%error, "runs could not be handed over; their leases will lapse");
        }
    }
}

async fn open_database(url: &DbUrl) -> Result<Db, ConnectError> {
    let db = Db::connect(url).await?;
    let migrated = db::migrate::migrate(&db, url).await?;
    if let Some(backup) = migrated.backup {
        tracing::info!(backup = %backup.display(), "the database was copied before the migration");
    }
    for name in migrated.applied {
        tracing::info!(migration = name, "applied");
    }
    Ok(db)
}

impl Document {
    pub fn of(document: &utoipa::openapi::OpenApi) -> Self {
        use sha2::{Digest, Sha256};
        let document = crate::openapi::ordered(document).unwrap_or_default();
        let yaml = yaml_serde::to_string(&document).unwrap_or_default();
        let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&yaml)[..8]));
        Self { json: document.to_string(), yaml, etag }
    }
}
