//! Each built-in tool against its row of the tool table, and what it does with files.

mod patching;
mod reading;
mod writing;

use chrono::{TimeZone, Utc};
use serde_json::{Value, json};

use super::{
    super::{
        Effect, Intent, Resume, ToolErrorCode, ToolInfo, ToolOutput,
        fixture::{Fixture, assert_code},
        registry::Registry,
    },
    ToolSettings, all, system_time,
};

/// An example call of each tool.
fn examples() -> Vec<(&'static str, Value)> {
    vec![
        ("apply_patch", json!({"patch": "*** Begin Patch\n*** Add File: n\n+x\n*** End Patch"})),
        ("artifact_read", json!({"artifact": "art_0123456789abcdef0123456789abcdef"})),
        ("create_directory", json!({"path": "d/e"})),
        ("file_copy", json!({"from": "a/b.txt", "to": "c.txt"})),
        ("file_delete", json!({"path": "a/b.txt"})),
        ("file_edit", json!({"path": "a/b.txt", "old": "inside", "new": "changed"})),
        ("file_list", json!({"path": "a"})),
        ("file_move", json!({"from": "a/b.txt", "to": "c.txt"})),
        ("file_read", json!({"path": "a/b.txt", "offset": 1})),
        ("file_search", json!({"pattern": "in.*"})),
        ("file_write", json!({"path": "n.txt", "content": "x"})),
        ("knowledge_add_entity", json!({"name": "Acme", "entity_type": "organization", "aliases": ["A"]})),
        (
            "knowledge_add_relation",
            json!({"source": "Anna", "relation": "works_at", "target": "Acme", "confidence": 0.5}),
        ),
        ("knowledge_delete", json!({"entity": "acme"})),
        ("knowledge_query", json!({"source": "Acme", "max_depth": 2})),
        ("location_get", json!({})),
        ("memory_delete", json!({"key": "a"})),
        ("memory_list", json!({"prefix": "a", "scope": "self"})),
        ("memory_recall", json!({"key": "a", "scope": "self"})),
        ("memory_search", json!({"query": "a", "limit": 3, "scope": "self"})),
        ("memory_store", json!({"key": "a", "value": 1})),
        ("process_kill", json!({"process_id": "proc_x", "grace_ms": 5})),
        ("process_list", json!({})),
        ("process_poll", json!({"process_id": "proc_x", "wait_ms": 5})),
        ("process_start", json!({"command": "sleep", "cwd": "a"})),
        ("process_write", json!({"process_id": "proc_x", "data": "x"})),
        ("shell_exec", json!({"command": "sleep 1", "timeout_seconds": 5})),
        ("system_time", json!({"tz": "Europe/Vienna"})),
        ("web_fetch", json!({"url": "https://example.com/", "max_chars": 500})),
        ("web_search", json!({"query": "rust"})),
    ]
}

#[test]
fn every_tool_has_an_example() {
    let names: Vec<&str> = examples().iter().map(|(name, _)| *name).collect();
    let tools: Vec<&str> = Registry::builtin().unwrap().iter().map(|tool| tool.info().name).collect();
    assert_eq!(names, tools);
}

#[test]
fn schemas_accept_the_example_and_refuse_what_breaks_it() {
    let registry = Registry::builtin().unwrap();
    for (name, example) in examples() {
        registry.validate(name, &example).unwrap();
        let schema = &registry.get(name).unwrap().info().schema;
        assert_eq!(schema["additionalProperties"], json!(false), "{name}");
        for (argument, value) in example.as_object().unwrap() {
            if (name, argument.as_str()) == ("memory_store", "value") {
                // Anything can be remembered.
                continue;
            }
            let mut broken = example.clone();
            broken[argument] = if value.is_string() { json!(1) } else { json!("word") };
            let error = registry.validate(name, &broken).unwrap_err();
            assert_eq!(error.details.unwrap()[0]["path"], json!(format!("/{argument}")), "{name}");
        }
        for required in schema["required"].as_array().unwrap() {
            let mut broken = example.clone();
            broken.as_object_mut().unwrap().shift_remove(required.as_str().unwrap());
            let error = registry.validate(name, &broken).unwrap_err();
            assert_eq!(error.details.unwrap()[0]["rule"], json!("required"), "{name}");
        }
        let mut broken = example.clone();
        broken["surprise"] = json!(true);
        let error = registry.validate(name, &broken).unwrap_err();
        assert_eq!(error.code, ToolErrorCode::InvalidArguments);
        assert_eq!(error.details.unwrap()[0]["rule"], json!("additionalProperties"), "{name}");
    }
}

/// Members of each result in the order of the tool table.
#[test]
fn results_have_their_declared_shape() {
    let shapes: [(&str, &[&str]); 11] = [
        ("apply_patch", &["added", "updated", "deleted", "moved", "dry_run"]),
        ("create_directory", &["path", "created"]),
        ("file_copy", &["from", "to", "files", "bytes"]),
        ("file_delete", &["path", "deleted_files", "deleted_dirs"]),
        ("file_edit", &["path", "replacements", "sha256", "diff"]),
        ("file_list", &["path", "entries", "total", "truncated"]),
        ("file_move", &["from", "to"]),
        (
            "file_read",
            &["path", "content", "first_line", "last_line", "total_lines", "size_bytes", "sha256", "truncated"],
        ),
        ("file_search", &["matches", "files_searched", "truncated"]),
        ("file_write", &["path", "bytes", "sha256", "created"]),
        ("system_time", &["utc", "local", "unix_epoch", "timezone", "utc_offset", "date", "time", "day_of_week"]),
    ];
    for (name, members) in shapes {
        let example = examples().into_iter().find(|(tool, _)| *tool == name).unwrap().1;
        let result = Fixture::new().call(name, example).unwrap();
        assert_eq!(result.as_object().unwrap().keys().collect::<Vec<_>>(), members, "{name}");
    }
}

