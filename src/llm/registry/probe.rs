//! Asks the providers on the operator's own machine which models they have. The answers are remembered for a minute;
//! choosing a model only reads them.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::Value;

use super::Registry;
use crate::http::outbound::{check_operator_url, operator_client};

const REMEMBERED: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(1);
const WHOLE: Duration = Duration::from_secs(2);

/// What a local provider answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    pub at: Instant,
    pub latency: Duration,
    /// Model ids, or why there are none.
    pub models: Result<Vec<String>, String>,
}

impl Registry {
    /// Asks every local provider, all at once, unless that was done less than a minute ago. Takes two seconds at most.
    pub async fn probe_local(&self) {
        let mut last = self.probing.lock().await;
        if last.is_some_and(|at| at.elapsed() < REMEMBERED) {
            return;
        }
        let asked: Vec<_> = self.local_providers().collect();
        let mut client = operator_client().connect_timeout(CONNECT).timeout(WHOLE);
        if asked.iter().all(|(_, base_url)| base_url.starts_with("http://")) {
            // Reading the certificates of the system would be the longest and largest part of a start.
            client = client.tls_certs_only([]);
        }
        let Ok(client) = client.build() else { return };
        let answers = join_all(asked.iter().map(|(id, base_url)| ask(&client, id, base_url, self.local_key(id)))).await;
        for ((id, _), probe) in asked.iter().zip(answers) {
            self.remember(id, probe);
        }
        *last = Some(Instant::now());
    }

    /// The last answer of a local provider, if it was asked.
    pub fn probe_of(&self, provider: &str) -> Option<Probe> {
        super::read_lock(&self.probes).get(provider).cloned()
    }

    fn local_key(&self, provider: &str) -> Option<secrecy::SecretString> {
        self.key_variable(provider).and_then(|name| self.read(&name))
    }

    pub(super) fn remember(&self, provider: &str, probe: Probe) {
        let models = probe.models.as_deref().unwrap_or_default();
        let next = self.catalog().with_discovered(provider, models);
        *super::write_lock(&self.catalog) = next.into();
        super::write_lock(&self.probes).insert(provider.to_owned(), probe);
    }
}

async fn ask(client: &reqwest::Client, provider: &str, base_url: &str, key: Option<secrecy::SecretString>) -> Probe {
    let at = Instant::now();
    let models = models(client, provider, base_url, key).await;
    Probe { at, latency: at.elapsed(), models }
}

async fn models(
    client: &reqwest::Client,
    provider: &str,
    base_url: &str,
    key: Option<secrecy::SecretString>,
) -> Result<Vec<String>, String> {
    let (url, list, name) = match provider {
        "ollama" => (format!("{}/api/tags", base_url.trim_end_matches("/v1")), "models", "name"),
        _ => (format!("{base_url}/models"), "data", "id"),
    };
    check_operator_url(&url).map_err(|e| e.to_string())?;
    let mut request = client.get(url);
    if let Some(key) = key {
        request = request.bearer_auth(secrecy::ExposeSecret::expose_secret(&key));
    }
    let plain = |e: reqwest::Error| e.without_url().to_string();
    let answer: Value =
        request.send().await.map_err(plain)?.error_for_status().map_err(plain)?.json().await.map_err(plain)?;
    let rows = answer[list].as_array().ok_or_else(|| format!("the answer has no list `{list}`"))?;
    Ok(rows.iter().filter_map(|row| row[name].as_str()).map(str::to_owned).collect())
}
