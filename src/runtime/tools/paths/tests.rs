//! The cases of the path rules by number.

mod links;

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
};

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    super::{
        NamedRoot, ToolErrorCode,
        fixture::{Fixture, assert_code, assert_rule},
    },
    Access, FileSpace, GivenPath, LastLink,
    given::fits_windows,
    protected,
};

#[test]
fn case_01_plain() {
    assert_eq!(Fixture::new().read("a/b.txt").unwrap(), "inside\n");
}

#[test]
fn case_02_dots_and_double_slashes() {
    assert_eq!(Fixture::new().read("./a//b.txt").unwrap(), "inside\n");
}

#[test]
fn case_03_parent() {
    assert_rule(Fixture::new().read("../x"), "P3");
}

#[test]
fn case_04_harmless_parent() {
    assert_rule(Fixture::new().read("a/../b.txt"), "P3");
}

#[test]
fn case_05_absolute_inside() {
    let fixture = Fixture::new();
    assert_eq!(fixture.read(fixture.at("ws/a/b.txt").to_str().unwrap()).unwrap(), "inside\n");
}

#[test]
fn case_06_absolute_outside() {
    assert_rule(Fixture::new().read("/etc/passwd"), "P2");
}

#[test]
fn case_07_sibling_with_the_same_prefix() {
    let fixture = Fixture::new();
    assert_rule(fixture.read(fixture.at("ws2/a").to_str().unwrap()), "P2");
}

#[test]
fn case_08_home() {
    assert_rule(Fixture::new().read("~/x"), "P2");
}

#[test]
fn case_09_link_inside() {
    assert_eq!(Fixture::new().read("in/b.txt").unwrap(), "inside\n");
}

#[test]
fn case_10_link_outside() {
    assert_rule(Fixture::new().read("out/passwd"), "P4");
}

#[test]
fn case_11_absolute_link() {
    assert_rule(Fixture::new().read("abs/b.txt"), "P4");
}

#[test]
fn case_12_write_through_a_link_outside() {
    let fixture = Fixture::new();
    assert_rule(fixture.write("out/new.txt"), "P4");
    assert!(!fixture.at("etc/new.txt").exists());
}

#[test]
fn case_13_missing_folders_are_made() {
    let fixture = Fixture::new();
    assert_eq!(fixture.write("n1/n2/f.txt").unwrap()["created"], json!(true));
    assert_eq!(fs::read_to_string(fixture.at("ws/n1/n2/f.txt")).unwrap(), "new\n");
}

#[test]
fn case_14_parent_in_a_new_path() {
    let fixture = Fixture::new();
    assert_rule(fixture.write("n1/../f"), "P3");
    assert!(!fixture.at("ws/n1").exists());
}

#[test]
fn case_15_hard_link_is_replaced() {
    let fixture = Fixture::new();
    fs::hard_link(fixture.at("etc/passwd"), fixture.at("ws/f")).unwrap();
    fixture.write("f").unwrap();
    assert_eq!(fs::read_to_string(fixture.at("etc/passwd")).unwrap(), "outside\n");
    assert_ne!(fs::metadata(fixture.at("etc/passwd")).unwrap().ino(), fs::metadata(fixture.at("ws/f")).unwrap().ino());
}

#[test]
fn case_16_folder_swapped_for_a_link() {
    let fixture = Fixture::new();
    let space = FileSpace::new(fixture.context(), CancellationToken::new());
    let given = GivenPath::parse("a/passwd", &fixture.roots).unwrap();
    fs::write(fixture.at("ws/a/passwd"), "mine\n").unwrap();
    let place = space.resolve(&given, LastLink::Follow, &[Access::Read]).unwrap();
    fs::rename(fixture.at("ws/a"), fixture.at("ws/moved")).unwrap();
    symlink("../etc", fixture.at("ws/a")).unwrap();
    assert_eq!(space.read(&place, 100).unwrap(), b"mine\n");
    fs::remove_file(fixture.at("ws/moved/passwd")).unwrap();
    symlink("../../etc/passwd", fixture.at("ws/moved/passwd")).unwrap();
    assert_rule(space.read(&place, 100), "P4");
    space.replace(&place, b"written\n").unwrap();
    assert_eq!(fs::read_to_string(fixture.at("etc/passwd")).unwrap(), "outside\n");
    assert_eq!(fs::read_to_string(fixture.at("ws/moved/passwd")).unwrap(), "written\n");
}

