//! States: who may follow whom, what becomes of runs, what is left at the end.

use openfang::{agents, ids::Id, runs, sessions};
use serde_json::{Value, json};

use super::{create, hanging_run, names, read, scripted};
use crate::support::{TestApp, client::Client};

async fn act(client: &Client, operation: &str, agent: &Value) -> Value {
    client.call(operation).id(&agent["id"]).ok(200).await
}

#[tokio::test]
async fn states_follow_the_table() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"manifest": {"name": "desk", "start": false}})).await;
    let mut events = app.state.events.subscribe();
    let failure = admin.call("suspend_agent").id(&agent["id"]).fails(409, "illegal_transition").await;
    assert!(failure["error"].as_str().unwrap().contains("start, activate, restart"), "{failure}");
    for (operation, status, previous, state, event) in [
        ("start_agent", "started", "Created", "Running", &["agent.started"][..]),
        ("start_agent", "started", "Running", "Running", &[]),
        ("activate_agent", "activated", "Running", "Running", &[]),
        ("suspend_agent", "suspended", "Running", "Suspended", &["agent.suspended"]),
        ("suspend_agent", "suspended", "Suspended", "Suspended", &[]),
        ("activate_agent", "activated", "Suspended", "Running", &["agent.resumed"]),
        ("suspend_agent", "suspended", "Running", "Suspended", &["agent.suspended"]),
        ("restart_agent", "restarted", "Suspended", "Running", &["agent.resumed"]),
        ("restart_agent", "restarted", "Running", "Running", &["agent.started"]),
    ] {
        let answer = act(&admin, operation, &agent).await;
        assert_eq!((&answer["status"], &answer["previous_state"]), (&json!(status), &json!(previous)), "{operation}");
        assert_eq!((&answer["state"], &answer["agent"]), (&json!(state), &json!("desk")), "{operation}");
        assert_eq!((&answer["id"], &answer["agent_id"]), (&agent["id"], &agent["id"]));
        assert_eq!((&answer["task_cancelled"], &answer["cancelled_runs"]), (&json!(false), &json!([])));
        assert_eq!(names(&mut events), event, "{operation} from {previous}");
    }
    admin.call("suspend_agent").id(&agent["id"]).json(json!({"cancel": true})).fails(400, "invalid_request").await;
    act(&admin, "suspend_agent", &agent).await;
    let app = app.restart().await;
    assert_eq!(read(&app.admin(), &agent).await["state"], "Suspended", "a restart of the server changes no state");
    let reader = app.scoped(&["agents:read", "messages:write"]).await;
    for operation in
        ["start_agent", "activate_agent", "restart_agent", "suspend_agent", "delete_agent", "uninstall_agent"]
    {
        reader.call(operation).id(&agent["id"]).fails(403, "insufficient_scope").await;
    }
}

#[tokio::test]
async fn a_crashed_agent_starts_afresh() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, json!({"name": "desk"})).await;
    let id: Id = agent["id"].as_str().unwrap().parse().unwrap();
    let crash = || agents::service::crash(app.state.db.write(), id, "5 runs failed", openfang::time::Ts(1_000));
    assert!(crash().await.unwrap());
    let crashed = read(&admin, &agent).await;
    assert_eq!((&crashed["state"], &crashed["ready"]), (&json!("Crashed"), &json!(false)));
    assert_eq!(crashed["crash"], json!({"at": "1970-01-01T00:00:01.000Z", "reason": "5 runs failed", "restarts": 0}));
    admin.call("suspend_agent").id(&agent["id"]).fails(409, "illegal_transition").await;
    assert_eq!(act(&admin, "restart_agent", &agent).await["previous_state"], "Crashed");
    assert!(crash().await.unwrap());
    act(&admin, "start_agent", &agent).await;
    let started = read(&admin, &agent).await;
    assert_eq!((&started["state"], &started["crash"]), (&json!("Running"), &json!(null)));
}

