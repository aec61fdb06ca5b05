//! What pages and search engines become.

use std::time::Duration;

use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_partial_json, header, method, path, query_param, query_param_is_missing},
};

use super::{
    super::super::{Content, Tool, ToolError, ToolErrorCode, ToolOutput, fixture::Fixture, result::Secrets},
    SearchSettings, WebFetch, WebSearch, WebSettings, html,
};
use crate::http::outbound::{Guard, Listed, Outbound, Own, system_lookup};

fn outbound() -> Outbound {
    let listed = vec![Listed::parse("127.0.0.1").unwrap()];
    Outbound::new(Guard { listed, own: Own::default(), lookup: system_lookup() })
}

async fn call(tool: &dyn Tool, arguments: serde_json::Value) -> Result<Content, ToolError> {
    let fixture = Fixture::new();
    let mut ctx = fixture.context();
    ctx.holds = std::sync::Arc::new(|_| true);
    ctx.secrets = Secrets::new([("KEY".to_owned(), "s3cret-value-of-a-key".to_owned().into())]);
    match tool.call(arguments, &ctx).await? {
        ToolOutput::Content(content) => Ok(content),
        other => panic!("{other:?}"),
    }
}

#[test]
fn pages_become_markdown() {
    let page = html::read(
        "<html><head><title> A \n page </title><style>p {}</style></head><body><script>alert(1)</script>
         <h1>Head</h1><p>Some <b>bold</b> text and <a href=\"https://example.com/x\">a link</a>.</p></body></html>",
    );
    assert_eq!(page.title.as_deref(), Some("A page"));
    assert_eq!(page.markdown, "# Head\n\nSome **bold** text and [a link](https://example.com/x).");
}

/// The converter recurses; a page of a hundred thousand elements inside each other must not take the server down.
#[test]
fn deep_pages_do_not_overflow() {
    let page = html::read(&format!("{}text{}", "<div>".repeat(100_000), "</div>".repeat(100_000)));
    assert_eq!(page.markdown, "text");
    // Deep enough for the converter's stack, not for the parser.
    let page = html::read(&format!("<title>T</title>{}text{}", "<div>".repeat(1_000), "</div>".repeat(1_000)));
    assert_eq!((page.title.as_deref(), page.markdown.as_str()), (Some("T"), "text"));
}

#[tokio::test]
async fn fetching() {
    let server = MockServer::start().await;
    let page = "<title>T</title><p>caf\u{e9} one two three</p>";
    let latin1: Vec<u8> = page.chars().map(|c| c as u8).collect();
    let html = ResponseTemplate::new(200).set_body_raw(latin1, "text/html; charset=ISO-8859-1");
    Mock::given(method("GET")).and(path("/page")).respond_with(html).expect(1).mount(&server).await;
    let missing = ResponseTemplate::new(404).set_body_raw("no", "text/plain");
    Mock::given(path("/missing")).respond_with(missing).mount(&server).await;
    let binary = ResponseTemplate::new(200).set_body_raw(vec![0, 159, 146, 150], "image/png");
    Mock::given(path("/image")).respond_with(binary).mount(&server).await;
    let tool = WebFetch::new(outbound(), WebSettings::default());
    let url = |path: &str| format!("{}{path}", server.uri());

    let fixture = Fixture::new();
    let mut ctx = fixture.context();
    ctx.holds = std::sync::Arc::new(|_| true);
    for part in [json!({"url": url("/page")}), json!({"url": url("/page"), "start": 5, "max_chars": 3})] {
        let short = part.get("start").is_some();
        let ToolOutput::Content(content) = tool.call(part, &ctx).await.unwrap() else { panic!() };
        let value = content.value;
        assert_eq!((&value["status"], &value["title"]), (&json!(200), &json!("T")));
        if short {
            // The second call is answered from memory: the fake expects one request.
            assert_eq!((&value["content"], &value["truncated"]), (&json!("one"), &json!(true)));
            let kept = content.kept.unwrap();
            assert_eq!(
                (value["artifact"].as_str(), &kept.content[..]),
                (Some(&*kept.id), "caf\u{e9} one two three".as_bytes())
            );
        } else {
            assert_eq!((&value["content"], &value["truncated"]), (&json!("caf\u{e9} one two three"), &json!(false)));
        }
    }
    let content = call(&tool, json!({"url": url("/missing")})).await.unwrap();
    assert!(content.is_error);
    assert_eq!((&content.value["status"], &content.value["content"]), (&json!(404), &json!("no")));
    assert_eq!(content.untrusted, Some(url("/missing")));
    let content = call(&tool, json!({"url": url("/image")})).await.unwrap();
    assert_eq!((&content.value["content"], &content.value["bytes"]), (&json!(""), &json!(4)));
    assert_eq!(content.kept.unwrap().media_type, "image/png");
}

