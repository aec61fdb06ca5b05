//! Mode, identity, config form, model, tool filters, and what an agent comes to.

use std::{collections::BTreeMap, sync::Arc};

use openfang::{
    agents::rules::ManifestRules,
    config::{Config, Environment, TrustedKey},
    runtime::tools::registry::Registry as Tools,
};
use serde_json::{Value, json};

use super::{codes, create, names, read};
use crate::support::TestApp;

#[tokio::test]
async fn the_mode_is_set_by_five_words_and_survives() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk", "profile": "coding"})).await;
    let mut events = app.state.events.subscribe();
    for (word, mode, stable, tools) in [
        ("Observe", "observe", false, 0),
        ("assist", "assist", false, 1),
        ("Stable", "assist", true, 1),
        ("full", "full", true, 2),
        ("Normal", "full", false, 2),
    ] {
        let set = admin.call("set_agent_mode").id(&agent["id"]).json(json!({"mode": word})).ok(200).await;
        assert_eq!((&set["status"], &set["requested_mode"]), (&json!("updated"), &json!(word)));
        assert_eq!((&set["mode"], &set["stable"]), (&json!(mode), &json!(stable)), "{word}");
        assert_eq!(set["model"]["source"], if stable { "pinned" } else { "builtin" }, "{word}");
        let effective = admin.call("get_agent_effective").id(&agent["id"]).ok(200).await;
        let offered = effective["tools"].as_array().unwrap();
        let has = |name: &str| offered.contains(&json!(name));
        assert_eq!((has("file_read"), has("file_write")), (tools > 0, tools > 1), "{word}");
        assert_eq!(names(&mut events), ["agent.updated"]);
    }
    admin.call("set_agent_mode").id(&agent["id"]).json(json!({"mode": "stable"})).ok(200).await;
    admin.call("set_agent_mode").id(&agent["id"]).json(json!({"mode": "assist"})).ok(200).await;
    let before = read(&admin, &agent).await;
    let app = app.restart().await;
    assert_eq!(read(&app.admin(), &agent).await, before);
    let failure = app
        .admin()
        .call("set_agent_mode")
        .id(&agent["id"])
        .json(json!({"mode": "wild"}))
        .fails(400, "invalid_request")
        .await;
    assert!(failure["error"].as_str().unwrap().contains("observe, assist, full, stable or normal"));
    app.admin().call("set_agent_mode").id(&agent["id"]).json(json!({})).fails(400, "invalid_request").await;
}

#[tokio::test]
async fn a_stable_agent_keeps_its_model() {
    let app = TestApp::start().await;
    let agent = create(&app.admin(), json!({"name": "desk"})).await;
    app.admin().call("set_agent_mode").id(&agent["id"]).json(json!({"mode": "stable"})).ok(200).await;
    let key = BTreeMap::from([("OPENAI_API_KEY".to_owned(), "sk-test".to_owned())]);
    let app = app.restart_with(|config| config.environment = Environment::from(key)).await;
    assert_eq!(read(&app.admin(), &agent).await["model_name"], "builtin/echo");
    app.admin().call("update_agent").id(&agent["id"]).json(json!({"stable": false})).ok(200).await;
    assert_eq!(read(&app.admin(), &agent).await["model_provider"], "openai");
}

#[tokio::test]
async fn a_model_that_is_set_takes_the_place_of_a_pinned_one() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent =
        create(&admin, json!({"name": "desk", "manifest": {"name": "desk", "pinned_model": "openai/gpt-4o"}})).await;
    admin.call("set_agent_mode").id(&agent["id"]).json(json!({"mode": "stable"})).ok(200).await;
    assert_eq!(read(&admin, &agent).await["model_name"], "gpt-4o");
    for (operation, body, model) in [
        ("set_agent_model", json!({"model": "sonnet"}), "claude-sonnet-4-6"),
        ("update_agent", json!({"model": "gpt-4o"}), "gpt-4o"),
        ("update_agent", json!({"manifest": {"model": {"provider": "ollama", "model": "mine"}}}), "mine"),
        ("update_agent_config", json!({"model": "sonnet"}), "claude-sonnet-4-6"),
        ("replace_agent", json!({"model": "gpt-4o"}), "gpt-4o"),
        (
            "replace_agent",
            json!({"manifest_toml": "name = \"desk\"\n[model]\nprovider = \"ollama\"\nmodel = \"own\""}),
            "own",
        ),
        ("set_agent_model", json!({"model": "default"}), "builtin/echo"),
    ] {
        admin.call(operation).id(&agent["id"]).json(body.clone()).ok(200).await;
        let now = read(&admin, &agent).await;
        assert_eq!((&now["stable"], &now["model"]["source"]), (&json!(true), &json!("pinned")), "{operation} {body}");
        assert_eq!(now["model_name"], model, "{operation} {body}");
    }
    admin.call("update_agent").id(&agent["id"]).json(json!({"system_prompt": "s", "tags": ["t"]})).ok(200).await;
    let before = read(&admin, &agent).await;
    assert_eq!(before["model_name"], "builtin/echo", "what names no model leaves the pin");
    let key = BTreeMap::from([("OPENAI_API_KEY".to_owned(), "sk-test".to_owned())]);
    let app = app.restart_with(|config| config.environment = Environment::from(key)).await;
    assert_eq!(read(&app.admin(), &agent).await["model_name"], "builtin/echo");
    app.admin().call("set_agent_model").id(&agent["id"]).json(json!({"model": "default"})).ok(200).await;
    assert_eq!(read(&app.admin(), &agent).await["model_provider"], "openai");
}

