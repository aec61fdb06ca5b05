//! Attempts to get more rights than one was given, and to lock everybody out.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn a_weaker_key_cannot_touch_a_stronger_one() {
    let app = TestApp::start().await;
    let root = app.admin().call("create_api_key").json(json!({"name": "root", "role": "admin"})).ok(201).await;
    let weak = app.scoped(&["system:read", "system:write"]).await;
    weak.call("rotate_api_key").id(&root["id"]).json(json!({})).fails(403, "insufficient_scope").await;
    weak.call("delete_api_key").id(&root["id"]).fails(403, "insufficient_scope").await;
    for change in [json!({"role": "viewer"}), json!({"expires_in_days": 1}), json!({"name": "toor"})] {
        weak.call("update_api_key").id(&root["id"]).json(change).fails(403, "insufficient_scope").await;
    }
    app.client(root["key"].as_str()).call("get_caller").ok(200).await;
}

#[tokio::test]
async fn the_last_key_with_all_scopes_stays() {
    let app = TestApp::with(|c| c.api_key = String::new()).await;
    let key = app.anonymous().call("create_api_key").json(json!({"name": "only", "role": "ADMIN"})).ok(201).await;
    let admin = app.client(key["key"].as_str());
    for change in [json!({"role": "viewer"}), json!({"expires_in_days": 1})] {
        admin.call("update_api_key").id(&key["id"]).json(change).fails(409, "last_admin_key").await;
    }
    let second = admin.call("create_api_key").json(json!({"name": "second", "role": "admin"})).ok(201).await;
    let (a, b) = (app.client(key["key"].as_str()), app.client(second["key"].as_str()));
    let (one, two) =
        tokio::join!(a.call("delete_api_key").id(&second["id"]).send(), b.call("delete_api_key").id(&key["id"]).send());
    assert_ne!((one.status, two.status), (204, 204), "both keys revoked each other");
    app.anonymous().call("get_caller").fails(401, "unauthorized").await;
}

#[tokio::test]
async fn a_body_is_an_object_without_nul() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let failure = admin.call("create_api_key").json(json!(["name", "admin"])).fails(400, "invalid_request").await;
    assert_eq!(failure["details"][0]["field"], "body");
    let nul = json!({"name": "a\u{0}b", "role": "viewer"});
    let failure = admin.call("create_api_key").json(nul).fails(400, "invalid_request").await;
    assert_eq!(failure["details"][0]["field"], "name");
    let nested = json!({"name": "n", "role": "viewer", "scopes": ["agents:read", "\u{0}"]});
    let failure = admin.call("create_api_key").json(nested).fails(400, "invalid_request").await;
    assert_eq!(failure["details"][0]["field"], "scopes[1]");
    app.admin().call("create_api_key").json(json!({"name": "the text \\u0000", "role": "viewer"})).ok(201).await;
    let twice = r#"{"name": "a", "name": "b", "role": "viewer"}"#;
    let sent = admin.call("create_api_key").header("content-type", "application/json").bytes(twice);
    assert_eq!(sent.fails(400, "invalid_request").await["details"][0]["field"], "name");
}

#[tokio::test]
async fn guesses_made_at_once_count_one_by_one() {
    let hash = openfang::auth::password::hash_password("secret").unwrap();
    let app = TestApp::with(|c| {
        c.auth.enabled = true;
        c.auth.password_hash = hash;
    })
    .await;
    let guess = || app.anonymous().call("login").json(json!({"username": "admin", "password": "no"})).send();
    let answers = futures::future::join_all((0..12).map(|_| guess())).await;
    let looked_at = answers.iter().filter(|a| a.status == 401).count();
    assert!(looked_at <= 5, "{looked_at} guesses were looked at");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let app = TestApp::with(|c| c.server.request_timeout_secs = 1).await;
    let mut socket = tokio::net::TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST /api/auth/keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"a",
        crate::support::app::ADMIN_KEY
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = socket.read(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer[..read]).starts_with("HTTP/1.1 408"));
}
