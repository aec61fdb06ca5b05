//! API keys, logins, roles, and the rules that hold for every credential.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn a_key_lives_from_creation_to_revocation() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let answer = admin
        .call("create_api_key")
        .json(json!({"name": "ci", "role": "operator", "scopes": ["system:write"]}))
        .send()
        .await;
    assert_eq!(answer.status, 201);
    let created = answer.json.clone();
    assert_eq!(answer.header("location"), format!("/api/auth/keys/{}", created["id"].as_str().unwrap()));
    assert!(created["key"].as_str().unwrap().starts_with(created["prefix"].as_str().unwrap()));
    assert_eq!(created["scopes"].as_array().unwrap().len(), 19);

    let client = app.client(created["key"].as_str());
    assert_eq!(client.call("get_caller").ok(200).await["name"], "ci");

    let changed = admin
        .call("update_api_key")
        .id(&created["id"])
        .json(json!({"name": "ci-2", "scopes": [], "rate_limit": {"quota_per_hour": 1000, "burst": 50}}))
        .ok(200)
        .await;
    assert_eq!(changed["rate_limit"], json!({"quota_per_hour": 1000, "burst": 50}));
    assert_eq!(changed["scopes"].as_array().unwrap().len(), 18);
    client.call("create_api_key").json(json!({"name": "x", "role": "viewer"})).fails(403, "insufficient_scope").await;

    let app = app.restart().await;
    let admin = app.admin();
    let read = admin.call("get_api_key").id(&created["id"]).ok(200).await;
    for field in ["name", "role", "scopes", "rate_limit", "expires_at", "created_at", "created_by"] {
        assert_eq!(read[field], changed[field], "{field} survives a restart");
    }

    assert_eq!(admin.call("delete_api_key").id(&created["id"]).send().await.status, 204);
    app.client(created["key"].as_str()).call("get_caller").fails(401, "unauthorized").await;
    admin.call("delete_api_key").id(&created["id"]).fails(409, "key_revoked").await;
    admin.call("update_api_key").id(&created["id"]).json(json!({"name": "y"})).fails(409, "key_revoked").await;
    admin.call("rotate_api_key").id(&created["id"]).json(json!({})).fails(409, "key_revoked").await;
    assert_eq!(admin.call("list_api_keys").ok(200).await["total"], 0);
    assert_eq!(admin.call("list_api_keys").query("include_revoked", "yes").ok(200).await["total"], 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_named() {
    let app = TestApp::start().await;
    let admin = app.admin();
    admin.call("create_api_key").json(json!({"name": "taken", "role": "viewer"})).ok(201).await;
    for (body, status, code, field) in [
        (json!({"role": "viewer"}), 400, "invalid_request", "name"),
        (json!({"name": "", "role": "viewer"}), 400, "invalid_request", "name"),
        (json!({"name": "   ", "role": "viewer"}), 400, "invalid_request", "name"),
        (json!({"name": "x".repeat(129), "role": "viewer"}), 400, "invalid_request", "name"),
        (json!({"name": 5, "role": "viewer"}), 400, "invalid_request", "name"),
        (json!({"name": "a", "role": "king"}), 400, "invalid_request", "role"),
        (json!({"name": "a"}), 400, "invalid_request", "scopes"),
        (json!({"name": "a", "scopes": ["agents:fly"]}), 400, "unknown_scope", "scopes"),
        (json!({"name": "a", "role": "viewer", "color": "red"}), 400, "invalid_request", "color"),
        (
            json!({"name": "a", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}),
            400,
            "invalid_request",
            "expires_at",
        ),
        (json!({"name": "a", "role": "viewer", "expires_at": "soon"}), 400, "invalid_request", "expires_at"),
        (json!({"name": "a", "role": "viewer", "expires_in_days": 0}), 400, "invalid_request", "expires_in_days"),
        (
            json!({"name": "a", "role": "viewer", "rate_limit": {"quota_per_hour": 1, "burst": 50}}),
            400,
            "invalid_request",
            "rate_limit.quota_per_hour",
        ),
        (
            json!({"name": "a", "role": "viewer", "rate_limit": {"burst": 50}}),
            400,
            "invalid_request",
            "rate_limit.quota_per_hour",
        ),
        (json!({"name": "taken", "role": "viewer"}), 409, "key_name_taken", ""),
    ] {
        let failure = admin.call("create_api_key").json(body.clone()).fails(status, code).await;
        if !field.is_empty() {
            assert_eq!(failure["details"][0]["field"], field, "{body}: {failure}");
        }
    }
    assert_eq!(admin.call("list_api_keys").ok(200).await["total"], 1, "a failed create leaves no row");
    for id in ["get_api_key", "delete_api_key"] {
        admin.call(id).path("id", "nonsense").fails(400, "invalid_id").await;
        admin.call(id).path("id", uuid::Uuid::now_v7()).fails(404, "key_not_found").await;
    }
    admin.call("rotate_api_key").path("id", uuid::Uuid::now_v7()).json(json!({})).fails(404, "key_not_found").await;
    admin.call("update_api_key").path("id", uuid::Uuid::now_v7()).json(json!({})).fails(404, "key_not_found").await;
}

#[tokio::test]
async fn bodies_that_are_not_json_are_refused() {
    let app = TestApp::start().await;
    let admin = app.admin();
    admin.call("create_api_key").header("content-type", "application/json").bytes("{").fails(400, "invalid_json").await;
    admin
        .call("create_api_key")
        .header("content-type", "application/json")
        .bytes(r#"{"name": "a", "role": "viewer"} x"#)
        .fails(400, "invalid_json")
        .await;
    admin
        .call("create_api_key")
        .header("content-type", "text/plain")
        .bytes("{}")
        .fails(415, "unsupported_media_type")
        .await;
    let large = vec![b' '; (1 << 20) + 1];
    admin
        .call("create_api_key")
        .header("content-type", "application/json")
        .bytes(large)
        .fails(413, "payload_too_large")
        .await;
    let missing = admin.call("create_api_key").fails(400, "invalid_request").await;
    assert_eq!(missing["details"][0]["field"], "name");
}

#[tokio::test]
async fn nobody_gives_a_scope_that_they_lack() {
    let app = TestApp::start().await;
    let client = app.scoped(&["system:write", "agents:read"]).await;
    let failure = client
        .call("create_api_key")
        .json(json!({"name": "n", "scopes": ["agents:write"]}))
        .fails(403, "insufficient_scope")
        .await;
    assert_eq!(failure["details"][0], json!({"field": "scope", "message": "agents:write"}));
    client.call("create_api_key").json(json!({"name": "n", "scopes": ["agents:read"]})).ok(201).await;
}

#[tokio::test]
async fn rotation_keeps_the_old_secret_for_the_grace_time_only() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let first = admin.call("create_api_key").json(json!({"name": "r", "role": "viewer"})).ok(201).await;
    let second = admin.call("rotate_api_key").id(&first["id"]).json(json!({"grace_secs": 3600})).ok(200).await;
    assert_ne!(first["key"], second["key"]);
    assert!(second["previous_valid_until"].is_string());
    app.client(first["key"].as_str()).call("get_caller").ok(200).await;
    let third = admin.call("rotate_api_key").id(&first["id"]).ok(200).await;
    assert!(third["previous_valid_until"].is_null());
    for dead in [&first, &second] {
        app.client(dead["key"].as_str()).call("get_caller").fails(401, "unauthorized").await;
    }
    app.client(third["key"].as_str()).call("get_caller").ok(200).await;
}

#[tokio::test]
async fn pages_neither_skip_nor_repeat() {
    let app = TestApp::start().await;
    let admin = app.admin();
    for i in 0..7 {
        admin.call("create_api_key").json(json!({"name": format!("k{i}"), "role": "viewer"})).ok(201).await;
    }
    let (mut names, mut cursor) = (vec![], None::<String>);
    loop {
        let mut call = admin.call("list_api_keys").query("limit", 3);
        if let Some(cursor) = &cursor {
            call = call.query("cursor", cursor);
        }
        let page = call.ok(200).await;
        assert_eq!(page["total"], 7);
        names.extend(page["keys"].as_array().unwrap().iter().map(|k| k["name"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(names, ["k6", "k5", "k4", "k3", "k2", "k1", "k0"]);
    admin.call("list_api_keys").query("cursor", "AAAA").fails(400, "invalid_cursor").await;
    for limit in ["0", "501", "many"] {
        let failure = admin.call("list_api_keys").query("limit", limit).fails(400, "invalid_request").await;
        assert_eq!(failure["details"][0]["field"], "limit");
    }
}

#[tokio::test]
async fn lists_take_at_most_three_statements() {
    let app = TestApp::start().await;
    let admin = app.admin();
    for i in 0..20 {
        admin.call("create_api_key").json(json!({"name": format!("k{i}"), "role": "viewer"})).ok(201).await;
    }
    let before = app.state.db.statements();
    admin.call("list_api_keys").ok(200).await;
    assert!(app.state.db.statements() - before <= 3);
}

#[tokio::test]
async fn the_open_mode_ends_with_the_first_key() {
    let app = TestApp::with(|c| c.api_key = String::new()).await;
    let open = app.anonymous();
    assert_eq!(open.call("get_caller").ok(200).await["kind"], "open");
    assert_eq!(open.call("check_auth").ok(200).await["api_key_required"], false);
    open.call("get_caller").header("x-forwarded-for", "127.0.0.1").fails(401, "unauthorized").await;
    open.call("get_caller").header("host", "evil.example").fails(403, "origin_not_allowed").await;
    open.call("create_api_key")
        .header("origin", "https://evil.example")
        .json(json!({"name": "a", "role": "admin"}))
        .fails(403, "origin_not_allowed")
        .await;
    let key = open.call("create_api_key").json(json!({"name": "a", "role": "admin"})).ok(201).await;
    let failure = open.call("get_caller").fails(401, "unauthorized").await;
    assert!(failure["error"].as_str().unwrap().starts_with("Missing Authorization"));
    let admin = app.client(key["key"].as_str());
    admin.call("delete_api_key").id(&key["id"]).fails(409, "last_admin_key").await;
    let failure = app.client(Some("ofk_wrong")).call("get_caller").fails(401, "unauthorized").await;
    assert!(failure["error"].as_str().unwrap().starts_with("Invalid API key"));
}

#[tokio::test]
async fn login_gives_a_token_that_ends() {
    let hash = openfang::auth::password::hash_password("secret").unwrap();
    let app = TestApp::with(|c| {
        c.auth.enabled = true;
        c.auth.password_hash = hash;
    })
    .await;
    let anonymous = app.anonymous();
    assert_eq!(anonymous.call("check_auth").ok(200).await["mode"], "session");
    anonymous
        .call("login")
        .json(json!({"username": "admin", "password": "wrong"}))
        .fails(401, "invalid_credentials")
        .await;
    anonymous
        .call("login")
        .json(json!({"username": "nobody", "password": "secret"}))
        .fails(401, "invalid_credentials")
        .await;
    let answer = anonymous.call("login").json(json!({"username": "admin", "password": "secret"})).send().await;
    assert_eq!(answer.status, 200);
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly; SameSite=Strict; Max-Age=604800") && !cookie.contains("Secure"), "{cookie}");
    let token = answer.json["token"].as_str().unwrap().to_owned();
    let cookie = cookie.split(';').next().unwrap().to_owned();

    let app = app.restart().await;
    let anonymous = app.anonymous();
    assert_eq!(app.client(Some(&token)).call("get_caller").ok(200).await["kind"], "login");
    assert_eq!(anonymous.call("get_caller").header("cookie", &cookie).ok(200).await["name"], "admin");
    let foreign = anonymous.call("logout").header("cookie", &cookie).header("origin", "https://evil.example");
    foreign.fails(403, "origin_not_allowed").await;
    anonymous.call("logout").header("cookie", &cookie).ok(200).await;
    app.client(Some(&token)).call("get_caller").fails(401, "unauthorized").await;
}

#[tokio::test]
async fn a_changed_password_ends_logins() {
    let hash = openfang::auth::password::hash_password("secret").unwrap();
    let app = TestApp::with(|c| {
        c.auth.enabled = true;
        c.auth.password_hash = hash;
    })
    .await;
    let login = app.anonymous().call("login").json(json!({"username": "admin", "password": "secret"})).ok(200).await;
    let new = openfang::auth::password::hash_password("other").unwrap();
    let app = app.restart_with(|c| c.auth.password_hash = new).await;
    app.client(login["token"].as_str()).call("get_caller").fails(401, "unauthorized").await;
}

#[tokio::test]
async fn five_failures_lock_the_name() {
    let hash = openfang::auth::password::hash_password("secret").unwrap();
    let app = TestApp::with(|c| {
        c.auth.enabled = true;
        c.auth.password_hash = hash;
    })
    .await;
    for _ in 0..5 {
        app.anonymous()
            .call("login")
            .json(json!({"username": "admin", "password": "no"}))
            .fails(401, "invalid_credentials")
            .await;
    }
    let answer = app.anonymous().call("login").json(json!({"username": "admin", "password": "secret"})).send().await;
    assert_eq!((answer.status, &answer.json["code"]), (429, &json!("login_locked")));
    assert!(answer.header("retry-after").parse::<u64>().unwrap() <= 900);
}

#[tokio::test]
async fn login_is_off_by_default() {
    let app = TestApp::start().await;
    app.anonymous()
        .call("login")
        .json(json!({"username": "admin", "password": "x"}))
        .fails(404, "auth_not_enabled")
        .await;
    app.admin().call("logout").ok(200).await;
    app.anonymous().call("logout").fails(401, "unauthorized").await;
    app.anonymous().call("list_roles").fails(401, "unauthorized").await;
    let roles = app.admin().call("list_roles").ok(200).await;
    assert_eq!(roles["scopes"].as_array().unwrap().len(), 26);
}

#[tokio::test]
async fn an_idempotency_key_creates_once() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let create = |name: &str| {
        admin.call("create_api_key").header("idempotency-key", "abc").json(json!({"name": name, "role": "viewer"}))
    };
    let first = create("once").send().await;
    assert_eq!(first.status, 201);
    let second = create("once").send().await;
    assert_eq!((second.status, second.header("idempotency-replayed")), (201, "true"));
    assert_eq!(second.json["id"], first.json["id"]);
    assert_eq!(second.header("location"), first.header("location"));
    assert!(second.json.get("key").is_none(), "a secret is shown once");
    create("other").fails(409, "idempotency_key_reused").await;
    assert_eq!(admin.call("list_api_keys").ok(200).await["total"], 1);
    let long = "x".repeat(256);
    admin
        .call("create_api_key")
        .header("idempotency-key", long)
        .json(json!({"name": "n", "role": "viewer"}))
        .fails(400, "invalid_idempotency_key")
        .await;
    let app = app.restart().await;
    let create = app
        .admin()
        .call("create_api_key")
        .header("idempotency-key", "abc")
        .json(json!({"name": "once", "role": "viewer"}));
    assert_eq!(create.send().await.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn the_rate_limit_is_charged_by_cost() {
    let app = TestApp::with(|c| {
        c.rate_limit.enabled = true;
        c.rate_limit.tokens_per_minute = 60;
        c.rate_limit.burst = 12;
    })
    .await;
    let admin = app.admin();
    let answer = admin.call("create_api_key").json(json!({"name": "n", "role": "viewer"})).send().await;
    assert_eq!((answer.header("ratelimit-limit"), answer.header("ratelimit-remaining")), ("12", "2"));
    let answer = admin.call("list_api_keys").send().await;
    assert_eq!((answer.status, answer.json["code"].as_str()), (429, Some("rate_limited")));
    assert_eq!(answer.json["error"], "Rate limit exceeded");
    assert_eq!(answer.header("retry-after"), "3");
    let own = admin.call("get_version").send().await;
    assert_eq!(own.status, 200, "cheap calls still pass");
}

#[tokio::test]
async fn changes_and_refusals_are_audited() {
    use sea_orm::{ConnectionTrait, Statement};
    let app = TestApp::start().await;
    app.admin().call("create_api_key").json(json!({"name": "n", "role": "viewer"})).ok(201).await;
    app.anonymous()
        .call("create_api_key")
        .json(json!({"name": "m", "role": "viewer"}))
        .fails(401, "unauthorized")
        .await;
    app.admin().call("create_api_key").json(json!({"name": "n", "role": "viewer"})).fails(409, "key_name_taken").await;
    let db = &app.state.db;
    let sql = "SELECT operation_id, status, caller_kind FROM audit_entries ORDER BY id";
    let rows = db.write().query_all_raw(Statement::from_string(db.backend(), sql)).await.unwrap();
    let rows: Vec<(String, i32, Option<String>)> = rows
        .iter()
        .map(|r| (r.try_get_by_index(0).unwrap(), r.try_get_by_index(1).unwrap(), r.try_get_by_index(2).unwrap()))
        .collect();
    let expected = [(201, Some("config_key")), (401, None), (409, Some("config_key"))];
    assert_eq!(rows.len(), 3);
    for (row, (status, caller)) in rows.iter().zip(expected) {
        assert_eq!((row.0.as_str(), row.1, row.2.as_deref()), ("create_api_key", status, caller));
    }
}
