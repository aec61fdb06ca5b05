//! What a tool is. A tool either does its own local work or names an intent that the runtime carries out.

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// Strongest first-hand consequence of a call; ordered from harmless to dangerous.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

    /// Grants (`fs.read:docs/a.md`, …) that must be held for these validated arguments, besides `tool:<name>`. Pure.
    fn requires(&self, arguments: &Value) -> Vec<String>;

    /// Does the work. The caller bounds it by the timeout; `ctx.cancel` fires on cancel.
    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError>;
}

/// What a local tool may touch.
#[derive(Clone)]
pub struct ToolContext {
    pub workspace: Arc<Roots>,
    pub cancel: CancellationToken,
    /// Bytes the workspace may hold; 0 = no limit.
    pub max_workspace_bytes: u64,
}

/// The folders a call may see: the workspace (read-write) and the named roots of the manifest.
#[derive(Clone, Debug)]
pub struct Roots {
    pub workspace: PathBuf,
    pub named: Vec<NamedRoot>,
}

#[derive(Clone, Debug)]
pub struct NamedRoot {
    pub name: String,
    pub path: PathBuf,
    pub writable: bool,
}

/// What a successful call gives: a JSON object for the model, or a read of server data that the runtime performs.
#[derive(Debug)]
pub enum ToolOutput {
    Content(Value),
    Intent(Intent),
}

/// Work that only the runtime can do, through the owning service.
#[derive(Debug)]
pub enum Intent {
    ArtifactRead { id: String, offset: u64, limit: u64 },
}

/// A failed call, as the model sees it: `{"error":{"code","message","details"?,"hint"?}}`.
#[derive(Debug, Clone, Serialize)]
pub struct ToolError {
    pub code: ToolErrorCode,
    /// One sentence; never a host path outside the workspace, a secret or a stack trace.
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Rule of a `blocked_by_rule` refusal (P1, S1, X1, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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

impl ToolError {
    pub fn new(code: ToolErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: None, hint: None, rule: None }
    }

    /// Refused by a numbered hard rule.
    pub fn rule(rule: &str, message: impl Into<String>) -> Self {
        Self { rule: Some(rule.to_owned()), ..Self::new(ToolErrorCode::BlockedByRule, message) }
    }
}
