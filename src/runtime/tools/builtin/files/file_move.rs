//! `file_move`: renames inside one root.

use std::{io, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput,
            paths::{self, Access, Entry, FileSpace, GivenPath, LastLink, Limits, Next, Place, VirtualPath, io_error},
        },
        content, read, text,
    },
    file_delete::not_a_root,
    path_schema,
};

pub struct FileMove(ToolInfo);

impl Default for FileMove {
    fn default() -> Self {
        Self(ToolInfo {
            name: "file_move",
            description: "Move or rename inside the workspace.",
            schema: json!({"type": "object", "properties": {
                "from": path_schema(),
                "to": path_schema(),
                "overwrite": {"type": "boolean", "default": false}
            }, "required": ["from", "to"], "additionalProperties": false}),
            effect: Effect::Write,
            resume: Resume::Interrupt,
            parallel: false,
            assist_mode: false,
            ask_by_default: false,
            timeout: Duration::from_secs(10),
            max_timeout: Duration::from_secs(60),
            output_limit: 1024,
        })
    }
}

#[derive(Deserialize)]
struct Arguments {
    from: String,
    to: String,
    #[serde(default)]
    overwrite: bool,
}

#[derive(Serialize)]
struct Moved {
    from: String,
    to: String,
}

#[async_trait]
impl Tool for FileMove {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        let (from, to) = (text(arguments, "from", ""), text(arguments, "to", ""));
        let needs = paths::needs(&agent.roots, &[(from, Access::Read), (from, Access::Write), (to, Access::Write)])?;
        for path in [from, to] {
            not_a_root(GivenPath::parse(path, &agent.roots)?.path())?;
        }
        Ok(needs)
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        content(paths::blocking(ctx, move |space| rename(space, &arguments)).await?)
    }
}

fn rename(space: &FileSpace, arguments: &Arguments) -> Result<Moved, ToolError> {
    let (from, to) = (space.parse(&arguments.from)?, space.parse(&arguments.to)?);
    let source = space.resolve(&from, LastLink::Keep, &[Access::Read, Access::Write])?;
    let target = space.resolve(&to, LastLink::Keep, &[Access::Write])?;
    not_a_root(&source.path)?;
    not_a_root(&target.path)?;
    if source.path.root != target.path.root {
        return Err(ToolError::new(ToolErrorCode::Unsupported, "A move stays inside one root")
            .with_hint("Use file_copy, then file_delete"));
    }
    if target.path.is_within(&source.path) {
        return Err(ToolError::new(ToolErrorCode::InvalidArguments, "A folder cannot be moved into itself"));
    }
    may_move_all(space, &source, &target.path)?;
    let replaced = check_target(&target, arguments.overwrite)?;
    let made = space.make_missing(&target)?;
    let folder = made.as_ref().unwrap_or(&target.folder);
    source.folder.rename(&source.name, folder, &target.name).map_err(|e| match e.kind() {
        io::ErrorKind::CrossesDevices => {
            ToolError::new(ToolErrorCode::Unsupported, "The two folders are on different disks")
                .with_hint("Use file_copy, then file_delete")
        }
        _ => io_error(&e, &target.path),
    })?;
    space.release(&target.path.root, replaced);
    Ok(Moved { from: from.path().to_string(), to: to.path().to_string() })
}

/// Bytes that the move replaces.
fn check_target(target: &Place, overwrite: bool) -> Result<u64, ToolError> {
    match &target.entry {
        None => Ok(0),
        Some(Entry::File(metadata)) if overwrite => Ok(metadata.len()),
        Some(Entry::Link) if overwrite => Ok(0),
        Some(_) => Err(ToolError::new(ToolErrorCode::AlreadyExists, format!("{} exists", target.path))),
    }
}

/// What lies in a moved folder is read, taken away and written as well.
fn may_move_all(space: &FileSpace, source: &Place, target: &VirtualPath) -> Result<(), ToolError> {
    if source.entry.is_none() {
        return Err(ToolError::new(ToolErrorCode::NotFound, format!("{} does not exist", source.path)));
    }
    let Some(Entry::Folder(folder)) = &source.entry else { return Ok(()) };
    let complete = space.visit(folder, &source.path, Limits::WALK, &mut |entry| {
        space.check_open(entry.metadata, entry.path)?;
        let mut there = target.clone();
        there.parts.extend_from_slice(&entry.path.parts[source.path.parts.len()..]);
        for (access, path) in [(Access::Read, entry.path), (Access::Write, entry.path), (Access::Write, &there)] {
            if !space.holds(access, path) {
                return Err(access.missing(path));
            }
        }
        Ok(Next::Enter)
    })?;
    match complete {
        true => Ok(()),
        false => Err(ToolError::new(ToolErrorCode::TooLarge, format!("{} has too many entries to move", source.path))),
    }
}