#[tokio::test]
async fn identity_members_are_kept_set_and_cleared() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent =
        create(&admin, json!({"name": "desk", "identity": {"emoji": "🦊", "color": "#fff", "vibe": "calm"}})).await;
    let body = json!({"avatar_url": "https://example.com/a.png", "color": "", "vibe": null, "archetype": "coder", "greeting_style": "warm"});
    let changed = admin.call("update_agent_identity").id(&agent["id"]).json(body).ok(200).await;
    let expected = json!({"emoji": "🦊", "avatar_url": "https://example.com/a.png", "color": null, "archetype": "coder",
        "vibe": null, "greeting_style": "warm"});
    assert_eq!((&changed["identity"], &changed["status"]), (&expected, &json!("ok")));
    let app = app.restart().await;
    assert_eq!(read(&app.admin(), &agent).await["identity"], expected);
    for (field, value) in [
        ("emoji", "x".repeat(17)),
        ("color", "red".into()),
        ("avatar_url", "ftp://x".into()),
        ("avatar_url", format!("https://{}", "x".repeat(2048))),
        ("archetype", "x".repeat(65)),
    ] {
        let call =
            app.admin().call("update_agent_identity").id(&agent["id"]).json(json!({field: value, "vibe": "half"}));
        assert_eq!(call.fails(400, "invalid_request").await["details"][0]["field"], field);
    }
    assert_eq!(read(&app.admin(), &agent).await["identity"], expected);
}

#[tokio::test]
async fn the_config_form_changes_everything_at_once() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk"})).await;
    create(&admin, json!({"name": "taken"})).await;
    let body = json!({"name": "Desk 2", "description": "d", "system_prompt": "s", "emoji": "🦊", "vibe": "calm",
        "model": "gpt-4o", "provider": "", "api_key_env": "MY_KEY", "base_url": "https://llm.example.com/v1",
        "fallback_models": [{"provider": "groq", "model": "llama-3.3-70b-versatile"}]});
    let changed = admin.call("update_agent_config").id(&agent["id"]).json(body.clone()).ok(200).await;
    assert_eq!((&changed["name"], &changed["status"]), (&json!("Desk 2"), &json!("ok")));
    assert_eq!((&changed["identity"]["emoji"], &changed["identity"]["vibe"]), (&json!("🦊"), &json!("calm")));
    let model = &changed["manifest"]["model"];
    assert_eq!((&model["provider"], &model["model"]), (&json!("openai"), &json!("gpt-4o")));
    assert_eq!((&model["api_key_env"], &model["base_url"]), (&json!("MY_KEY"), &json!("https://llm.example.com/v1")));
    assert_eq!(changed["fallback_models"][0]["provider"], "groq");
    let app = app.restart().await;
    let admin = app.admin();
    assert_eq!(read(&admin, &agent).await["manifest"], changed["manifest"]);

    let ignored = json!({"name": "", "model": "", "vibe": ""});
    let changed = admin.call("update_agent_config").id(&agent["id"]).json(ignored).ok(200).await;
    assert_eq!((&changed["name"], &changed["model"]["model"]), (&json!("Desk 2"), &json!("gpt-4o")));
    assert_eq!(changed["identity"]["vibe"], json!(null));
    for (body, status, code) in [
        (json!({"description": "x".repeat(4097)}), 400, "invalid_request"),
        (json!({"vibe": "new", "color": "red"}), 400, "invalid_request"),
        (json!({"fallback_models": [{"provider": "groq"}]}), 400, "invalid_request"),
        (json!({"vibe": "new", "name": "taken"}), 409, "duplicate_name"),
    ] {
        admin.call("update_agent_config").id(&agent["id"]).json(body).fails(status, code).await;
    }
    let client = app.scoped(&["agents:write"]).await;
    let guarded = json!({"vibe": "new", "base_url": "https://other.example.com"});
    client.call("update_agent_config").id(&agent["id"]).json(guarded).fails(403, "insufficient_scope").await;
    assert_eq!(read(&admin, &agent).await["identity"]["vibe"], json!(null), "all or nothing");
}

