//! The manifest's `[capabilities]`: what an agent asks to be allowed. `agents::capabilities` is what it then holds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::agents::capabilities::Kind;

/// What the agent may do. A null list is implied by the granted tools and the profile; a present one counts exactly, `[]`
/// means nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Capabilities {
    /// Tool names or globs; replaces the tools of the profile.
    #[schema(max_items = 500)]
    pub tools: Option<Vec<String>>,
    /// Hosts as `host[:port]` patterns; `*` alone is every host on ports 80 and 443.
    #[schema(max_items = 500)]
    pub network: Option<Vec<String>>,
    /// Workspace globs that may be read.
    #[schema(max_items = 500)]
    pub file_read: Option<Vec<String>>,
    /// Workspace globs that may be written.
    #[schema(max_items = 500)]
    pub file_write: Option<Vec<String>>,
    /// Memory scopes that may be read (`self.*`, `user.*`, `shared.*`, `agent:<name>.*`); null = `["self.*"]`.
    #[schema(max_items = 500)]
    pub memory_read: Option<Vec<String>>,
    /// Memory scopes that may be written; null = `["self.*"]`.
    #[schema(max_items = 500)]
    pub memory_write: Option<Vec<String>>,
    /// Command patterns; null = as the exec policy says.
    #[schema(max_items = 500)]
    pub shell: Option<Vec<String>>,
    /// Environment variables by name or `PREFIX_*`.
    #[schema(max_items = 500)]
    pub env: Option<Vec<String>>,
    /// Whether it may create agents; null = as the profile says.
    pub agent_spawn: Option<bool>,
    /// Agents it may write to: name or glob, `@tag`, `@children`, `@parent`.
    #[schema(max_items = 500)]
    pub agent_message: Option<Vec<String>>,
    /// Agents it may end: name or glob, `@children`; null = `["@children"]` if it has the tool.
    #[schema(max_items = 500)]
    pub agent_kill: Option<Vec<String>>,
    /// Channel recipients as `kind[:account[:recipient]]` globs.
    #[schema(max_items = 500)]
    pub channels: Option<Vec<String>>,
    /// Model id globs; null = its own, fallback and routing models.
    #[schema(max_items = 500)]
    pub models: Option<Vec<String>>,
    /// Agents it may create jobs for: `self` or a glob; null = `["self"]`.
    #[schema(max_items = 500)]
    pub schedules: Option<Vec<String>>,
    /// Workflow name globs.
    #[schema(max_items = 500)]
    pub workflows: Option<Vec<String>>,
    /// Hand id globs.
    #[schema(max_items = 500)]
    pub hands: Option<Vec<String>>,
    /// A2A peers: host pattern or registered name.
    #[schema(max_items = 500)]
    pub a2a: Option<Vec<String>>,
    /// Money one run may spend through tools, in USD; 0 = no extra limit.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub spend_usd_per_run: f64,
    /// Whether it may look for peers.
    pub ofp_discover: bool,
    /// Peer patterns it may connect to.
    #[schema(max_items = 500)]
    pub ofp_connect: Option<Vec<String>>,
    /// Further grants in canonical form, such as `net:docs.rs`.
    #[schema(max_items = 500)]
    pub grants: Option<Vec<String>>,
}

/// One list of `[capabilities]`: key, kind of its grants, entries.
pub(super) type NeedList<'a> = (&'static str, Kind, Option<&'a [String]>);

impl Capabilities {
    /// All lists whose entries are patterns of one kind.
    pub(super) fn lists(&self) -> [NeedList<'_>; 17] {
        [
            ("tools", Kind::Tool, self.tools.as_deref()),
            ("network", Kind::Net, self.network.as_deref()),
            ("file_read", Kind::FsRead, self.file_read.as_deref()),
            ("file_write", Kind::FsWrite, self.file_write.as_deref()),
            ("memory_read", Kind::MemoryRead, self.memory_read.as_deref()),
            ("memory_write", Kind::MemoryWrite, self.memory_write.as_deref()),
            ("shell", Kind::Shell, self.shell.as_deref()),
            ("env", Kind::Env, self.env.as_deref()),
            ("agent_message", Kind::AgentMessage, self.agent_message.as_deref()),
            ("agent_kill", Kind::AgentKill, self.agent_kill.as_deref()),
            ("channels", Kind::Channel, self.channels.as_deref()),
            ("models", Kind::Model, self.models.as_deref()),
            ("schedules", Kind::Schedule, self.schedules.as_deref()),
            ("workflows", Kind::Workflow, self.workflows.as_deref()),
            ("hands", Kind::Hand, self.hands.as_deref()),
            ("a2a", Kind::A2a, self.a2a.as_deref()),
            ("ofp_connect", Kind::OfpConnect, self.ofp_connect.as_deref()),
        ]
    }
}
