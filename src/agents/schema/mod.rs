//! Wire types of the agents slice.

mod agent;
mod change;
mod create;
mod files;
mod lifecycle;
mod settings;

pub use agent::{
    Agent, AgentChanged, AgentCrash, AgentCreated, AgentManifestView, AgentModel, AgentSummary, Effective,
    EffectiveView, SelectionMode, TierWord,
};
pub use change::{ModelWish, ReplaceAgent, UpdateAgent};
pub use create::{ByteText, CloneAgent, CreateAgent, SignedEnvelope, SignedManifestInput};
pub use files::{AgentFile, AgentFileInfo, AgentFileList, AgentFileWritten, SetAgentFile};
pub use lifecycle::{AgentKilled, AgentStopped, AgentTransition, AgentUninstalled, StopAgent, SuspendAgent};
pub use settings::{
    AgentModelSet, AgentTools, AgentToolsSet, SetAgentMode, SetAgentModel, SetAgentTools, UpdateAgentConfig,
    UpdateAgentIdentity,
};
