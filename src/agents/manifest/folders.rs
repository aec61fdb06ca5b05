//! Where a manifest's folders may be. By name only: links are resolved, and refused, when a run opens the folder.

use std::path::{Component, Path, PathBuf};

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
    let forbidden = |message: &str, findings: &mut Findings| {
        findings.error(ManifestCode::WorkspaceForbidden, at, message);
    };
    let system = SYSTEM_FOLDERS.iter().map(Path::new);
    if folder.parent().is_none() || system.clone().any(|s| folder.starts_with(s)) {
        return forbidden("a folder of the operating system cannot be a workspace", findings);
    }
    if folders.homes.iter().any(|home| home.starts_with(&folder)) {
        return forbidden("a home folder, or one above it, cannot be a workspace", findings);
    }
    if folders.workspaces.starts_with(&folder) {
        return forbidden("the folder of all workspaces, or one above it, cannot be a workspace", findings);
    }
    if folders.protected.iter().any(|own| own.starts_with(&folder) || folder.starts_with(own)) {
        return forbidden("this folder belongs to the server or to another agent", findings);
    }
    let inside = folder.starts_with(&folders.workspaces);
    if named && !inside && !folders.mount_roots.iter().any(|root| folder.starts_with(root)) {
        forbidden(
            "outside of the workspaces folder only the prefixes of the setting agents.mount_roots can be used",
            findings,
        );
    }
}