#[tokio::test]
async fn stopping_cancels_work_and_keeps_the_agent() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, scripted("desk")).await;
    let idle = act(&admin, "stop_agent", &agent).await;
    assert_eq!((&idle["status"], &idle["cancelled_runs"]), (&json!("ok"), &json!([])));
    let first = hanging_run(&app, &agent).await.run.id;
    let stopped = act(&admin, "stop_agent", &agent).await;
    assert_eq!((&stopped["status"], &stopped["cancelled_runs"]), (&json!("stopped"), &json!([first])));
    assert_eq!(read(&admin, &agent).await["state"], "Running");
    let second = hanging_run(&app, &agent).await.run;
    let other = admin.call("stop_agent").id(&agent["id"]).json(json!({"session_id": super::NOBODY})).ok(200).await;
    assert_eq!(other["status"], "ok");
    let talker = app.scoped(&["messages:write"]).await;
    let named = json!({"session_id": second.session_id});
    talker.call("stop_agent").id(&agent["id"]).json(named.clone()).fails(403, "insufficient_scope").await;
    let stopped = admin.call("stop_agent").id(&agent["id"]).json(named).ok(200).await;
    assert_eq!(stopped["cancelled_runs"], json!([second.id]));
    app.scoped(&["agents:write"]).await.call("stop_agent").id(&agent["id"]).fails(403, "insufficient_scope").await;
    admin.call("stop_agent").id(&agent["id"]).json(json!({"session_id": 7})).fails(400, "invalid_request").await;
}

#[tokio::test]
async fn restarting_and_suspending_reach_the_runs() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, scripted("desk")).await;
    let run = hanging_run(&app, &agent).await.run.id;
    let restarted = act(&admin, "restart_agent", &agent).await;
    assert_eq!((&restarted["task_cancelled"], &restarted["cancelled_runs"]), (&json!(true), &json!([run])));
    let row = runs::service::get(app.state.db.read(), run).await.unwrap();
    assert_eq!(row.cancel_reason.as_deref(), Some("agent_restarted"));
    let run = hanging_run(&app, &agent).await.run.id;
    let suspended = admin.call("suspend_agent").id(&agent["id"]).json(json!({"cancel_runs": true})).ok(200).await;
    assert_eq!(suspended["cancelled_runs"], json!([run]));
}

#[tokio::test]
async fn a_deleted_agent_is_gone_but_its_past_stays() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, scripted("desk")).await;
    let run = hanging_run(&app, &agent).await.run.id;
    let mut events = app.state.events.subscribe();
    let killed = act(&admin, "delete_agent", &agent).await;
    assert_eq!((&killed["status"], &killed["name"]), (&json!("killed"), &json!("desk")));
    assert_eq!((&killed["cancelled_runs"], &killed["terminated_children"]), (&json!([run]), &json!([])));
    assert_eq!(names(&mut events), ["agent.terminated"]);
    admin.call("delete_agent").id(&agent["id"]).fails(404, "agent_not_found").await;
    admin.call("get_agent").path("id", "desk").fails(404, "agent_not_found").await;
    admin.call("start_agent").id(&agent["id"]).fails(404, "agent_not_found").await;
    let app = app.restart().await;
    let admin = app.admin();
    assert_eq!(admin.call("list_agents").ok(200).await, json!([]));
    let past = admin.call("get_agent").id(&agent["id"]).query("include_terminated", "true").ok(200).await;
    assert_eq!((&past["state"], &past["ready"]), (&json!("Terminated"), &json!(false)));
    let session: Id = agent["session_id"].as_str().unwrap().parse().unwrap();
    assert!(sessions::service::find(app.state.db.read(), session).await.unwrap().is_some());
    create(&admin, json!({"name": "desk"})).await;
}

#[tokio::test]
async fn children_go_with_their_parent_unless_adopted() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let parent = create(&admin, json!({"name": "parent"})).await;
    let adopt = |child: Value, of: Value| {
        let state = app.state.clone();
        async move {
            let id: Id = child["id"].as_str().unwrap().parse().unwrap();
            let mut row = agents::service::find(state.db.read(), id).await.unwrap().unwrap();
            row.parent_id = Some(of["id"].as_str().unwrap().parse().unwrap());
            agents::service::save(state.db.write(), row).await.unwrap();
        }
    };
    let mut made: Vec<Value> = vec![];
    for (name, of) in [("child", None), ("grandchild", Some(0)), ("adopted", None)] {
        let agent = create(&admin, json!({"name": name})).await;
        adopt(agent.clone(), of.map_or(parent.clone(), |n: usize| made[n].clone())).await;
        made.push(agent);
    }
    let shown = read(&admin, &parent).await;
    assert_eq!(shown["children"], json!([made[0]["id"], made[2]["id"]]));
    assert_eq!(read(&admin, &made[2]).await["parent_id"], parent["id"]);
    admin.call("update_agent").id(&made[2]["id"]).json(json!({"parent_id": null})).ok(200).await;
    let mut events = app.state.events.subscribe();
    let killed = act(&admin, "delete_agent", &parent).await;
    assert_eq!(killed["terminated_children"], json!([made[0]["id"], made[1]["id"]]));
    assert_eq!(names(&mut events), ["agent.terminated"; 3]);
    assert_eq!(admin.call("list_agents").ok(200).await.as_array().unwrap().len(), 1);
    assert_eq!(read(&admin, &made[2]).await["parent_id"], json!(null));
}

