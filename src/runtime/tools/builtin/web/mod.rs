//! Tools that reach out: `web_fetch` and `web_search`, over the guarded client.

mod cache;
mod fetch;
mod html;
mod search;

#[cfg(test)]
mod tests;

pub use fetch::WebFetch;
pub use search::{Provider, WebSearch};

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;

use super::super::{ToolError, ToolErrorCode};
use crate::http::outbound::OutboundError;

/// What the operator says about the web.
#[derive(Clone)]
pub struct WebSettings {
    /// Whether and how a secret is known that a header names as `${secret:NAME}`.
    pub secret: Arc<dyn Fn(&str) -> Option<SecretString> + Send + Sync>,
    pub cache_for: Duration,
    pub max_chars: usize,
    pub max_response_bytes: usize,
    pub timeout: Duration,
    pub search: SearchSettings,
}

#[derive(Clone, Debug)]
pub struct SearchSettings {
    /// Nothing: the first of tavily, brave, searxng that is configured, else duckduckgo.
    pub provider: Option<Provider>,
    pub brave: Brave,
    pub tavily: Tavily,
    /// Address of an own SearXNG, none if blank.
    pub searxng_url: String,
    pub duckduckgo_url: String,
}

#[derive(Clone, Debug)]
pub struct Brave {
    pub key: Option<SecretString>,
    pub base_url: String,
    pub max_results: usize,
    /// Blank = Brave's own default; so are the two others.
    pub country: String,
    pub search_lang: String,
    pub freshness: String,
}

#[derive(Clone, Debug)]
pub struct Tavily {
    pub key: Option<SecretString>,
    pub base_url: String,
    pub max_results: usize,
    /// `basic` or `advanced`.
    pub search_depth: String,
}

pub const BRAVE_URL: &str = "https://api.search.brave.com";
pub const TAVILY_URL: &str = "https://api.tavily.com";
pub const DUCKDUCKGO_URL: &str = "https://html.duckduckgo.com";

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            secret: Arc::new(|_| None),
            cache_for: Duration::from_secs(15 * 60),
            max_chars: 50_000,
            max_response_bytes: 10 * 1024 * 1024,
            timeout: Duration::from_secs(30),
            search: SearchSettings {
                provider: None,
                brave: Brave {
                    key: None,
                    base_url: BRAVE_URL.into(),
                    max_results: 5,
                    country: String::new(),
                    search_lang: String::new(),
                    freshness: String::new(),
                },
                tavily: Tavily { key: None, base_url: TAVILY_URL.into(), max_results: 5, search_depth: "basic".into() },
                searxng_url: String::new(),
                duckduckgo_url: DUCKDUCKGO_URL.into(),
            },
        }
    }
}

impl From<OutboundError> for ToolError {
    fn from(error: OutboundError) -> Self {
        let text = error.to_string();
        match error {
            OutboundError::Refused { rule, .. } => Self::rule(rule, text),
            OutboundError::NotGranted(_) => Self::new(ToolErrorCode::CapabilityMissing, text),
            OutboundError::Dns(_) => Self {
                details: Some(Box::new(serde_json::json!({"reason": "dns"}))),
                ..Self::new(ToolErrorCode::UpstreamError, text)
            },
            OutboundError::Timeout(_) => Self::new(ToolErrorCode::Timeout, text),
            OutboundError::TooLarge(_) => Self::new(ToolErrorCode::TooLarge, text),
            OutboundError::Broken(_) => Self::new(ToolErrorCode::UpstreamError, text),
        }
    }
}
