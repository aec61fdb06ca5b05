//! apply_patch on files.

use std::fs;

use serde_json::{Value, json};

use super::super::super::{
    ToolError, ToolErrorCode, ToolOutput,
    fixture::{Fixture, assert_code, assert_rule},
};

fn patch(fixture: &Fixture, body: &str) -> Result<Value, ToolError> {
    fixture.call("apply_patch", json!({"patch": format!("*** Begin Patch\n{body}\n*** End Patch")}))
}

/// As after the approval that deletions ask for.
async fn approved(fixture: &Fixture, body: &str) -> Result<Value, ToolError> {
    let tool = fixture.registry.get("apply_patch").unwrap();
    let arguments = json!({"patch": format!("*** Begin Patch\n{body}\n*** End Patch")});
    match tool.call(arguments, &fixture.context()).await? {
        ToolOutput::Content(content) => Ok(content.value),
        ToolOutput::Intent(intent) => panic!("{intent:?}"),
    }
}

#[tokio::test]
async fn adds_changes_moves_and_deletes() {
    let fixture = Fixture::new();
    fixture.put("u", "one\ntwo\n");
    fixture.put("m", "three\n");
    fixture.put("d", "gone\n");
    let body = "*** Add File: new/n\n+hello\n*** Update File: u\n one\n-two\n+2\n*** Update File: m -> new/m\n-three\n+3\n*** Delete File: d";
    let applied = approved(&fixture, body).await.unwrap();
    assert_eq!(
        applied,
        json!({"added": ["new/n"], "updated": ["u"], "deleted": ["d"], "moved": [{"from": "m", "to": "new/m"}],
            "dry_run": false})
    );
    assert_eq!(
        (fixture.get("new/n"), fixture.get("u"), fixture.get("new/m")),
        ("hello\n".into(), "one\n2\n".into(), "3\n".into())
    );
    assert!(!fixture.at("ws/m").exists() && !fixture.at("ws/d").exists());
}

#[test]
fn deletions_ask() {
    let fixture = Fixture::new();
    assert_code(patch(&fixture, "*** Delete File: a/b.txt"), ToolErrorCode::ApprovalDenied);
    assert!(fixture.at("ws/a/b.txt").exists());
}

#[test]
fn nothing_is_written_when_one_part_does_not_fit() {
    let fixture = Fixture::new();
    fixture.put("u", "one\n");
    let error = patch(&fixture, "*** Add File: n\n+x\n*** Update File: u\n-two\n+2").unwrap_err();
    assert_eq!(error.code, ToolErrorCode::Conflict);
    assert_eq!(*error.details.unwrap(), json!({"file": "u", "hunk": 1, "nearest_lines": ["1: one"]}));
    assert!(!fixture.at("ws/n").exists());
    assert_code(patch(&fixture, "*** Add File: n\n+x\n*** Add File: u\n+y"), ToolErrorCode::AlreadyExists);
    assert_code(patch(&fixture, "*** Add File: n\n+x\n*** Update File: no\n-y"), ToolErrorCode::NotFound);
    assert_code(patch(&fixture, "*** Update File: u -> a/b.txt"), ToolErrorCode::AlreadyExists);
    assert_rule(patch(&fixture, "*** Add File: n\n+x\n*** Add File: out/y\n+y"), "P4");
    assert_code(patch(&fixture, "*** Update File: u\n-one\n*** Update File: u\n-one"), ToolErrorCode::InvalidArguments);
    assert!(!fixture.at("ws/n").exists());
    assert_eq!(fixture.get("u"), "one\n");
}

#[test]
fn a_failed_write_restores_what_was_written() {
    let fixture = Fixture::new();
    fixture.put("u", "one\n");
    // The folder that the second write needs is a file by then.
    let body = "*** Update File: u\n-one\n+1\n*** Add File: x\n+file\n*** Add File: x/y\n+below";
    assert_rule(patch(&fixture, body), "P4");
    assert_eq!(fixture.get("u"), "one\n");
    assert!(!fixture.at("ws/x").exists());
}

#[test]
fn dry_run_changes_nothing() {
    let fixture = Fixture::new();
    fixture.put("u", "one\n");
    let arguments = json!({"patch": "*** Begin Patch\n*** Update File: u\n-one\n+1\n*** End Patch", "dry_run": true});
    let checked = fixture.call("apply_patch", arguments).unwrap();
    assert_eq!((&checked["updated"], &checked["dry_run"]), (&json!(["u"]), &json!(true)));
    assert_eq!(fixture.get("u"), "one\n");
}

#[test]
fn a_moved_file_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    fixture.put("s", "x\n");
    fs::set_permissions(fixture.at("ws/s"), fs::Permissions::from_mode(0o755)).unwrap();
    patch(&fixture, "*** Update File: s -> t").unwrap();
    assert_eq!(fs::metadata(fixture.at("ws/t")).unwrap().permissions().mode() & 0o777, 0o755);
}

#[test]
fn syntax_errors_come_before_anything_else() {
    let mut fixture = Fixture::new();
    fixture.grants = vec![];
    let error = patch(&fixture, "*** Rename File: x").unwrap_err();
    assert_eq!((error.code, error.details), (ToolErrorCode::InvalidArguments, Some(Box::new(json!({"line": 2})))));
}
