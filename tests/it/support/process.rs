//! The server as a process of its own, so that it can be killed.

use std::{process::Stdio, sync::Arc, time::Duration};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::{client::Client, database};

/// Longest wait for the server to come up.
const START: Duration = Duration::from_secs(20);

pub struct Process {
    child: Child,
    pub base: String,
    pub home: Arc<TempDir>,
    database: String,
    word_delay_ms: u32,
    variables: Vec<(&'static str, &'static str)>,
}

impl Process {
    /// Scripts on, no key: this machine may do everything.
    pub async fn start(word_delay_ms: u32) -> Self {
        Self::start_with(word_delay_ms, vec![]).await
    }

    /// The same with further variables.
    pub async fn start_with(word_delay_ms: u32, variables: Vec<(&'static str, &'static str)>) -> Self {
        let home = Arc::new(tempfile::tempdir().expect("a folder"));
        let database = database::fresh(home.path()).await;
        Self::launch(home, database, word_delay_ms, variables).await
    }

    /// Another server on the same database, which must be Postgres.
    pub async fn another(&self) -> Self {
        Self::launch(self.home.clone(), self.database.clone(), self.word_delay_ms, self.variables.clone()).await
    }

    pub fn is_postgres(&self) -> bool {
        self.database.starts_with("postgres")
    }

    async fn launch(
        home: Arc<TempDir>,
        database: String,
        word_delay_ms: u32,
        variables: Vec<(&'static str, &'static str)>,
    ) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_openfang"))
            .args(["start", "--listen", "127.0.0.1:0"])
            .env_clear()
            .env("OPENFANG_HOME", home.path())
            .env("OPENFANG_DATABASE_URL", &database)
            .env("OPENFANG_BUILTIN__SCRIPT", "true")
            .env("OPENFANG_BUILTIN__WORD_DELAY_MS", word_delay_ms.to_string())
            .env("OPENFANG_RATE_LIMIT__ENABLED", "false")
            .env("OPENFANG_RUNTIME__LEASE_SECS", "1")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its words")).lines();
        let base = tokio::time::timeout(START, async {
            let mut said = String::new();
            while let Some(line) = lines.next_line().await.expect("a line") {
                if let Some(address) = line.trim().strip_prefix("chat") {
                    return address.trim().trim_end_matches('/').to_owned();
                }
                said = said + &line + "\n";
            }
            panic!("the server ended: {said}");
        });
        let base = base.await.expect("the server is up in time");
        // What it says further is read, so that its pipe never fills.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, base, home, database, word_delay_ms, variables }
    }

    pub fn client(&self) -> Client {
        Client::new(&self.base, None)
    }

    /// `kill -9`, then a new process on the same data.
    pub async fn kill_and_restart(mut self) -> Self {
        self.child.kill().await.expect("killed");
        self.another().await
    }

    /// SIGTERM; waits for the end.
    pub async fn terminate(&mut self) -> std::process::ExitStatus {
        let pid = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().await.expect("kill");
        assert!(sent.success());
        tokio::time::timeout(Duration::from_secs(35), self.child.wait()).await.expect("it ends in time").expect("ends")
    }

    pub async fn restart(self) -> Self {
        self.another().await
    }
}
