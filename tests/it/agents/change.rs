//! Changing and replacing manifests.

use serde_json::{Value, json};

use super::{codes, create, names, read};
use crate::support::{TestApp, client::Client};

async fn patch(client: &Client, agent: &Value, body: Value) -> Value {
    client.call("update_agent").id(&agent["id"]).json(body).ok(200).await
}

#[tokio::test]
async fn fields_change_all_or_none_and_stay_after_a_restart() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk", "tags": ["a"]})).await;
    create(&admin, json!({"name": "taken"})).await;
    let mut events = app.state.events.subscribe();
    let body = json!({"name": "Desk", "description": "New", "model": "gpt-4o", "system_prompt": "Be brief.",
        "tags": ["b", "c"], "profile": "coding", "mode": "ASSIST", "extra": true});
    let changed = patch(&admin, &agent, body).await;
    assert_eq!((&changed["status"], &changed["manifest_version"]), (&json!("ok"), &json!(2)));
    assert_eq!(names(&mut events), ["agent.updated"]);
    assert_eq!(changed["workspace"], agent["workspace"], "renaming does not move the folder");
    for (field, expected) in [
        ("name", json!("Desk")),
        ("description", json!("New")),
        ("system_prompt", json!("Be brief.")),
        ("tags", json!(["b", "c"])),
        ("profile", json!("coding")),
        ("mode", json!("assist")),
        ("model_provider", json!("openai")),
        ("model_name", json!("gpt-4o")),
    ] {
        assert_eq!(changed[field], expected, "{field}");
    }
    for (body, status, code) in [
        (json!({}), 400, "invalid_request"),
        (json!({"unknown": 1}), 400, "invalid_request"),
        (json!({"description": "half", "mode": "wild"}), 400, "invalid_request"),
        (json!({"description": "half", "parent_id": super::NOBODY}), 400, "invalid_request"),
        (json!({"description": "half", "tags": 7}), 400, "invalid_manifest"),
        (json!({"description": "half", "manifest": {"model": {"temperature": 9}}}), 400, "invalid_manifest"),
        (json!({"description": "half", "manifest": {"oops": 1}, "strict": true}), 400, "invalid_manifest"),
        (json!({"description": "half", "name": null}), 400, "invalid_manifest"),
        (json!({"description": "half", "name": "TAKEN"}), 409, "duplicate_name"),
    ] {
        admin.call("update_agent").id(&agent["id"]).json(body).fails(status, code).await;
    }
    assert_eq!(names(&mut events), Vec::<&str>::new());
    let before = read(&admin, &agent).await;
    assert_eq!((&before["description"], &before["manifest_version"]), (&json!("New"), &json!(2)));

    let app = app.restart().await;
    let after = read(&app.admin(), &agent).await;
    assert_eq!(after, before);

    let cleared = patch(
        &app.admin(),
        &agent,
        json!({"description": null, "tags": null, "profile": null, "system_prompt": null, "model": null}),
    )
    .await;
    for (field, expected) in [
        ("description", json!("")),
        ("tags", json!([])),
        ("profile", json!(null)),
        ("system_prompt", json!("")),
        ("model_name", json!("builtin/echo")),
    ] {
        assert_eq!(cleared[field], expected, "{field}");
    }
}

#[tokio::test]
async fn a_merge_patch_merges_deletes_and_replaces() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let manifest = json!({"name": "desk", "tags": ["a", "b"], "model": {"temperature": 0.1, "max_tokens": 512},
        "metadata": {"keep": 1, "drop": 2}, "resources": {"max_iterations": 7}});
    let agent = create(&admin, json!({"manifest": manifest})).await;
    let changed = patch(
        &admin,
        &agent,
        json!({"manifest": {"tags": ["c"], "model": {"temperature": null}, "metadata": {"drop": null, "new": 3}}}),
    )
    .await;
    let now = &changed["manifest"];
    assert_eq!(now["tags"], json!(["c"]));
    assert_eq!((&now["model"]["temperature"], &now["model"]["max_tokens"]), (&json!(0.7), &json!(512)));
    assert_eq!(now["metadata"], json!({"keep": 1, "new": 3}));
    assert_eq!(now["resources"]["max_iterations"], 7);

    let wish = json!({"model": {"model": "gpt-4o", "provider": "openai", "temperature": 0.5}, "manifest": {"model": {"max_tokens": 99}}});
    let changed = patch(&admin, &agent, wish).await;
    let model = &changed["manifest"]["model"];
    assert_eq!(
        (&model["model"], &model["temperature"], &model["max_tokens"]),
        (&json!("gpt-4o"), &json!(0.5), &json!(99))
    );
    let wrong = admin.call("update_agent").id(&agent["id"]).json(json!({"model": 7}));
    wrong.fails(400, "invalid_manifest").await;
}

