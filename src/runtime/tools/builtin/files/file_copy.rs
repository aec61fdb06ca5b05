//! `file_copy`: a file or a folder with what it holds. Links are copied as links, and only if they stay in the root.

use std::time::Duration;

use async_trait::async_trait;
use cap_std::fs::{Dir, Metadata};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput,
            paths::{
                self, Access, Entry, FileSpace, LastLink, Limits, MAX_READ, Next, Place, VirtualPath, io_error,
                protected,
            },
        },
        content, read, text,
    },
    path_schema,
};

pub struct FileCopy(ToolInfo);

impl Default for FileCopy {
    fn default() -> Self {
        Self(ToolInfo {
            name: "file_copy",
            description: "Copy a file or folder inside the workspace.",
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
            timeout: Duration::from_secs(20),
            max_timeout: Duration::from_secs(120),
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
struct Copied {
    from: String,
    to: String,
    files: u64,
    bytes: u64,
}

#[async_trait]
impl Tool for FileCopy {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        paths::needs(
            &agent.roots,
            &[(text(arguments, "from", ""), Access::Read), (text(arguments, "to", ""), Access::Write)],
        )
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        content(paths::blocking(ctx, move |space| copy(space, &arguments)).await?)
    }
}

fn copy(space: &FileSpace, arguments: &Arguments) -> Result<Copied, ToolError> {
    let (from, to) = (space.parse(&arguments.from)?, space.parse(&arguments.to)?);
    let source = space.resolve(&from, LastLink::Follow, &[Access::Read])?;
    let target = space.resolve(&to, LastLink::Follow, &[Access::Write])?;
    let mut copied = Copied { from: from.path().to_string(), to: to.path().to_string(), files: 0, bytes: 0 };
    match (&source.entry, &target.entry) {
        (None, _) => return Err(ToolError::new(ToolErrorCode::NotFound, format!("{} does not exist", from.path()))),
        (Some(Entry::File(_)), Some(Entry::File(_))) if arguments.overwrite => {}
        (_, Some(_)) => return Err(ToolError::new(ToolErrorCode::AlreadyExists, format!("{} exists", to.path()))),
        (Some(_), None) => {}
    }
    let (folder, base) = match &source.entry {
        Some(Entry::Folder(_)) => source.into_folder()?,
        _ => {
            let bytes = space.read(&source, MAX_READ)?;
            space.replace_like(&target, &bytes, source.file().ok())?;
            return Ok(Copied { files: 1, bytes: bytes.len() as u64, ..copied });
        }
    };
    if target.path.is_within(&base) {
        return Err(ToolError::new(ToolErrorCode::InvalidArguments, "A folder cannot be copied into itself"));
    }
    let plan = plan(space, &folder, &base, &target.path)?;
    make_folder(space, &target)?;
    for item in plan {
        space.check_stop()?;
        item.copy(space, &mut copied)?;
    }
    Ok(copied)
}

/// One entry of a copied folder, in an order that makes parents first.
struct Item {
    from: VirtualPath,
    to: VirtualPath,
    what: What,
}

enum What {
    Folder,
    File,
    Link(String),
}

/// Looks at everything before the first write.
fn plan(space: &FileSpace, folder: &Dir, from: &VirtualPath, to: &VirtualPath) -> Result<Vec<Item>, ToolError> {
    let mut items = vec![];
    let mut bytes = 0;
    let complete = space.visit(folder, from, Limits::WALK, &mut |entry| {
        space.check_open(entry.metadata, entry.path)?;
        let mut there = to.clone();
        there.parts.extend_from_slice(&entry.path.parts[from.parts.len()..]);
        for (access, path) in [(Access::Read, entry.path), (Access::Write, &there)] {
            if !space.holds(access, path) {
                return Err(access.missing(path));
            }
            if let Some(reason) = protected(&path.parts, access) {
                return Err(ToolError::new(ToolErrorCode::ApprovalDenied, format!("{path}: {reason}")));
            }
        }
        bytes += size(entry.metadata);
        if bytes > MAX_READ {
            return Err(ToolError::new(ToolErrorCode::TooLarge, format!("A call copies at most {MAX_READ} bytes")));
        }
        let what = if entry.metadata.is_dir() {
            What::Folder
        } else if entry.metadata.is_file() {
            What::File
        } else {
            match entry.folder.read_link_contents(entry.name).ok().and_then(|target| target.to_str().map(str::to_owned))
            {
                Some(target) => What::Link(target),
                None => return Err(ToolError::rule("P6", format!("{} is neither a file nor a folder", entry.path))),
            }
        };
        items.push(Item { from: entry.path.clone(), to: there, what });
        Ok(Next::Enter)
    })?;
    match complete {
        true => space.check_room(&to.root, bytes).map(|()| items),
        false => Err(ToolError::new(ToolErrorCode::TooLarge, format!("{from} has too many entries to copy"))),
    }
}

fn size(metadata: &Metadata) -> u64 {
    if metadata.is_file() { metadata.len() } else { 0 }
}

fn make_folder(space: &FileSpace, target: &Place) -> Result<(), ToolError> {
    let made = space.make_missing(target)?;
    space.make_folder(made.as_ref().unwrap_or(&target.folder), &target.name, &target.path).map(|_| ())
}

impl Item {
    fn copy(self, space: &FileSpace, copied: &mut Copied) -> Result<(), ToolError> {
        let target = space.locate(&self.to, LastLink::Keep)?;
        match self.what {
            What::Folder => make_folder(space, &target),
            What::File => {
                let source = space.locate(&self.from, LastLink::Keep)?;
                let bytes = space.read(&source, MAX_READ)?;
                space.replace_like(&target, &bytes, source.file().ok())?;
                copied.files += 1;
                copied.bytes += bytes.len() as u64;
                Ok(())
            }
            // A link that leads out is left behind, from where it was or from where it would be.
            What::Link(_) if space.locate(&self.from, LastLink::Follow).is_err() => Ok(()),
            What::Link(text) => {
                target.folder.symlink_contents(&text, &target.name).map_err(|e| io_error(&e, &self.to))?;
                if space.locate(&self.to, LastLink::Follow).is_err() {
                    target.folder.remove_file(&target.name).map_err(|e| io_error(&e, &self.to))?;
                }
                Ok(())
            }
        }
    }
}