/// Case 37: as it is, and in the usual codings.
#[tokio::test]
async fn secrets_do_not_leave() {
    let tool = WebFetch::new(outbound(), WebSettings::default());
    let secret = "s3cret-value-of-a-key";
    for text in [
        secret.to_owned(),
        hex::encode(secret).to_uppercase(),
        base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("ab{secret}yz")),
        base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE, format!("a{secret}")),
    ] {
        let error = call(&tool, json!({"url": format!("https://example.com/?k={text}")})).await.unwrap_err();
        assert_eq!(error.code, ToolErrorCode::SecretLeak, "{text}");
        let body = json!({"url": "https://example.com/", "method": "POST", "body": format!("k {text}")});
        assert_eq!(call(&tool, body).await.unwrap_err().code, ToolErrorCode::SecretLeak, "{text}");
    }
}

#[test]
fn what_a_fetch_needs() {
    let tool = WebFetch::new(outbound(), WebSettings::default());
    let fixture = Fixture::new();
    let needs = |arguments| tool.needs(&arguments, &fixture.view());
    let plain = needs(json!({"url": "https://Example.com/"})).unwrap();
    assert_eq!((plain.grants, plain.changes, plain.asks), (vec!["net:example.com:443".to_owned()], false, None));
    let post = needs(json!({"url": "https://example.com/", "method": "POST"})).unwrap();
    assert!(post.changes && post.asks.is_some());
    let with_key =
        |value: &str| needs(json!({"url": "https://example.com/", "headers": {"Authorization": value}})).unwrap();
    assert!(with_key("Bearer abc").asks.is_some());
    let named = with_key("Bearer ${secret:TOKEN}");
    assert!(named.asks.is_none() && named.grants.contains(&"env:TOKEN".to_owned()));
    assert_eq!(needs(json!({"url": "http://10.0.0.1/"})).unwrap_err().rule.as_deref(), Some("S9"));
    assert_eq!(needs(json!({"url": "https://example.com:22/"})).unwrap_err().rule.as_deref(), Some("S13"));
}

fn search(change: impl FnOnce(&mut SearchSettings)) -> WebSearch {
    let mut settings = WebSettings::default().search;
    change(&mut settings);
    WebSearch::new(outbound(), settings)
}