#[test]
fn case_17_fifo() {
    let fixture = Fixture::new();
    assert!(std::process::Command::new("mkfifo").arg(fixture.at("ws/pipe")).status().unwrap().success());
    assert_rule(fixture.read("pipe"), "P6");
    assert_rule(fixture.write("pipe"), "P6");
}

#[test]
fn case_18_control_characters() {
    let fixture = Fixture::new();
    for path in ["a\0b", "a\nb", "a\u{202e}b", "a\u{7f}b"] {
        assert_rule(fixture.read(path), "P1");
    }
}

#[test]
fn case_19_long_part() {
    assert_rule(Fixture::new().read(&"x".repeat(300)), "P1");
}

#[test]
fn case_20_named_root() {
    assert_eq!(Fixture::new().read("@ref/x").unwrap(), "reference\n");
}

#[test]
fn case_21_read_only_root() {
    let fixture = Fixture::new();
    assert_code(fixture.write("@ref/x"), ToolErrorCode::CapabilityMissing);
    assert_code(fixture.call("file_move", json!({"from": "@ref/x", "to": "x"})), ToolErrorCode::CapabilityMissing);
    assert_eq!(fs::read_to_string(fixture.at("ref/x")).unwrap(), "reference\n");
}

#[test]
fn case_22_unknown_root() {
    assert_code(Fixture::new().read("@nope/x"), ToolErrorCode::NotFound);
}

#[test]
fn case_23_hooks_ask() {
    let fixture = Fixture::new();
    for path in [".git/hooks/pre-commit", ".GIT/config", "sub/.git/hooks/x", ".openfang/tmp/x"] {
        assert_code(fixture.write(path), ToolErrorCode::ApprovalDenied);
    }
    assert_code(fixture.call("file_move", json!({"from": "a", "to": ".git"})), ToolErrorCode::ApprovalDenied);
    assert!(!fixture.at("ws/.git").exists());
}

#[test]
fn case_24_secret_names_ask() {
    let fixture = Fixture::new();
    fs::write(fixture.at("ws/.env"), "K=V").unwrap();
    for path in [".env", ".env.local", "a/server.pem", "id_rsa", "tls.KEY", "credentials.json", ".npmrc"] {
        assert_code(fixture.read(path), ToolErrorCode::ApprovalDenied);
    }
    symlink(".env", fixture.at("ws/harmless.txt")).unwrap();
    assert_code(fixture.read("harmless.txt"), ToolErrorCode::ApprovalDenied);
    let found = fixture.call("file_search", json!({"pattern": "K=V"})).unwrap();
    assert_eq!(found["matches"], json!([]));
}

#[test]
fn case_25_a_link_cannot_dodge_a_grant() {
    let mut fixture = Fixture::new();
    fs::create_dir(fixture.at("ws/docs")).unwrap();
    fs::write(fixture.at("ws/secret.txt"), "hidden\n").unwrap();
    symlink("../secret.txt", fixture.at("ws/docs/l")).unwrap();
    assert_eq!(fixture.read("docs/l").unwrap(), "hidden\n");
    fixture.grants = vec!["fs.read:docs/**"];
    assert_code(fixture.read("docs/l"), ToolErrorCode::CapabilityMissing);
    symlink("docs", fixture.at("ws/other")).unwrap();
    fs::write(fixture.at("ws/docs/open.txt"), "open\n").unwrap();
    assert_eq!(fixture.read("docs/open.txt").unwrap(), "open\n");
    assert_code(fixture.read("other/open.txt"), ToolErrorCode::CapabilityMissing);
}

