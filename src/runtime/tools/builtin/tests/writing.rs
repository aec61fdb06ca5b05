//! file_write, file_edit, file_delete, file_move, file_copy, create_directory.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::json;

use super::super::super::{
    Content, ToolErrorCode, ToolOutput,
    fixture::{Fixture, assert_code, assert_rule},
};

#[test]
fn write_checks_what_it_replaces() {
    let fixture = Fixture::new();
    let first = fixture.write("f").unwrap();
    assert_eq!(first["created"], json!(true));
    let guarded = |hash: &serde_json::Value| {
        fixture.call("file_write", json!({"path": "f", "content": "second", "if_sha256": hash}))
    };
    assert_code(guarded(&json!("0".repeat(64))), ToolErrorCode::Conflict);
    let second = guarded(&first["sha256"]).unwrap();
    assert_eq!((&second["created"], &second["previous_sha256"]), (&json!(false), &first["sha256"]));
    let create = fixture.call("file_write", json!({"path": "f", "content": "x", "create_only": true}));
    assert_code(create, ToolErrorCode::AlreadyExists);
    assert_eq!(fixture.get("f"), "second");
}

#[tokio::test]
async fn write_hands_out_the_old_content() {
    let fixture = Fixture::new();
    fixture.put("f", "old");
    let tool = fixture.registry.get("file_write").unwrap();
    let output = tool.call(json!({"path": "f", "content": "new"}), &fixture.context()).await.unwrap();
    let ToolOutput::Content(Content { kept, .. }) = output else { panic!("{output:?}") };
    assert_eq!(kept.unwrap().content, b"old");
}

#[test]
fn write_takes_bytes_and_refuses_folders() {
    let fixture = Fixture::new();
    fixture.call("file_write", json!({"path": "f", "content": "/w==", "encoding": "base64"})).unwrap();
    assert_eq!(fs::read(fixture.at("ws/f")).unwrap(), [0xff]);
    let broken = fixture.call("file_write", json!({"path": "f", "content": "%", "encoding": "base64"}));
    assert_code(broken, ToolErrorCode::InvalidArguments);
    assert_code(fixture.write("a"), ToolErrorCode::Conflict);
    assert_code(fixture.write("a/b.txt/c"), ToolErrorCode::NotFound);
}

#[test]
fn the_workspace_has_a_size() {
    let mut fixture = Fixture::new();
    fixture.max_workspace_bytes = 20;
    let write =
        |path: &str, size: usize| fixture.call("file_write", json!({"path": path, "content": "x".repeat(size)}));
    write("f", 10).unwrap();
    assert_code(write("g", 10), ToolErrorCode::QuotaExceeded);
    assert!(!fixture.at("ws/g").exists());
    write("f", 13).unwrap();
    write("f", 2).unwrap();
    write("g", 10).unwrap();
    assert_code(fixture.call("file_copy", json!({"from": "g", "to": "h"})), ToolErrorCode::QuotaExceeded);
    fixture.call("file_delete", json!({"path": "g"})).unwrap();
    write("h", 10).unwrap();
}

#[test]
fn edit_needs_one_match_or_all() {
    let fixture = Fixture::new();
    fixture.put("f", "one two two\n");
    let edit = |old: &str, new: &str, all: bool| {
        fixture.call("file_edit", json!({"path": "f", "old": old, "new": new, "all": all}))
    };
    let error = edit("two", "2", false).unwrap_err();
    assert_eq!((error.code, error.details), (ToolErrorCode::Conflict, Some(Box::new(json!({"matches": 2})))));
    assert_code(edit("three", "3", true), ToolErrorCode::Conflict);
    let edited = edit("two", "2", true).unwrap();
    assert_eq!(edited["replacements"], json!(2));
    assert!(edited["diff"].as_str().unwrap().contains("-one two two\n+one 2 2\n"));
    assert_eq!(fixture.get("f"), "one 2 2\n");
    fixture.put("f", [0u8, 1]);
    assert_code(edit("x", "y", true), ToolErrorCode::Unsupported);
}

#[test]
fn delete_takes_filled_folders_only_when_told() {
    let fixture = Fixture::new();
    fixture.put("d/e/f", "x");
    assert_code(fixture.call("file_delete", json!({"path": "d"})), ToolErrorCode::Conflict);
    assert_code(fixture.call("file_delete", json!({"path": "d", "recursive": true})), ToolErrorCode::ApprovalDenied);
    assert_eq!(fixture.get("d/e/f"), "x");
    assert_code(fixture.call("file_delete", json!({"path": "missing"})), ToolErrorCode::NotFound);
    fixture.call("file_delete", json!({"path": "d/e/f"})).unwrap();
    assert_eq!(
        fixture.call("file_delete", json!({"path": "d/e"})).unwrap(),
        json!({"path": "d/e", "deleted_files": 0, "deleted_dirs": 1})
    );
}

