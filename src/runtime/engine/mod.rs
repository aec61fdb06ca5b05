//! The durable turn loop. A run is rows before anybody hears of it; a worker with a lease drives it step by step
//! (`turn`), and whoever is interested follows its events (`follow`). Read on in this order: `accept`, `workers`, `turn`.

mod accept;
mod answer;
mod ask;
mod calls;
mod cancel;
mod charge;
mod check;
mod drain;
mod end;
mod erase;
mod follow;
mod hub;
mod intents;
mod invoke;
mod knowledge;
mod live;
mod model_call;
mod money;
mod processes;
mod remember;
mod report;
mod request;
pub(super) mod rows;
mod setup;
mod stream;
mod takeover;
mod turn;
mod waiting;
mod workers;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, atomic::AtomicBool},
    time::Duration,
};

use tokio::sync::{Notify, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use accept::{Accepted, NewRun, SessionChoice, owns, session_key};
pub use end::failure_code;
pub use erase::SESSION_DELETED;
pub use follow::{Closed, Followed};
pub use hub::Finished;
pub use invoke::{InvokeFault, NewCall};
pub use report::{ContextFacts, active_key};

#[cfg(unix)]
use super::tools::process::Processes;
use super::{
    policy::ServerApproval,
    tools::{NetworkMeter, registry::Registry as Tools, result::Secrets},
};
use crate::{
    agents::manifest::{AgentManifest, AgentMode, Resolved},
    budget::Budget,
    db::Db,
    ids::Id,
    llm::registry::Registry as Models,
    memory::semantic::search::Search,
};

/// Resolves a manifest for a mode: grants and limits in force.
pub type ResolveAgent = Arc<dyn Fn(&AgentManifest, AgentMode) -> Resolved + Send + Sync>;
/// Hears of every change of a run's status, and of what tools change on the server, after commit.
pub type RunListener = Arc<dyn Fn(&'static str, serde_json::Value) + Send + Sync>;

/// What the engine is built of.
pub struct EngineParts {
    pub db: Db,
    pub models: Arc<Models>,
    pub tools: Arc<Tools>,
    pub budget: Arc<Budget>,
    /// Programs that agents keep running.
    #[cfg(unix)]
    pub processes: Processes,
    pub memory: Arc<Search>,
    pub resolve: ResolveAgent,
    pub listener: RunListener,
    pub settings: EngineSettings,
}

/// Numbers and rules of the server that bear on runs.
#[derive(Clone)]
pub struct EngineSettings {
    /// This process; leases carry it.
    pub boot_id: Id,
    pub workers: usize,
    /// Of these at most so many for runs that the server started itself.
    pub background_workers: usize,
    pub lease: Duration,
    pub renew_every: Duration,
    pub takeover_every: Duration,
    pub poll_every: Duration,
    /// Unit of the pauses between tries of a model call.
    pub retry_base: Duration,
    /// A longer pause gives the worker back.
    pub patience: Duration,
    /// Running steps get so long when the server stops.
    pub drain: Duration,
    pub agent_queue: i64,
    pub admin_tools: Vec<String>,
    pub approval: ServerApproval,
    pub secrets: Secrets,
    /// Where relative folders of manifests lie.
    pub workspaces: std::path::PathBuf,
    /// Folders of the server that no tool may enter.
    pub server_folders: Vec<std::path::PathBuf>,
    pub time_zone: String,
    /// Another process is known to be dead when this one starts (SQLite).
    pub sole_process: bool,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            boot_id: Id::new(),
            workers: 64,
            background_workers: 5,
            lease: Duration::from_secs(30),
            renew_every: Duration::from_secs(10),
            takeover_every: Duration::from_secs(5),
            poll_every: Duration::from_secs(1),
            retry_base: Duration::from_secs(1),
            patience: Duration::from_secs(5),
            drain: Duration::from_secs(20),
            agent_queue: 1_000,
            admin_tools: vec![],
            approval: ServerApproval::default(),
            secrets: Secrets::default(),
            workspaces: std::path::PathBuf::new(),
            server_folders: vec![],
            time_zone: "UTC".into(),
            sole_process: true,
        }
    }
}

/// Handle on the engine; clones are the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    db: Db,
    models: Arc<Models>,
    tools: Arc<Tools>,
    budget: Arc<Budget>,
    #[cfg(unix)]
    processes: Processes,
    memory: Arc<Search>,
    resolve: ResolveAgent,
    listener: RunListener,
    settings: EngineSettings,
    /// As written into leases.
    owner: String,
    hub: hub::Hub,
    live: live::LiveRuns,
    setups: setup::Cache,
    calls_per_minute: Mutex<HashMap<Id, check::Minute>>,
    network_meters: Mutex<HashMap<Id, Arc<NetworkMeter>>>,
    cooldowns: Mutex<HashMap<String, charge::Cooldown>>,
    workers: Arc<Semaphore>,
    background: Arc<Semaphore>,
    /// Something may be ready for a worker.
    wake: Notify,
    /// Runs wait for something, as far as this process knows.
    backlog: AtomicBool,
    /// An approval was asked for, decided or ended.
    decided: Notify,
    draining: AtomicBool,
    /// Ends the loops and every follower.
    stopped: CancellationToken,
    tasks: TaskTracker,
}

impl Engine {
    /// Takes over what a former process left behind, then starts the loops. Nothing listens yet.
    pub async fn start(parts: EngineParts) -> crate::error::Result<Self> {
        let engine = Self::new(parts);
        workers::start(&engine.0).await?;
        Ok(engine)
    }

    fn new(parts: EngineParts) -> Self {
        let EngineParts {
            db,
            models,
            tools,
            budget,
            #[cfg(unix)]
            processes,
            memory,
            resolve,
            listener,
            settings,
        } = parts;
        Self(Arc::new(Inner {
            db,
            models,
            tools,
            budget,
            #[cfg(unix)]
            processes,
            memory,
            resolve,
            listener,
            owner: settings.boot_id.to_string(),
            hub: hub::Hub::default(),
            live: live::LiveRuns::default(),
            setups: setup::Cache::default(),
            calls_per_minute: Mutex::default(),
            network_meters: Mutex::default(),
            cooldowns: Mutex::default(),
            workers: Arc::new(Semaphore::new(settings.workers)),
            background: Arc::new(Semaphore::new(settings.background_workers)),
            wake: Notify::new(),
            backlog: AtomicBool::new(true),
            decided: Notify::new(),
            draining: AtomicBool::new(false),
            stopped: CancellationToken::new(),
            tasks: TaskTracker::new(),
            settings,
        }))
    }

    /// Runs that workers of this process have now.
    pub fn running(&self) -> usize {
        self.0.live.count()
    }
}

/// A poisoned lock means that a thread died while it held plain data; the data is still good.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
