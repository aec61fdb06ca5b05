//! Creating and cloning.

use std::collections::BTreeMap;

use openfang::config::Environment;
use serde_json::{Value, json};

use super::{codes, create, names, read};
use crate::support::TestApp;

const TOML: &str = r#"# Desk, the calm one
name = "desk"
description = "Answers questions"
profile = "minimal"

[model]
max_tokens = 2048
system_prompt = "You are Desk."
"#;

#[tokio::test]
async fn an_agent_made_of_a_name_is_ready_at_once() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let mut events = app.state.events.subscribe();
    let answer = admin.call("create_agent").json(json!({"name": "  desk "})).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let agent = answer.json.clone();
    assert_eq!(answer.header("location"), format!("/api/agents/{}", agent["id"].as_str().unwrap()));
    for (field, expected) in [
        ("name", json!("desk")),
        ("agent_id", agent["id"].clone()),
        ("state", json!("Running")),
        ("mode", json!("full")),
        ("stable", json!(false)),
        ("ready", json!(true)),
        ("is_inferencing", json!(false)),
        ("active_runs", json!(0)),
        ("queued_runs", json!(0)),
        ("model_provider", json!("builtin")),
        ("model_name", json!("builtin/echo")),
        ("model_tier", json!("local")),
        ("auth_status", json!("not_required")),
        ("skills_mode", json!("all")),
        ("mcp_servers_mode", json!("all")),
        ("onboarding_completed", json!(true)),
        ("manifest_version", json!(1)),
        ("signature", json!({"status": "none", "signer_id": null, "key_id": null})),
        ("crash", json!(null)),
    ] {
        assert_eq!(agent[field], expected, "{field}");
    }
    assert_eq!(agent["model"]["source"], "builtin");
    assert_eq!(agent["manifest"]["model"]["model"], "default", "the default is not copied in");
    assert!(agent["session_id"].is_string());
    let mut warnings = codes(&agent["warnings"]);
    warnings.sort_unstable();
    warnings.dedup();
    assert_eq!(warnings, ["no_provider_configured", "no_tools_declared"]);
    assert!(agent["effective"]["grants"].as_array().unwrap().contains(&json!("tool:file_read")));
    let folder = app.state.config.workspaces_dir().join("desk");
    assert_eq!(agent["workspace"], folder.to_str().unwrap());
    assert!(!folder.exists(), "the folder comes with the first call that needs it");
    assert_eq!(names(&mut events), ["agent.spawned", "agent.started"]);

    let by_id = read(&admin, &agent).await;
    let by_name = admin.call("get_agent").path("id", "desk").ok(200).await;
    assert_eq!(by_id, by_name);
    for (field, value) in by_id.as_object().unwrap() {
        assert_eq!(agent[field], *value, "{field}");
    }
    admin.call("get_agent").path("id", "Desk").fails(404, "agent_not_found").await;
}

#[tokio::test]
async fn every_source_makes_an_agent_and_overrides_win() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let from_text = create(&admin, json!({"manifest_toml": TOML, "template": "coder"})).await;
    assert_eq!(from_text["name"], "desk", "a manifest beats a template");
    assert_eq!(from_text["system_prompt"], "You are Desk.");
    let manifest = admin.call("get_agent_manifest").id(&from_text["id"]).ok(200).await;
    assert_eq!(manifest["manifest_toml"], TOML, "comments are kept");
    assert_eq!(manifest["manifest"], from_text["manifest"]);
    assert_eq!(manifest["updated_by"], "config_key");

    let from_template = create(&admin, json!({"template": "coder", "manifest_toml": " "})).await;
    assert_eq!(from_template["name"], "coder");
    let from_json = create(&admin, json!({"manifest": {"name": "third", "tags": ["a"], "start": false}})).await;
    assert_eq!((&from_json["state"], &from_json["tags"]), (&json!("Created"), &json!(["a"])));
    assert_eq!(from_json["ready"], false);

    let changed = create(
        &admin,
        json!({"manifest_toml": TOML, "name": "fourth", "description": "Other", "model": "gpt-4o", "provider": "openai",
            "system_prompt": "You differ.", "profile": "Coding", "tags": ["x", "y"], "mode": "Assist",
            "identity": {"emoji": "🦊"}, "some_extra": 1}),
    )
    .await;
    for (field, expected) in [
        ("name", json!("fourth")),
        ("description", json!("Other")),
        ("system_prompt", json!("You differ.")),
        ("profile", json!("coding")),
        ("tags", json!(["x", "y"])),
        ("mode", json!("assist")),
        ("model_provider", json!("openai")),
        ("model_name", json!("gpt-4o")),
        ("auth_status", json!("missing")),
        ("ready", json!(false)),
    ] {
        assert_eq!(changed[field], expected, "{field}");
    }
    assert_eq!(changed["identity"]["emoji"], "🦊");
    assert_eq!(changed["manifest"]["model"]["max_tokens"], 2048);
    assert!(codes(&changed["warnings"]).contains(&"no_provider_configured"));
    let manifest = admin.call("get_agent_manifest").id(&changed["id"]).ok(200).await;
    assert!(!manifest["manifest_toml"].as_str().unwrap().contains("calm one"), "the text says what is stored");
    let again = create(&admin, json!({"manifest_toml": manifest["manifest_toml"], "name": "fifth"})).await;
    let same = |agent: &Value| {
        let mut manifest = agent["manifest"].clone();
        manifest["name"] = json!("");
        manifest
    };
    assert_eq!(same(&again), same(&changed), "the TOML says the same as the JSON");
}

