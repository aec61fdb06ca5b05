//! What a tool is. A tool either does its own local work or names an intent that the runtime carries out.

pub mod arguments;
pub mod builtin;
pub mod command;
pub mod execute;
#[cfg(test)]
#[cfg(unix)]
mod fixture;
mod ledger;
pub mod network_meter;
pub mod paths;
#[cfg(unix)]
pub mod process;
pub mod registry;
pub mod result;
pub mod workspace_limit;

#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

pub use builtin::memory;
pub use ledger::{Birth, Ledger, ProcessMark};
pub use network_meter::NetworkMeter;
pub use workspace_limit::WorkspaceLimit;

use result::{NewArtifact, Secrets};

use crate::{
    agents::{capabilities::Grants, manifest::ExecPolicy},
    ids::Id,
};

/// Strongest first-hand consequence of a call; ordered from harmless to dangerous.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Pure,
    Read,
    Network,
    Write,
    Spend,
    Exec,
}

/// What a takeover does with a call that was under way when its worker died.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Resume {
    /// Run again.
    Repeat,
    /// The effect commits together with the end of the step: either it happened or it is run again.
    Tx,
    /// Ask the child run.
    Child,
    /// Never run again; the model is told.
    Interrupt,
}

/// The fixed facts of a tool, one row of the tool table.
#[derive(Debug)]
pub struct ToolInfo {
    pub name: &'static str,
    pub description: &'static str,
    /// JSON Schema 2020-12 of the arguments.
    pub schema: Value,
    pub effect: Effect,
    pub resume: Resume,
    /// May run beside its neighbours of the same batch.
    pub parallel: bool,
    pub assist_mode: bool,
    /// Asks for approval unless a rule says otherwise.
    pub ask_by_default: bool,
    pub timeout: Duration,
    pub max_timeout: Duration,
    /// Bytes of result shown to the model; the rest becomes an artifact.
    pub output_limit: usize,
}

#[async_trait]
pub trait Tool: Send + Sync {
    fn info(&self) -> &ToolInfo;

    /// Writes down in validated arguments what the run decides about them. Pure.
    fn settle(&self, _arguments: &mut Value, _has_person: bool) {}

    /// What these validated arguments ask of the agent, before anything happens. Pure. An error is the refusal itself:
    /// a hard rule, an unknown root, a patch that cannot be read.
    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError>;

    /// Does the work. The caller bounds it by the timeout; `ctx.cancel` fires on cancel.
    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError>;
}

/// What a tool may know of the agent before a call.
#[derive(Clone)]
pub struct AgentView {
    pub roots: Arc<Roots>,
    /// Whether the agent effectively holds a grant such as `fs.read:docs/a.md`.
    pub holds: Holds,
    /// The agent's own, for rules that look at patterns.
    pub grants: Arc<Grants>,
    pub exec: Arc<ExecPolicy>,
}

pub type Holds = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// What the policy must find before a call may happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Grants (`fs.read:docs/a.md`, …) that must be held, besides `tool:<name>`.
    pub grants: Vec<String>,
    /// These arguments make a call that otherwise only looks change something: it is not for the mode assist and is
    /// never repeated after a crash.
    pub changes: bool,
    /// A program that the exec policy runs unasked: the server's `require_approval` does not mean it.
    pub listed: bool,
    /// Why a person is asked by default for these arguments; a rule may answer in their place.
    pub asks: Option<String>,
    /// A hard rule that asks whatever the rules of approval say.
    pub always_asks: Option<RuleAsk>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleAsk {
    /// P9, X8, …
    pub rule: &'static str,
    /// One sentence for the person who is asked.
    pub reason: String,
}

/// What a local tool may touch.
#[derive(Clone)]
pub struct ToolContext {
    pub agent: Id,
    pub session: Id,
    pub roots: Arc<Roots>,
    /// Whether the agent effectively holds a grant such as `fs.read:docs/a.md`; asked again for each resolved path.
    pub holds: Holds,
    pub grants: Arc<Grants>,
    pub exec: Arc<ExecPolicy>,
    /// Programs that may run at a time beside those that are waited for.
    pub max_processes: usize,
    /// Where programs are written down.
    pub ledger: Arc<dyn Ledger>,
    /// Values that must not leave the server and that no result shows.
    pub secrets: Secrets,
    /// Bytes that the agent may still send and receive in this hour.
    pub network: Arc<NetworkMeter>,
    pub cancel: CancellationToken,
    /// One per workspace, so that its measured size is shared by the calls.
    pub workspace_limit: Arc<WorkspaceLimit>,
    /// IANA zone of the person behind the run, else of the configuration.
    pub time_zone: String,
}