#[tokio::test]
async fn guarded_keys_may_stay_but_not_change() {
    let app = TestApp::start().await;
    let manifest = json!({"name": "desk", "profile": "full",
        "model": {"provider": "openai", "model": "gpt-4o", "api_key_env": "MY_KEY"}});
    let agent = create(&app.admin(), json!({"manifest": manifest})).await;
    let client = app.scoped(&["agents:read", "agents:write"]).await;
    let changed = patch(&client, &agent, json!({"description": "fine"})).await;
    assert_eq!(changed["manifest"]["model"]["api_key_env"], "MY_KEY");
    let other = json!({"manifest": {"model": {"api_key_env": "OTHER"}}});
    client.call("update_agent").id(&agent["id"]).json(other).fails(403, "insufficient_scope").await;
}

#[tokio::test]
async fn a_fallback_with_a_key_can_be_dropped_but_not_altered() {
    let app = TestApp::start().await;
    let own = json!({"provider": "groq", "model": "llama-3.3-70b-versatile", "api_key_env": "MY_KEY",
        "base_url": "https://llm.example.com/v1"});
    let plain = json!({"provider": "openai", "model": "gpt-4o"});
    let manifest = json!({"name": "desk", "fallback_models": [own, plain]});
    let agent = create(&app.admin(), json!({"manifest": manifest})).await;
    let client = app.scoped(&["agents:read", "agents:write"]).await;
    for altered in
        [("base_url", json!(null)), ("base_url", json!("https://other.example.com")), ("provider", json!("openai"))]
    {
        let mut entry = own.clone();
        entry[altered.0] = altered.1;
        let body = json!({"manifest": {"fallback_models": [entry]}});
        client.call("update_agent").id(&agent["id"]).json(body).fails(403, "insufficient_scope").await;
    }
    let changed = patch(&client, &agent, json!({"manifest": {"fallback_models": [plain]}})).await;
    assert_eq!(changed["fallback_models"].as_array().unwrap().len(), 1);
    let back = json!({"manifest": {"fallback_models": [plain, own]}});
    client.call("update_agent").id(&agent["id"]).json(back).fails(403, "insufficient_scope").await;
}