#[tokio::test]
async fn a_refused_create_leaves_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin();
    create(&admin, json!({"name": "taken"})).await;
    let mut events = app.state.events.subscribe();
    for (body, status, code) in [
        (json!({}), 400, "invalid_request"),
        (json!({"strict": true}), 400, "invalid_request"),
        (json!({"manifest": {"name": "a"}, "manifest_toml": "name = \"a\""}), 400, "invalid_request"),
        (json!({"name": 7}), 400, "invalid_request"),
        (json!({"name": ""}), 400, "invalid_manifest"),
        (json!({"name": "a/b"}), 400, "invalid_manifest"),
        (json!({"name": ".a"}), 400, "invalid_manifest"),
        (json!({"name": "x".repeat(257)}), 400, "invalid_manifest"),
        (json!({"name": super::NOBODY}), 400, "invalid_manifest"),
        (json!({"manifest": {"description": "no name"}}), 400, "invalid_manifest"),
        (json!({"manifest": []}), 400, "invalid_manifest"),
        (json!({"manifest_toml": "name = "}), 400, "invalid_manifest"),
        (json!({"name": "a", "profile": "wizard"}), 400, "invalid_manifest"),
        (json!({"name": "a", "tags": "not a list"}), 400, "invalid_manifest"),
        (json!({"name": "a", "identity": {"color": "red"}}), 400, "invalid_manifest"),
        (json!({"manifest": {"name": "a", "module": "python:x.py"}}), 400, "invalid_manifest"),
        (json!({"manifest": {"name": "a", "workspace": "/etc/x"}}), 400, "invalid_manifest"),
        (json!({"template": "../etc"}), 400, "invalid_template_name"),
        (json!({"template": "no-such"}), 404, "template_not_found"),
        (json!({"name": "taken"}), 409, "duplicate_name"),
        (json!({"name": "TAKEN"}), 409, "duplicate_name"),
        (json!({"manifest_toml": format!("name = \"a\"\n#{}", "x".repeat(1 << 20))}), 413, "manifest_too_large"),
    ] {
        let shown = body.to_string().chars().take(80).collect::<String>();
        let failure = admin.call("create_agent").json(body).fails(status, code).await;
        assert!(code != "invalid_manifest" || failure["details"][0]["code"].is_string(), "{shown}: {failure}");
    }
    let huge = json!({"name": "a", "system_prompt": "x".repeat(3 << 20)});
    admin.call("create_agent").json(huge).fails(413, "payload_too_large").await;
    admin
        .call("create_agent")
        .bytes("name=x")
        .header("content-type", "text/plain")
        .fails(415, "unsupported_media_type")
        .await;
    admin.call("create_agent").bytes("{").header("content-type", "application/json").fails(400, "invalid_json").await;
    assert_eq!(names(&mut events), Vec::<&str>::new());
    let all = admin.call("list_agents").query("include_terminated", "yes").send().await;
    assert_eq!(all.header("x-total-count"), "1");
    assert_eq!(admin.call("get_status").ok(200).await["sessions_active"], 1);
}

