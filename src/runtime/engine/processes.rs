//! Programs of agents in the database: written down before they begin, ended at the next start if their server died.

use async_trait::async_trait;

use super::{
    super::tools::{Birth, Ledger, ProcessMark, ToolError, ToolErrorCode},
    Engine, Inner,
};
use crate::{
    db::Db,
    error::Result,
    ids::Id,
    runs::{self, ProcessRow},
    time::Ts,
};

/// Marks of machines that never came back.
const KEPT_DAYS: i64 = 7;

pub struct Books(pub Db);

#[async_trait]
impl Ledger for Books {
    async fn started(&self, mark: &ProcessMark) -> std::result::Result<(), ToolError> {
        let row = ProcessRow {
            id: mark.id,
            agent_id: mark.agent_id,
            host: mark.host.clone(),
            server_pid: mark.server.pid,
            server_born: mark.server.at,
            group_pid: mark.group.pid,
            group_born: mark.group.at,
            started_at: Ts::now(),
        };
        runs::service::note_process(self.0.write(), row).await.map_err(|error| {
            tracing::error!(%error, "a program could not be written down and was not started");
            ToolError::new(ToolErrorCode::Internal, "The program could not be started")
        })
    }

    async fn ended(&self, id: Id) {
        if let Err(error) = runs::service::forget_process(self.0.write(), id).await {
            // The next start finds that it is gone.
            tracing::warn!(%error, "the end of a program could not be written down");
        }
    }
}

impl Engine {
    /// Ends the programs that this agent keeps running.
    pub async fn end_processes(&self, agent: Id) {
        #[cfg(unix)]
        self.0.processes.stop_all(Some(agent)).await;
    }
}

impl Inner {
    /// Programs of servers that are dead; before their runs are taken over, so that nothing works on beside them.
    pub(super) async fn kill_orphans(&self) -> Result<()> {
        let too_old = Ts::now().plus_secs(-KEPT_DAYS * 86_400);
        for row in runs::service::processes(self.db.read()).await? {
            let mark = ProcessMark {
                id: row.id,
                agent_id: row.agent_id,
                host: row.host,
                server: Birth { pid: row.server_pid, at: row.server_born },
                group: Birth { pid: row.group_pid, at: row.group_born },
            };
            if is_over(&mark) || row.started_at < too_old {
                runs::service::forget_process(self.db.write(), mark.id).await?;
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn is_over(mark: &ProcessMark) -> bool {
    use super::super::tools::process::Killed;
    match mark.kill_if_orphaned() {
        Killed::NotOurs => false,
        Killed::Gone => true,
        Killed::Killed => {
            tracing::info!(pid = mark.group.pid, agent_id = %mark.agent_id, "ended a program that a dead server left behind");
            true
        }
    }
}

#[cfg(not(unix))]
fn is_over(_mark: &ProcessMark) -> bool {
    false
}
