//! What may be executed: the manifest's overrides and the complete policy they are laid over.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Programs that run unasked unless the server or the manifest says otherwise. `env` is not one of them: it starts others.
pub const FACTORY_SAFE_BINS: [&str; 17] = [
    "basename", "cat", "cut", "date", "dirname", "echo", "false", "head", "printf", "pwd", "sleep", "sort", "tail",
    "tr", "true", "uniq", "wc",
];

/// How programs may be executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExecMode {
    /// No exec tool is offered or works.
    Deny,
    /// Direct execution only.
    #[default]
    Allowlist,
    /// A shell interpreter may be used.
    Full,
}

/// Where programs run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sandbox {
    #[default]
    None,
    Docker,
}

/// What an agent changes in the server's exec policy. A policy wider than the server's needs `system:write`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ExecPolicyOverrides {
    /// How programs may be executed.
    pub mode: Option<ExecMode>,
    /// Programs that run unasked under argument rules.
    #[schema(max_items = 200)]
    pub safe_bins: Option<Vec<String>>,
    /// Programs that run unasked: base names, exact absolute paths or `./dir/*`.
    #[schema(max_items = 500)]
    pub allowed_commands: Option<Vec<String>>,
    /// Programs that are refused in every mode.
    #[schema(max_items = 500)]
    pub denied_commands: Option<Vec<String>>,
    /// Time limit in seconds when the model gives none.
    #[schema(minimum = 1, maximum = 3_600)]
    pub timeout_secs: Option<u32>,
    /// Largest time limit the model may ask for, in seconds; at least `timeout_secs`.
    #[schema(minimum = 1, maximum = 3_600)]
    pub max_timeout_secs: Option<u32>,
    /// Silence in seconds after which a program is ended; 0 = off.
    #[schema(minimum = 0, maximum = 3_600)]
    pub no_output_timeout_secs: Option<u32>,
    /// Bytes of each output stream shown inline.
    #[schema(minimum = 1_024, maximum = 5_242_880)]
    pub max_output_bytes: Option<u64>,
    /// Environment variables passed on, by name; `*` passes all whose name does not look secret.
    #[schema(max_items = 100)]
    pub shell_env_passthrough: Option<Vec<String>>,
    /// Where programs run.
    pub sandbox: Option<Sandbox>,
}

/// A complete exec policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ExecPolicy {
    /// How programs may be executed.
    pub mode: ExecMode,
    /// Programs that run unasked under argument rules.
    pub safe_bins: Vec<String>,
    /// Programs that run unasked: base names, exact absolute paths or `./dir/*`.
    pub allowed_commands: Vec<String>,
    /// Programs that are refused in every mode.
    pub denied_commands: Vec<String>,
    /// Time limit in seconds when the model gives none.
    pub timeout_secs: u32,
    /// Largest time limit the model may ask for, in seconds.
    pub max_timeout_secs: u32,
    /// Silence in seconds after which a program is ended; 0 = off.
    pub no_output_timeout_secs: u32,
    /// Bytes of each output stream shown inline.
    pub max_output_bytes: u64,
    /// Environment variables passed on, by name.
    pub shell_env_passthrough: Vec<String>,
    /// Where programs run.
    pub sandbox: Sandbox,
}

impl Default for ExecPolicy {
    fn default() -> Self {
        Self {
            mode: ExecMode::Allowlist,
            safe_bins: FACTORY_SAFE_BINS.map(str::to_owned).to_vec(),
            allowed_commands: vec![],
            denied_commands: vec![],
            timeout_secs: 30,
            max_timeout_secs: 600,
            no_output_timeout_secs: 30,
            max_output_bytes: 102_400,
            shell_env_passthrough: vec![],
            sandbox: Sandbox::None,
        }
    }
}

impl ExecPolicy {
    /// The policy with an agent's own keys in place of the server's.
    pub fn with(&self, own: &ExecPolicyOverrides) -> Self {
        Self {
            mode: own.mode.unwrap_or(self.mode),
            safe_bins: own.safe_bins.clone().unwrap_or_else(|| self.safe_bins.clone()),
            allowed_commands: own.allowed_commands.clone().unwrap_or_else(|| self.allowed_commands.clone()),
            denied_commands: own.denied_commands.clone().unwrap_or_else(|| self.denied_commands.clone()),
            timeout_secs: own.timeout_secs.unwrap_or(self.timeout_secs),
            max_timeout_secs: own.max_timeout_secs.unwrap_or(self.max_timeout_secs),
            no_output_timeout_secs: own.no_output_timeout_secs.unwrap_or(self.no_output_timeout_secs),
            max_output_bytes: own.max_output_bytes.unwrap_or(self.max_output_bytes),
            shell_env_passthrough: own
                .shell_env_passthrough
                .clone()
                .unwrap_or_else(|| self.shell_env_passthrough.clone()),
            sandbox: own.sandbox.unwrap_or(self.sandbox),
        }
    }
}
