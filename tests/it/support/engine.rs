//! `TestEngine`: the engine alone, on a database of its own, with the built-in scripted model and short clocks.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use futures::StreamExt;
use openfang::{
    agents::{
        self, AgentRow, AgentState,
        manifest::{self, AgentManifest, AgentMode, ExecPolicy, Folders, ModelFacts, Profile, ServerFacts, ToolFacts},
    },
    budget::Budget,
    caller::{Caller, CallerKind},
    config::{BudgetLimits, Config},
    db::{self, Db, DbUrl},
    error::Result,
    ids::Id,
    llm::{
        drivers::builtin::{Builtin, BuiltinConfig},
        registry::{BuiltinModels, LlmConfig, Registry as Models, TimeoutOverrides},
    },
    memory::semantic::{embedder, search::Search},
    messages::{self, MessageRow},
    runs::{self, Door, RunInput, RunOptions, RunRow, StepRow},
    runtime::{
        engine::{Accepted, Engine, EngineParts, EngineSettings, Finished, Followed, NewRun, SessionChoice},
        event::{EventBody, EventId, RunEvent},
        tools::{
            Tool,
            builtin::{self, ToolSettings},
            process::ExecSettings,
            registry::Registry as Tools,
        },
    },
    scopes::Scopes,
    time::Ts,
    usage::{self, UsageRow},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::database;

/// Longest wait of a test for a run.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct TestEngine {
    pub engine: Engine,
    pub db: Db,
    pub agent: AgentRow,
    setup: Setup,
    pub home: Arc<TempDir>,
}

/// How the engine of a test differs from the usual one.
#[derive(Clone)]
pub struct Setup {
    pub settings: EngineSettings,
    /// Wraps the tools, for example to slow them.
    pub tools: fn(Vec<Arc<dyn Tool>>) -> Vec<Arc<dyn Tool>>,
    pub tool_settings: ToolSettings,
    pub manifest: Value,
    pub word_delay_ms: u64,
    pub first_event: Option<Duration>,
    pub context_window: u32,
    /// Limits of the server.
    pub budget: BudgetLimits,
    /// USD per million input and output tokens.
    pub prices: (f64, f64),
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            settings: EngineSettings {
                poll_every: Duration::from_millis(50),
                retry_base: Duration::from_millis(5),
                takeover_every: Duration::from_millis(100),
                renew_every: Duration::from_millis(500),
                ..EngineSettings::default()
            },
            tools: |tools| tools,
            tool_settings: tool_settings(),
            manifest: json!({}),
            word_delay_ms: 0,
            first_event: None,
            context_window: 32_768,
            budget: BudgetLimits::default(),
            prices: (0.0, 0.0),
        }
    }
}

/// Programs are started by the real binary: this one is the test.
pub fn tool_settings() -> ToolSettings {
    let exec = ExecSettings { launcher: env!("CARGO_BIN_EXE_openfang").into(), ..ExecSettings::default() };
    ToolSettings { exec, ..ToolSettings::default() }
}

impl Setup {
    pub fn manifest(manifest: Value) -> Self {
        Self { manifest, ..Self::default() }
    }
}

