//! Where a manifest's folders may be. By name only: whoever knows the disk asks again with links resolved.

use std::{
    ffi::OsStr,
    path::{Component, Path, PathBuf},
};

use super::{
    AgentManifest,
    facts::{Folders, ServerFacts},
    problem::{Findings, ManifestCode, join},
};

/// Folders of the operating system that are no place to work in.
const SYSTEM_FOLDERS: [&str; 7] = ["/proc", "/sys", "/dev", "/boot", "/etc", "/run", "/var/run"];

/// The folder of an agent that names none.
pub fn default_folder(name: &str) -> String {
    let folder: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' }).collect();
    // File systems allow 255 bytes; the rest is for a suffix that tells namesakes apart.
    folder.chars().take(200).collect()
}

/// The absolute folder meant by a path of a manifest, or why there is none.
pub fn absolute_folder(path: &str, folders: &Folders) -> Result<PathBuf, &'static str> {
    let path = Path::new(path);
    if path.components().any(|part| matches!(part, Component::ParentDir)) {
        return Err("must not contain '..'");
    }
    if path.to_str().is_some_and(|text| text.chars().any(char::is_control)) {
        return Err("must not contain control characters");
    }
    if path.starts_with("~") {
        return Err("'~' has no meaning here: write the whole path");
    }
    // Collecting drops `.` parts and double slashes.
    Ok(folders.workspaces.join(path).components().collect())
}

pub(super) fn check(manifest: &AgentManifest, facts: &ServerFacts<'_>, findings: &mut Findings) {
    if let Some(path) = &manifest.workspace {
        check_folder("workspace", path, &facts.folders, false, findings);
    }
    if manifest.workspaces.len() > 8 {
        findings.error(ManifestCode::OutOfRange, "workspaces", "out of range: at most 8 named workspaces");
    }
    for (name, workspace) in &manifest.workspaces {
        let here = join("workspaces", name);
        if !is_workspace_name(name) {
            let message = "a name is a lower-case letter and up to 31 letters, digits, '_' or '-'";
            findings.error(ManifestCode::BadValue, here.clone(), message);
        }
        check_folder(&format!("{here}.path"), &workspace.path, &facts.folders, true, findings);
    }
}

fn is_workspace_name(name: &str) -> bool {
    name.len() <= 32
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
}

fn check_folder(at: &str, path: &str, folders: &Folders, named: bool, findings: &mut Findings) {
    let folder = match absolute_folder(path, folders) {
        Ok(folder) => folder,
        Err(message) => {
            findings.error(ManifestCode::BadValue, at, message);
            return;
        }
    };
    if let Some(reason) = refusal(&folder, folders, named) {
        findings.error(ManifestCode::WorkspaceForbidden, at, reason);
    }
}

/// Why a folder cannot be a workspace, or a named one.
pub fn refusal(folder: &Path, folders: &Folders, named: bool) -> Option<&'static str> {
    if folder.parent().is_none() || SYSTEM_FOLDERS.iter().any(|system| is_within(folder, Path::new(system))) {
        return Some("a folder of the operating system cannot be a workspace");
    }
    if folders.homes.iter().any(|home| is_within(home, folder)) {
        return Some("a home folder, or one above it, cannot be a workspace");
    }
    if is_within(&folders.workspaces, folder) {
        return Some("the folder of all workspaces, or one above it, cannot be a workspace");
    }
    if folders.protected.iter().any(|own| overlap(own, folder)) {
        return Some("this folder belongs to the server or to another agent");
    }
    let below_workspaces = folder.starts_with(&folders.workspaces);
    let server = folders.server_home.as_deref().filter(|home| is_within(folder, home));
    if server.is_some_and(|home| !below_workspaces || !folders.workspaces.starts_with(home)) {
        return Some("inside the server's home only folders below the workspaces folder can be used");
    }
    if named && !below_workspaces && !folders.mount_roots.iter().any(|root| folder.starts_with(root)) {
        return Some(
            "outside of the workspaces folder only the prefixes of the setting agents.mount_roots can be used",
        );
    }
    None
}

/// Whether a folder is the other or lies below it. Case does not count, as some file systems do not tell it apart; so this
/// is for refusing, never for allowing.
pub fn is_within(folder: &Path, outer: &Path) -> bool {
    let mut parts = folder.components();
    outer.components().all(|part| parts.next().is_some_and(|own| same_name(own.as_os_str(), part.as_os_str())))
}

/// Whether one of two folders holds the other.
pub fn overlap(one: &Path, other: &Path) -> bool {
    is_within(one, other) || is_within(other, one)
}

fn same_name(one: &OsStr, other: &OsStr) -> bool {
    one == other || one.to_string_lossy().to_lowercase() == other.to_string_lossy().to_lowercase()
}
