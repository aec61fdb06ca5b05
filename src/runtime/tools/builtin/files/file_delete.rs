//! `file_delete`: a file, a link itself, an empty folder, or with `recursive` a whole folder.

use std::time::Duration;

use async_trait::async_trait;
use cap_fs_ext::DirExt;
use cap_std::fs::Dir;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput,
            paths::{
                self, Access, Entry, FileSpace, GivenPath, LastLink, Limits, Next, VirtualPath, io_error, protected,
            },
        },
        content, read, text,
    },
    path_schema,
};

pub struct FileDelete(ToolInfo);

impl Default for FileDelete {
    fn default() -> Self {
        Self(ToolInfo {
            name: "file_delete",
            description: "Delete a file, or an empty folder; a filled folder only with recursive.",
            schema: json!({"type": "object", "properties": {
                "path": path_schema(),
                "recursive": {"type": "boolean", "default": false}
            }, "required": ["path"], "additionalProperties": false}),
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
    path: String,
    #[serde(default)]
    recursive: bool,
}

#[derive(Default, Serialize)]
struct Deleted {
    path: String,
    deleted_files: u64,
    deleted_dirs: u64,
    #[serde(skip)]
    bytes: u64,
}

#[async_trait]
impl Tool for FileDelete {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        let path = text(arguments, "path", "");
        let mut needs = paths::needs(&agent.roots, &[(path, Access::Write)])?;
        not_a_root(GivenPath::parse(path, &agent.roots)?.path())?;
        if arguments.get("recursive").and_then(Value::as_bool) == Some(true) {
            needs.asks = Some("a folder is deleted with everything in it".into());
        }
        Ok(needs)
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        content(paths::blocking(ctx, move |space| delete(space, &arguments)).await?)
    }
}

pub(super) fn not_a_root(path: &VirtualPath) -> Result<(), ToolError> {
    match path.is_root() {
        true => Err(ToolError::rule("P2", "A root itself cannot be deleted, moved or replaced")),
        false => Ok(()),
    }
}

fn delete(space: &FileSpace, arguments: &Arguments) -> Result<Deleted, ToolError> {
    let given = space.parse(&arguments.path)?;
    let place = space.resolve(&given, LastLink::Keep, &[Access::Write])?;
    not_a_root(&place.path)?;
    let mut deleted = Deleted { path: given.path().to_string(), ..Deleted::default() };
    match &place.entry {
        None => return Err(ToolError::new(ToolErrorCode::NotFound, format!("{} does not exist", given.path()))),
        Some(Entry::File(metadata)) => {
            place.folder.remove_file(&place.name).map_err(|e| io_error(&e, &place.path))?;
            deleted.deleted_files = 1;
            deleted.bytes = metadata.len();
        }
        Some(Entry::Link) => {
            place.folder.remove_file_or_symlink(&place.name).map_err(|e| io_error(&e, &place.path))?;
            deleted.deleted_files = 1;
        }
        Some(Entry::Folder(folder)) => {
            if arguments.recursive {
                may_delete_all(space, folder, &place.path)?;
                empty(space, folder, &place.path, &mut deleted)?;
            }
            place.folder.remove_dir(&place.name).map_err(|e| io_error(&e, &place.path))?;
            deleted.deleted_dirs += 1;
        }
    }
    space.release(&place.path.root, deleted.bytes);
    Ok(deleted)
}

/// Looks at everything before the first deletion.
fn may_delete_all(space: &FileSpace, folder: &Dir, path: &VirtualPath) -> Result<(), ToolError> {
    let complete = space.visit(folder, path, Limits::DELETE, &mut |entry| {
        space.check_open(entry.metadata, entry.path)?;
        if !space.holds(Access::Write, entry.path) {
            return Err(Access::Write.missing(entry.path));
        }
        match protected(&entry.path.parts, Access::Write) {
            Some(reason) => Err(ToolError::new(ToolErrorCode::ApprovalDenied, format!("{}: {reason}", entry.path))),
            None => Ok(Next::Enter),
        }
    })?;
    match complete {
        true => Ok(()),
        false => Err(ToolError::new(
            ToolErrorCode::TooLarge,
            format!(
                "{path} has more than {} entries, more than {} levels, or a closed folder",
                Limits::DELETE.entries,
                Limits::DELETE.depth
            ),
        )),
    }
}

fn empty(space: &FileSpace, folder: &Dir, path: &VirtualPath, deleted: &mut Deleted) -> Result<(), ToolError> {
    let names =
        folder.entries().and_then(|all| all.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<Vec<_>>>());
    for name in names.map_err(|e| io_error(&e, path))? {
        space.check_stop()?;
        let child = path.child(&name.to_string_lossy());
        let metadata = folder.symlink_metadata(&name).map_err(|e| io_error(&e, &child))?;
        if metadata.is_dir() {
            empty(space, &space.enter(folder, &name, &child)?, &child, deleted)?;
            folder.remove_dir(&name).map_err(|e| io_error(&e, &child))?;
            deleted.deleted_dirs += 1;
        } else {
            folder.remove_file_or_symlink(&name).map_err(|e| io_error(&e, &child))?;
            deleted.deleted_files += 1;
            deleted.bytes += if metadata.is_file() { metadata.len() } else { 0 };
        }
    }
    Ok(())
}
