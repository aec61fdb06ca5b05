//! Health, version, metrics, shutdown, and what every response has.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn health_is_public_and_says_little() {
    let app = TestApp::start().await;
    let health = app.anonymous().call("get_health").ok(200).await;
    assert_eq!(health["status"], "ok");
    assert_eq!(health.as_object().unwrap().len(), 5);
    app.anonymous().call("get_health_detail").fails(401, "unauthorized").await;
    let detail = app.admin().call("get_health_detail").ok(200).await;
    assert_eq!(detail["database"], "connected");
    assert_eq!(detail["replicas"].as_array().unwrap().len(), 1);
    let head = app.anonymous().raw("HEAD", "/api/health").send().await.unwrap();
    assert_eq!(head.status(), 200);
}

#[tokio::test]
async fn version_is_public() {
    let app = TestApp::start().await;
    let version = app.anonymous().call("get_version").ok(200).await;
    assert_eq!(version["name"], "openfang");
    assert_eq!(version["compatible_with"], "0.6");
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let app = TestApp::start().await;
    for path in ["/api/health", "/api/auth/keys", "/no/such/path"] {
        let response = app.anonymous().raw("GET", path).send().await.unwrap();
        let header =
            |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'", "{path}");
        assert!(!header("x-request-id").is_empty(), "{path}");
        assert_eq!(header("strict-transport-security"), "", "only under TLS");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_come_before_credentials() {
    let app = TestApp::start().await;
    let response = app.anonymous().raw("GET", "/api/nothing").send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(response.json::<serde_json::Value>().await.unwrap()["code"], "not_found");
    let response = app.anonymous().raw("PUT", "/api/auth/keys").send().await.unwrap();
    assert_eq!(response.status(), 405);
    let allow = response.headers()["allow"].to_str().unwrap().to_owned();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    assert_eq!(response.json::<serde_json::Value>().await.unwrap()["code"], "method_not_allowed");
}

#[tokio::test]
async fn a_request_id_that_is_sent_is_kept() {
    let app = TestApp::start().await;
    let id = uuid::Uuid::now_v7().to_string();
    let sent = app.admin().call("get_version").header("x-request-id", &id).send().await;
    assert_eq!(sent.header("x-request-id"), id);
    let made = app.admin().call("get_version").header("x-request-id", "not-a-uuid").send().await;
    assert_ne!(made.header("x-request-id"), "not-a-uuid");
}

#[tokio::test]
async fn the_document_needs_a_credential_and_has_a_tag() {
    let app = TestApp::start().await;
    let refused = app.anonymous().raw("GET", "/api/openapi.json").send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let first = app.admin().raw("GET", "/api/openapi.json").send().await.unwrap();
    let etag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(first.json::<serde_json::Value>().await.unwrap()["openapi"], "3.1.0");
    let again = app.admin().raw("GET", "/api/openapi.yaml").header("if-none-match", &etag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    let page = app.anonymous().raw("GET", "/docs/").send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self';"));
}

#[tokio::test]
async fn shutdown_refuses_new_work_and_stops() {
    let app = TestApp::start().await;
    app.admin().call("shutdown").json(json!({"drain_secs": 601})).fails(400, "invalid_request").await;
    app.admin().call("shutdown").json(json!({"scope": "cluster"})).fails(400, "invalid_request").await;
    let cluster = app.admin().call("shutdown").json(json!({"scope": "CLUSTER"})).fails(400, "invalid_request").await;
    assert_eq!(cluster["details"][0]["field"], "scope", "a known word, refused as such");
    let answer = app.admin().call("shutdown").json(json!({"drain_secs": 1, "scope": "Replica"})).ok(200).await;
    assert_eq!(answer["status"], "shutting_down");
    let app = app.restart().await;
    let detail = app.admin().call("get_health_detail").ok(200).await;
    assert_eq!(detail["restart_count"], 0, "an orderly stop is no restart");
}

#[tokio::test]
async fn a_server_that_died_is_counted() {
    let app = TestApp::start().await;
    let state = app.state.clone();
    openfang::system::service::enter(&state.db, openfang::ids::Id::new(), "test").await.unwrap();
    let counted = openfang::system::service::unclean_stops(&state.db).await.unwrap();
    // On SQLite the file lock proves that whoever was there before is dead; on Postgres only silence would.
    assert_eq!(counted, if state.db.is_sqlite() { 1 } else { 0 });
    let app = app.restart().await;
    assert!(app.anonymous().call("get_health").ok(200).await["restart_count"].as_i64().unwrap() >= counted);
}

#[tokio::test]
async fn metrics_need_a_scope() {
    let app = TestApp::start().await;
    app.anonymous().call("get_metrics").fails(401, "unauthorized").await;
    let answer = app.admin().call("get_metrics").send().await;
    assert_eq!(answer.status, 200);
}