#[tokio::test]
async fn a_secret_of_an_admin_is_not_redirected() {
    let app = TestApp::start().await;
    let model = json!({"provider": "openai", "model": "gpt-4o", "api_key_env": "MY_KEY",
        "base_url": "https://llm.example.com/v1", "params": {"x": 1}});
    let agent = create(&app.admin(), json!({"manifest": {"name": "desk", "model": model}})).await;
    let follows = json!({"manifest": {"name": "follows", "model": {"api_key_env": "MY_KEY"}}});
    let follows = create(&app.admin(), follows).await;
    let client = app.scoped(&["agents:read", "agents:write"]).await;
    for (operation, body) in [
        ("update_agent", json!({"model": {"base_url": null, "provider": "groq"}})),
        ("update_agent", json!({"model": {"base_url": null}})),
        ("update_agent", json!({"model": {"provider": "groq"}})),
        ("update_agent", json!({"model": {"params": null}})),
        ("update_agent", json!({"manifest": {"model": null}})),
        ("update_agent", json!({"provider": "groq"})),
        ("update_agent", json!({"model": "llama-3.3-70b-versatile", "provider": "groq"})),
        ("update_agent_config", json!({"api_key_env": null})),
        ("update_agent_config", json!({"base_url": null})),
        ("set_agent_model", json!({"model": "llama-3.3-70b-versatile", "provider": "groq"})),
        ("replace_agent", json!({"manifest": {"name": "desk"}})),
        ("clone_agent", json!({"overrides": {"model": {"base_url": null}}})),
    ] {
        let failure = client.call(operation).id(&agent["id"]).json(body.clone()).fails(403, "insufficient_scope").await;
        assert_eq!(failure["details"][0], json!({"field": "scope", "message": "config:write"}), "{operation} {body}");
    }
    let moved = json!({"manifest": {"model": {"model": "groq/llama-3.3-70b-versatile"}}});
    client.call("update_agent").id(&follows["id"]).json(moved).fails(403, "insufficient_scope").await;
    assert_eq!(read(&client, &agent).await["manifest"], agent["manifest"]);

    let same = client.call("set_agent_model").id(&agent["id"]).json(json!({"model": "gpt-4o-mini"})).ok(200).await;
    assert_eq!((&same["provider"], &same["model"]), (&json!("openai"), &json!("gpt-4o-mini")));
    let named = app.scoped(&["agents:read", "agents:write", "config:write"]).await;
    let body = json!({"model": "groq/llama-3.3-70b-versatile", "provider": "groq"});
    let changed = patch(&named, &agent, body).await;
    let model = &changed["manifest"]["model"];
    assert_eq!((&model["api_key_env"], &model["base_url"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn concurrent_changes_all_count() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk"})).await;
    let calls = (0..8).map(|n| {
        let metadata = json!({format!("k{n}"): n});
        admin.call("update_agent").id(&agent["id"]).json(json!({"manifest": {"metadata": metadata}})).send()
    });
    assert!(futures::future::join_all(calls).await.iter().all(|a| a.status == 200));
    let now = read(&admin, &agent).await;
    assert_eq!(now["manifest"]["metadata"].as_object().unwrap().len(), 8);
    assert_eq!(now["manifest_version"], 9);
}

#[tokio::test]
async fn a_replaced_manifest_keeps_the_agent() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk", "description": "Old", "tags": ["a"]})).await;
    admin.call("set_agent_mode").id(&agent["id"]).json(json!({"mode": "assist"})).ok(200).await;
    admin.call("suspend_agent").id(&agent["id"]).ok(200).await;
    let text = "name = \"new desk\" # renamed\nprofile = \"minimal\"\n";
    let replaced = admin.call("replace_agent").id(&agent["id"]).json(json!({"manifest_toml": text})).ok(200).await;
    assert_eq!(
        (&replaced["status"], &replaced["name"], &replaced["state"]),
        (&json!("updated"), &json!("new desk"), &json!("Suspended"))
    );
    assert_eq!(
        (&replaced["description"], &replaced["tags"], &replaced["mode"]),
        (&json!(""), &json!([]), &json!("assist"))
    );
    for field in ["id", "session_id", "workspace", "created_at"] {
        assert_eq!(replaced[field], agent[field], "{field}");
    }
    let app = app.restart().await;
    let admin = app.admin();
    let manifest = admin.call("get_agent_manifest").id(&agent["id"]).ok(200).await;
    assert_eq!((&manifest["manifest_toml"], &manifest["manifest_version"]), (&json!(text), &json!(3)));

    let fields = json!({"name": "desk", "description": "Short", "system_prompt": "Be.", "model": "gpt-4o", "provider": "openai", "tags": ["z"]});
    let changed = admin.call("replace_agent").id(&agent["id"]).json(fields).ok(200).await;
    assert_eq!((&changed["description"], &changed["profile"]), (&json!("Short"), &json!("minimal")), "the rest stays");
    let json_form = json!({"manifest": {"name": "desk", "unknown": 1}});
    let changed = admin.call("replace_agent").id(&agent["id"]).json(json_form).ok(200).await;
    assert!(codes(&changed["warnings"]).contains(&"unknown_key"));
    create(&admin, json!({"name": "taken"})).await;
    for (body, status, code) in [
        (json!({}), 400, "invalid_request"),
        (json!({"manifest_toml": "name = \"a\"", "manifest": {"name": "a"}}), 400, "invalid_request"),
        (json!({"manifest_toml": "name = \"a\"", "description": "b"}), 400, "invalid_request"),
        (json!({"manifest_toml": "name = 7"}), 400, "invalid_manifest"),
        (json!({"manifest": {"name": "desk", "unknown": 1}, "strict": true}), 400, "invalid_manifest"),
        (json!({"manifest": {"name": "taken"}}), 409, "duplicate_name"),
        (json!({"manifest_toml": format!("name = \"a\"\n#{}", "x".repeat(1 << 20))}), 413, "manifest_too_large"),
    ] {
        admin.call("replace_agent").id(&agent["id"]).json(body).fails(status, code).await;
    }
}

#[tokio::test]
async fn a_manifest_that_names_a_folder_moves_the_agent() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk"})).await;
    let moved = patch(&admin, &agent, json!({"manifest": {"workspace": "project"}})).await;
    assert_eq!(moved["workspace"], app.state.config.workspaces_dir().join("project").to_str().unwrap());
    let back = patch(&admin, &agent, json!({"manifest": {"workspace": null}})).await;
    assert_eq!(back["workspace"], agent["workspace"]);
}