#[tokio::test]
async fn uninstalling_erases() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let agent = create(&admin, scripted("desk")).await;
    let folder = std::path::PathBuf::from(agent["workspace"].as_str().unwrap());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.txt"), "text").unwrap();
    let run = hanging_run(&app, &agent).await.run.id;
    let gone = act(&admin, "uninstall_agent", &agent).await;
    assert_eq!(
        (&gone["status"], &gone["name"], &gone["dir_removed"]),
        (&json!("uninstalled"), &json!("desk"), &json!(true))
    );
    assert!(!folder.exists());
    let session: Id = agent["session_id"].as_str().unwrap().parse().unwrap();
    let db = app.state.db.read();
    assert!(sessions::service::find(db, session).await.unwrap().is_none());
    let row = runs::service::get(db, run).await.unwrap();
    assert_eq!((row.input.text.as_str(), row.response), ("", None), "the run stays, its text does not");
    let id: Id = agent["id"].as_str().unwrap().parse().unwrap();
    assert!(agents::service::files(db, id).await.unwrap().is_empty());
    admin.call("uninstall_agent").id(&agent["id"]).fails(404, "agent_not_found").await;
    admin.call("get_agent").id(&agent["id"]).query("include_terminated", "true").fails(404, "agent_not_found").await;
    assert_eq!(admin.call("list_agents").query("include_terminated", "true").ok(200).await, json!([]));
}

#[tokio::test]
async fn only_a_private_folder_of_the_home_is_removed() {
    let outside = tempfile::tempdir().unwrap();
    let root = outside.path().to_owned();
    let app = TestApp::with(|config| config.agents.mount_roots = vec![root.clone()]).await;
    let admin = app.admin();
    let terminated = create(&admin, json!({"name": "first"})).await;
    act(&admin, "delete_agent", &terminated).await;
    admin.call("uninstall_agent").path("id", "first").fails(404, "agent_not_found").await;
    assert_eq!(act(&admin, "uninstall_agent", &terminated).await["dir_removed"], false, "there was no folder");

    let shared = |name: &str| json!({"manifest": {"name": name, "workspace": "project"}});
    let (a, b) = (create(&admin, shared("a")).await, create(&admin, shared("b")).await);
    let folder = std::path::PathBuf::from(a["workspace"].as_str().unwrap());
    std::fs::create_dir_all(&folder).unwrap();
    assert_eq!(act(&admin, "uninstall_agent", &a).await["dir_removed"], false);
    assert!(folder.exists(), "the other agent still uses it");
    assert_eq!(act(&admin, "uninstall_agent", &b).await["dir_removed"], true);

    let elsewhere = root.join("work");
    std::fs::create_dir_all(&elsewhere).unwrap();
    let agent = create(&admin, json!({"manifest": {"name": "out", "workspace": elsewhere}})).await;
    assert_eq!(act(&admin, "uninstall_agent", &agent).await["dir_removed"], false);
    assert!(elsewhere.exists());

    let linked = create(&admin, json!({"name": "linked"})).await;
    std::fs::create_dir_all(app.state.config.workspaces_dir()).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&elsewhere, linked["workspace"].as_str().unwrap()).unwrap();
    assert_eq!(act(&admin, "uninstall_agent", &linked).await["dir_removed"], false);
    assert!(elsewhere.exists(), "a link is not followed");
}