impl TestEngine {
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let home = Arc::new(tempfile::tempdir().expect("a folder"));
        let url = DbUrl::parse(&database::fresh(home.path()).await).expect("an address");
        let db = Db::connect(&url).await.expect("connects");
        db::migrate::migrate(&db, &url).await.expect("migrates");
        let workspace = home.path().join("workspace");
        std::fs::create_dir_all(&workspace).expect("a workspace");
        std::fs::write(workspace.join("a.txt"), "alpha").expect("a.txt");
        std::fs::write(workspace.join("b.txt"), "beta").expect("b.txt");
        let agent = agent_row(&setup.manifest, "desk", workspace);
        agents::service::insert(db.write(), agent.clone()).await.expect("the agent is stored");
        let engine = launch(&db, &setup).await;
        Self { engine, db, agent, setup, home }
    }

    /// Ends the engine as a crash does and starts another one on the same data.
    pub async fn crash_and_restart(mut self) -> Self {
        self.engine.abandon().await;
        self.setup.settings.boot_id = Id::new();
        self.engine = launch(&self.db, &self.setup).await;
        self
    }

    /// Stops in order and starts again.
    pub async fn stop_and_restart(mut self, limit: Duration) -> Self {
        self.engine.drain(limit).await.expect("drains");
        self.setup.settings.boot_id = Id::new();
        self.engine = launch(&self.db, &self.setup).await;
        self
    }

    /// A second engine beside this one on the same data, as on another server.
    pub async fn second(&self, settings: EngineSettings) -> Engine {
        launch(&self.db, &Setup { settings, ..self.setup.clone() }).await
    }

    /// Another agent on the same server.
    pub async fn add_agent(&self, name: &str, manifest: Value) -> AgentRow {
        let workspace = self.home.path().join(name);
        let agent = agent_row(&manifest, name, workspace);
        agents::service::insert(self.db.write(), agent.clone()).await.expect("the agent is stored");
        agent
    }

    pub fn run(&self, text: &str) -> NewRun {
        NewRun {
            agent: self.agent.clone(),
            caller: operator(),
            door: Door::Api,
            input: RunInput { text: text.to_owned(), ..RunInput::default() },
            options: RunOptions::default(),
            session: SessionChoice::Active,
            idempotency_key: None,
        }
    }

    pub async fn send(&self, text: &str) -> Accepted {
        self.try_send(self.run(text)).await.expect("accepted")
    }

    /// As `send`, into the session of this sender.
    pub async fn send_as(&self, sender: &str, text: &str) -> Accepted {
        let mut new = self.run(text);
        new.input.sender_id = Some(sender.to_owned());
        self.try_send(new).await.expect("accepted")
    }

    pub async fn try_send(&self, new: NewRun) -> Result<Accepted> {
        Box::pin(self.engine.accept(new)).await
    }

    /// Sends and waits for the end.
    pub async fn ask(&self, text: &str) -> Outcome {
        let accepted = self.send(text).await;
        self.outcome(accepted.run.id).await
    }

    pub async fn finished(&self, run: Id) -> Arc<Finished> {
        self.engine.wait(run, PATIENCE).await.expect("the run is known").expect("the run ends in time")
    }

    /// Waits for the end and reads everything that is left of it.
    pub async fn outcome(&self, run: Id) -> Outcome {
        self.finished(run).await;
        let outcome = self.rows(run).await;
        outcome.check();
        outcome
    }

    pub async fn rows(&self, run: Id) -> Outcome {
        let db = self.db.read();
        let row = runs::service::get(db, run).await.expect("the run");
        Outcome {
            steps: runs::service::all_steps(db, run).await.expect("steps"),
            events: self.events(run, EventId(0)).await,
            usage: usage::service::of_run(db, run).await.expect("usage"),
            history: self.history(row.session_id).await,
            run: row,
        }
    }

    pub async fn history(&self, session: Id) -> Vec<MessageRow> {
        messages::service::newest(self.db.read(), session, 0, 10_000).await.expect("messages")
    }

    /// Events that are stored now, with the texts put back.
    pub async fn events(&self, run: Id, after: EventId) -> Vec<RunEvent> {
        let row = runs::service::get(self.db.read(), run).await.expect("the run");
        let stored = EventId::stored(row.event_seq);
        let mut events = vec![];
        let mut stream = Box::pin(self.engine.follow(run, after).await.expect("the run is known"));
        while events.last().is_none_or(|e: &RunEvent| e.id < stored) {
            match tokio::time::timeout(PATIENCE, stream.next()).await.expect("events come") {
                Some(Followed::Event(event)) => events.push((*event).clone()),
                _ => break,
            }
        }
        events
    }

    /// Waits until the run has a stored event for which `is` holds.
    pub async fn wait_for(&self, run: Id, is: impl Fn(&EventBody) -> bool) -> RunEvent {
        let mut stream = Box::pin(self.engine.follow(run, EventId(0)).await.expect("the run is known"));
        loop {
            match tokio::time::timeout(PATIENCE, stream.next()).await.expect("events come") {
                Some(Followed::Event(event)) if is(&event.body) => return (*event).clone(),
                Some(Followed::Event(_)) => {}
                other => panic!("the stream ended before the event: {other:?}"),
            }
        }
    }

    pub async fn set_agent(&self, change: impl FnOnce(&mut AgentRow)) {
        let mut row = agents::service::find(self.db.read(), self.agent.id).await.expect("reads").expect("the agent");
        change(&mut row);
        agents::service::save(self.db.write(), row).await.expect("the agent is stored");
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.home.path().join("workspace").join(name)
    }
}