#[test]
fn file_tools_are_denied_without_their_grants() {
    for (name, example) in examples() {
        let mut fixture = Fixture::new();
        fixture.grants = vec![];
        match name {
            "artifact_read" | "location_get" | "system_time" | "web_search" => {}
            // These are about processes, not about grants.
            "process_kill" | "process_list" | "process_poll" | "process_write" => {}
            _ => assert_code(fixture.call(name, example), ToolErrorCode::CapabilityMissing),
        }
    }
}

/// Effect, resume, parallel, usable in assist, asks by default, time limits in seconds, bytes shown.
type Row = (Effect, Resume, bool, bool, bool, u64, u64, usize);

fn row(info: &ToolInfo) -> Row {
    let (timeout, max) = (info.timeout.as_secs(), info.max_timeout.as_secs());
    let (alone, assist) = (info.parallel, info.assist_mode);
    (info.effect, info.resume, alone, assist, info.ask_by_default, timeout, max, info.output_limit)
}

#[test]
fn columns_of_the_tool_table() {
    let read = |timeout, max, shown| (Effect::Read, Resume::Repeat, true, true, false, timeout, max, shown);
    let write = |timeout, max, shown| (Effect::Write, Resume::Interrupt, false, false, false, timeout, max, shown);
    let web = |timeout, max, shown| (Effect::Network, Resume::Repeat, true, true, false, timeout, max, shown);
    let kept = |shown, asks| (Effect::Write, Resume::Tx, false, false, asks, 5, 30, shown);
    let exec = |timeout, max, shown| (Effect::Exec, Resume::Interrupt, false, false, false, timeout, max, shown);
    let table: Vec<(&str, Row)> = vec![
        ("apply_patch", write(20, 120, 16_384)),
        ("artifact_read", read(5, 30, 65_536)),
        ("create_directory", write(5, 30, 1_024)),
        ("file_copy", write(20, 120, 1_024)),
        ("file_delete", write(10, 60, 1_024)),
        ("file_edit", write(10, 60, 4_096)),
        ("file_list", read(15, 60, 65_536)),
        ("file_move", write(10, 60, 1_024)),
        ("file_read", read(10, 60, 102_400)),
        ("file_search", read(20, 60, 65_536)),
        ("file_write", write(10, 60, 2_048)),
        ("knowledge_add_entity", kept(2_048, false)),
        ("knowledge_add_relation", kept(2_048, false)),
        ("knowledge_delete", kept(1_024, true)),
        ("knowledge_query", read(10, 30, 32_768)),
        ("location_get", (Effect::Network, Resume::Repeat, false, false, true, 10, 30, 1_024)),
        ("memory_delete", kept(1_024, false)),
        ("memory_list", read(5, 30, 32_768)),
        ("memory_recall", read(5, 30, 65_536)),
        ("memory_search", read(10, 30, 32_768)),
        ("memory_store", kept(1_024, false)),
        ("process_kill", (Effect::Exec, Resume::Repeat, false, false, false, 65, 65, 1_024)),
        ("process_list", read(5, 30, 8_192)),
        ("process_poll", (Effect::Read, Resume::Interrupt, false, true, false, 35, 35, 1_048_576)),
        ("process_start", exec(10, 30, 1_024)),
        ("process_write", exec(10, 30, 1_024)),
        ("shell_exec", exec(3_610, 3_610, 12 * 1_048_576)),
        ("system_time", (Effect::Pure, Resume::Repeat, true, true, false, 1, 5, 1_024)),
        ("web_fetch", web(30, 120, 1_048_576)),
        ("web_search", web(20, 60, 32_768)),
    ];
    let tools = all(&ToolSettings::default());
    let mut built: Vec<(&str, Row)> = tools.iter().map(|tool| (tool.info().name, row(tool.info()))).collect();
    built.sort_by_key(|(name, _)| *name);
    assert_eq!(built, table);
}

#[tokio::test]
async fn artifact_read_is_left_to_the_runtime() {
    let fixture = Fixture::new();
    let id = "art_0123456789abcdef0123456789abcdef";
    let tool = fixture.registry.get("artifact_read").unwrap();
    let output = tool.call(json!({"artifact": id, "offset": 7}), &fixture.context()).await.unwrap();
    let ToolOutput::Intent(intent) = output else { panic!("{output:?}") };
    assert_eq!(intent, Intent::ArtifactRead { id: id.into(), offset: 7, length: 16_384 });
}

#[test]
fn system_time_in_a_zone() {
    let now = Utc.with_ymd_and_hms(2026, 7, 1, 22, 30, 5).unwrap();
    let present = serde_json::to_value(system_time::describe(now, "Europe/Vienna").unwrap()).unwrap();
    assert_eq!(
        present,
        json!({"utc": "2026-07-01T22:30:05Z", "local": "2026-07-02T00:30:05+02:00", "unix_epoch": 1_782_945_005_i64,
            "timezone": "Europe/Vienna", "utc_offset": "+02:00", "date": "2026-07-02", "time": "00:30:05",
            "day_of_week": "Thursday"})
    );
    assert_code(system_time::describe(now, "Middle/Earth"), ToolErrorCode::InvalidArguments);
}