impl ToolContext {
    /// What the policy saw of the agent.
    pub fn view(&self) -> AgentView {
        AgentView {
            roots: self.roots.clone(),
            holds: self.holds.clone(),
            grants: self.grants.clone(),
            exec: self.exec.clone(),
        }
    }
}

/// The folders a call may see: the workspace (read-write) and the named roots of the manifest.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// Made with mode 0700 by the first call that needs it.
    pub workspace: PathBuf,
    pub named: Vec<NamedRoot>,
    /// The folder of workspaces: on the way from it to a root no link is followed.
    pub workspaces: PathBuf,
    /// Data, config, log, module and skill folders of the server: no path may enter them, even inside a root (P11).
    pub server_folders: Vec<PathBuf>,
}

#[derive(Clone, Debug)]
pub struct NamedRoot {
    pub name: String,
    pub path: PathBuf,
    pub writable: bool,
}

/// What a successful call gives.
#[derive(Debug)]
pub enum ToolOutput {
    Content(Content),
    /// Server data that the runtime reads or writes.
    Intent(Intent),
}

/// A result that the tool made itself.
#[derive(Debug)]
pub struct Content {
    /// A JSON object for the model.
    pub value: Value,
    /// The work was done and did not go well: a status of 404, an exit code of 1.
    pub is_error: bool,
    /// Where the text comes from, if nobody here answers for it; the model sees it fenced.
    pub untrusted: Option<String>,
    /// Kept as an artifact: more of the result, or what the call overwrote.
    pub kept: Option<NewArtifact>,
}

impl From<Value> for Content {
    fn from(value: Value) -> Self {
        Self { value, is_error: false, untrusted: None, kept: None }
    }
}

/// Work that only the runtime can do, through the owning service.
#[derive(Debug, PartialEq)]
pub enum Intent {
    /// Bytes of an artifact of the same session or agent; `id` is `art_` and 32 hex digits.
    ArtifactRead {
        id: String,
        offset: u64,
        length: u64,
    },
    Knowledge(builtin::knowledge::Knowledge),
    Memory(memory::MemoryIntent),
}

/// A failed call, as the model sees it: `{"error":{"code","message","details"?,"hint"?}}`.
#[derive(Debug, Clone, Serialize)]
pub struct ToolError {
    pub code: ToolErrorCode,
    /// One sentence; never a host path outside the workspace, a secret or a stack trace.
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Rule of a `blocked_by_rule` refusal (P1, S1, X1, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolErrorCode {
    InvalidArguments,
    UnknownTool,
    Unavailable,
    NotConfigured,
    CapabilityMissing,
    CapabilityEscalation,
    ModeForbids,
    CallerForbids,
    BlockedByRule,
    SecretLeak,
    ApprovalDenied,
    ApprovalExpired,
    NotFound,
    AlreadyExists,
    Conflict,
    Unsupported,
    TooLarge,
    Timeout,
    Cancelled,
    RateLimited,
    QuotaExceeded,
    UpstreamError,
    ExecFailed,
    Interrupted,
    LoopGuard,
    HookDenied,
    Internal,
}

impl ToolErrorCode {
    /// A decision against the call, as opposed to a call that went wrong.
    pub fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::CapabilityMissing
                | Self::CapabilityEscalation
                | Self::ModeForbids
                | Self::CallerForbids
                | Self::BlockedByRule
                | Self::SecretLeak
                | Self::ApprovalDenied
                | Self::ApprovalExpired
                | Self::HookDenied
        )
    }
}

impl ToolError {
    pub fn new(code: ToolErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: None, hint: None, rule: None }
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn with_details(mut self, details: Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// Refused by a numbered hard rule.
    pub fn rule(rule: &str, message: impl Into<String>) -> Self {
        Self { rule: Some(rule.to_owned()), ..Self::new(ToolErrorCode::BlockedByRule, message) }
    }
}
