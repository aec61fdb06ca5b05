//! The agent manifest as pure code: its typed canonical form, reading, checking, writing and resolving it. No database,
//! no clock, no HTTP.

mod conduct;
mod exec_policy;
mod identity;
mod language_model;
mod model;
mod needs;
mod resources;
mod schedule;

pub use conduct::{
    ApprovalSettings, AutonomousSettings, CompactionSettings, Effort, SessionScope, SessionSettings, ThinkingSettings,
    ToolApproval, ToolSettings,
};
pub use exec_policy::{ExecMode, ExecPolicy, ExecPolicyOverrides, Sandbox};
pub use identity::AgentIdentity;
pub use language_model::{
    FallbackModel, ManifestModel, ManifestRouting, ModelTier, ResponseFormat, ResponseFormatType,
};
pub use model::{AgentManifest, AgentMode, NamedWorkspace, Priority, Profile, RootMode};
pub use needs::Capabilities;
pub use resources::AgentResources;
pub use schedule::{CatchUp, ContinuousSchedule, ManifestSchedule, PeriodicSchedule, ProactiveSchedule};
