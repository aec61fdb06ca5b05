//! The manifest in its canonical form: what is stored, returned and resolved. Field order is the order of output.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::{
    AgentIdentity, AgentResources, ApprovalSettings, AutonomousSettings, Capabilities, CompactionSettings,
    ExecPolicyOverrides, FallbackModel, ManifestModel, ManifestRouting, ManifestSchedule, SessionSettings,
    ThinkingSettings, ToolSettings,
};

/// What an agent is: model, prompt, tools, limits. Only `name` is required; `null` means the same as leaving a key out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(example = json!({
    "name": "desk",
    "description": "Answers everyday questions and keeps short notes.",
    "profile": "minimal",
    "model": {"tier": "balanced", "max_tokens": 2048, "system_prompt": "You are Desk, a calm helper."}
}))]
pub struct AgentManifest {
    #[schema(required = true, schema_with = name_schema)]
    pub name: String,
    /// Version of this manifest (semantic versioning 2), shown on cards.
    #[schema(
        max_length = 128,
        pattern = r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$",
        example = "1.2.0"
    )]
    pub version: String,
    /// What the agent is for, shown to people and to other agents that look for one.
    #[schema(max_length = 4096)]
    pub description: String,
    /// Who wrote the manifest.
    #[schema(max_length = 256)]
    pub author: String,
    /// Whether `context.md` of the workspace is read once per session instead of at each run.
    pub cache_context: bool,
    /// Channels that may reach the agent, `kind` or `kind:account`; null = all that are bound to it, `[]` = none.
    #[schema(max_items = 100)]
    pub channels: Option<Vec<String>>,
    /// Whether the persona documents are created when they are missing.
    pub generate_identity_files: bool,
    /// Runs of this agent at the same time, over all its sessions.
    #[schema(minimum = 1, maximum = 64)]
    pub max_concurrent_runs: u32,
    /// Messages kept word for word before older ones are summarised (4 to 2,000); null = only the token count decides.
    #[schema(minimum = 0, maximum = 2000)]
    pub max_history_messages: Option<u32>,
    /// MCP servers the agent may use, names or globs: `[]` and `["*"]` = all, `["!*"]` = none. Their tools need a tool grant.
    #[schema(max_items = 100)]
    pub mcp_servers: Vec<String>,
    /// First value of the agent's mode; later it is changed through the API.
    pub mode: AgentMode,
    /// What executes a run: `builtin:chat`, `wasm:<path>` or `python:<path>`, the path below `<home>/modules`.
    #[schema(max_length = 1024, pattern = r"^(builtin:chat|(wasm|python):.+)$", example = "builtin:chat")]
    pub module: String,
    /// Model used instead of routing while the agent is stable or the server runs in stable mode.
    #[schema(max_length = 256)]
    pub pinned_model: Option<String>,
    /// Order between waiting runs of different sessions.
    pub priority: Priority,
    /// Named set of tools and grants; null without `capabilities.tools` means the server's default profile.
    pub profile: Option<Profile>,
    /// Skills the agent may see, names or globs: `[]` and `["*"]` = all, `["!*"]` = none. Their tools need a tool grant.
    #[schema(max_items = 200)]
    pub skills: Vec<String>,
    /// Whether the agent runs as soon as it exists; false leaves it in state Created.
    pub start: bool,
    /// Words for searching (64 characters each); no tag changes a permission.
    #[schema(max_items = 32)]
    pub tags: Vec<String>,
    /// Narrows the granted tools to these names or globs; empty = no narrowing.
    #[schema(max_items = 500)]
    pub tool_allowlist: Vec<String>,
    /// Names or globs of tools that are removed last; wins over everything.
    #[schema(max_items = 500)]
    pub tool_blocklist: Vec<String>,
    /// Folder that file and exec tools see, absolute or below `<home>/workspaces`; null = a folder made of the name.
    #[schema(max_length = 1024)]
    pub workspace: Option<String>,
    /// Free data that is carried and returned, never interpreted (64 KiB, 16 levels).
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// Further folders by name (8 at most), addressed as `@name/rest`.
    pub workspaces: BTreeMap<String, NamedWorkspace>,
    /// What may be executed, key by key over the server's policy; null = the server's, read at each use.
    pub exec_policy: Option<ExecPolicyOverrides>,
    /// The language model and how it is asked.
    pub model: ManifestModel,
    /// Models tried in order when the first one fails; null = the server's chain, `[]` = none.
    #[schema(max_items = 8)]
    pub fallback_models: Option<Vec<FallbackModel>>,
    /// Choice of the model by the size of the task; null = off.
    pub routing: Option<ManifestRouting>,
    /// Limits.
    pub resources: AgentResources,
    /// Behaviour of self-started work; null = not autonomous.
    pub autonomous: Option<AutonomousSettings>,
    /// Which messages share one history.
    pub session: SessionSettings,
    /// When and how older messages are summarised.
    pub compaction: CompactionSettings,
    /// Extended reasoning where the model has it.
    pub thinking: ThinkingSettings,
    /// Calls that must or need not be approved by a person.
    pub approval: ApprovalSettings,
    /// Settings of single tools by name (200 at most).
    pub tools: BTreeMap<String, ToolSettings>,
    /// What the agent may do.
    pub capabilities: Capabilities,
    /// How the agent looks; never a permission.
    pub identity: AgentIdentity,
    /// When the agent starts by itself.
    pub schedule: ManifestSchedule,
}

