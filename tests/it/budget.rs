//! Budgets over the API: what is set is in force at once and after a restart, and refused calls say why.

use serde_json::{Value, json};

use crate::support::{
    TestApp,
    chat::{Socket, ask, scripted, scripted_with, stream},
    client::Client,
    process::Process,
};

/// Input is free, a token of output costs a tenth of a cent.
async fn priced() -> TestApp {
    TestApp::with(|config| config.builtin.price_out_per_m = 1_000.0).await
}

/// Its calls need one cent.
async fn cheap(client: &Client, name: &str) -> Value {
    let model = json!({"provider": "builtin", "model": "builtin/script", "max_tokens": 10});
    scripted_with(client, name, json!({"model": model})).await
}

const CENT: &str = "@@reply ok\n@@usage input=5 output=10";

fn fact<'a>(error: &'a Value, name: &str) -> &'a str {
    let details = error["details"].as_array().expect("details");
    details.iter().find(|d| d["field"] == name).and_then(|d| d["message"].as_str()).unwrap_or_default()
}

async fn refused(client: &Client, agent: &Value) -> Value {
    client.call("send_message").id(&agent["id"]).json(json!({"message": CENT})).fails(429, "budget_exceeded").await
}

#[tokio::test]
async fn the_servers_budget_is_set_in_layers() {
    let app = TestApp::with(|config| {
        config.budget.max_daily_usd = 2.5;
        let set = [("budget.max_daily_usd".to_owned(), openfang::config::KeyOrigin::File)];
        config.set_by = std::sync::Arc::new(set.into());
    });
    let app = app.await;
    let admin = app.admin();
    let first = admin.call("get_budget").ok(200).await;
    assert_eq!(
        (&first["daily_limit"], &first["hourly_limit"], &first["alert_threshold"]),
        (&json!(2.5), &json!(0.0), &json!(0.8))
    );
    assert_eq!(
        (&first["origin"]["max_daily_usd"], &first["origin"]["max_hourly_usd"]),
        (&json!("config"), &json!("default"))
    );
    assert_eq!((&first["updated_at"], &first["hourly"]["resets_at"]), (&Value::Null, &Value::Null));
    assert!(first["daily"]["resets_at"].is_string());
    let change = json!({"max_hourly_usd": 0.000_001, "max_daily_usd": 1, "alert_threshold": 0.5, "default_max_llm_tokens_per_hour": 1_000_000, "colour": "red"});
    let changed = admin.call("update_budget").json(change).ok(200).await;
    assert_eq!(
        (&changed["status"], &changed["daily_limit"], &changed["hourly_limit"]),
        (&json!("ok"), &json!(1.0), &json!(0.000_001))
    );
    assert_eq!(changed["origin"]["max_daily_usd"], "database");
    let before = admin.call("get_budget").ok(200).await;
    let app = app.restart().await;
    let admin = app.admin();
    let after = admin.call("get_budget").ok(200).await;
    assert_eq!(after, before);
    let back = admin.call("update_budget").json(json!({"max_daily_usd": null})).ok(200).await;
    assert_eq!((&back["daily_limit"], &back["origin"]["max_daily_usd"]), (&json!(2.5), &json!("config")));
    assert_eq!(back["alert_threshold"], 0.5, "what is absent stays");
    for wrong in [
        json!({}),
        json!({"max_daily_usd": 0.000_000_1}),
        json!({"max_daily_usd": -1}),
        json!({"alert_threshold": 1.5}),
    ] {
        admin.call("update_budget").json(wrong).fails(400, "invalid_request").await;
    }
    let events = admin.call("list_budget_events").query("kind", "Changed").query("scope", "global").ok(200).await;
    let windows: Vec<_> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["window"].as_str().unwrap(), e["limit"].as_f64().unwrap()))
        .collect();
    assert_eq!(windows[0], ("day", 2.5), "newest first");
    assert_eq!((windows.len(), &events["events"][0]["scope_id"]), (4, &Value::Null));
    let page = admin.call("list_budget_events").query("limit", 3).ok(200).await;
    let rest = admin.call("list_budget_events").query("cursor", page["next_cursor"].as_str().unwrap()).ok(200).await;
    assert_eq!((rest["events"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));
    admin.call("list_budget_events").query("kind", "none").fails(400, "invalid_request").await;
}

