//! Starting programs of agents: in a process group of their own, with a cleared environment, under limits, and confined
//! to the workspace where the kernel can do that. No other code starts a process.

mod environment;
mod group;
pub mod launch;
mod mark;
mod output;
mod prepare;
pub mod running;
pub mod sandbox;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

pub use environment::environment;
pub use group::{Ended, GRACE, Group, Streams};
pub use mark::Killed;
pub use output::{Capture, clean};
pub use prepare::{folder_needs, prepare};
pub use running::Processes;

/// What the operator says about programs.
#[derive(Clone)]
pub struct ExecSettings {
    /// The program that applies the limits and becomes the command: this one.
    pub launcher: PathBuf,
    /// Folders in which programs are looked for.
    pub path: Vec<PathBuf>,
    /// The server's own environment, from which little is passed on.
    pub environment: Arc<BTreeMap<String, String>>,
    /// Variables that hold keys of the server and are never passed on.
    pub never_passed: Arc<Vec<String>>,
    /// What the sandbox hides besides the server's own folders: the workspaces of the others.
    pub hidden: Vec<PathBuf>,
}

impl Default for ExecSettings {
    fn default() -> Self {
        Self {
            // The running image, also after its file was replaced.
            launcher: PathBuf::from("/proc/self/exe"),
            path: ["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from).to_vec(),
            environment: Arc::default(),
            never_passed: Arc::default(),
            hidden: vec![],
        }
    }
}

/// Limits of one program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    pub cpu_secs: Option<u64>,
    pub open_files: u64,
    /// Beside those that the user has already; the kernel counts all of them.
    pub processes: u64,
    pub memory_bytes: u64,
    pub file_bytes: u64,
}

impl Limits {
    pub fn with_cpu(cpu_secs: Option<u64>) -> Self {
        Self { cpu_secs, open_files: 256, processes: 256, memory_bytes: 2 << 30, file_bytes: 1 << 30 }
    }
}

/// What the launcher is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub limits: Limits,
    pub view: View,
}

/// Which files a confined program sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    pub hidden: Vec<PathBuf>,
    pub readable: Vec<PathBuf>,
    pub writable: Vec<PathBuf>,
}
