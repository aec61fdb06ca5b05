//! Templates and profiles over the API.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn templates_are_listed_by_name_in_pages_and_by_filter() {
    let app = TestApp::start().await;
    let reader = app.scoped(&["agents:read"]).await;
    let all = reader.call("list_templates").ok(200).await;
    let rows = all["templates"].as_array().unwrap();
    assert_eq!(all["total"], rows.len());
    assert_eq!(all["next_cursor"], json!(null));
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && ["assistant", "coder", "hello-world", "researcher"].iter().all(|n| names.contains(n)));
    for row in rows {
        assert_eq!(
            (&row["source"], &row["path"], &row["provider"]),
            (&json!("builtin"), &json!(null), &json!("default"))
        );
        assert!(row["manifest_toml"].as_str().unwrap().starts_with("name = "), "{row}");
    }

    let mut seen = vec![];
    let mut cursor: Option<String> = None;
    loop {
        let mut call = reader.call("list_templates").query("limit", 3);
        if let Some(cursor) = &cursor {
            call = call.query("cursor", cursor);
        }
        let page = call.ok(200).await;
        seen.extend(page["templates"].as_array().unwrap().iter().map(|row| row["name"].clone()));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(json!(seen), json!(names));

    let found = reader.call("list_templates").query("category", "development").query("q", "CODE BASE").ok(200).await;
    assert_eq!(found["templates"][0]["name"], "coder");
    reader.call("list_templates").query("category", "Cooking").fails(400, "invalid_request").await;
    reader.call("list_templates").query("limit", 501).fails(400, "invalid_request").await;
    reader.call("list_templates").query("cursor", "bm9uZQ").fails(400, "invalid_cursor").await;
}

#[tokio::test]
async fn a_users_file_is_read_at_each_request() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let built_in = admin.call("get_template").path("name", "coder").ok(200).await;
    assert_eq!((&built_in["manifest"]["name"], &built_in["source"]), (&json!("coder"), &json!("builtin")));
    assert_eq!(built_in["manifest"]["resources"]["max_iterations"], 50, "defaults are filled in");

    let folder = app.state.config.home.join("agents/coder");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("agent.toml"), "name = \"mine\"\nmodel = \"gpt-4o\"\n").unwrap();
    let own = admin.call("get_template").path("name", "coder").ok(200).await;
    assert_eq!(
        (&own["manifest"]["name"], &own["source"], &own["model"]),
        (&json!("mine"), &json!("user"), &json!("gpt-4o"))
    );
    assert!(
        own["warnings"].as_array().unwrap().iter().any(|text| text.as_str().unwrap().starts_with("model: ")),
        "{own}"
    );

    std::fs::write(folder.join("agent.toml"), "name = \"mine\"\ntags = 5\n").unwrap();
    let error = admin.call("get_template").path("name", "coder").fails(409, "invalid_template").await;
    assert_eq!((&error["details"][0]["field"], &error["details"][0]["line"]), (&json!("tags"), &json!(2)));
    let listed = admin.call("list_templates").query("q", "coder").ok(200).await;
    assert!(listed["templates"][0]["description"].as_str().unwrap().contains("no manifest"), "{listed}");
}

#[tokio::test]
async fn a_users_file_that_cannot_be_read_hides_the_built_in_one_too() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let folder = app.state.config.home.join("agents/coder");
    let file = folder.join("agent.toml");
    std::fs::create_dir_all(&folder).unwrap();
    let write = |content: Vec<u8>| std::fs::write(&file, content).unwrap();
    let cases: [(&str, &dyn Fn()); 4] = [
        ("is not UTF-8 from byte 8 on", &|| write(b"name = \"\xff\"".to_vec())),
        ("is larger than 1048576 bytes", &|| write(vec![b'#'; 1_048_577])),
        ("is not a regular file", &|| {
            std::fs::remove_file(&file).unwrap();
            std::fs::create_dir(&file).unwrap();
        }),
        ("cannot be read", &|| {
            std::fs::remove_dir(&file).unwrap();
            #[cfg(unix)]
            std::os::unix::fs::symlink("nowhere", &file).unwrap();
        }),
    ];
    for (reason, make) in cases {
        make();
        let read = admin.call("get_template").path("name", "coder").fails(409, "invalid_template").await;
        let create = admin.call("create_agent").json(json!({"name": "mine", "template": "coder"}));
        for error in [read, create.fails(409, "invalid_template").await] {
            let text = error["error"].as_str().unwrap();
            assert!(text.contains(file.to_str().unwrap()) && text.contains(reason), "{text}");
        }
        let listed = admin.call("list_templates").query("q", "coder").ok(200).await;
        let row = listed["templates"].as_array().unwrap().iter().find(|row| row["name"] == "coder").unwrap();
        assert!(row["source"] == "user" && row["description"].as_str().unwrap().contains(reason), "{row}");
    }
    assert_eq!(admin.call("list_agents").ok(200).await, json!([]));
}

#[tokio::test]
async fn a_name_that_is_none_leads_nowhere() {
    let app = TestApp::start().await;
    let admin = app.admin();
    for name in ["a.b", "..a", "a b", "ä", &"x".repeat(65)] {
        admin.call("get_template").path("name", name).fails(400, "invalid_template_name").await;
    }
    admin.call("get_template").path("name", "nobody").fails(404, "template_not_found").await;
}

#[tokio::test]
async fn profiles_stand_in_their_order() {
    let app = TestApp::start().await;
    let profiles = app.admin().call("list_profiles").ok(200).await;
    let rows = profiles["profiles"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["minimal", "coding", "research", "messaging", "automation", "full"]);
    assert_eq!(rows[0]["tools"], json!(["file_read", "file_list"]));
    assert_eq!(rows[0]["implied_grants"], json!(["fs.read:**"]));
    assert_eq!(rows[0]["base_tools"].as_array().unwrap().len(), 7);
    assert_eq!(rows[5]["tools"], json!(["*"]));
}

#[tokio::test]
async fn reading_needs_the_scope() {
    let app = TestApp::start().await;
    let other = app.scoped(&["messages:read"]).await;
    for operation in ["list_templates", "list_profiles"] {
        other.call(operation).fails(403, "insufficient_scope").await;
        app.anonymous().call(operation).fails(401, "unauthorized").await;
    }
    other.call("get_template").path("name", "coder").fails(403, "insufficient_scope").await;
}
