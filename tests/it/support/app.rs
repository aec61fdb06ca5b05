//! `TestApp`: the whole server on a free port, in this process, with the built-in model and scripts on.

use std::{collections::BTreeMap, net::TcpListener, time::Duration};

use openfang::{
    app::{AppState, Metrics},
    config::{Config, Environment},
    http::server,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::{client::Client, database};

pub struct TestApp {
    pub state: AppState,
    pub base: String,
    config: Config,
    serving: JoinHandle<()>,
    // Held so that the folder lives as long as the test.
    home: TempDir,
}

/// The key with all scopes that `TestApp::start` configures.
pub const ADMIN_KEY: &str = "test-admin-key";

impl TestApp {
    /// With a configured key, without a rate limit.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With further settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let mut config = Config { home: home.path().to_owned(), api_key: ADMIN_KEY.into(), ..Config::default() };
        config.database.url = database::fresh(home.path()).await;
        config.rate_limit.enabled = false;
        config.builtin.script = true;
        config.builtin.word_delay_ms = 0;
        config.runtime.retry_base_ms = 5;
        config.environment = Environment::from(BTreeMap::new());
        config.launcher = Some(env!("CARGO_BIN_EXE_openfang").into());
        change(&mut config);
        Self::launch(home, config).await
    }

    async fn launch(home: TempDir, mut config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        config.api_listen = address.to_string();
        let state = Box::pin(AppState::build(config.clone(), Metrics::default())).await.expect("the server starts");
        let serving = tokio::spawn({
            let state = state.clone();
            async move { server::serve(state, listener).await.expect("serves") }
        });
        Self { state, base: format!("http://{address}"), config, serving, home }
    }

    /// Stops in order and starts again on the same data.
    pub async fn restart(self) -> Self {
        self.restart_with(|_| {}).await
    }

    pub async fn restart_with(self, change: impl FnOnce(&mut Config)) -> Self {
        let Self { state, mut config, serving, home, .. } = self;
        state.shutdown.begin(Duration::from_secs(2));
        serving.await.expect("the server stops");
        state.db.clone().close().await.expect("the database closes");
        drop(state);
        change(&mut config);
        Self::launch(home, config).await
    }

    /// A client with all scopes.
    pub fn admin(&self) -> Client {
        self.client(Some(ADMIN_KEY))
    }

    pub fn anonymous(&self) -> Client {
        self.client(None)
    }

    pub fn client(&self, key: Option<&str>) -> Client {
        Client::new(&self.base, key)
    }

    /// A client whose key has exactly these scopes.
    pub async fn scoped(&self, scopes: &[&str]) -> Client {
        let name = uuid::Uuid::now_v7().to_string();
        let created =
            self.admin().call("create_api_key").json(serde_json::json!({"name": name, "scopes": scopes})).ok(201).await;
        self.client(created["key"].as_str())
    }
}