pub fn operator() -> Caller {
    Caller {
        kind: CallerKind::Open,
        id: None,
        name: None,
        role: None,
        scopes: Scopes::ALL,
        expires_at: None,
        rate_limit: None,
    }
}

async fn launch(db: &Db, setup: &Setup) -> Engine {
    let driver = Builtin::new(BuiltinConfig {
        script: true,
        scripts_dir: PathBuf::new(),
        word_delay_ms: setup.word_delay_ms,
        count_cached: false,
    });
    let config = LlmConfig {
        builtin: BuiltinModels {
            script: true,
            context_window: setup.context_window,
            price_in_per_m: setup.prices.0,
            price_out_per_m: setup.prices.1,
        },
        timeouts: BTreeMap::from([(
            "builtin".to_owned(),
            TimeoutOverrides { first_event: setup.first_event, ..TimeoutOverrides::default() },
        )]),
        ..LlmConfig::default()
    };
    let models = Models::new(config, Arc::new(|_: &str| None), Arc::new(driver)).expect("models");
    let tools = Arc::new(Tools::new((setup.tools)(builtin::all(&setup.tool_settings))).expect("tools"));
    let facts: Vec<ToolFacts> = tools
        .iter()
        .map(|tool| ToolFacts {
            name: tool.info().name.to_owned(),
            assist_mode: tool.info().assist_mode,
            schema: tool.info().schema.clone(),
        })
        .collect();
    let resolve = Arc::new(move |manifest: &AgentManifest, mode: AgentMode| {
        let facts = ServerFacts {
            default_profile: Profile::Minimal,
            exec_policy: ExecPolicy::default(),
            tools: &facts,
            skills: vec![],
            mcp_servers: vec![],
            folders: Folders::default(),
            model: &|_, _| ModelFacts::usable(),
        };
        manifest::resolve(manifest, mode, &facts)
    });
    let settings = Config { budget: setup.budget.clone(), ..Config::default() };
    Engine::start(EngineParts {
        db: db.clone(),
        models: Arc::new(models),
        tools,
        budget: Arc::new(Budget::open(db.clone(), &settings).await.expect("budgets")),
        processes: setup.tool_settings.processes.clone(),
        memory: Arc::new(Search::new(Arc::new(embedder::Builtin))),
        resolve,
        listener: Arc::new(|_, _| {}),
        settings: setup.settings.clone(),
    })
    .await
    .expect("the engine starts")
}

/// The fixture agent: scripted model, file tools, mode full; `overrides` are merged over it.
pub fn agent_row(overrides: &Value, name: &str, workspace: PathBuf) -> AgentRow {
    let mut manifest = json!({
        "name": name,
        "model": {"provider": "builtin", "model": "script"},
        "capabilities": {"tools": ["file_read", "file_write", "file_list", "memory_store", "web_fetch", "shell_exec", "agent_send"],
            "file_read": ["**"], "file_write": ["**"]},
    });
    merge(&mut manifest, overrides);
    let typed: AgentManifest = serde_json::from_value(manifest).expect("a manifest");
    let now = Ts::now();
    AgentRow {
        id: Id::new(),
        name: name.to_owned(),
        name_key: name.to_lowercase(),
        search_key: String::new(),
        state: AgentState::Running,
        mode: "full".into(),
        stable: false,
        manifest: serde_json::to_value(typed).expect("JSON"),
        manifest_toml: None,
        signed_manifest: None,
        signature_status: "none".into(),
        signer_id: None,
        signer_key_id: None,
        manifest_version: 1,
        files_version: 1,
        updated_by: "test".into(),
        parent_id: None,
        pinned_model: None,
        workspace: workspace.display().to_string(),
        crash_at: None,
        crash_reason: None,
        crash_restarts: 0,
        created_at: now,
        updated_at: now,
        last_active: now,
        terminated_at: None,
        erased_folder: None,
    }
}

fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over.clone(),
    }
}

/// Everything that is left of a run.
#[derive(Debug)]
pub struct Outcome {
    pub run: RunRow,
    pub steps: Vec<StepRow>,
    pub events: Vec<RunEvent>,
    pub usage: Vec<UsageRow>,
    /// Of the whole session.
    pub history: Vec<MessageRow>,
}