/// Written by hand because a derived one would state the default of a key that has none.
fn name_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(
            "Address of the agent and, with other characters replaced by `-`, the default name of its folder. Unique \
             among live agents without regard to case; not of the form of a UUID.",
        ))
        .min_length(Some(1))
        .max_length(Some(256))
        .pattern(Some(r"^[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*$"))
        .examples(["desk"])
        .build()
}

impl Default for AgentManifest {
    fn default() -> Self {
        Self {
            name: String::new(),
            version: "0.1.0".to_owned(),
            description: String::new(),
            author: String::new(),
            cache_context: false,
            channels: None,
            generate_identity_files: true,
            max_concurrent_runs: 8,
            max_history_messages: None,
            mcp_servers: vec![],
            mode: AgentMode::Full,
            module: "builtin:chat".to_owned(),
            pinned_model: None,
            priority: Priority::Normal,
            profile: None,
            skills: vec![],
            start: true,
            tags: vec![],
            tool_allowlist: vec![],
            tool_blocklist: vec![],
            workspace: None,
            metadata: Map::new(),
            workspaces: BTreeMap::new(),
            exec_policy: None,
            model: ManifestModel::default(),
            fallback_models: None,
            routing: None,
            resources: AgentResources::default(),
            autonomous: None,
            session: SessionSettings::default(),
            compaction: CompactionSettings::default(),
            thinking: ThinkingSettings::default(),
            approval: ApprovalSettings::default(),
            tools: BTreeMap::new(),
            capabilities: Capabilities::default(),
            identity: AgentIdentity::default(),
            schedule: ManifestSchedule::default(),
        }
    }
}

/// What the agent may do with its tools: nothing, only look, or all it is granted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentMode {
    Observe,
    Assist,
    #[default]
    Full,
}

/// A named set of tools and grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    Minimal,
    Coding,
    Research,
    Messaging,
    Automation,
    Full,
    Custom,
}

/// Order between waiting runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
    Critical,
}

/// A folder besides the workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NamedWorkspace {
    /// The folder, absolute or below `<home>/workspaces`.
    #[schema(min_length = 1, max_length = 1024)]
    pub path: String,
    /// Whether files may be changed there.
    #[serde(default)]
    pub mode: RootMode,
}

/// Read only, or read and write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RootMode {
    #[default]
    R,
    Rw,
}
