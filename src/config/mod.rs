//! Typed, validated configuration: built-in defaults, then `config.toml`, then the environment. The only place that reads
//! the environment. A key exists when something reads it.

use std::{collections::BTreeMap, net::IpAddr, path::PathBuf, sync::Arc};

use serde::Deserialize;

mod budget;
mod check;
mod load;
#[cfg(test)]
mod tests;
mod tools;

pub use budget::{BudgetLimits, UnknownPrice};
pub use load::{ConfigError, Environment, Loaded, MASTER_KEY_VARIABLE, load};
pub use tools::{Exec, Location, Web};

use crate::{agents::manifest::ExecPolicy, runtime::policy::ServerApproval, scopes::Role};

/// Everything an operator can set. Secrets never leave this struct by `Debug` or over the API.
#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Home folder; environment (`OPENFANG_HOME`) or command line only.
    #[serde(skip)]
    pub home: PathBuf,
    pub data_dir: Option<PathBuf>,
    pub workspaces_dir: Option<PathBuf>,
    /// `host:port`.
    pub api_listen: String,
    /// The key with all scopes; blank = none.
    pub api_key: String,
    /// A level or a filter of the form `info,openfang::runtime=debug`.
    pub log_level: String,
    pub default_agent: Option<String>,
    pub default_model: DefaultModel,
    pub fallback_providers: Vec<FallbackProvider>,
    pub provider_urls: BTreeMap<String, String>,
    pub provider_api_keys: BTreeMap<String, String>,
    pub provider_headers: BTreeMap<String, BTreeMap<String, String>>,
    pub database: Database,
    pub memory: Memory,
    pub server: Server,
    pub tls: Tls,
    pub cors: Cors,
    pub rate_limit: RateLimits,
    pub runs: Runs,
    pub auth: Auth,
    pub websocket: WebSocket,
    pub runtime: Runtime,
    pub agents: Agents,
    pub models: Models,
    pub builtin: Builtin,
    pub security: Security,
    pub skills: Skills,
    pub policy: Policy,
    pub approval: ServerApproval,
    pub web: Web,
    pub exec: Exec,
    /// What agents may execute unless their manifests say otherwise.
    pub exec_policy: ExecPolicy,
    pub location: Location,
    /// The program that prepares the processes of agents: this one, unless a test says otherwise.
    #[serde(skip)]
    pub launcher: Option<PathBuf>,
    pub budget: BudgetLimits,
    /// Who set a key, by its dotted name; the others have their defaults.
    #[serde(skip)]
    pub set_by: Arc<BTreeMap<String, KeyOrigin>>,
    #[serde(skip)]
    pub allow_no_auth: bool,
    /// Looks variables up that are named by the configuration, such as provider keys.
    #[serde(skip, default = "Environment::empty")]
    pub environment: Environment,
    #[serde(skip)]
    pub warnings: Arc<Vec<String>>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            home: PathBuf::new(),
            data_dir: None,
            workspaces_dir: None,
            api_listen: "127.0.0.1:4200".into(),
            api_key: String::new(),
            log_level: "info".into(),
            default_agent: None,
            default_model: DefaultModel::default(),
            fallback_providers: vec![],
            provider_urls: BTreeMap::new(),
            provider_api_keys: BTreeMap::new(),
            provider_headers: BTreeMap::new(),
            database: Database::default(),
            memory: Memory::default(),
            server: Server::default(),
            tls: Tls::default(),
            cors: Cors::default(),
            rate_limit: RateLimits::default(),
            runs: Runs::default(),
            auth: Auth::default(),
            websocket: WebSocket::default(),
            runtime: Runtime::default(),
            agents: Agents::default(),
            models: Models::default(),
            builtin: Builtin::default(),
            security: Security::default(),
            skills: Skills::default(),
            policy: Policy::default(),
            approval: ServerApproval::default(),
            web: Web::default(),
            exec: Exec::default(),
            exec_policy: ExecPolicy::default(),
            location: Location::default(),
            launcher: None,
            budget: BudgetLimits::default(),
            set_by: Arc::default(),
            allow_no_auth: false,
            environment: Environment::empty(),
            warnings: Arc::default(),
        }
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct DefaultModel {
    pub provider: Option<String>,
    pub model: Option<String>,
    pub api_key_env: Option<String>,
    pub base_url: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct FallbackProvider {
    pub provider: String,
    pub model: String,
    pub api_key_env: Option<String>,
    pub base_url: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Database {
    /// `sqlite://PATH` or `postgres://…`; blank = SQLite at `memory.sqlite_path`.
    pub url: String,
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Memory {
    pub sqlite_path: Option<PathBuf>,
    /// Whose model makes the vectors; none: the built-in one.
    pub embedding_provider: Option<String>,
    /// Model of that provider.
    pub embedding_model: String,
    /// Variable with its key, when it is not the provider's usual one.
    pub embedding_api_key_env: Option<String>,
    /// Length of the vectors, for models that can make several.
    pub embedding_dimensions: Option<u32>,
    /// Share of confidence that a memory loses each time when it was not used for a week.
    pub decay_rate: f64,
    /// How often near-duplicates are merged and unused memories fade; 0 = only when asked.
    pub consolidation_interval_hours: u32,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            sqlite_path: None,
            embedding_provider: None,
            embedding_model: "all-MiniLM-L6-v2".into(),
            embedding_api_key_env: None,
            embedding_dimensions: None,
            decay_rate: 0.1,
            consolidation_interval_hours: 24,
        }
    }
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Addresses or networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    pub allowed_hosts: Vec<String>,
    pub body_limit_bytes: usize,
    pub request_timeout_secs: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self { trusted_proxies: vec![], allowed_hosts: vec![], body_limit_bytes: 1 << 20, request_timeout_secs: 120 }
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Tls {
    /// PEM files.
    pub cert: Option<PathBuf>,
    pub key: Option<PathBuf>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Cors {
    /// Origins such as `https://console.example.com`.
    pub allowed_origins: Vec<String>,
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct RateLimits {
    pub enabled: bool,
    /// Cost units that come back each minute.
    pub tokens_per_minute: u32,
    pub burst: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { enabled: true, tokens_per_minute: 500, burst: 500 }
    }
}

/// How long ended runs are kept. Their messages stay with their session.
#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Runs {
    pub retention_days: u32,
    /// Afterwards a replay still has the text, the tool calls and the end.
    pub events_retention_hours: u32,
}

impl Default for Runs {
    fn default() -> Self {
        Self { retention_days: 30, events_retention_hours: 24 }
    }
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Auth {
    /// Login by name and password.
    pub enabled: bool,
    pub username: String,
    /// Argon2id in PHC form; `openfang keys hash-password` makes it.
    pub password_hash: String,
    pub session_ttl_hours: u32,
    pub role: Role,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            enabled: false,
            username: "admin".into(),
            password_hash: String::new(),
            session_ttl_hours: 168,
            role: Role::Admin,
        }
    }
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct WebSocket {
    pub max_per_ip: u32,
    pub idle_timeout_secs: u64,
    pub max_messages_per_minute: u32,
}

impl Default for WebSocket {
    fn default() -> Self {
        Self { max_per_ip: 5, idle_timeout_secs: 1800, max_messages_per_minute: 10 }
    }
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Runtime {
    /// Runs that may work at once.
    pub workers: u32,
    /// Of these, self-started ones.
    pub background_workers: u32,
    pub lease_secs: u64,
    /// First pause before a model call is tried again.
    pub retry_base_ms: u64,
    /// How long running steps may go on after SIGTERM.
    pub drain_secs: u64,
}

impl Default for Runtime {
    fn default() -> Self {
        Self { workers: 64, background_workers: 5, lease_secs: 30, retry_base_ms: 1000, drain_secs: 20 }
    }
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Agents {
    pub default_profile: String,
    pub strict_manifests: bool,
    /// Prefixes outside the workspaces folder that manifests may mount.
    pub mount_roots: Vec<PathBuf>,
}

impl Default for Agents {
    fn default() -> Self {
        Self { default_profile: "minimal".into(), strict_manifests: false, mount_roots: vec![] }
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Models {
    /// Tier name to `provider/model`.
    pub tiers: BTreeMap<String, String>,
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Builtin {
    /// Lets messages script the built-in model. For tests only.
    pub script: bool,
    pub scripts_dir: Option<PathBuf>,
    pub word_delay_ms: u64,
    pub context_window: u32,
    /// USD per million tokens.
    pub price_in_per_m: f64,
    pub price_out_per_m: f64,
}

impl Default for Builtin {
    fn default() -> Self {
        Self {
            script: false,
            scripts_dir: None,
            word_delay_ms: 20,
            context_window: 32_768,
            price_in_per_m: 0.0,
            price_out_per_m: 0.0,
        }
    }
}

/// How unsigned and unknown signatures of manifests are treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManifestSigning {
    Off,
    #[default]
    Warn,
    Require,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Security {
    pub manifest_signing: ManifestSigning,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Skills {
    pub trusted_keys: Vec<TrustedKey>,
}

#[derive(Clone, Deserialize)]
pub struct TrustedKey {
    pub name: String,
    /// Ed25519, hex or base64.
    pub public_key: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Tools that only callers with `system:write` may have run.
    pub admin_tools: Vec<String>,
}

/// Where the value of a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOrigin {
    File,
    Environment,
}

impl Config {
    pub fn data_dir(&self) -> PathBuf {
        self.under_home(self.data_dir.as_ref(), "data")
    }

    /// Where the first start puts the master key, unless the environment holds one.
    pub fn master_key_file(&self) -> PathBuf {
        self.data_dir().join("master.key")
    }

    /// Files that no tool may open, under whatever name and wherever the operator keeps them: those that hold keys, and
    /// SQLite's with its companions.
    pub fn closed_files(&self) -> Vec<PathBuf> {
        let tls = self.tls.cert.iter().chain(&self.tls.key).map(|file| self.home.join(file));
        let with_keys = ["config.toml", ".env", "secrets.env"].map(|name| self.home.join(name));
        let mut files: Vec<PathBuf> = tls.chain(with_keys).chain([self.master_key_file()]).collect();
        if let Ok(crate::db::DbUrl::Sqlite(file)) = self.database_url() {
            let beside = |ending: &str| {
                let mut name = file.clone().into_os_string();
                name.push(ending);
                PathBuf::from(name)
            };
            files.extend(["", "-wal", "-shm"].map(beside));
        }
        files
    }

    pub fn workspaces_dir(&self) -> PathBuf {
        self.under_home(self.workspaces_dir.as_ref(), "workspaces")
    }

    /// Folder of the user's own agent templates.
    pub fn templates_dir(&self) -> PathBuf {
        self.home.join("agents")
    }

    /// The database address in force.
    pub fn database_url(&self) -> Result<crate::db::DbUrl, String> {
        if !self.database.url.is_empty() {
            return crate::db::DbUrl::parse(&self.database.url);
        }
        let default = self.data_dir().join("openfang.db");
        Ok(crate::db::DbUrl::Sqlite(self.memory.sqlite_path.as_ref().map_or(default, |p| self.home.join(p))))
    }

    /// The configured key, blanks around it ignored.
    pub fn config_key(&self) -> Option<&str> {
        Some(self.api_key.trim()).filter(|k| !k.is_empty())
    }

    pub fn tls_enabled(&self) -> bool {
        self.tls.cert.is_some()
    }

    /// Whether a peer may say for whom it forwards.
    pub fn trusts_proxy(&self, peer: IpAddr) -> bool {
        self.server.trusted_proxies.iter().any(|net| check::network_contains(net, peer))
    }

    fn under_home(&self, path: Option<&PathBuf>, default: &str) -> PathBuf {
        self.home.join(path.map_or(default.as_ref(), |p| p.as_path()))
    }
}
