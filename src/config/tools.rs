//! What tools may reach: the web, programs, the place of this server.

use std::path::PathBuf;

use serde::Deserialize;

use crate::{
    http::outbound::{Listed, check_operator_url},
    runtime::tools::builtin::location_get::Place,
    runtime::tools::builtin::web::{BRAVE_URL, DUCKDUCKGO_URL, Provider, TAVILY_URL},
};

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Web {
    /// `auto`, `tavily`, `brave`, `searxng` or `duckduckgo`.
    pub search_provider: String,
    pub cache_ttl_minutes: u64,
    pub brave: Brave,
    pub tavily: Tavily,
    pub searxng: Searxng,
    pub duckduckgo: DuckDuckGo,
    pub fetch: Fetch,
}

impl Default for Web {
    fn default() -> Self {
        Self {
            search_provider: "auto".into(),
            cache_ttl_minutes: 15,
            brave: Brave::default(),
            tavily: Tavily::default(),
            searxng: Searxng::default(),
            duckduckgo: DuckDuckGo::default(),
            fetch: Fetch::default(),
        }
    }
}

impl Web {
    /// The engine that is asked; nothing: whichever is set up.
    pub fn provider(&self) -> Result<Option<Provider>, String> {
        if self.search_provider == "auto" {
            return Ok(None);
        }
        let named = serde_json::from_value(serde_json::Value::String(self.search_provider.clone()));
        named.map(Some).map_err(|_| format!("search_provider: '{}' is no search engine here", self.search_provider))
    }

    pub fn listed(&self) -> Result<Vec<Listed>, String> {
        let one = |text: &String| {
            Listed::parse(text).ok_or_else(|| format!("fetch.ssrf_allowed_hosts: '{text}' is neither host nor network"))
        };
        self.fetch.ssrf_allowed_hosts.iter().map(one).collect()
    }

    pub(super) fn check(&self) -> Result<(), String> {
        self.provider()?;
        self.listed()?;
        for (key, url) in [
            ("brave.base_url", &self.brave.base_url),
            ("tavily.base_url", &self.tavily.base_url),
            ("duckduckgo.base_url", &self.duckduckgo.base_url),
            ("searxng.url", &self.searxng.url),
        ] {
            if !url.is_empty() || key != "searxng.url" {
                check_operator_url(url).map_err(|e| format!("{key}: {e}"))?;
            }
        }
        match self.tavily.search_depth.as_str() {
            "basic" | "advanced" => Ok(()),
            other => Err(format!("tavily.search_depth: '{other}' is neither basic nor advanced")),
        }
    }
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Brave {
    /// Name of the variable with the key.
    pub api_key_env: String,
    pub base_url: String,
    pub max_results: usize,
    pub country: String,
    pub search_lang: String,
    pub freshness: String,
}

impl Default for Brave {
    fn default() -> Self {
        Self {
            api_key_env: "BRAVE_API_KEY".into(),
            base_url: BRAVE_URL.into(),
            max_results: 5,
            country: String::new(),
            search_lang: String::new(),
            freshness: String::new(),
        }
    }
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Tavily {
    /// Name of the variable with the key.
    pub api_key_env: String,
    pub base_url: String,
    pub search_depth: String,
    pub max_results: usize,
}

impl Default for Tavily {
    fn default() -> Self {
        Self {
            api_key_env: "TAVILY_API_KEY".into(),
            base_url: TAVILY_URL.into(),
            search_depth: "basic".into(),
            max_results: 5,
        }
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Searxng {
    pub url: String,
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct DuckDuckGo {
    pub base_url: String,
}

impl Default for DuckDuckGo {
    fn default() -> Self {
        Self { base_url: DUCKDUCKGO_URL.into() }
    }
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Fetch {
    pub max_chars: usize,
    pub max_response_bytes: usize,
    pub timeout_secs: u64,
    /// Hosts, `*.domain`, addresses and networks that may be reached although they are not public.
    pub ssrf_allowed_hosts: Vec<String>,
}

impl Default for Fetch {
    fn default() -> Self {
        Self { max_chars: 50_000, max_response_bytes: 10 * 1024 * 1024, timeout_secs: 30, ssrf_allowed_hosts: vec![] }
    }
}

#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Exec {
    /// Folders in which programs are looked for, in order.
    pub path: Vec<PathBuf>,
}

impl Default for Exec {
    fn default() -> Self {
        Self { path: ["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from).to_vec() }
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Location {
    /// What the tool `location_get` answers without asking anybody.
    pub place: Option<Place>,
    /// Whether it may ask a service on the internet where this server is.
    pub lookup: bool,
}
