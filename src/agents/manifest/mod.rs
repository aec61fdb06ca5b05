//! The agent manifest as pure code: its typed canonical form, reading, checking, writing and resolving it. No database,
//! no clock, no HTTP.

mod check;
mod conduct;
mod exec_policy;
mod facts;
mod folders;
mod guard;
mod identity;
mod language_model;
mod merge;
mod model;
mod needs;
mod old_spellings;
mod parse;
mod problem;
mod profiles;
mod resolve;
mod resources;
mod schedule;
mod shape;
mod signed;
mod skill_names;
mod source;
mod timing;
mod toml_text;
mod tool_names;

pub use conduct::{
    ApprovalSettings, AutonomousSettings, CompactionSettings, Effort, SessionScope, SessionSettings, ThinkingSettings,
    ToolApproval, ToolSettings,
};
pub use exec_policy::{ExecMode, ExecPolicy, ExecPolicyOverrides, Sandbox};
pub use facts::{Folders, ModelFacts, ServerFacts, ToolFacts};
pub use folders::{absolute_folder, default_folder, overlap, refusal};
pub use identity::AgentIdentity;
pub use language_model::{
    FallbackModel, ManifestModel, ManifestRouting, ModelTier, ResponseFormat, ResponseFormatType,
};
pub use merge::merge_patch;
pub use model::{AgentManifest, AgentMode, NamedWorkspace, Priority, Profile, RootMode};
pub use needs::Capabilities;
pub use parse::{ParseOptions, Parsed, Rejection, parse};
pub use problem::{ManifestCode, ManifestProblem, ManifestWarning};
pub use profiles::{BASE_TOOLS, PROFILES, ProfileRow};
pub use resolve::{Resolved, resolve};
pub use resources::AgentResources;
pub use schedule::{CatchUp, ContinuousSchedule, ManifestSchedule, PeriodicSchedule, ProactiveSchedule};
pub use signed::{ManifestSignature, SignatureStatus, SignedManifest, admit, read_public_key, verify_envelope};
pub use skill_names::KNOWN_SKILLS;
pub use source::{MAX_MANIFEST_BYTES, Source};
pub use tool_names::{EXEC_TOOLS, KNOWN_TOOLS};

#[cfg(test)]
mod tests;