#[tokio::test]
async fn a_limit_is_in_force_before_the_answer() {
    let app = priced().await;
    let admin = app.admin();
    let desk = cheap(&admin, "desk").await;
    ask(&admin, &desk, CENT).await;
    admin.call("update_budget").json(json!({"max_hourly_usd": 0.015})).ok(200).await;
    let answer = admin.call("send_message").id(&desk["id"]).json(json!({"message": CENT})).send().await;
    assert_eq!((answer.status, answer.json["code"].as_str()), (429, Some("budget_exceeded")), "{}", answer.text());
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    let error = answer.json;
    assert_eq!((fact(&error, "scope"), fact(&error, "window"), fact(&error, "limit")), ("global", "hour", "0.015"));
    assert_eq!((fact(&error, "spent"), fact(&error, "reserved")), ("0.01", "0"));
    assert!(fact(&error, "resets_at").ends_with('Z') && !fact(&error, "run_id").is_empty());
    let run = admin.call("get_run").path("id", fact(&error, "run_id")).ok(200).await;
    assert_eq!(
        (&run["status"], &run["stop_reason"], &run["error"]["code"]),
        (&json!("failed"), &json!("error"), &json!("budget_exceeded"))
    );
    assert_eq!(run["usage"]["cost_usd"], Value::Null, "no call was made");
    let status = admin.call("get_budget").ok(200).await;
    assert_eq!(
        (&status["hourly_spend"], &status["hourly"]["reserved"], &status["hourly_pct"]),
        (&json!(0.01), &json!(0.0), &json!(0.6667))
    );
    // The same over the stream and the socket.
    let events = stream(&admin, &desk, CENT).await.rest().await;
    assert_eq!((events.len(), &events[0].data["code"]), (1, &json!("budget_exceeded")));
    let path = format!("/api/agents/{}/ws", desk["id"].as_str().unwrap());
    let mut socket = Socket::open(&app, crate::support::app::ADMIN_KEY, &path).await;
    socket.send(json!({"type": "message", "content": CENT})).await;
    assert_eq!(socket.frame("error").await["code"], "budget_exceeded");
    admin.call("update_budget").json(json!({"max_hourly_usd": 0.02})).ok(200).await;
    ask(&admin, &desk, CENT).await;
    let events = admin.call("list_budget_events").query("kind", "exceeded").ok(200).await;
    assert_eq!(
        (events["total"].as_i64(), &events["events"][0]["spent"]),
        (Some(1), &json!(0.01)),
        "once for the window"
    );
    let warned = admin.call("list_budget_events").query("kind", "warning").ok(200).await;
    assert_eq!((&warned["events"][0]["threshold"], &warned["events"][0]["window"]), (&json!(0.8), &json!("hour")));
}