#[tokio::test]
async fn the_model_is_found_by_id_alias_and_provider() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk"})).await;
    for (body, provider, model) in [
        (json!({"model": "gpt-4o"}), "openai", "gpt-4o"),
        (json!({"model": "sonnet"}), "anthropic", "claude-sonnet-4-6"),
        (json!({"model": "groq/llama-3.3-70b-versatile"}), "groq", "llama-3.3-70b-versatile"),
        (json!({"model": "my-own", "provider": "ollama"}), "ollama", "my-own"),
        (json!({"model": "default"}), "builtin", "builtin/echo"),
    ] {
        let set = admin.call("set_agent_model").id(&agent["id"]).json(body.clone()).ok(200).await;
        assert_eq!((&set["provider"], &set["model"]), (&json!(provider), &json!(model)), "{body}");
        assert_eq!((&set["model_provider"], &set["model_name"]), (&json!(provider), &json!(model)), "{body}");
        let now = read(&admin, &agent).await;
        assert_eq!((&now["model_provider"], &now["model_name"]), (&json!(provider), &json!(model)), "{body}");
        assert_eq!(now["session_id"], agent["session_id"]);
    }
    let unknown = admin.call("set_agent_model").id(&agent["id"]).json(json!({"model": "no-such-model"})).ok(200).await;
    assert!(codes(&unknown["warnings"]).contains(&"unknown_model"));
    assert_eq!((&unknown["model"], &unknown["provider"]), (&json!("no-such-model"), &json!("unknown")));
    for body in [json!({}), json!({"model": ""}), json!({"model": "x".repeat(257)})] {
        admin.call("set_agent_model").id(&agent["id"]).json(body).fails(400, "invalid_request").await;
    }
    admin.call("set_agent_model").id(&agent["id"]).json(json!({"model": "gpt-4o"})).ok(200).await;
    let app = app.restart().await;
    assert_eq!(read(&app.admin(), &agent).await["model_name"], "gpt-4o");
}

#[tokio::test]
async fn a_model_that_nobody_has_is_kept_and_said_to_be_unknown() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk"})).await;
    let told = |answer: &Value| {
        let found = answer["warnings"].as_array().unwrap().iter().find(|w| w["code"] == "unknown_model");
        found.map(|w| w["message"].as_str().unwrap().to_owned()).unwrap_or_default()
    };
    let set = admin.call("set_agent_model").id(&agent["id"]).json(json!({"model": "nope/nope"})).ok(200).await;
    assert_eq!((&set["provider"], &set["model"]), (&json!("unknown"), &json!("nope/nope")));
    assert!(told(&set).starts_with("No provider has a model `nope/nope`."), "{set}");
    let made = create(&admin, json!({"name": "other", "model": "nope/nope"})).await;
    let patched = admin.call("update_agent").id(&agent["id"]).json(json!({"model": "no/no"})).ok(200).await;
    for (answer, model) in [(made, "nope/nope"), (patched, "no/no")] {
        assert_eq!((&answer["model_provider"], &answer["model_name"]), (&json!("unknown"), &json!(model)));
        assert_eq!((&answer["auth_status"], &answer["model"]["ready"]), (&json!("unknown"), &json!(false)));
        assert!(told(&answer).contains("cannot be used until a provider has it"), "{answer}");
    }
    let body = json!({"model": "x", "provider": "nope"});
    let set = admin.call("set_agent_model").id(&agent["id"]).json(body).ok(200).await;
    assert_eq!((&set["provider"], &set["model"]), (&json!("nope"), &json!("x")));
    assert!(told(&set).starts_with("There is no provider `nope`."), "{set}");
    let strict = json!({"name": "third", "model": "nope/nope", "strict": true});
    admin.call("create_agent").json(strict).fails(400, "invalid_manifest").await;
}

