//! From a judged command to one that can be started: its program, its folder, its environment, its limits.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{
    super::{
        Roots, ToolContext, ToolError, ToolErrorCode, command,
        paths::{self, Access, FileSpace, GivenPath, LastLink, RootId, VirtualPath},
    },
    ExecSettings, Limits, Plan, View, environment,
    group::Start,
};

/// Where a program keeps what is its own, below the workspace.
const PRIVATE: &str = ".openfang/tmp";

pub async fn prepare(
    settings: &ExecSettings,
    command: command::Start,
    cwd: &str,
    cpu_secs: Option<u64>,
    ctx: &ToolContext,
) -> Result<Start, ToolError> {
    let (name, arguments) = match command {
        command::Start::Shell(line) => ("/bin/sh".to_owned(), vec!["-c".to_owned(), line]),
        command::Start::Direct(argv) => match argv.split_first() {
            Some((name, arguments)) => (name.clone(), arguments.to_vec()),
            None => return Err(ToolError::new(ToolErrorCode::InvalidArguments, "The command is empty")),
        },
    };
    let (settings, grants, exec) = (settings.clone(), ctx.grants.clone(), ctx.exec.clone());
    let (agent, roots, cwd) = (ctx.agent, ctx.roots.clone(), cwd.to_owned());
    paths::blocking(ctx, move |space| {
        let folder = folder(space, &cwd)?;
        let workspace = host_path(space, &VirtualPath { root: RootId::Workspace, parts: vec![] })?;
        let private = workspace.join(PRIVATE);
        let made = space.root(&RootId::Workspace)?.create_dir_all(PRIVATE);
        made.map_err(|e| ToolError::new(ToolErrorCode::ExecFailed, format!("{PRIVATE} cannot be made: {}", e.kind())))?;
        let program = find(&name, &settings.path, &workspace)?;
        let writable = roots.named.iter().filter(|root| root.writable).map(|root| root.path.clone());
        let view = View {
            hidden: roots.server_folders.iter().chain(&settings.hidden).cloned().collect(),
            readable: roots.named.iter().map(|root| root.path.clone()).collect(),
            writable: writable.chain([workspace.clone()]).collect(),
        };
        Ok(Start {
            agent,
            launcher: settings.launcher.clone(),
            program,
            arguments,
            folder,
            environment: environment(&settings, &exec, &grants, &private),
            plan: Plan { limits: Limits::with_cpu(cpu_secs), view },
        })
    })
    .await
}

/// Grants for the folder of a program. The workspace itself is the agent's own and needs none.
pub fn folder_needs(cwd: &str, roots: &Roots) -> Result<Vec<String>, ToolError> {
    let given = GivenPath::parse(cwd, roots)?;
    let own = given.path().root == RootId::Workspace && given.path().is_root();
    if own { Ok(vec![]) } else { Ok(paths::needs(roots, &[(cwd, Access::Read)])?.grants) }
}

fn folder(space: &FileSpace, cwd: &str) -> Result<PathBuf, ToolError> {
    let given = space.parse(cwd)?;
    let own = given.path().root == RootId::Workspace && given.path().is_root();
    let accesses: &[Access] = if own { &[] } else { &[Access::Read] };
    let (_, path) = space.resolve(&given, LastLink::Follow, accesses)?.into_folder()?;
    host_path(space, &path)
}

/// The path is resolved already: no part of it below the root is a link.
fn host_path(space: &FileSpace, path: &VirtualPath) -> Result<PathBuf, ToolError> {
    let gone = || ToolError::new(ToolErrorCode::NotFound, format!("{path} does not exist"));
    let root = match &path.root {
        RootId::Workspace => space.roots().workspace.clone(),
        RootId::Named(name) => {
            space.roots().named.iter().find(|root| root.name == *name).map(|root| root.path.clone()).ok_or_else(gone)?
        }
    };
    let root = root.canonicalize().map_err(|_| gone())?;
    Ok(path.parts.iter().fold(root, |at, part| at.join(part)))
}

/// X4: on the search path, which never leads into the workspace, or where the policy has permitted a path.
fn find(name: &str, path: &[PathBuf], workspace: &Path) -> Result<PathBuf, ToolError> {
    let not_found = || {
        ToolError::new(ToolErrorCode::NotFound, format!("There is no program {name}"))
            .with_hint("Programs are looked for in the folders of exec.path")
    };
    if let Some(below) = name.strip_prefix("./") {
        let real = workspace.join(below).canonicalize().map_err(|_| not_found())?;
        return if real.starts_with(workspace) { Ok(real) } else { Err(not_found()) };
    }
    if name.starts_with('/') {
        return Ok(PathBuf::from(name));
    }
    let runs = |file: &Path| std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0);
    let dirs = path.iter().filter(|dir| dir.canonicalize().is_ok_and(|real| !real.starts_with(workspace)));
    dirs.map(|dir| dir.join(name)).find(|file| runs(file)).ok_or_else(not_found)
}
