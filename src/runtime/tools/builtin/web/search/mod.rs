//! `web_search`: asks the search engine of the operator's choice.

mod brave;
mod duckduckgo;
mod searxng;
mod tavily;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{
    Method, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Content, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo,
            ToolOutput,
        },
        read, value_of,
    },
    SearchSettings,
};
use crate::http::outbound::{Address, Outbound, Outgoing};

/// Longest answer of a search engine.
const MAX_BYTES: usize = 4 * 1024 * 1024;
const MAX_SNIPPET: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Tavily,
    Brave,
    Searxng,
    #[serde(rename = "duckduckgo", alias = "duck_duck_go")]
    DuckDuckGo,
}

pub struct WebSearch {
    info: ToolInfo,
    outbound: Outbound,
    settings: SearchSettings,
}

impl WebSearch {
    pub fn new(outbound: Outbound, settings: SearchSettings) -> Self {
        let info = ToolInfo {
            name: "web_search",
            description: "Search the web.",
            schema: json!({"type": "object", "properties": {
                "query": {"type": "string", "minLength": 1, "maxLength": 1000},
                "max_results": {"type": "integer", "minimum": 1, "maximum": 20, "default": 5},
                "freshness": {"type": "string", "enum": ["day", "week", "month", "year"]},
                "site": {"type": "string", "minLength": 1, "maxLength": 253, "description": "Limit to a domain"}
            }, "required": ["query"], "additionalProperties": false}),
            effect: Effect::Network,
            resume: Resume::Repeat,
            parallel: true,
            assist_mode: true,
            ask_by_default: false,
            timeout: Duration::from_secs(20),
            max_timeout: Duration::from_secs(60),
            output_limit: 32 * 1024,
        };
        Self { info, outbound, settings }
    }

    fn provider(&self) -> Result<Provider, ToolError> {
        let settings = &self.settings;
        let ready = |provider: &Provider| match provider {
            Provider::Tavily => settings.tavily.key.is_some(),
            Provider::Brave => settings.brave.key.is_some(),
            Provider::Searxng => !settings.searxng_url.is_empty(),
            Provider::DuckDuckGo => true,
        };
        let in_order = [Provider::Tavily, Provider::Brave, Provider::Searxng, Provider::DuckDuckGo];
        match settings.provider {
            Some(chosen) if ready(&chosen) => Ok(chosen),
            Some(chosen) => {
                let what = match chosen {
                    Provider::Tavily => "the key of Tavily is missing",
                    Provider::Brave => "the key of Brave is missing",
                    _ => "web.searxng.url is missing",
                };
                Err(ToolError::new(ToolErrorCode::NotConfigured, format!("Searching is not set up: {what}")))
            }
            None => Ok(in_order.into_iter().find(ready).unwrap_or(Provider::DuckDuckGo)),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Query {
    pub query: String,
    pub max_results: Option<usize>,
    pub freshness: Option<Freshness>,
    pub site: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Freshness {
    Day,
    Week,
    Month,
    Year,
}

impl Freshness {
    fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// `d`, `w`, `m`, `y`.
    fn letter(self) -> &'static str {
        &self.word()[..1]
    }
}

impl Query {
    /// For engines that know no other way to name a domain.
    fn with_site(&self) -> String {
        self.site.as_ref().map_or_else(|| self.query.clone(), |site| format!("{} site:{site}", self.query))
    }

    fn count(&self, usual: usize) -> usize {
        self.max_results.unwrap_or(usual).clamp(1, 20)
    }
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Hit {
    pub title: String,
    pub url: String,
    pub snippet: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
}

/// A request to a search engine.
pub(super) struct Ask {
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    /// Sent as JSON by POST; without it the request is a GET.
    pub body: Option<Value>,
    /// Results to take.
    pub count: usize,
    pub read: fn(&[u8]) -> Option<Vec<Hit>>,
}

impl Ask {
    fn outgoing(&self, within: Duration) -> Result<Outgoing, ToolError> {
        let wrong = |_| ToolError::new(ToolErrorCode::NotConfigured, "The key of the search engine cannot be sent");
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let mut value = HeaderValue::try_from(value).map_err(wrong)?;
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static(name), value);
        }
        if self.body.is_some() {
            headers.insert("content-type", HeaderValue::from_static("application/json"));
        }
        Ok(Outgoing {
            address: Address::parse(&self.url)?,
            method: if self.body.is_some() { Method::POST } else { Method::GET },
            headers,
            body: self.body.as_ref().map(|body| body.to_string().into()),
            within,
            max_bytes: MAX_BYTES,
        })
    }
}

#[derive(Serialize)]
struct Found {
    provider: Provider,
    results: Vec<Hit>,
}

#[async_trait]
impl Tool for WebSearch {
    fn info(&self) -> &ToolInfo {
        &self.info
    }

    fn needs(&self, _arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        Ok(Needs::default())
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let query: Query = read(arguments)?;
        for text in [Some(&query.query), query.site.as_ref()].into_iter().flatten() {
            if let Some(name) = ctx.secrets.leaked_in(text) {
                return Err(ToolError::new(ToolErrorCode::SecretLeak, format!("The query holds the secret {name}")));
            }
        }
        let provider = self.provider()?;
        let ask = match provider {
            Provider::Tavily => tavily::ask(&self.settings.tavily, &query),
            Provider::Brave => brave::ask(&self.settings.brave, &query),
            Provider::Searxng => searxng::ask(&self.settings.searxng_url, &query),
            Provider::DuckDuckGo => duckduckgo::ask(&self.settings.duckduckgo_url, &query),
        };
        let answer = self.outbound.call_operator(ask.outgoing(self.info.max_timeout)?).await?;
        ctx.network.note(answer.bytes);
        match answer.status {
            status if status.is_success() => {}
            StatusCode::TOO_MANY_REQUESTS => {
                return Err(ToolError::new(ToolErrorCode::RateLimited, "The search engine asks to wait"));
            }
            status => {
                let text = format!("The search engine answered {}", status.as_u16());
                return Err(ToolError::new(ToolErrorCode::UpstreamError, text));
            }
        }
        let Some(mut results) = (ask.read)(&answer.body) else {
            return Err(ToolError::new(ToolErrorCode::UpstreamError, "The answer of the search engine cannot be read"));
        };
        results.retain(|hit| hit.url.starts_with("http"));
        results.truncate(ask.count);
        for hit in &mut results {
            hit.snippet = hit.snippet.chars().take(MAX_SNIPPET).collect();
        }
        let value = value_of(Found { provider, results })?;
        Ok(ToolOutput::Content(Content { untrusted: Some("web_search".into()), ..Content::from(value) }))
    }
}

/// `base` without a final slash, with path and query.
pub(super) fn address(base: &str, path: &str, query: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{}{path}?{query}", base.trim_end_matches('/'))
}

/// Results of engines that answer with JSON, each member under its name there.
pub(super) fn hits(list: &Value, snippet: &str, published: &str) -> Option<Vec<Hit>> {
    let member = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
    let hit = |row: &Value| {
        Some(Hit {
            title: member(row, "title").unwrap_or_default(),
            url: member(row, "url")?,
            snippet: member(row, snippet).unwrap_or_default(),
            published: member(row, published),
        })
    };
    Some(list.as_array()?.iter().filter_map(hit).collect())
}