#[tokio::test]
async fn recursive_delete_looks_before_it_deletes_and_never_follows_links() {
    let mut fixture = Fixture::new();
    fixture.put("d/e/f", "x");
    std::os::unix::fs::symlink("../../etc", fixture.at("ws/d/out")).unwrap();
    let arguments = json!({"path": "d", "recursive": true});
    let tool = fixture.registry.get("file_delete").unwrap().clone();
    fixture.put("d/e/.env", "x");
    assert_code(tool.call(arguments.clone(), &fixture.context()).await, ToolErrorCode::ApprovalDenied);
    fs::remove_file(fixture.at("ws/d/e/.env")).unwrap();
    fixture.grants = vec!["fs.write:d", "fs.write:d/e"];
    assert_code(tool.call(arguments.clone(), &fixture.context()).await, ToolErrorCode::CapabilityMissing);
    assert_eq!(fixture.get("d/e/f"), "x");
    fixture.grants = vec!["fs.write:**"];
    let ToolOutput::Content(Content { value, .. }) = tool.call(arguments, &fixture.context()).await.unwrap() else {
        panic!()
    };
    assert_eq!(value, json!({"path": "d", "deleted_files": 2, "deleted_dirs": 2}));
    assert!(fixture.at("etc/passwd").exists());
}

#[test]
fn move_renames_and_overwrites_only_when_told() {
    let fixture = Fixture::new();
    fixture.put("x/f", "moved");
    fixture.put("g", "old");
    fixture.call("file_move", json!({"from": "x", "to": "deep/y"})).unwrap();
    let again =
        |overwrite: bool| fixture.call("file_move", json!({"from": "deep/y/f", "to": "g", "overwrite": overwrite}));
    assert_code(again(false), ToolErrorCode::AlreadyExists);
    again(true).unwrap();
    assert_eq!(fixture.get("g"), "moved");
    assert_code(fixture.call("file_move", json!({"from": "missing", "to": "h"})), ToolErrorCode::NotFound);
    assert_code(fixture.call("file_move", json!({"from": "a", "to": "a/c"})), ToolErrorCode::InvalidArguments);
    assert_rule(fixture.call("file_move", json!({"from": ".", "to": "c"})), "P2");
    assert_rule(fixture.call("file_move", json!({"from": "g", "to": "out/g"})), "P4");
}

#[test]
fn move_takes_nothing_along_that_may_not_be_read() {
    let mut fixture = Fixture::new();
    fixture.put("d/secret", "x");
    fixture.grants = vec!["fs.read:d", "fs.write:**"];
    assert_code(fixture.call("file_move", json!({"from": "d", "to": "e"})), ToolErrorCode::CapabilityMissing);
    assert_eq!(fixture.get("d/secret"), "x");
}

#[test]
fn copy_keeps_modes_and_inner_links() {
    let fixture = Fixture::new();
    fixture.put("d/run.sh", "#!/bin/sh\n");
    fs::set_permissions(fixture.at("ws/d/run.sh"), fs::Permissions::from_mode(0o750)).unwrap();
    std::os::unix::fs::symlink("run.sh", fixture.at("ws/d/inner")).unwrap();
    std::os::unix::fs::symlink("../../etc/passwd", fixture.at("ws/d/outer")).unwrap();
    let copied = fixture.call("file_copy", json!({"from": "d", "to": "n/e"})).unwrap();
    assert_eq!(copied, json!({"from": "d", "to": "n/e", "files": 1, "bytes": 10}));
    assert_eq!(fs::metadata(fixture.at("ws/n/e/run.sh")).unwrap().permissions().mode() & 0o777, 0o750);
    assert_eq!(fs::read_link(fixture.at("ws/n/e/inner")).unwrap().to_str(), Some("run.sh"));
    assert!(!fixture.at("ws/n/e/outer").is_symlink());
    assert_code(fixture.call("file_copy", json!({"from": "d", "to": "n/e"})), ToolErrorCode::AlreadyExists);
    assert_code(fixture.call("file_copy", json!({"from": "d", "to": "d/x"})), ToolErrorCode::InvalidArguments);
    assert_rule(fixture.call("file_copy", json!({"from": "out/passwd", "to": "p"})), "P4");
}

#[test]
fn copy_of_secrets_is_asked_about() {
    let fixture = Fixture::new();
    fixture.put("d/.env", "K=V");
    assert_code(fixture.call("file_copy", json!({"from": "d", "to": "e"})), ToolErrorCode::ApprovalDenied);
    assert!(!fixture.at("ws/e").exists());
}

#[test]
fn folders_are_made_once() {
    let fixture = Fixture::new();
    let make = |path: &str| fixture.call("create_directory", json!({"path": path}));
    assert_eq!(make("x/y").unwrap(), json!({"path": "x/y", "created": true}));
    assert_eq!(make("x/y").unwrap()["created"], json!(false));
    assert_eq!(make(".").unwrap()["created"], json!(false));
    assert_code(make("a/b.txt"), ToolErrorCode::Conflict);
    assert_rule(make("out/x"), "P4");
}
