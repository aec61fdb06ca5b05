//! What the server knows and allows, as far as manifests depend on it. The caller collects it; this core only reads.

use std::path::PathBuf;

use serde_json::Value;

use super::{ExecPolicy, Profile};

/// Server side of checking and resolving a manifest.
pub struct ServerFacts<'a> {
    /// Profile of manifests that name neither tools nor a profile.
    pub default_profile: Profile,
    pub exec_policy: ExecPolicy,
    /// Tools that exist now.
    pub tools: &'a [ToolFacts],
    /// Names of installed skills.
    pub skills: Vec<String>,
    /// Names of configured MCP servers.
    pub mcp_servers: Vec<String>,
    pub folders: Folders,
    /// What is known about a provider and a model, both as the manifest writes them (`default` included).
    pub model: &'a (dyn Fn(&str, &str) -> ModelFacts + Sync),
}

impl ServerFacts<'static> {
    /// A server with factory settings, no tools and every model: for manifests that are shown, not yet created.
    pub fn factory() -> Self {
        Self {
            default_profile: Profile::Minimal,
            exec_policy: ExecPolicy::default(),
            tools: &[],
            skills: vec![],
            mcp_servers: vec![],
            folders: Folders { workspaces: PathBuf::from("/workspaces"), ..Folders::default() },
            model: &|_, _| ModelFacts::usable(),
        }
    }
}

/// A tool that exists.
#[derive(Clone, Debug, Default)]
pub struct ToolFacts {
    pub name: String,
    /// May be used in mode assist.
    pub assist_mode: bool,
    /// JSON Schema of the arguments.
    pub schema: Value,
}

/// What is known about a model.
#[derive(Clone, Debug)]
pub struct ModelFacts {
    /// Whether provider and model are in the catalog.
    pub known: bool,
    /// Whether a credential is there, or none is needed.
    pub ready: bool,
    pub max_output_tokens: Option<u64>,
    pub context_window: Option<u64>,
    /// A known name close to an unknown one.
    pub suggestion: Option<String>,
    /// Why no call can be made: there is no such provider, or none has the model.
    pub nobody_has_it: Option<String>,
}

impl ModelFacts {
    /// A model about which nothing is to be said.
    pub fn usable() -> Self {
        Self {
            known: true,
            ready: true,
            max_output_tokens: None,
            context_window: None,
            suggestion: None,
            nobody_has_it: None,
        }
    }
}

/// Folders that decide where a workspace may be. All are absolute.
#[derive(Clone, Debug, Default)]
pub struct Folders {
    /// `<home>/workspaces`.
    pub workspaces: PathBuf,
    /// Prefixes outside of it that named workspaces may use.
    pub mount_roots: Vec<PathBuf>,
    /// The server's own folders (data, configuration, logs, modules, skills) and private workspaces of other agents.
    pub protected: Vec<PathBuf>,
    /// The server's home: only workspaces in it are for agents.
    pub server_home: Option<PathBuf>,
    /// Home folders of people.
    pub homes: Vec<PathBuf>,
}