#[tokio::test]
async fn an_agents_budget_is_part_of_its_manifest() {
    let app = priced().await;
    let admin = app.admin();
    let (desk, other) = (cheap(&admin, "desk").await, cheap(&admin, "other").await);
    ask(&admin, &desk, CENT).await;
    let set = json!({"max_cost_per_day_usd": 0.015, "max_llm_tokens_per_hour": 5_000});
    let changed = admin.call("update_agent_budget").id(&desk["id"]).json(set).ok(200).await;
    assert_eq!(
        (&changed["daily"]["limit"], &changed["tokens"]["limit"], &changed["tokens"]["used"]),
        (&json!(0.015), &json!(5_000), &json!(15))
    );
    assert_eq!((&changed["origin"]["max_cost_per_day_usd"], &changed["status"]), (&json!("database"), &json!("ok")));
    let manifest = admin.call("get_agent").id(&desk["id"]).ok(200).await;
    let shown = manifest["resources"].as_object().cloned();
    if let Some(resources) = shown {
        assert_eq!(resources["max_cost_per_day_usd"], 0.015);
    }
    let error = refused(&admin, &desk).await;
    assert_eq!((fact(&error, "scope"), fact(&error, "scope_id")), ("agent", desk["id"].as_str().unwrap()));
    ask(&admin, &other, CENT).await;

    let list = admin.call("list_agent_budgets").ok(200).await;
    assert_eq!((list["total"].as_i64(), list["agents"].as_array().unwrap().len()), (Some(2), 2));
    let line = list["agents"].as_array().unwrap().iter().find(|a| a["agent_id"] == desk["id"]).unwrap();
    assert_eq!(
        (&line["daily_cost_usd"], &line["daily_limit"], &line["pct"]),
        (&json!(0.01), &json!(0.015), &json!(0.6667))
    );
    assert_eq!(admin.call("list_agent_budgets").query("over", true).ok(200).await["total"], 0);
    admin.call("update_agent_budget").id(&desk["id"]).json(json!({"max_cost_per_day_usd": 0.0125})).ok(200).await;
    let over = admin.call("list_agent_budgets").query("over", "yes").ok(200).await;
    assert_eq!((over["total"].as_i64(), &over["agents"][0]["agent_id"]), (Some(1), &desk["id"]));
    let page = admin.call("list_agent_budgets").query("limit", 1).ok(200).await;
    let rest =
        admin.call("list_agent_budgets").query("limit", 1).query("cursor", page["next_cursor"].as_str().unwrap());
    let rest = rest.ok(200).await;
    assert_ne!(rest["agents"][0]["agent_id"], page["agents"][0]["agent_id"]);
    admin.call("list_agent_budgets").query("over", "maybe").fails(400, "invalid_request").await;

    let before = admin.call("get_agent_budget").id(&desk["id"]).ok(200).await;
    let app = app.restart().await;
    let admin = app.admin();
    assert_eq!(admin.call("get_agent_budget").path("id", "desk").ok(200).await, before);
    refused(&admin, &desk).await;
    let raised = json!({"max_cost_per_day_usd": null, "max_llm_tokens_per_hour": null});
    let raised = admin.call("update_agent_budget").id(&desk["id"]).json(raised).ok(200).await;
    assert_eq!(
        (&raised["daily"]["limit"], &raised["origin"]["max_cost_per_day_usd"]),
        (&json!(0.0), &json!("default"))
    );
    ask(&admin, &desk, CENT).await;
    let nobody = uuid::Uuid::now_v7();
    admin.call("get_agent_budget").path("id", nobody).fails(404, "agent_not_found").await;
    admin
        .call("update_agent_budget")
        .path("id", nobody)
        .json(json!({"max_cost_per_day_usd": 1}))
        .fails(404, "agent_not_found")
        .await;
    admin.call("update_agent_budget").id(&desk["id"]).json(json!({})).fails(400, "invalid_request").await;
}

#[tokio::test]
async fn the_default_token_limit_is_for_agents_without_one() {
    let app = priced().await;
    let admin = app.admin();
    let (desk, other) = (cheap(&admin, "desk").await, scripted(&admin, "other").await);
    admin.call("update_budget").json(json!({"default_max_llm_tokens_per_hour": 20_000})).ok(200).await;
    admin.call("update_agent_budget").id(&other["id"]).json(json!({"max_llm_tokens_per_hour": 50_000})).ok(200).await;
    ask(&admin, &desk, "@@reply ok\n@@usage input=19999 output=1").await;
    let message = json!({"message": CENT});
    let error = admin.call("send_message").id(&desk["id"]).json(message).fails(429, "quota_exceeded").await;
    assert_eq!(
        (fact(&error, "window"), fact(&error, "limit"), fact(&error, "spent")),
        ("tokens_hour", "20000", "20000")
    );
    let quota = &admin.call("get_usage_summary").ok(200).await["quota"];
    assert_eq!((&quota["hourly_token_limit"], &quota["hourly_tokens_used"]), (&json!(70_000), &json!(20_000)));
    assert!(quota["hourly_reset_at"].is_string());
    let free =
        admin.call("update_agent_budget").id(&desk["id"]).json(json!({"max_llm_tokens_per_hour": 0})).ok(200).await;
    assert_eq!((&free["tokens"]["limit"], &free["origin"]["max_llm_tokens_per_hour"]), (&json!(0), &json!("database")));
    let app = app.restart().await;
    let admin = app.admin();
    ask(&admin, &desk, CENT).await;
    let back =
        admin.call("update_agent_budget").id(&desk["id"]).json(json!({"max_llm_tokens_per_hour": null})).ok(200).await;
    assert_eq!(
        (&back["tokens"]["limit"], &back["origin"]["max_llm_tokens_per_hour"]),
        (&json!(20_000), &json!("database"))
    );
}

