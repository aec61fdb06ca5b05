//! Usage over the API: sums, single calls, export.

use serde_json::{Value, json};

use crate::support::{
    TestApp,
    chat::{ask, scripted},
    client::Client,
};

/// Input is free, a token of output costs a tenth of a cent.
async fn priced() -> TestApp {
    TestApp::with(|config| config.builtin.price_out_per_m = 1_000.0).await
}

const CENT: &str = "@@reply ok\n@@usage input=5 output=10 cached=2 reasoning=3";

async fn get(client: &Client, operation: &str, query: &[(&str, &str)]) -> Value {
    query.iter().fold(client.call(operation), |call, (name, value)| call.query(name, value)).ok(200).await
}

#[tokio::test]
async fn every_call_is_counted_failed_ones_too() {
    let app = priced().await;
    let admin = app.admin();
    let (desk, other) = (scripted(&admin, "desk").await, scripted(&admin, "other").await);
    ask(&admin, &desk, CENT).await;
    ask(&admin, &desk, &format!("@@error rate_limit times=1\n{CENT}")).await;
    ask(&admin, &other, CENT).await;

    let usage = get(&admin, "get_usage", &[]).await;
    assert_eq!(
        (&usage["period"], &usage["request_count"], &usage["failed_count"]),
        (&json!("day"), &json!(4), &json!(1))
    );
    assert_eq!(usage["total_cost_usd"], json!(0.03));
    let totals = ["total_input_tokens", "total_output_tokens", "total_cached_tokens", "total_reasoning_tokens"];
    assert_eq!(totals.map(|name| usage[name].as_i64().unwrap()), [15, 30, 6, 9]);
    assert_eq!((&usage["active_agents"], &usage["total"], &usage["next_cursor"]), (&json!(2), &json!(2), &Value::Null));
    let names: Vec<_> = usage["agents"].as_array().unwrap().iter().map(|a| a["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["desk", "other"], "by cost, falling");
    assert_eq!(usage["agents"][0]["cost_usd"], json!(0.02));
    assert_eq!(usage["agents"][0]["total_tokens"], json!(30));

    let first = get(&admin, "get_usage", &[("limit", "1"), ("period", "HOUR")]).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = get(&admin, "get_usage", &[("limit", "1"), ("period", "hour"), ("cursor", cursor)]).await;
    assert_eq!((&second["agents"][0]["name"], &second["next_cursor"]), (&json!("other"), &Value::Null));
    let none = get(&admin, "get_usage", &[("to", "2020-01-01T00:00:00Z")]).await;
    assert_eq!((&none["period"], &none["request_count"], &none["agents"]), (&Value::Null, &json!(0), &json!([])));
    let order = admin.call("get_usage").query("from", "2026-01-02T00:00:00Z").query("to", "2026-01-01T00:00:00Z");
    order.fails(400, "invalid_request").await;
    admin.call("get_usage").query("period", "decade").fails(400, "invalid_request").await;
    admin.call("get_usage").query("cursor", "abc").fails(400, "invalid_cursor").await;

    let summary = get(&admin, "get_usage_summary", &[]).await;
    assert_eq!(
        (&summary["total_calls"], &summary["call_count"], &summary["failed_count"]),
        (&json!(4), &json!(4), &json!(1))
    );
    assert_eq!(summary["today"], json!({"input_tokens": 15, "output_tokens": 30, "cost_usd": 0.03, "requests": 4}));
    assert_eq!(summary["quota"], json!({"hourly_token_limit": 0, "hourly_tokens_used": 0, "hourly_reset_at": null}));
    assert!(summary["since"].is_string());

    // Everything is rows.
    let app = app.restart().await;
    let again = get(&app.admin(), "get_usage_summary", &[]).await;
    assert_eq!(again, summary);
    app.anonymous().call("get_usage_summary").fails(401, "unauthorized").await;
}

#[tokio::test]
async fn deleted_agents_keep_their_line() {
    let app = priced().await;
    let admin = app.admin();
    let desk = scripted(&admin, "desk").await;
    ask(&admin, &desk, CENT).await;
    admin.call("delete_agent").id(&desk["id"]).send().await;
    let usage = get(&admin, "get_usage", &[]).await;
    assert_eq!(usage["agents"][0]["agent_name"], "desk");
}

#[tokio::test]
async fn models_and_days() {
    let app = priced().await;
    let admin = app.admin();
    let desk = scripted(&admin, "desk").await;
    let empty = get(&admin, "list_usage_by_model", &[]).await;
    assert_eq!(empty, json!({"models": [], "total": 0, "next_cursor": null}));
    let before = get(&admin, "list_daily_usage", &[("days", "3")]).await;
    assert_eq!((&before["total"], &before["first_event_date"]), (&json!(3), &Value::Null));
    ask(&admin, &desk, CENT).await;
    let failing = admin.call("send_message").id(&desk["id"]).json(json!({"message": "@@error auth always"}));
    failing.fails(502, "upstream_auth_failed").await;
    let echo = json!({"name": "echo", "model": "builtin/echo"});
    let echo = admin.call("create_agent").json(echo).ok(201).await;
    ask(&admin, &echo, "2 + 2").await;

    let models = get(&admin, "list_usage_by_model", &[("limit", "1")]).await;
    let top = &models["models"][0];
    assert_eq!((&models["total"], &top["provider"], &top["calls"]), (&json!(2), &json!("builtin"), &json!(2)));
    assert_eq!(
        (&top["failed_count"], &top["cost_usd"], &top["total_output_tokens"]),
        (&json!(1), &json!(0.01), &json!(10))
    );
    let cursor = models["next_cursor"].as_str().unwrap();
    let rest = get(&admin, "list_usage_by_model", &[("limit", "1"), ("cursor", cursor)]).await;
    assert_ne!(rest["models"][0]["model"], top["model"]);
    assert_eq!(rest["next_cursor"], Value::Null);
    let none = get(&admin, "list_usage_by_model", &[("provider", "openai")]).await;
    assert_eq!(none["total"], 0);
    admin.call("list_usage_by_model").query("period", "x").fails(400, "invalid_request").await;

    let daily = get(&admin, "list_daily_usage", &[("days", "3")]).await;
    let days = daily["days"].as_array().unwrap();
    assert_eq!((days.len(), &days[0]["calls"], &days[2]["calls"]), (3, &json!(0), &json!(3)));
    assert_eq!((&daily["today_cost_usd"], &days[2]["date"]), (&json!(days[2]["cost_usd"]), &daily["first_event_date"]));
    admin.call("list_daily_usage").query("days", 367).fails(400, "invalid_request").await;
}

#[tokio::test]
async fn breakdowns_by_one_or_two_dimensions() {
    let app = TestApp::with(|config| {
        config.builtin.price_out_per_m = 1_000.0;
        config.budget.timezone = "Australia/Lord_Howe".into();
    });
    let app = app.await;
    let admin = app.admin();
    let created = admin.call("create_api_key").json(json!({"name": "k", "scopes": ["messages:write"]})).ok(201).await;
    let by_key = app.client(created["key"].as_str());
    let (desk, other) = (scripted(&admin, "desk").await, scripted(&admin, "other").await);
    ask(&admin, &desk, CENT).await;
    ask(&by_key, &desk, CENT).await;
    ask(&by_key, &other, &format!("@@error rate_limit times=1\n{CENT}")).await;

    let by = async |dimensions: &str| get(&admin, "get_usage_breakdown", &[("group_by", dimensions)]).await;
    let keys = |groups: &Value, name: &str| -> Vec<String> {
        groups["groups"].as_array().unwrap().iter().map(|g| g["keys"][name].as_str().unwrap().to_owned()).collect()
    };
    let agents = by("agent").await;
    assert_eq!(keys(&agents, "agent"), [desk["id"].as_str().unwrap(), other["id"].as_str().unwrap()]);
    assert_eq!((&agents["groups"][0]["cost_usd"], &agents["groups"][1]["failed_count"]), (&json!(0.02), &json!(1)));
    let api_keys = by("api_key").await;
    assert_eq!(keys(&api_keys, "api_key"), [created["id"].as_str().unwrap(), "root"]);
    assert_eq!(keys(&by("Status").await, "status"), ["error", "ok"]);
    let both = by("agent,status").await;
    assert_eq!((both["total"].as_i64(), both["groups"][0]["request_count"].as_i64()), (Some(3), Some(2)));
    let (hour, day, month) = (by("hour").await, by("day").await, by("month").await);
    let today = get(&admin, "list_daily_usage", &[("days", "1")]).await["days"][0]["date"].clone();
    assert_eq!((hour["total"].as_i64(), &day["groups"][0]["keys"]["day"]), (Some(1), &today));
    assert_eq!(month["groups"][0]["keys"]["month"], today.as_str().unwrap()[..7]);
    for dimension in ["model", "provider", "door", "purpose"] {
        assert_eq!(by(dimension).await["total"], 1, "{dimension}");
    }

    let mut cursor = String::new();
    let mut seen = vec![];
    loop {
        let mut query = vec![("group_by", "agent,status"), ("limit", "1")];
        if !cursor.is_empty() {
            query.push(("cursor", &cursor));
        }
        let page = get(&admin, "get_usage_breakdown", &query).await;
        seen.push(page["groups"][0].clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = next.to_owned();
    }
    assert_eq!(json!(seen), both["groups"], "pages are the whole");
    let filtered = [("group_by", "agent"), ("api_key_id", "root"), ("status", "OK"), ("provider", "builtin")];
    assert_eq!(get(&admin, "get_usage_breakdown", &filtered).await["groups"][0]["request_count"], 1);
    let past = [("group_by", "month,day"), ("from", "1990-01-01T00:00:00Z"), ("to", "2001-01-01T00:00:00Z")];
    assert_eq!(get(&admin, "get_usage_breakdown", &past).await["total"], 0);
    for wrong in ["", "agent,agent", "agent,day,hour", "weather"] {
        admin.call("get_usage_breakdown").query("group_by", wrong).fails(400, "invalid_request").await;
    }
}

#[tokio::test]
async fn single_calls_and_their_export() {
    let app = priced().await;
    let admin = app.admin();
    let desk = scripted(&admin, "desk, \"the\" first").await;
    let first = ask(&admin, &desk, CENT).await;
    let second = ask(&admin, &desk, &format!("@@error rate_limit times=1\n{CENT}")).await;

    let all = get(&admin, "list_usage_records", &[]).await;
    let records = all["records"].as_array().unwrap();
    assert_eq!((all["total"].as_i64(), records.len()), (Some(3), 3));
    assert!(records.windows(2).all(|pair| pair[0]["timestamp"].as_str() >= pair[1]["timestamp"].as_str()));
    let newest = &records[0];
    assert_eq!(
        (&newest["run_id"], &newest["attempt"], &newest["status"]),
        (&second["run_id"], &json!(2), &json!("ok"))
    );
    assert_eq!(
        (&newest["api_key_id"], &newest["cost_usd"], &newest["price_version"]),
        (&json!("root"), &json!(0.01), &json!(1))
    );
    assert_eq!((&newest["cached_input_tokens"], &newest["reasoning_tokens"]), (&json!(2), &json!(3)));
    assert_eq!((&records[1]["status"], &records[1]["error_code"]), (&json!("error"), &json!("upstream_rate_limited")));
    let run = [("run_id", first["run_id"].as_str().unwrap())];
    assert_eq!(get(&admin, "list_usage_records", &run).await["total"], 1);
    let session = [("session_id", first["session_id"].as_str().unwrap()), ("status", "error")];
    assert_eq!(get(&admin, "list_usage_records", &session).await["total"], 1);
    let page = get(&admin, "list_usage_records", &[("limit", "2")]).await;
    let rest =
        get(&admin, "list_usage_records", &[("limit", "2"), ("cursor", page["next_cursor"].as_str().unwrap())]).await;
    assert_eq!((&rest["records"][0], &rest["next_cursor"]), (&records[2], &Value::Null));
    admin.call("list_usage_records").query("api_key_id", "no-id").fails(400, "invalid_request").await;
    admin.call("list_usage_records").query("agent_id", "no-id").fails(400, "invalid_request").await;

    let csv = admin.call("export_usage").send().await;
    assert_eq!((csv.status, csv.header("content-disposition")), (200, "attachment; filename=\"usage.csv\""));
    let text = csv.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].starts_with("id,timestamp,agent_id,agent_name,"), "{}", lines[0]);
    assert!(lines[1].contains(",\"desk, \"\"the\"\" first\","), "{}", lines[1]);
    let json_lines = admin.call("export_usage").query("format", "jsonl").query("status", "ok").send().await.text();
    let objects: Vec<Value> = json_lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects, [records[0].clone(), records[2].clone()]);
    admin.call("export_usage").query("format", "xml").fails(400, "invalid_request").await;
}