#[tokio::test]
async fn all_problems_come_at_once_with_their_places() {
    let app = TestApp::start().await;
    let text = "name = \"a\"\nmax_concurrent_runs = 0\n\n[model]\ntemperature = \"hot\"\n";
    let failure =
        app.admin().call("create_agent").json(json!({"manifest_toml": text})).fails(400, "invalid_manifest").await;
    let details = failure["details"].as_array().unwrap();
    let find =
        |field: &str| details.iter().find(|d| d["field"] == field).unwrap_or_else(|| panic!("{field}: {failure}"));
    assert_eq!(
        (&find("max_concurrent_runs")["code"], &find("max_concurrent_runs")["line"]),
        (&json!("out_of_range"), &json!(2))
    );
    let temperature = find("model.temperature");
    assert_eq!((&temperature["code"], &temperature["line"]), (&json!("wrong_type"), &json!(5)));
    assert_eq!((&temperature["expected"], &temperature["got"]), (&json!("number"), &json!("string")));
}

#[tokio::test]
async fn strictness_makes_warnings_errors() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let body = json!({"manifest": {"name": "a", "profile": "minimal", "tepmerature": 1}});
    let mut strict = body.clone();
    strict["strict"] = json!(true);
    for call in
        [admin.call("create_agent").json(strict), admin.call("create_agent").query("strict", "true").json(body.clone())]
    {
        let failure = call.fails(400, "invalid_manifest").await;
        assert_eq!(failure["details"][0]["code"], "unknown_key");
    }
    assert_eq!(codes(&create(&admin, body.clone()).await["warnings"])[0], "unknown_key");
    admin.call("create_agent").query("strict", "perhaps").json(body.clone()).fails(400, "invalid_request").await;
    let app = app.restart_with(|config| config.agents.strict_manifests = true).await;
    let mut body = body;
    body["name"] = json!("b");
    app.admin().call("create_agent").json(body).fails(400, "invalid_manifest").await;
    create(&app.admin(), json!({"name": "b", "profile": "minimal", "strict": true})).await;
}

#[tokio::test]
async fn keys_of_a_manifest_may_need_a_further_scope() {
    let app = TestApp::start().await;
    let client = app.scoped(&["agents:read", "agents:write"]).await;
    for (manifest, scope) in [
        (
            json!({"name": "a", "model": {"provider": "openai", "model": "gpt-4o", "base_url": "https://llm.example.com/v1"}}),
            "config:write",
        ),
        (json!({"name": "a", "model": {"api_key_env": "MY_KEY"}}), "config:write"),
        (json!({"name": "a", "model": {"params": {"x": 1}}}), "config:write"),
        (json!({"name": "a", "profile": "full"}), "system:write"),
        (json!({"name": "a", "exec_policy": "full"}), "system:write"),
        (json!({"name": "a", "approval": {"auto": ["file_read"]}}), "approvals:write"),
    ] {
        let failure =
            client.call("create_agent").json(json!({"manifest": manifest})).fails(403, "insufficient_scope").await;
        assert_eq!(failure["details"][0], json!({"field": "scope", "message": scope}), "{manifest}");
        let named = app.scoped(&["agents:write", scope]).await;
        let made = create(&named, json!({"manifest": manifest})).await;
        app.admin().call("delete_agent").id(&made["id"]).ok(200).await;
    }
    app.scoped(&["agents:read"])
        .await
        .call("create_agent")
        .json(json!({"name": "a"}))
        .fails(403, "insufficient_scope")
        .await;
}

#[tokio::test]
async fn of_many_creates_of_one_name_one_wins() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let calls = (0..12).map(|n| {
        let name = if n % 2 == 0 { "desk" } else { "DESK" };
        admin.call("create_agent").json(json!({"name": name})).send()
    });
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
    assert!(answers.iter().all(|a| a.status == 201 || a.json["code"] == "duplicate_name"));
    assert_eq!(admin.call("list_agents").ok(200).await.as_array().unwrap().len(), 1);

    let clones = (0..6)
        .map(|_| admin.call("clone_agent").id(&answers.iter().find(|a| a.status == 201).unwrap().json["id"]).send());
    let mut made: Vec<String> = futures::future::join_all(clones)
        .await
        .iter()
        .map(|a| a.json["name"].as_str().unwrap().to_lowercase())
        .collect();
    made.sort();
    assert_eq!(made, ["desk-copy", "desk-copy-2", "desk-copy-3", "desk-copy-4", "desk-copy-5", "desk-copy-6"]);
}

#[tokio::test]
async fn a_repeat_with_the_same_key_makes_no_second_agent() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let send = || admin.call("create_agent").header("idempotency-key", "k1").json(json!({"name": "desk"})).send();
    let (first, second) = (send().await, send().await);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.json, second.json);
    assert_eq!(second.header("idempotency-replayed"), "true");
    let other = admin.call("create_agent").header("idempotency-key", "k1").json(json!({"name": "other"}));
    other.fails(409, "idempotency_key_reused").await;
}