#[tokio::test]
async fn a_folder_that_another_agent_names_is_not_removed() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let v5 = create(&admin, json!({"manifest": {"name": "v5", "workspace": "vnamed"}})).await;
    let named = |path: &str| json!({"n": {"path": path, "mode": "rw"}});
    let v6 = create(&admin, json!({"manifest": {"name": "v6", "workspaces": named("vnamed")}})).await;
    let folder = app.state.config.workspaces_dir().join("vnamed");
    std::fs::create_dir_all(folder.join("inner")).unwrap();
    assert_eq!(act(&admin, "uninstall_agent", &v5).await["dir_removed"], false);
    assert!(folder.exists(), "v6 has it as @n");
    act(&admin, "uninstall_agent", &v6).await;

    for other in ["vnamed/inner", "VNAMED"] {
        let v7 = create(&admin, json!({"manifest": {"name": "v7", "workspace": "vnamed"}})).await;
        let v8 = create(&admin, json!({"manifest": {"name": "v8", "workspaces": named(other)}})).await;
        assert_eq!(act(&admin, "uninstall_agent", &v7).await["dir_removed"], false, "{other}");
        act(&admin, "uninstall_agent", &v8).await;
    }
    let last = create(&admin, json!({"manifest": {"name": "last", "workspace": "vnamed"}})).await;
    assert_eq!(act(&admin, "uninstall_agent", &last).await["dir_removed"], true);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_does_not_lead_uninstalling_elsewhere() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let (home, workspaces) = (app.state.config.home.clone(), app.state.config.workspaces_dir());
    let precious = home.join("precious");
    std::fs::create_dir_all(&precious).unwrap();
    std::fs::create_dir_all(workspaces.join("real/inner")).unwrap();
    let to = |name: &str, path: &str| json!({"manifest": {"name": name, "workspace": path}});
    let early = create(&admin, to("early", "plnk/precious")).await;
    std::os::unix::fs::symlink(&home, workspaces.join("plnk")).unwrap();
    assert_eq!(act(&admin, "uninstall_agent", &early).await["dir_removed"], false);
    assert!(precious.exists());
    for body in
        [to("late", "plnk/precious"), json!({"manifest": {"name": "late", "workspaces": {"n": {"path": "plnk/tls"}}}})]
    {
        let failure = admin.call("create_agent").json(body).fails(400, "invalid_manifest").await;
        assert_eq!(failure["details"][0]["code"], "workspace_forbidden");
    }

    std::os::unix::fs::symlink(workspaces.join("real"), workspaces.join("alias")).unwrap();
    let by_link = create(&admin, to("by-link", "alias/inner")).await;
    let direct = create(&admin, to("direct", "real/inner")).await;
    assert_eq!(act(&admin, "uninstall_agent", &by_link).await["dir_removed"], false);
    assert!(workspaces.join("real/inner").exists(), "the same folder by another path");
    assert_eq!(act(&admin, "uninstall_agent", &direct).await["dir_removed"], true);
}

#[tokio::test]
async fn the_folder_of_an_uninstall_that_was_cut_off_is_removed_later() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let (db, rules) = (&app.state.db, &app.state.rules);
    let desk = create(&admin, json!({"manifest": {"name": "desk", "workspace": "project"}})).await;
    let folder = std::path::PathBuf::from(desk["workspace"].as_str().unwrap());
    std::fs::create_dir_all(folder.join("below")).unwrap();
    act(&admin, "delete_agent", &desk).await;
    let id: Id = desk["id"].as_str().unwrap().parse().unwrap();
    let find = async || agents::service::find(db.read(), id).await.unwrap().unwrap();
    app.state.engine.erase_agent(find().await).await.unwrap();
    assert!(folder.exists(), "here the server died");
    admin.call("uninstall_agent").id(&desk["id"]).fails(404, "agent_not_found").await;
    agents::service::remove_left_folders(db, rules).await.unwrap();
    assert!(!folder.exists());
    assert_eq!(find().await.erased_folder, None);

    let other = create(&admin, json!({"manifest": {"name": "other", "workspace": "project"}})).await;
    act(&admin, "delete_agent", &other).await;
    let row = agents::service::find(db.read(), other["id"].as_str().unwrap().parse().unwrap()).await.unwrap().unwrap();
    app.state.engine.erase_agent(row).await.unwrap();
    create(&admin, json!({"manifest": {"name": "third", "workspace": "project"}})).await;
    std::fs::create_dir_all(&folder).unwrap();
    agents::service::remove_left_folders(db, rules).await.unwrap();
    assert!(folder.exists(), "it is another agent's now");
}
