//! A running program with everything it started: one process group, ended as a whole.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
};

use super::{
    super::{Ledger, ProcessMark, ToolError, ToolErrorCode},
    Plan,
    launch::GO,
};
use crate::ids::Id;

/// Between a friendly end and the other one (X13).
pub const GRACE: Duration = Duration::from_secs(3);

/// A program as it is to be started.
pub struct Start {
    pub agent: Id,
    pub launcher: PathBuf,
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub folder: PathBuf,
    pub environment: BTreeMap<String, String>,
    pub plan: Plan,
}

/// The other ends of the program's streams.
pub struct Streams {
    pub input: ChildStdin,
    pub output: ChildStdout,
    pub errors: ChildStderr,
}

/// How it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    pub code: Option<i32>,
    pub signal: Option<i32>,
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        Self { code: status.code(), signal: std::os::unix::process::ExitStatusExt::signal(&status) }
    }
}

/// Ends the program when it is dropped.
pub struct Group {
    /// Taken when the program has ended.
    child: Option<Child>,
    pub pid: u32,
    id: Id,
    ledger: Arc<dyn Ledger>,
}

impl Group {
    /// The program begins after it was written down.
    pub async fn start(start: Start, ledger: Arc<dyn Ledger>) -> Result<(Self, Streams), ToolError> {
        let failed = |text: String| ToolError::new(ToolErrorCode::ExecFailed, text);
        let plan = serde_json::to_string(&start.plan).map_err(|e| failed(e.to_string()))?;
        let arguments = start.arguments.iter().map(OsString::from);
        let mut child = Command::new(&start.launcher)
            .args(["__launch", &plan, "--"])
            .arg(&start.program)
            .args(arguments)
            .current_dir(&start.folder)
            .env_clear()
            .envs(&start.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| failed(format!("The program cannot be started: {}", e.kind())))?;
        let (Some(pid), Some(mut input), Some(output), Some(errors)) =
            (child.id(), child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed("The program ended at once".into()));
        };
        let id = Id::new();
        let mark = ProcessMark::of(pid, id, start.agent);
        let group = Self { child: Some(child), pid, id, ledger };
        if let Some(mark) = mark {
            group.ledger.started(&mark).await?;
        }
        let go = input.write_all(GO).await;
        go.map_err(|_| failed("The program could not be prepared".into()))?;
        Ok((group, Streams { input, output, errors }))
    }

    /// Waits for the program itself; what it started may live on. May be called again.
    pub async fn wait(&mut self) -> Ended {
        match &mut self.child {
            Some(child) => child.wait().await.map(Ended::from).unwrap_or_default(),
            None => Ended::default(),
        }
    }

    /// Asks the whole group to end, and ends what has not done so after `grace`.
    pub async fn stop(&mut self, grace: Duration) -> Ended {
        signal(self.pid, Signal::TERM);
        let ended = tokio::time::timeout(grace, self.wait()).await;
        // Others of the group may have stayed.
        signal(self.pid, Signal::KILL);
        match ended {
            Ok(ended) => ended,
            Err(_) => self.wait().await,
        }
    }

    /// After the program has ended: nothing of it stays.
    pub async fn close(mut self) {
        signal(self.pid, Signal::KILL);
        self.child = None;
        self.ledger.ended(self.id).await;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let (pid, id, ledger) = (self.pid, self.id, self.ledger.clone());
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            signal(pid, Signal::KILL);
            return;
        };
        runtime.spawn(async move {
            signal(pid, Signal::TERM);
            // The group counts, not only its first process.
            let gone = async {
                let _ = child.wait().await;
                while is_there(pid) {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            let _ = tokio::time::timeout(GRACE, gone).await;
            signal(pid, Signal::KILL);
            let _ = child.wait().await;
            ledger.ended(id).await;
        });
    }
}

fn signal(group: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        // Nobody is left: that is what was wanted.
        let _ = kill_process_group(pid, signal);
    }
}

fn is_there(group: u32) -> bool {
    i32::try_from(group).ok().and_then(Pid::from_raw).is_some_and(|pid| test_kill_process_group(pid).is_ok())
}