#[tokio::test]
async fn a_private_workspace_belongs_to_one_agent() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let first = create(&admin, json!({"name": "my desk"})).await;
    let folder = first["workspace"].as_str().unwrap().to_owned();
    assert!(folder.ends_with("/my-desk"));
    admin.call("delete_agent").id(&first["id"]).ok(200).await;
    let namesake = create(&admin, json!({"name": "my desk"})).await;
    let other = namesake["workspace"].as_str().unwrap();
    assert!(
        other.starts_with(&format!("{folder}-")) && other.len() > folder.len() + 8,
        "the old folder is still in use: {other}"
    );
    let taken = json!({"manifest": {"name": "thief", "workspace": folder}});
    let failure = admin.call("create_agent").json(taken).fails(400, "invalid_manifest").await;
    assert_eq!(failure["details"][0]["code"], "workspace_forbidden");
    let shared = |name: &str| json!({"manifest": {"name": name, "workspace": "project"}});
    let (a, b) = (create(&admin, shared("a")).await, create(&admin, shared("b")).await);
    assert_eq!(a["workspace"], b["workspace"], "agents that name a folder may share it");
}

#[tokio::test]
async fn folders_of_the_server_are_no_workspaces() {
    let app = TestApp::start().await;
    let admin = app.admin();
    for inside in ["tls", "backups", "config.toml", "master.key", "Data", "data", "Workspaces/x", "new"] {
        let path = app.state.config.home.join(inside);
        for manifest in [
            json!({"name": "thief", "workspace": path}),
            json!({"name": "thief", "workspaces": {"n": {"path": path, "mode": "rw"}}}),
        ] {
            let failure =
                admin.call("create_agent").json(json!({"manifest": manifest})).fails(400, "invalid_manifest").await;
            assert_eq!(failure["details"][0]["code"], "workspace_forbidden", "{inside}");
        }
    }
    let below = app.state.config.workspaces_dir().join("mine");
    create(&admin, json!({"manifest": {"name": "fine", "workspace": below}})).await;
}

#[tokio::test]
async fn a_new_agent_does_not_inherit_files() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let plain = app.state.config.workspaces_dir().join("desk");
    std::fs::create_dir_all(&plain).unwrap();
    std::fs::write(plain.join("old.txt"), "of an earlier agent").unwrap();
    let agent = create(&admin, json!({"name": "desk"})).await;
    let suffix = &agent["id"].as_str().unwrap()[28..];
    assert_eq!(agent["workspace"], format!("{}-{suffix}", plain.display()));
    create(&admin, json!({"manifest": {"name": "reader", "workspaces": {"n": {"path": "notes"}}}})).await;
    let notes = create(&admin, json!({"name": "notes"})).await;
    assert!(notes["workspace"].as_str().unwrap().contains("/notes-"), "{}", notes["workspace"]);
}

#[tokio::test]
async fn what_the_registry_knows_is_told_about_models() {
    let app = TestApp::with(|config| {
        config.environment = Environment::from(BTreeMap::from([("OPENAI_API_KEY".to_owned(), "sk-test".to_owned())]));
    })
    .await;
    let admin = app.admin();
    let by_default = create(&admin, json!({"name": "a", "profile": "minimal"})).await;
    assert_eq!((&by_default["model_provider"], &by_default["model"]["source"]), (&json!("openai"), &json!("default")));
    assert_eq!((&by_default["auth_status"], &by_default["ready"]), (&json!("configured"), &json!(true)));
    assert!(!codes(&by_default["warnings"]).contains(&"no_provider_configured"));
    let missing = create(&admin, json!({"name": "b", "model": "claude-sonnet-4-20250514"})).await;
    assert_eq!((&missing["model_provider"], &missing["auth_status"]), (&json!("anthropic"), &json!("missing")));
    assert!(missing["model"]["reason"].as_str().unwrap().contains("ANTHROPIC_API_KEY"));
    let unknown = create(&admin, json!({"name": "c", "provider": "openai", "model": "gpt-99"})).await;
    assert!(codes(&unknown["warnings"]).contains(&"unknown_model"));
    let off = json!({"manifest": {"name": "d", "model": {"model": "builtin/script"}}});
    create(&admin, off.clone()).await;
    let app = app.restart_with(|config| config.builtin.script = false).await;
    let mut off = off;
    off["name"] = json!("e");
    let failure = app.admin().call("create_agent").json(off).fails(400, "invalid_manifest").await;
    assert_eq!(failure["details"][0]["code"], "model_disabled");
}
