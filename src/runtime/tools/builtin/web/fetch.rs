//! `web_fetch`: one address. Pages come back as Markdown, other text as it is, the rest as an artifact.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use regex::Regex;
use reqwest::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE},
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Content, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo,
            ToolOutput, result::NewArtifact,
        },
        read, text, value_of,
    },
    WebSettings,
    cache::Cache,
    html,
};
use crate::http::outbound::{Address, Outbound, Outgoing, Received, given_headers};

pub struct WebFetch {
    info: ToolInfo,
    outbound: Outbound,
    settings: WebSettings,
    cache: Cache,
    /// `${secret:NAME}` in the value of a header.
    secret: Option<Regex>,
}

impl WebFetch {
    pub fn new(outbound: Outbound, settings: WebSettings) -> Self {
        let info = ToolInfo {
            name: "web_fetch",
            description: "Get a web address. Pages come back as Markdown.",
            schema: json!({"type": "object", "properties": {
                "url": {"type": "string", "minLength": 1, "maxLength": 8192, "description": "http or https address"},
                "method": {"type": "string", "enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], "default": "GET"},
                "headers": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 50,
                    "description": "Name to text"},
                "body": {"type": "string", "maxLength": 1_048_576},
                "mode": {"type": "string", "enum": ["auto", "raw"], "default": "auto",
                    "description": "auto: Markdown for HTML; raw: as received"},
                "max_chars": {"type": "integer", "minimum": 100, "maximum": 200_000, "default": 50_000},
                "start": {"type": "integer", "minimum": 0, "default": 0, "description": "Character to start at"}
            }, "required": ["url"], "additionalProperties": false}),
            effect: Effect::Network,
            resume: Resume::Repeat,
            parallel: true,
            assist_mode: true,
            ask_by_default: false,
            timeout: settings.timeout,
            max_timeout: Duration::from_secs(120),
            // Characters are counted by `max_chars`; this holds for all of them.
            output_limit: 1024 * 1024,
        };
        Self {
            info,
            outbound,
            settings,
            cache: Cache::default(),
            secret: Regex::new(r"\$\{secret:([A-Za-z0-9_]+)\}").ok(),
        }
    }
}

#[derive(Deserialize)]
struct Arguments {
    url: String,
    #[serde(default = "get")]
    method: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    #[serde(default)]
    mode: Mode,
    max_chars: Option<usize>,
    #[serde(default)]
    start: usize,
}

fn get() -> String {
    "GET".into()
}

#[derive(Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    #[default]
    Auto,
    Raw,
}

#[derive(Debug, Serialize)]
struct Fetched {
    url: String,
    final_url: String,
    status: u16,
    content_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    content: String,
    truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
    redirects: Vec<String>,
}

#[async_trait]
impl Tool for WebFetch {
    fn info(&self) -> &ToolInfo {
        &self.info
    }

    fn needs(&self, arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        let address = Address::parse(text(arguments, "url", ""))?;
        self.outbound.guard().check(&address)?;
        let headers: BTreeMap<String, String> =
            arguments.get("headers").map(|headers| read(headers.clone())).transpose()?.unwrap_or_default();
        given_headers(&headers)?;
        let mut needs = Needs { grants: vec![address.grant()], ..Needs::default() };
        let method = text(arguments, "method", "GET");
        let looks = matches!(method, "GET" | "HEAD");
        needs.changes = !looks || arguments.get("body").is_some();
        if !looks {
            needs.asks = Some(format!("{method} may change something at {}", address.url()));
        }
        for (name, value) in &headers {
            let names = self.secret_names(value);
            if names.is_empty() && (name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("cookie")) {
                needs.asks = Some(format!("the header {name} is written out instead of named as a secret"));
            }
            needs.grants.extend(names.into_iter().map(|secret| format!("env:{secret}")));
        }
        Ok(needs)
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        let received = self.received(&arguments, ctx).await?;
        let max_chars = arguments.max_chars.unwrap_or(self.settings.max_chars);
        let raw = arguments.mode == Mode::Raw;
        let (url, start) = (arguments.url, arguments.start);
        let status = received.status.as_u16();
        let source = received.final_url.clone();
        let shaped = tokio::task::spawn_blocking(move || shape(url, &received, raw, start, max_chars)).await;
        let (fetched, kept) = shaped.map_err(|e| ToolError::new(ToolErrorCode::Internal, e.to_string()))?;
        // What is kept is read again by the model, so it is masked as the rest is.
        let kept = kept.map(|(media_type, bytes)| match String::from_utf8(bytes) {
            Ok(text) => NewArtifact::new(media_type, ctx.secrets.mask(text).into_bytes()),
            Err(binary) => NewArtifact::new(media_type, binary.into_bytes()),
        });
        let fetched = Fetched { artifact: kept.as_ref().map(|kept| kept.id.clone()), ..fetched };
        Ok(ToolOutput::Content(Content {
            value: value_of(fetched)?,
            is_error: status >= 400,
            untrusted: Some(source),
            kept,
        }))
    }
}

impl WebFetch {
    fn secret_names(&self, value: &str) -> Vec<String> {
        let found = self.secret.iter().flat_map(|pattern| pattern.captures_iter(value));
        found.filter_map(|found| Some(found.get(1)?.as_str().to_owned())).collect()
    }