#[tokio::test]
async fn keys_have_budgets_and_so_has_the_configured_one() {
    let app = priced().await;
    let admin = app.admin();
    let desk = cheap(&admin, "desk").await;
    let scopes = ["messages:write", "messages:read"];
    let created = admin.call("create_api_key").json(json!({"name": "ci", "scopes": scopes})).ok(201).await;
    let limit = json!({"max_cost_per_month_usd": 0.015});
    let changed = admin.call("update_key_budget").id(&created["id"]).json(limit.clone()).ok(200).await;
    assert_eq!(
        (&changed["api_key_id"], &changed["name"], &changed["monthly"]["limit"]),
        (&created["id"], &json!("ci"), &json!(0.015))
    );
    admin.call("update_key_budget").path("id", "root").json(limit).ok(200).await;
    let by_key = app.client(created["key"].as_str());
    ask(&by_key, &desk, CENT).await;
    let error = refused(&by_key, &desk).await;
    assert_eq!((fact(&error, "scope"), fact(&error, "scope_id")), ("api_key", created["id"].as_str().unwrap()));
    ask(&admin, &desk, CENT).await;
    let error = refused(&admin, &desk).await;
    assert_eq!((fact(&error, "window"), fact(&error, "scope_id")), ("month", "root"));

    let list = admin.call("list_key_budgets").ok(200).await;
    let ids: Vec<_> = list["keys"].as_array().unwrap().iter().map(|k| k["api_key_id"].clone()).collect();
    assert_eq!(ids, [json!("root"), created["id"].clone()]);
    assert_eq!((&list["keys"][1]["monthly_cost_usd"], &list["keys"][1]["pct"]), (&json!(0.01), &json!(0.6667)));
    let page = admin.call("list_key_budgets").query("limit", 1).ok(200).await;
    let rest = admin.call("list_key_budgets").query("cursor", page["next_cursor"].as_str().unwrap()).ok(200).await;
    assert_eq!(rest["keys"][0]["api_key_id"], created["id"]);
    admin.call("list_key_budgets").query("cursor", "x").fails(400, "invalid_cursor").await;

    let before = admin.call("get_key_budget").path("id", "root").ok(200).await;
    let app = app.restart().await;
    assert_eq!(app.admin().call("get_key_budget").path("id", "root").ok(200).await, before);
    refused(&app.client(created["key"].as_str()), &desk).await;
    let nobody = uuid::Uuid::now_v7();
    app.admin().call("get_key_budget").path("id", nobody).fails(404, "key_not_found").await;
    app.admin().call("get_key_budget").path("id", "ci").fails(400, "invalid_id").await;
    let set = json!({"max_cost_per_day_usd": 1});
    app.admin().call("update_key_budget").path("id", nobody).json(set).fails(404, "key_not_found").await;
}

#[tokio::test]
async fn two_processes_on_one_postgres_spend_no_more() {
    let variables = vec![("OPENFANG_BUILTIN__PRICE_OUT_PER_M", "1000"), ("OPENFANG_BUDGET__MAX_DAILY_USD", "0.2")];
    let one = Process::start_with(0, variables).await;
    if !one.is_postgres() {
        // SQLite admits one process; `golden::money` has two engines on one file.
        return;
    }
    let two = one.another().await;
    let mut agents = vec![];
    for n in 0..10 {
        agents.push(cheap(&one.client(), &format!("desk {n}")).await);
    }
    let messages = (0..50).map(|n| {
        let client = if n % 2 == 0 { one.client() } else { two.client() };
        let call = client.call("send_message").id(&agents[n % 10]["id"]);
        let text = format!("@@delay 200ms\n{CENT}");
        call.json(json!({"message": text, "sender_id": format!("person {n}")})).send()
    });
    let answers = futures::future::join_all(messages).await;
    let done = answers.iter().filter(|a| a.status == 200).count();
    let refused = answers.iter().filter(|a| a.json["code"] == "budget_exceeded").count();
    assert_eq!((done, refused), (20, 30));
    assert_eq!(two.client().call("get_budget").ok(200).await["daily_spend"], 0.2);
    // A limit that one sets is in force on the other within two seconds.
    one.client().call("update_budget").json(json!({"max_daily_usd": 0.21})).ok(200).await;
    ask(&two.client(), &agents[0], CENT).await;
}
