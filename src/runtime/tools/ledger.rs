//! Where programs of agents are written down, so that a server that was killed leaves none behind.

use async_trait::async_trait;

use super::ToolError;
use crate::ids::Id;

#[async_trait]
pub trait Ledger: Send + Sync {
    /// Returns once it is written; only then does the program begin.
    async fn started(&self, mark: &ProcessMark) -> Result<(), ToolError>;
    async fn ended(&self, id: Id);
}

/// A process group and the server that started it, each by number and time of birth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessMark {
    pub id: Id,
    pub agent_id: Id,
    /// This start of this machine, and its name space of process numbers.
    pub host: String,
    pub server: Birth,
    pub group: Birth,
}

/// A process number and when it began, in ticks of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birth {
    pub pid: i32,
    pub at: i64,
}
