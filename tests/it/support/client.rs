//! `client.call("create_agent")`: method and path come from the document, and the answer must be one that it promises.

use std::{collections::HashMap, io::Write, sync::Arc};

use openfang::http::outbound::operator_client;
use reqwest::{Method, header::HeaderMap};
use serde_json::Value;

use super::document::{DOCUMENT, Operation};

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub json: Value,
}

pub struct Call {
    client: Client,
    operation: Arc<Operation>,
    path: HashMap<String, String>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Client {
    pub fn new(base: &str, key: Option<&str>) -> Self {
        Self { http: operator_client().build().unwrap(), base: base.to_owned(), key: key.map(str::to_owned) }
    }

    pub fn call(&self, operation_id: &str) -> Call {
        let operation = DOCUMENT.operation(operation_id);
        Call { client: self.clone(), operation, path: HashMap::new(), query: vec![], headers: vec![], body: None }
    }

    /// A request outside the document's promises.
    pub fn raw(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }
}

impl Call {
    pub fn path(mut self, name: &str, value: impl ToString) -> Self {
        self.path.insert(name.to_owned(), value.to_string());
        self
    }

    /// A path parameter `id` from a JSON string.
    pub fn id(self, value: &Value) -> Self {
        let text = value.as_str().unwrap_or_else(|| panic!("an id, not {value}")).to_owned();
        self.path("id", text)
    }

    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(serde_json::to_vec(&body).expect("JSON"));
        self.header("content-type", "application/json")
    }

    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The request itself, for streams.
    pub fn request(&self) -> reqwest::RequestBuilder {
        let mut path = self.operation.path.clone();
        for (name, value) in &self.path {
            let encoded: String =
                form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20");
            path = path.replace(&format!("{{{name}}}"), &encoded);
        }
        assert!(!path.contains('{'), "{}: {path} lacks a path parameter", self.operation.id);
        if !self.query.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
            path = format!("{path}?{query}");
        }
        let mut request = self.client.raw(&self.operation.method, &path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        match &self.body {
            Some(body) => request.body(body.clone()),
            None => request,
        }
    }

    /// Sends, and asserts that status, headers and body are as documented.
    pub async fn send(self) -> Answer {
        let response = self.request().send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("a body").to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let answer = Answer { status, headers, bytes, json };
        check(&self.operation, &answer);
        record(&self.operation.id, status);
        answer
    }

    /// The JSON of an answer with exactly this status.
    pub async fn ok(self, status: u16) -> Value {
        let id = self.operation.id.clone();
        let answer = self.send().await;
        assert_eq!(answer.status, status, "{id}: {}", answer.text());
        answer.json
    }

    /// A failure with this status and code; gives the body.
    pub async fn fails(self, status: u16, code: &str) -> Value {
        let id = self.operation.id.clone();
        let answer = self.send().await;
        assert_eq!(
            (answer.status, answer.json["code"].as_str().unwrap_or_default()),
            (status, code),
            "{id}: {}",
            answer.text()
        );
        answer.json
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

/// The contract of one answer.
fn check(operation: &Operation, answer: &Answer) {
    let id = &operation.id;
    assert!(!answer.header("x-request-id").is_empty(), "{id}: no X-Request-Id");
    let documented = &operation.value["responses"][answer.status.to_string()];
    assert!(documented.is_object(), "{id}: status {} is not documented: {}", answer.status, answer.text());
    for name in documented["headers"].as_object().into_iter().flat_map(|h| h.keys()) {
        let optional = ["Retry-After", "Set-Cookie"].contains(&name.as_str()) || name.starts_with("X-Next");
        assert!(optional || answer.headers.contains_key(name), "{id}: {} lacks the header {name}", answer.status);
    }
    let content = documented["content"].as_object();
    let sent = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
    match content {
        None => assert!(answer.bytes.is_empty(), "{id}: {} has a body, but none is documented", answer.status),
        Some(content) => {
            let (_, media) = content
                .iter()
                .find(|(name, _)| name.split(';').next() == Some(&sent))
                .unwrap_or_else(|| panic!("{id}: {sent} is not documented for {}", answer.status));
            if sent == "application/json" {
                let problems = DOCUMENT.problems(&media["schema"], &answer.json);
                assert!(problems.is_empty(), "{id} {}: {problems:#?}\n{:#}", answer.status, answer.json);
            }
        }
    }
    if answer.status >= 400 && sent == "application/json" {
        assert_eq!(answer.json["request_id"], answer.header("x-request-id"), "{id}: request ids differ");
    }
}

/// Notes the call for the coverage check, which runs after all tests.
pub fn record(operation_id: &str, status: u16) {
    let Ok(folder) = std::env::var("OPENFANG_COVERAGE_DIR") else { return };
    let file = std::path::Path::new(&folder).join(std::process::id().to_string());
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).expect("the coverage folder");
    writeln!(file, "{operation_id} {status}").expect("a line of coverage");
}