#[tokio::test]
async fn tool_filters_narrow_and_block() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk", "profile": "coding"})).await;
    let all = admin.call("get_agent_tools").id(&agent["id"]).ok(200).await;
    assert_eq!((&all["profile"], &all["mode"]), (&json!("coding"), &json!("full")));
    assert_eq!(all["tool_allowlist"], json!([]));
    let set = admin
        .call("set_agent_tools")
        .id(&agent["id"])
        .json(json!({"tool_allowlist": ["file_*", "my_tool"], "tool_blocklist": ["file_delete"]}))
        .ok(200)
        .await;
    let offered: Vec<&str> = set["effective"].as_array().unwrap().iter().map(|t| t.as_str().unwrap()).collect();
    assert!(offered.contains(&"file_read") && !offered.contains(&"file_delete") && !offered.contains(&"apply_patch"));
    assert!(codes(&set["warnings"]).contains(&"unknown_tool_name"));
    let one = admin.call("set_agent_tools").id(&agent["id"]).json(json!({"tool_allowlist": []})).ok(200).await;
    assert_eq!(
        (&one["tool_allowlist"], &one["tool_blocklist"]),
        (&json!([]), &json!(["file_delete"])),
        "an absent one stays"
    );
    let app = app.restart().await;
    let read = app.admin().call("get_agent_tools").id(&agent["id"]).ok(200).await;
    assert_eq!(read["effective"], one["effective"]);
    for body in [
        json!({}),
        json!({"tool_allowlist": "x"}),
        json!({"tool_blocklist": vec!["x"; 501]}),
        json!({"tool_allowlist": [""]}),
    ] {
        app.admin().call("set_agent_tools").id(&agent["id"]).json(body).fails(400, "invalid_request").await;
    }
}

#[tokio::test]
async fn effective_is_what_profile_and_lists_come_to() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let manifest = json!({"name": "desk", "capabilities": {"tools": ["file_read", "web_fetch"], "network": ["docs.rs"]},
        "resources": {"max_iterations": 9}});
    let agent = create(&admin, json!({"manifest": manifest})).await;
    let effective = admin.call("get_agent_effective").id(&agent["id"]).ok(200).await;
    let grants = effective["grants"].as_array().unwrap();
    for grant in ["tool:file_read", "tool:web_fetch", "net:docs.rs", "fs.read:**"] {
        assert!(grants.contains(&json!(grant)), "{grant}: {grants:?}");
    }
    assert_eq!(effective["limits"]["max_iterations"], 9);
    assert_eq!(effective["exec_policy"]["mode"], "allowlist");
    assert!(codes(&effective["warnings"]).contains(&"implied_grant"));
    assert_eq!(agent["capabilities"]["network"], json!(["docs.rs"]));
    assert_eq!(effective["agent_id"], agent["id"]);
}

#[tokio::test]
async fn settings_of_the_server_that_make_no_sense_stop_the_start() {
    let rules = |change: fn(&mut Config)| {
        let mut config = Config::default();
        change(&mut config);
        let models = Arc::new(openfang::app::models::registry(&config).unwrap());
        ManifestRules::new(&config, models, &Tools::builtin().unwrap())
    };
    assert!(rules(|_| {}).is_ok());
    let failure = rules(|config| config.agents.default_profile = "wizard".into()).err().unwrap();
    assert!(failure.starts_with("agents.default_profile: 'wizard'"), "{failure}");
    let failure = rules(|config| {
        config.skills.trusted_keys = vec![TrustedKey { name: "me".into(), public_key: "abc".into() }];
    });
    let failure = failure.err().unwrap();
    assert!(failure.starts_with("skills.trusted_keys: 'me'"), "{failure}");
}

#[tokio::test]
async fn the_default_profile_is_the_servers() {
    let app = TestApp::with(|config| config.agents.default_profile = "coding".into()).await;
    let agent = create(&app.admin(), json!({"name": "desk"})).await;
    assert!(agent["effective"]["tools"].as_array().unwrap().contains(&json!("file_write")));
    assert_eq!(agent["profile"], json!(null), "what is in the manifest");
}

#[tokio::test]
async fn what_is_configured_reaches_the_runs() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let manifest = json!({"name": "desk", "profile": "minimal", "workspaces": {"docs": {"path": "shared/docs"}},
        "model": {"provider": "builtin", "model": "builtin/script"}});
    let agent = create(&admin, json!({"manifest": manifest})).await;
    let folder = app.state.config.workspaces_dir().join("shared/docs");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.txt"), "alpha").unwrap();
    let ask = || {
        let message = "@@tool file_read {\"path\":\"@docs/a.txt\"}\n@@turn\n@@reply It says ${result.1}";
        admin.call("send_message").id(&agent["id"]).json(json!({"message": message}))
    };
    let answer = ask().ok(200).await;
    assert!(
        answer["response"].as_str().unwrap().contains("alpha"),
        "a relative folder lies below the workspaces: {answer}"
    );
    assert_eq!(answer["session_id"], agent["session_id"]);

    admin.call("set_agent_mode").id(&agent["id"]).json(json!({"mode": "observe"})).ok(200).await;
    assert!(ask().ok(200).await["response"].as_str().unwrap().contains("mode_forbids"));
    admin.call("suspend_agent").id(&agent["id"]).ok(200).await;
    ask().fails(409, "agent_not_running").await;
    admin.call("start_agent").id(&agent["id"]).ok(200).await;
    admin.call("set_agent_mode").id(&agent["id"]).json(json!({"mode": "full"})).ok(200).await;
    assert!(ask().ok(200).await["response"].as_str().unwrap().contains("alpha"));
}
