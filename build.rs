//! Facts about the build for `GET /api/version`. Debug builds do not look at git, so that a commit costs no rebuild.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The page is embedded; a file with a new name would go unnoticed otherwise.
    println!("cargo:rerun-if-changed=web/dist");
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let release = std::env::var("PROFILE").is_ok_and(|p| p == "release");
    if release {
        println!("cargo:rerun-if-changed=.git/logs/HEAD");
    }
    let git = if release { output("git", &["rev-parse", "--short=12", "HEAD"]) } else { None };
    let rustc = std::env::var("RUSTC").ok().and_then(|rustc| output(&rustc, &["--version"]));
    println!("cargo:rustc-env=OPENFANG_GIT_SHA={}", git.unwrap_or_else(|| "unknown".into()));
    println!("cargo:rustc-env=OPENFANG_RUSTC={}", rustc.unwrap_or_else(|| "unknown".into()));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|t| t.parse().ok()).unwrap_or(now);
    println!("cargo:rustc-env=OPENFANG_BUILD_EPOCH={epoch}");
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|o| o.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned()).filter(|s| !s.is_empty())
}
