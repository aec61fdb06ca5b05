//! Wire types of the system slice.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    agents::{
        AgentState,
        manifest::{AgentMode, Profile},
    },
    any_case,
    ids::Id,
    time::Ts,
};

/// Whether all is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    Ok,
    Degraded,
}

/// The little that everybody may know.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    pub status: HealthStatus,
    /// Version of the server.
    #[schema(example = "0.7.0")]
    pub version: String,
    /// Seconds since the start.
    #[schema(minimum = 0)]
    pub uptime_seconds: i64,
    /// Panics caught since the start.
    #[schema(minimum = 0)]
    pub panic_count: i64,
    /// Servers of this database that died without a word.
    #[schema(minimum = 0)]
    pub restart_count: i64,
}

/// Whether the database answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseStatus {
    Connected,
    Error,
}

/// Kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseKind {
    Sqlite,
    Postgres,
}

/// The database.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatabaseDetail {
    pub kind: DatabaseKind,
    /// Milliseconds of a trivial query, just now.
    pub latency_ms: f64,
    /// Size of the file or database, if it can be told.
    #[schema(minimum = 0)]
    pub size_bytes: Option<i64>,
    /// Number of applied migrations.
    #[schema(minimum = 0)]
    pub schema_version: i64,
    /// A write succeeded within the last 15 seconds.
    pub writable: bool,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// What was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    Database,
    Disk,
    Memory,
    Providers,
    Queue,
}

/// Outcome of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    Ok,
    Degraded,
    Failed,
}

/// One check of the health.
#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    pub name: CheckName,
    pub status: CheckStatus,
    /// What was found, in words.
    pub message: String,
    /// Since when it has this status, if known.
    pub since: Option<Ts>,
}

/// A running server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replica {
    pub id: Id,
    /// Version of its binary.
    pub version: String,
    pub started_at: Ts,
    pub last_seen: Ts,
    /// Where it listens.
    pub address: Option<String>,
}

/// Runs that wait or work.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Queue {
    /// Runs that wait for a worker.
    #[schema(minimum = 0)]
    pub pending: i64,
    /// Runs that have a worker.
    #[schema(minimum = 0)]
    pub running: i64,
    /// How long the oldest of them has waited.
    #[schema(minimum = 0)]
    pub oldest_pending_secs: i64,
}

/// The health in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthDetail {
    #[serde(flatten)]
    pub health: Health,
    /// Same as `uptime_seconds`.
    #[schema(minimum = 0)]
    pub uptime_secs: i64,
    /// Agents that are not terminated.
    #[schema(minimum = 0)]
    pub agent_count: i64,
    pub database: DatabaseStatus,
    pub database_detail: DatabaseDetail,
    /// Unknown or outdated keys of the configuration.
    pub config_warnings: Vec<String>,
    /// What was checked, one entry each.
    pub checks: Vec<Check>,
    /// Servers of this database that are alive.
    pub replicas: Vec<Replica>,
    pub queue: Queue,
    /// The server is about to stop and takes no new work.
    pub draining: bool,
    /// Resident memory of this process.
    #[schema(minimum = 0)]
    pub memory_bytes: i64,
    /// Null: backups are not part of this version.
    pub last_backup_at: Option<Ts>,
}

/// Whether the server takes new work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServerStatus {
    Running,
    Draining,
}

/// The server and what it works with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// Whether it takes new work.
    pub status: ServerStatus,
    /// Version of the program.
    #[schema(example = "0.7.0")]
    pub version: String,
    /// Agents that are not terminated.
    #[schema(minimum = 0)]
    pub agent_count: i64,
    /// Provider of the default model.
    #[schema(example = "openai")]
    pub default_provider: String,
    /// Same as `default_provider`.
    pub provider: String,
    /// What agents use that name no model.
    #[schema(example = "gpt-4o")]
    pub default_model: String,
    /// Same as `default_model`.
    pub model: String,
    /// Seconds since the start.
    #[schema(minimum = 0)]
    pub uptime_seconds: i64,
    /// Same as `uptime_seconds`.
    #[schema(minimum = 0)]
    pub uptime_secs: i64,
    /// Address it listens at.
    #[schema(example = "127.0.0.1:4200")]
    pub api_listen: String,
    /// Home folder.
    pub home_dir: String,
    /// Folder of the database and its keys.
    pub data_dir: String,
    /// Level or filter of the log.
    #[schema(example = "info")]
    pub log_level: String,
    /// Whether this server talks to other servers; not part of this version.
    pub network_enabled: bool,
    /// Newest activity first, at most 500.
    pub agents: Vec<AgentStatus>,
    /// There are more agents than are listed.
    pub agents_truncated: bool,
    /// Whether a model provider is set up.
    pub llm: LlmStatus,
    /// Runs under way, on all servers of this database.
    #[schema(minimum = 0)]
    pub runs_active: i64,
    /// Sessions that get their owner's next message.
    #[schema(minimum = 0)]
    pub sessions_active: i64,
    /// This process.
    pub replica: String,
    /// When it was started.
    pub started_at: Ts,
}

/// An agent in brief.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentStatus {
    /// The agent.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Where it stands in its life.
    pub state: AgentState,
    /// What it may do with its tools.
    pub mode: AgentMode,
    /// When it was made.
    pub created_at: Ts,
    /// Provider that the next run will use.
    pub model_provider: String,
    /// Model that the next run will use.
    pub model_name: String,
    /// Named set of tools and grants; null = none is named.
    pub profile: Option<Profile>,
}

/// Whether a model provider is set up.
#[derive(Debug, Serialize, ToSchema)]
pub struct LlmStatus {
    /// The default model is ready and not the built-in one.
    pub configured: bool,
    /// The default model with its provider in front.
    #[schema(example = "openai/gpt-4o")]
    pub default: String,
    /// What to do to get a model; empty when one is configured.
    pub how: Vec<String>,
}

/// What this binary is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    /// Name of the product.
    #[schema(example = "openfang")]
    pub name: String,
    /// Version of the binary.
    #[schema(example = "0.7.0")]
    pub version: String,
    pub build_date: Ts,
    /// `unknown` in debug builds.
    pub git_sha: String,
    /// The compiler.
    pub rust_version: String,
    /// Operating system.
    #[schema(example = "linux")]
    pub platform: String,
    /// Processor.
    #[schema(example = "x86_64")]
    pub arch: String,
    /// Version of the OpenAPI document.
    pub api_version: String,
    /// The OpenFang release whose clients work with this server.
    #[schema(example = "0.6")]
    pub compatible_with: String,
}

/// How to stop.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(default)]
#[schema(example = json!({"drain_secs": 20, "reason": "upgrade"}))]
pub struct ShutdownOptions {
    /// How long running steps may go on.
    #[validate(range(min = 0, max = 600))]
    #[schema(minimum = 0, maximum = 600)]
    pub drain_secs: i32,
    #[serde(deserialize_with = "any_case::one")]
    pub scope: ShutdownScope,
    /// For the log.
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl Default for ShutdownOptions {
    fn default() -> Self {
        Self { drain_secs: 30, scope: ShutdownScope::Replica, reason: None }
    }
}

/// Which servers stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShutdownScope {
    /// The one that got the request.
    #[default]
    Replica,
    /// Every server on this database.
    Cluster,
}

/// The server is about to stop.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShuttingDown {
    /// Always `shutting_down`.
    #[schema(example = "shutting_down")]
    pub status: String,
    /// How long running steps may go on.
    #[schema(minimum = 0)]
    pub drain_secs: i32,
    /// Runs that are handed over if they do not end in time.
    #[schema(minimum = 0)]
    pub runs_active: i64,
}