#[tokio::test]
async fn searxng() {
    let server = MockServer::start().await;
    let answer = json!({"results": [
        {"title": "One", "url": "https://one.example/", "content": "first", "publishedDate": "2026-01-02"},
        {"title": "Bad", "url": "javascript:alert(1)", "content": ""},
        {"title": "Two", "url": "https://two.example/", "content": "second"}
    ]});
    Mock::given(path("/search"))
        .and(query_param("q", "rust site:docs.rs"))
        .and(query_param("format", "json"))
        .and(query_param("time_range", "week"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let tool = search(|s| s.searxng_url = format!("{}/", server.uri()));
    let arguments = json!({"query": "rust", "site": "docs.rs", "freshness": "week", "max_results": 2});
    let content = call(&tool, arguments).await.unwrap();
    assert_eq!(
        content.value,
        json!({"provider": "searxng", "results": [
            {"title": "One", "url": "https://one.example/", "snippet": "first", "published": "2026-01-02"},
            {"title": "Two", "url": "https://two.example/", "snippet": "second"}
        ]})
    );
    assert!(content.untrusted.is_some());
}

#[tokio::test]
async fn brave() {
    let server = MockServer::start().await;
    let answer = json!({"web": {"results": [{"title": "One", "url": "https://one.example/", "description": "first"}]}});
    Mock::given(path("/res/v1/web/search"))
        .and(header("x-subscription-token", "brave-key"))
        .and(query_param("q", "rust"))
        .and(query_param("count", "7"))
        .and(query_param("country", "at"))
        .and(query_param_is_missing("freshness"))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let tool = search(|s| {
        s.searxng_url = "http://127.0.0.1:1/".into();
        s.brave.key = Some("brave-key".to_owned().into());
        s.brave.base_url = server.uri();
        s.brave.max_results = 7;
        s.brave.country = "at".into();
    });
    let content = call(&tool, json!({"query": "rust"})).await.unwrap();
    assert_eq!(
        (&content.value["provider"], &content.value["results"][0]["snippet"]),
        (&json!("brave"), &json!("first"))
    );
}

#[tokio::test]
async fn tavily() {
    let server = MockServer::start().await;
    let asked = json!({"query": "rust", "max_results": 3, "search_depth": "basic", "time_range": "day",
        "include_domains": ["docs.rs"]});
    let answer = json!({"results": [{"title": "One", "url": "https://one.example/", "content": "first"}]});
    Mock::given(method("POST"))
        .and(path("/search"))
        .and(header("authorization", "Bearer tavily-key"))
        .and(body_partial_json(asked))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let tool = search(|s| {
        s.tavily.key = Some("tavily-key".to_owned().into());
        s.tavily.base_url = server.uri();
    });
    let arguments = json!({"query": "rust", "site": "docs.rs", "freshness": "day", "max_results": 3});
    let content = call(&tool, arguments).await.unwrap();
    assert_eq!(content.value["provider"], json!("tavily"));
    assert_eq!(content.value["results"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn duckduckgo() {
    let server = MockServer::start().await;
    let page = r#"<div class="result"><h2><a rel="nofollow" class="result__a"
          href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fone.example%2Fa%3Fb&amp;rut=x">The <b>One</b></a></h2>
        <a class="result__snippet" href="x">first   <b>text</b></a></div>
        <a class="result__a" href="https://two.example/">Two</a>"#;
    Mock::given(path("/html/"))
        .and(query_param("q", "rust"))
        .and(query_param("df", "m"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(page, "text/html"))
        .mount(&server)
        .await;
    let tool = search(|s| s.duckduckgo_url = server.uri());
    let content = call(&tool, json!({"query": "rust", "freshness": "month"})).await.unwrap();
    assert_eq!(
        content.value,
        json!({"provider": "duckduckgo", "results": [
            {"title": "The One", "url": "https://one.example/a?b", "snippet": "first text"},
            {"title": "Two", "url": "https://two.example/", "snippet": ""}
        ]})
    );
}

#[tokio::test]
async fn search_that_fails() {
    let server = MockServer::start().await;
    let tool = search(|s| s.searxng_url = server.uri());
    for (status, code) in [(429, ToolErrorCode::RateLimited), (500, ToolErrorCode::UpstreamError)] {
        server.reset().await;
        Mock::given(path("/search")).respond_with(ResponseTemplate::new(status)).mount(&server).await;
        assert_eq!(call(&tool, json!({"query": "x"})).await.unwrap_err().code, code);
    }
    server.reset().await;
    Mock::given(path("/search")).respond_with(ResponseTemplate::new(200).set_body_string("{}")).mount(&server).await;
    assert_eq!(call(&tool, json!({"query": "x"})).await.unwrap_err().code, ToolErrorCode::UpstreamError);
    let unset = search(|s| s.provider = Some(super::Provider::Brave));
    assert_eq!(call(&unset, json!({"query": "x"})).await.unwrap_err().code, ToolErrorCode::NotConfigured);
    let metadata = search(|s| s.searxng_url = "http://169.254.169.254".into());
    assert_eq!(call(&metadata, json!({"query": "x"})).await.unwrap_err().rule.as_deref(), Some("S10"));
}

#[tokio::test]
async fn the_hourly_bytes_run_out() {
    let server = MockServer::start().await;
    Mock::given(path("/"))
        .respond_with(ResponseTemplate::new(200).set_body_string("x".repeat(5000)))
        .mount(&server)
        .await;
    let tool = WebFetch::new(outbound(), WebSettings { cache_for: Duration::ZERO, ..WebSettings::default() });
    let fixture = Fixture::new();
    let mut ctx = fixture.context();
    ctx.holds = std::sync::Arc::new(|_| true);
    ctx.network.limit(4000);
    let error = tool.call(json!({"url": server.uri()}), &ctx).await.unwrap_err();
    assert_eq!((error.code, ctx.network.left()), (ToolErrorCode::QuotaExceeded, 0));
}
