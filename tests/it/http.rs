//! What clients may do to HTTP itself: methods, hosts, bodies that nobody reads, heads that never come.

use reqwest::StatusCode;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{TestApp, app::ADMIN_KEY};

/// Status line and body of the answer to these bytes, which must close the connection.
async fn answer(app: &TestApp, request: &str) -> (String, Value) {
    let mut tcp = TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap();
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    tcp.read_to_string(&mut text).await.unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), serde_json::from_str(body).unwrap_or_default())
}

#[tokio::test]
async fn options_is_a_method_like_any_other_but_for_preflights() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let known = admin.raw("OPTIONS", "/api/agents").send().await.unwrap();
    assert_eq!(
        (known.status(), &known.headers()["allow"]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET,HEAD,POST".parse().unwrap())
    );
    assert_eq!(known.json::<Value>().await.unwrap()["code"], "method_not_allowed");
    let unknown = admin.raw("OPTIONS", "/nowhere").send().await.unwrap();
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert_eq!(unknown.json::<Value>().await.unwrap()["code"], "not_found");
    let ask = admin.raw("OPTIONS", "/api/agents").header("origin", &app.base);
    let asked = ask.header("access-control-request-method", "POST").send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::OK);
    assert!(asked.headers()["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));
}

#[tokio::test]
async fn a_request_has_one_host() {
    let app = TestApp::start().await;
    let host = app.base.trim_start_matches("http://").to_owned();
    let get = |hosts: &str| format!("GET /api/health HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
    let (line, _) = answer(&app, &get(&format!("Host: {host}\r\n"))).await;
    assert_eq!(line, "HTTP/1.1 200 OK");
    for hosts in ["", &format!("Host: {host}\r\nHost: evil.example\r\n")] {
        let (line, body) = answer(&app, &get(hosts)).await;
        assert_eq!(
            (line.as_str(), &body["code"]),
            ("HTTP/1.1 400 Bad Request", &"invalid_request".into()),
            "{hosts:?}"
        );
    }
    let (line, _) = answer(&app, "GET /api/health HTTP/1.0\r\n\r\n").await;
    assert_eq!(line, "HTTP/1.0 200 OK");
}

#[tokio::test]
async fn who_sends_too_much_reads_why() {
    let app = TestApp::start().await;
    let host = app.base.trim_start_matches("http://").to_owned();
    let length = 8 << 20;
    for (path, key, status, code) in [
        ("/api/agents", ADMIN_KEY, "HTTP/1.1 413 Payload Too Large", "payload_too_large"),
        ("/api/agents", "wrong", "HTTP/1.1 413 Payload Too Large", "payload_too_large"),
        ("/api/agents/x/start", ADMIN_KEY, "HTTP/1.1 413 Payload Too Large", "payload_too_large"),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        let (line, body) = answer(&app, &(head + &" ".repeat(length))).await;
        assert_eq!((line.as_str(), &body["code"]), (status, &code.into()), "{path}");
    }
    // Within the limit, but refused before it is read.
    let length = 1_000_000;
    let head =
        format!("POST /nowhere HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let (line, body) = answer(&app, &(head + &" ".repeat(length))).await;
    assert_eq!((line.as_str(), &body["code"]), ("HTTP/1.1 404 Not Found", &"not_found".into()));
}

#[tokio::test]
async fn a_member_given_twice_is_named() {
    let app = TestApp::start().await;
    for (body, field) in [
        (r#"{"name": "one", "name": "two"}"#, "name"),
        (r#"{"manifest": {"name": "one", "metadata": {"a": 1, "a": 2}}}"#, "manifest.metadata.a"),
    ] {
        let post = app.admin().raw("POST", "/api/agents").header("content-type", "application/json").body(body);
        let answer = post.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        let refused: Value = answer.json().await.unwrap();
        assert_eq!((&refused["code"], &refused["details"][0]["field"]), (&"invalid_request".into(), &field.into()));
    }
    assert_eq!(app.admin().call("list_agents").ok(200).await, serde_json::json!([]));
}