#[test]
fn case_26_links_are_shown_and_not_followed() {
    let fixture = Fixture::new();
    let listing = fixture.call("file_list", json!({"recursive": true})).unwrap();
    let shown: Vec<(&str, &str)> = listing["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["name"].as_str().unwrap(), entry["type"].as_str().unwrap()))
        .collect();
    assert_eq!(shown, [("a", "dir"), ("a/b.txt", "file"), ("abs", "link"), ("in", "link"), ("out", "link")]);
}

#[test]
fn case_27_the_root_cannot_be_deleted() {
    let fixture = Fixture::new();
    for path in [".", "./", fixture.roots.workspace.to_str().unwrap()] {
        assert_rule(fixture.call("file_delete", json!({"path": path, "recursive": true})), "P2");
    }
    symlink(".", fixture.at("ws/self")).unwrap();
    fixture.call("file_delete", json!({"path": "self"})).unwrap();
    assert!(fixture.at("ws/a/b.txt").exists());
}

#[test]
fn at_most_sixteen_links() {
    let fixture = Fixture::new();
    fs::write(fixture.at("ws/l0"), "end\n").unwrap();
    for at in 1..=17 {
        symlink(format!("l{}", at - 1), fixture.at(&format!("ws/l{at}"))).unwrap();
    }
    assert_eq!(fixture.read("l16").unwrap(), "end\n");
    assert_rule(fixture.read("l17"), "P4");
    symlink("loop", fixture.at("ws/loop")).unwrap();
    assert_rule(fixture.read("loop"), "P4");
}

#[test]
fn a_deep_path_cannot_use_up_the_handles() {
    let fixture = Fixture::new();
    let deep = |folders: usize| format!("{}f", "d/".repeat(folders));
    fixture.write(&deep(128)).unwrap();
    fixture.read(&deep(128)).unwrap();
    fixture.write(&deep(129)).unwrap();
    assert_rule(fixture.read(&deep(129)), "P7");
}

#[test]
fn server_folders_are_closed() {
    let mut fixture = Fixture::new();
    fs::create_dir(fixture.at("ws/data")).unwrap();
    fs::write(fixture.at("ws/data/key"), "k").unwrap();
    fixture.roots.server_folders = vec![fixture.at("ws/data")];
    assert_rule(fixture.read("data/key"), "P11");
    fixture.roots.server_folders = vec![fixture.at("ws")];
    assert_rule(fixture.read("a/b.txt"), "P11");
}

#[cfg(target_os = "linux")]
#[test]
fn kernel_files_are_refused() {
    let mut fixture = Fixture::new();
    fixture.roots.named.push(NamedRoot { name: "proc".into(), path: "/proc".into(), writable: false });
    fixture.grants.push("fs.read:@proc/**");
    assert_rule(fixture.read("@proc/version"), "P6");
}

#[test]
fn a_workspace_folder_cannot_pose_as_a_named_root() {
    let mut fixture = Fixture::new();
    fs::create_dir(fixture.at("ws/@ref")).unwrap();
    fs::write(fixture.at("ws/@ref/x"), "workspace\n").unwrap();
    fixture.grants = vec!["fs.read:@ref/**"];
    assert_rule(fixture.read("./@ref/x"), "P2");
}

#[test]
fn the_workspace_is_made_private_by_the_first_call() {
    let mut fixture = Fixture::new();
    fixture.roots.workspace = fixture.at("new/agent");
    assert_eq!(fixture.call("file_list", json!({})).unwrap()["total"], json!(0));
    assert_eq!(fs::metadata(fixture.at("new/agent")).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn writes_keep_the_mode_and_leave_no_temporary_file() {
    let fixture = Fixture::new();
    fixture.write("f").unwrap();
    assert_eq!(fs::metadata(fixture.at("ws/f")).unwrap().permissions().mode() & 0o777, 0o640);
    fs::set_permissions(fixture.at("ws/f"), fs::Permissions::from_mode(0o755)).unwrap();
    fixture.write("f").unwrap();
    assert_eq!(fs::metadata(fixture.at("ws/f")).unwrap().permissions().mode() & 0o777, 0o755);
    let hidden = fs::read_dir(fixture.at("ws"))
        .unwrap()
        .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().starts_with(".openfang"));
    assert_eq!(hidden.count(), 0);
}

#[test]
fn names_with_another_meaning_on_windows() {
    for part in ["CON", "nul.txt", "com1", "LPT9.log", "a:b", "C:", "x.", "x ", "a\\b", "com¹"] {
        assert!(!fits_windows(part), "{part}");
    }
    for part in ["console", "com10", "com", "a.b", ".hidden"] {
        assert!(fits_windows(part), "{part}");
    }
}

#[test]
fn protection_depends_on_the_access() {
    let parts = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    assert!(protected(&parts(".git/config"), Access::Read).is_none());
    assert!(protected(&parts(".git/config"), Access::Write).is_some());
    assert!(protected(&parts(".git/HEAD"), Access::Write).is_none());
    assert!(protected(&parts("environment.txt"), Access::Read).is_none());
}

#[test]
fn a_root_replaced_by_a_link_is_refused() {
    let fixture = Fixture::new();
    fs::rename(fixture.at("ws"), fixture.at("moved")).unwrap();
    symlink("etc", fixture.at("ws")).unwrap();
    assert_rule(fixture.read("passwd"), "P4");
    assert_rule(fixture.write("new.txt"), "P4");
    assert!(!fixture.at("etc/new.txt").exists());
    fs::rename(fixture.at("ref"), fixture.at("gone")).unwrap();
    symlink("etc", fixture.at("ref")).unwrap();
    let refused = fixture.read("@ref/passwd").unwrap_err();
    assert!(refused.message.contains("@ref was replaced by a link"), "{}", refused.message);
}

#[test]
fn a_file_of_the_server_is_closed_under_every_name() {
    let mut fixture = Fixture::new();
    fixture.roots.server_folders.push(fixture.at("etc/passwd"));
    fs::hard_link(fixture.at("etc/passwd"), fixture.at("ws/harmless")).unwrap();
    assert_rule(fixture.read("harmless"), "P11");
    assert_rule(fixture.write("harmless"), "P11");
    let found = fixture.call("file_search", json!({"pattern": "outside"})).unwrap();
    assert_eq!(found["matches"], json!([]));
}

#[test]
fn a_folder_on_the_way_to_a_workspace_is_no_link() {
    let mut fixture = Fixture::new();
    fixture.roots.workspaces = fixture.at("spaces");
    fixture.roots.workspace = fixture.at("spaces/team/desk");
    fixture.write("new.txt").unwrap();
    fs::create_dir(fixture.at("etc/desk")).unwrap();
    fs::write(fixture.at("etc/desk/new.txt"), "outside").unwrap();
    fs::rename(fixture.at("spaces/team"), fixture.at("moved")).unwrap();
    symlink("../etc", fixture.at("spaces/team")).unwrap();
    assert_rule(fixture.read("new.txt"), "P4");
    assert_rule(fixture.write("new.txt"), "P4");
    assert_eq!(fs::read_to_string(fixture.at("etc/desk/new.txt")).unwrap(), "outside");
    // The operator may keep the folder of workspaces, or a mounted one, behind a link.
    fs::remove_file(fixture.at("spaces/team")).unwrap();
    fs::rename(fixture.at("moved"), fixture.at("spaces/team")).unwrap();
    fs::rename(fixture.at("spaces"), fixture.at("disk")).unwrap();
    symlink("disk", fixture.at("spaces")).unwrap();
    assert_eq!(fixture.read("new.txt").unwrap(), "new\n");
}

#[test]
fn a_file_of_the_server_goes_nowhere_with_its_folder() {
    let mut fixture = Fixture::new();
    fixture.roots.server_folders.push(fixture.at("etc/passwd"));
    fixture.put("d/e/f", "x");
    fs::hard_link(fixture.at("etc/passwd"), fixture.at("ws/d/e/harmless")).unwrap();
    for tool in ["file_move", "file_copy"] {
        assert_rule(fixture.call(tool, json!({"from": "d", "to": "there"})), "P11");
    }
    assert!(!fixture.at("ws/there").exists());
    let tool = fixture.registry.get("file_delete").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let deleted = runtime.block_on(tool.call(json!({"path": "d", "recursive": true}), &fixture.context()));
    assert_rule(deleted, "P11");
    assert_eq!(fixture.get("d/e/f"), "x");
}
