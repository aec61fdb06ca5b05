//! What needs no program: environment, output, and what the sandbox leaves open. Programs are started in `tests/it`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Capture, ExecSettings, clean, environment, sandbox::outside};
use crate::agents::{capabilities::Grants, manifest::ExecPolicy};

fn server_environment() -> ExecSettings {
    let variables = [
        ("OPENAI_API_KEY", "k"),
        ("OPENFANG_API_KEY", "k"),
        ("GROQ_API_KEY", "k"),
        ("LANG", "de_AT.UTF-8"),
        ("EDITOR", "ed"),
        ("AWS_REGION", "eu"),
        ("AWS_SECRET_ACCESS_KEY", "k"),
        ("PATH", "/home/user/bin"),
    ];
    ExecSettings {
        environment: Arc::new(variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()),
        never_passed: Arc::new(vec!["OPENAI_API_KEY".into()]),
        ..ExecSettings::default()
    }
}

fn passed(passthrough: &[&str], grants: &[&str]) -> BTreeMap<String, String> {
    let names = passthrough.iter().map(|name| (*name).to_owned()).collect();
    let policy = ExecPolicy { shell_env_passthrough: names, ..ExecPolicy::default() };
    environment(&server_environment(), &policy, &Grants::from_texts(grants), Path::new("/ws/.openfang/tmp"))
}

/// Cases 32 and 33.
#[test]
fn little_of_the_environment_is_passed_on() {
    let names = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<Vec<_>>().join(" ");
    let usual = passed(&[], &[]);
    assert_eq!(names(&usual), "HOME LANG PATH TERM TMPDIR");
    assert_eq!(usual["PATH"], "/usr/local/bin:/usr/bin:/bin");
    assert_eq!((&*usual["HOME"], &*usual["LANG"]), ("/ws/.openfang/tmp", "de_AT.UTF-8"));
    assert_eq!(names(&passed(&["*"], &[])), "AWS_REGION EDITOR HOME LANG PATH TERM TMPDIR");
    // A name that looks secret must be written out, and the server's own never pass.
    let exact = passed(&["GROQ_API_KEY", "OPENAI_API_KEY", "OPENFANG_API_KEY"], &[]);
    assert_eq!(names(&exact), "GROQ_API_KEY HOME LANG PATH TERM TMPDIR");
    assert_eq!(names(&passed(&[], &["env:AWS_*"])), "AWS_REGION HOME LANG PATH TERM TMPDIR");
    let secret = passed(&[], &["env:AWS_SECRET_ACCESS_KEY"]);
    assert_eq!(names(&secret), "AWS_SECRET_ACCESS_KEY HOME LANG PATH TERM TMPDIR");
}

#[test]
fn output_is_plain_text() {
    assert_eq!(clean(b"a\x1b[31mred\x1b[0m\tb\r\nc\x07"), "ared\tb\nc");
    assert_eq!(clean(b"\x1b]0;title\x07x\x1b]8;;u\x1b\\y"), "xy");
    assert_eq!(clean(b"ok \xff"), "ok \u{fffd}");
    assert_eq!(clean(b"\x1b["), "");
}

/// Case 35: what is kept does not grow with what is printed.
#[test]
fn output_is_bounded() {
    let mut capture = Capture::new(1_000);
    capture.push(b"first ");
    for _ in 0..200 {
        capture.push(&[b'x'; 100_000]);
    }
    capture.push(b" last");
    let (text, cut) = capture.inline();
    assert!(cut && text.starts_with("first x") && text.ends_with("x last") && text.len() < 1_100, "{}", text.len());
    assert!(text.contains(&format!("[shortened: {} bytes in all]", capture.total)));
    assert_eq!(capture.whole().len(), 5 * 1024 * 1024);

    let mut short = Capture::new(1_000);
    short.push(b"all");
    assert_eq!(short.inline(), ("all".to_owned(), false));
}

#[test]
fn hidden_folders_are_left_out_of_what_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().canonicalize().unwrap();
    for folder in ["server/data", "server/workspaces/a", "other"] {
        std::fs::create_dir_all(home.join(folder)).unwrap();
    }
    std::fs::write(home.join("server/config.toml"), "").unwrap();
    let hidden = ["server/data", "server/config.toml", "server/missing.env"].map(|path| home.join(path));
    let open = outside(&hidden);
    let sees = |path: &str| open.iter().any(|top: &PathBuf| home.join(path).starts_with(top));
    assert!(sees("other") && sees("server/workspaces/a") && open.contains(&PathBuf::from("/usr")));
    for path in ["server/data", "server/data/openfang.db", "server/config.toml", "server/missing.env"] {
        assert!(!sees(path), "{path}");
    }
}