    /// The values of named secrets put in. The policy has seen the grants.
    fn with_secrets(&self, headers: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, ToolError> {
        let mut complete = headers.clone();
        for value in complete.values_mut() {
            for name in self.secret_names(value) {
                let Some(secret) = (self.settings.secret)(&name) else {
                    return Err(ToolError::new(ToolErrorCode::NotConfigured, format!("There is no secret {name}")));
                };
                *value = value.replace(&format!("${{secret:{name}}}"), secret.expose_secret());
            }
        }
        Ok(complete)
    }

    async fn received(&self, arguments: &Arguments, ctx: &ToolContext) -> Result<Arc<Received>, ToolError> {
        let address = Address::parse(&arguments.url)?;
        let given = || arguments.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        let body = arguments.body.clone();
        let spoken: Vec<String> = given().flat_map(|(name, value)| [name, value]).chain(body.clone()).collect();
        for text in spoken.iter().map(String::as_str).chain([address.url().as_str(), &arguments.url]) {
            if let Some(name) = ctx.secrets.leaked_in(text) {
                return Err(ToolError::new(ToolErrorCode::SecretLeak, format!("The request holds the secret {name}")));
            }
        }
        let headers = given_headers(&self.with_secrets(&arguments.headers)?)?;
        let personal = headers.contains_key(AUTHORIZATION) || headers.contains_key(COOKIE);
        let cached = arguments.method == "GET" && body.is_none() && !personal;
        let key = (ctx.agent, address.url().to_string(), given().collect());
        if let Some(known) = self.cache.get(&key, self.settings.cache_for).filter(|known| cached && held(known, ctx)) {
            return Ok(known);
        }
        let left = usize::try_from(ctx.network.left()).unwrap_or(usize::MAX);
        let max_bytes = self.settings.max_response_bytes.min(left);
        let request = Outgoing {
            address,
            method: Method::from_bytes(arguments.method.as_bytes()).unwrap_or(Method::GET),
            headers,
            body: body.map(Into::into),
            within: self.info.max_timeout,
            max_bytes,
        };
        let holds = ctx.holds.clone();
        let received = self.outbound.fetch(request, &move |grant| holds(grant)).await.map_err(|error| {
            let used_up = max_bytes == left && matches!(error, crate::http::outbound::OutboundError::TooLarge(_));
            if used_up {
                ctx.network.note(left as u64);
                let text = "The answer is longer than what the agent may still receive in this hour";
                return ToolError::new(ToolErrorCode::QuotaExceeded, text);
            }
            error.into()
        })?;
        ctx.network.note(received.bytes);
        let received = Arc::new(received);
        if cached && received.status.is_success() {
            self.cache.put(key, received.clone());
        }
        Ok(received)
    }
}

/// Whether the agent still holds the grants for all places of a chain.
fn held(received: &Received, ctx: &ToolContext) -> bool {
    let mut places = received.redirects.iter().chain([&received.final_url]);
    places.all(|url| Address::parse(url).is_ok_and(|address| (ctx.holds)(&address.grant())))
}

type Kept = Option<(String, Vec<u8>)>;

fn shape(url: String, received: &Received, raw: bool, start: usize, max_chars: usize) -> (Fetched, Kept) {
    let content_type = received.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let mut fetched = Fetched {
        url,
        final_url: received.final_url.clone(),
        status: received.status.as_u16(),
        content_type,
        title: None,
        content: String::new(),
        truncated: false,
        artifact: None,
        bytes: None,
        redirects: received.redirects.clone(),
    };
    if !is_text(&media_type, &received.body) {
        fetched.bytes = Some(received.body.len());
        let media_type = if media_type.is_empty() { "application/octet-stream".to_owned() } else { media_type };
        return (fetched, Some((media_type, received.body.to_vec())));
    }
    let text = decode(&fetched.content_type, &received.body);
    let is_html = matches!(media_type.as_str(), "text/html" | "application/xhtml+xml");
    let text = if is_html && !raw {
        let page = html::read(&text);
        fetched.title = page.title;
        page.markdown
    } else {
        text
    };
    let shown: String = text.chars().skip(start).take(max_chars).collect();
    fetched.truncated = shown.len() < text.len();
    fetched.content = shown;
    let kept = fetched.truncated.then(|| ("text/plain".to_owned(), text.into_bytes()));
    (fetched, kept)
}

fn is_text(media_type: &str, body: &[u8]) -> bool {
    let named = media_type.starts_with("text/")
        || ["json", "xml", "javascript", "x-www-form-urlencoded", "yaml", "toml"]
            .iter()
            .any(|end| media_type.ends_with(end));
    named || media_type.is_empty() && !body.contains(&0) && std::str::from_utf8(body).is_ok()
}

/// By the mark at the start, the header, what the page says of itself, or UTF-8.
fn decode(content_type: &str, body: &[u8]) -> String {
    let named = |text: &str| {
        let (_, behind) = text.split_once("charset=")?;
        let label = behind.trim_start_matches(['"', '\'']);
        let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(label.len());
        encoding_rs::Encoding::for_label(&label.as_bytes()[..end])
    };
    let beginning = String::from_utf8_lossy(&body[..body.len().min(1024)]).to_ascii_lowercase();
    let encoding =
        named(&content_type.to_ascii_lowercase()).or_else(|| named(&beginning)).unwrap_or(encoding_rs::UTF_8);
    encoding.decode(body).0.into_owned()
}
