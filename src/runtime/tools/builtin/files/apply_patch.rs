//! `apply_patch`: adds, changes, moves and deletes files, all or nothing.

use std::time::Duration;

use async_trait::async_trait;
use cap_std::fs::Metadata;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput,
            paths::{self, Access, Entry, FileSpace, LastLink, MAX_WRITE, Place, VirtualPath, io_error},
        },
        content, read, text,
    },
    as_text,
    patch::{self, Change, Hunk, Misfit},
};

pub struct ApplyPatch(ToolInfo);

impl Default for ApplyPatch {
    fn default() -> Self {
        Self(ToolInfo {
            name: "apply_patch",
            description: "Apply a patch that adds, changes, moves or deletes files. All or nothing.",
            schema: json!({"type": "object", "properties": {
                "patch": {"type": "string", "minLength": 1, "maxLength": 2_097_152,
                    "description": "Text between '*** Begin Patch' and '*** End Patch'"},
                "dry_run": {"type": "boolean", "default": false, "description": "Check only"}
            }, "required": ["patch"], "additionalProperties": false}),
            effect: Effect::Write,
            resume: Resume::Interrupt,
            parallel: false,
            assist_mode: false,
            ask_by_default: false,
            timeout: Duration::from_secs(20),
            max_timeout: Duration::from_secs(120),
            output_limit: 16 * 1024,
        })
    }
}

#[derive(Deserialize)]
struct Arguments {
    patch: String,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Default, Serialize)]
struct Applied {
    added: Vec<String>,
    updated: Vec<String>,
    deleted: Vec<String>,
    moved: Vec<Moved>,
    dry_run: bool,
}

#[derive(Debug, Serialize)]
struct Moved {
    from: String,
    to: String,
}

#[async_trait]
impl Tool for ApplyPatch {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        let changes = parse(text(arguments, "patch", ""))?;
        let mut paths = vec![];
        for change in &changes {
            let (path, to) = match change {
                Change::Add { path, .. } | Change::Delete { path } => (path, None),
                Change::Update { path, to, .. } => (path, to.as_ref()),
            };
            for path in std::iter::once(path).chain(to) {
                paths.extend([(path.as_str(), Access::Read), (path.as_str(), Access::Write)]);
            }
        }
        let mut needs = paths::needs(&agent.roots, &paths)?;
        if changes.iter().any(|change| matches!(change, Change::Delete { .. })) {
            needs.asks = Some("the patch deletes files".into());
        }
        Ok(needs)
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        content(paths::blocking(ctx, move |space| apply(space, &arguments)).await?)
    }
}

fn parse(text: &str) -> Result<Vec<Change>, ToolError> {
    patch::parse(text).map_err(|e| {
        ToolError::new(ToolErrorCode::InvalidArguments, format!("Line {} of the patch: {}", e.line, e.message))
            .with_details(json!({"line": e.line}))
    })
}

fn apply(space: &FileSpace, arguments: &Arguments) -> Result<Applied, ToolError> {
    let mut plan = Plan::default();
    for change in parse(&arguments.patch)? {
        space.check_stop()?;
        match change {
            Change::Add { path, content } => plan.add(space, &path, content)?,
            Change::Delete { path } => plan.delete(space, &path)?,
            Change::Update { path, to, hunks } => plan.update(space, &path, to.as_deref(), &hunks)?,
        }
    }
    plan.applied.dry_run = arguments.dry_run;
    if !arguments.dry_run {
        plan.carry_out(space)?;
    }
    Ok(plan.applied)
}

/// Everything read, patched and checked; nothing written yet.
#[derive(Default)]
struct Plan {
    operations: Vec<Operation>,
    applied: Applied,
}

struct Operation {
    place: Place,
    /// What the file holds now.
    old: Option<Vec<u8>>,
    /// What it shall hold; nothing = it goes away.
    new: Option<Vec<u8>>,
    /// File whose permissions a moved one keeps.
    like: Option<Metadata>,
}

impl Plan {
    fn resolve(&self, space: &FileSpace, text: &str, last: LastLink) -> Result<(Place, VirtualPath), ToolError> {
        let given = space.parse(text)?;
        let place = space.resolve(&given, last, &[Access::Read, Access::Write])?;
        if self.operations.iter().any(|operation| operation.place.path == place.path) {
            return Err(ToolError::new(
                ToolErrorCode::InvalidArguments,
                format!("{} is in the patch twice", given.path()),
            ));
        }
        Ok((place, given.path().clone()))
    }

    fn resolve_new(&self, space: &FileSpace, text: &str) -> Result<(Place, VirtualPath), ToolError> {
        let (place, path) = self.resolve(space, text, LastLink::Follow)?;
        match place.entry {
            Some(_) => Err(ToolError::new(ToolErrorCode::AlreadyExists, format!("{path} exists"))),
            None => Ok((place, path)),
        }
    }

    fn add(&mut self, space: &FileSpace, path: &str, content: String) -> Result<(), ToolError> {
        let (place, path) = self.resolve_new(space, path)?;
        self.applied.added.push(path.to_string());
        self.operations.push(Operation { place, old: None, new: Some(content.into_bytes()), like: None });
        Ok(())
    }

    fn delete(&mut self, space: &FileSpace, path: &str) -> Result<(), ToolError> {
        let (place, path) = self.resolve(space, path, LastLink::Keep)?;
        let old = Some(space.read(&place, MAX_WRITE)?);
        self.applied.deleted.push(path.to_string());
        self.operations.push(Operation { place, old, new: None, like: None });
        Ok(())
    }

    fn update(&mut self, space: &FileSpace, path: &str, to: Option<&str>, hunks: &[Hunk]) -> Result<(), ToolError> {
        let last = if to.is_some() { LastLink::Keep } else { LastLink::Follow };
        let (place, path) = self.resolve(space, path, last)?;
        let old = space.read(&place, MAX_WRITE)?;
        let new = match hunks {
            [] => old.clone(),
            hunks => {
                let before = as_text(old.clone(), &path)?;
                patch::apply(&before, hunks).map_err(|misfit| conflict(&path, misfit))?.into_bytes()
            }
        };
        if !u64::try_from(new.len()).is_ok_and(|len| len <= MAX_WRITE) {
            return Err(ToolError::new(
                ToolErrorCode::TooLarge,
                format!("{path} would have more than {MAX_WRITE} bytes"),
            ));
        }
        let Some(to) = to else {
            self.applied.updated.push(path.to_string());
            self.operations.push(Operation { place, old: Some(old), new: Some(new), like: None });
            return Ok(());
        };
        let like = Some(place.file()?.clone());
        self.operations.push(Operation { place, old: Some(old), new: None, like: None });
        let (target, to) = self.resolve_new(space, to)?;
        self.operations.push(Operation { place: target, old: None, new: Some(new), like });
        self.applied.moved.push(Moved { from: path.to_string(), to: to.to_string() });
        Ok(())
    }

    /// Writes first, then deletes; what was done is undone when something fails.
    fn carry_out(&mut self, space: &FileSpace) -> Result<(), ToolError> {
        self.operations.sort_by_key(|operation| operation.new.is_none());
        for at in 0..self.operations.len() {
            if let Err(error) = self.operations[at].carry_out(space) {
                let undone = self.operations[..at].iter().rev().filter(|done| done.undo(space).is_err()).count();
                return Err(match undone {
                    0 => error,
                    left => {
                        ToolError::new(error.code, format!("{}; {left} files could not be restored", error.message))
                    }
                });
            }
        }
        Ok(())
    }
}

impl Operation {
    fn carry_out(&self, space: &FileSpace) -> Result<(), ToolError> {
        match &self.new {
            Some(new) => space.replace_like(&self.place, new, self.like.as_ref()),
            None => self.remove(space, self.old.as_deref()),
        }
    }

    fn undo(&self, space: &FileSpace) -> Result<(), ToolError> {
        match &self.old {
            Some(old) => space.replace(&self.place, old),
            None => self.remove(space, self.new.as_deref()),
        }
    }

    /// Found anew, since the folders above an added file are made while writing.
    fn remove(&self, space: &FileSpace, content: Option<&[u8]>) -> Result<(), ToolError> {
        let place = space.locate(&self.place.path, LastLink::Keep)?;
        if let Some(Entry::File(_)) = place.entry {
            place.folder.remove_file(&place.name).map_err(|e| io_error(&e, &place.path))?;
            space.release(&place.path.root, content.map_or(0, <[u8]>::len) as u64);
        }
        Ok(())
    }
}

fn conflict(path: &VirtualPath, misfit: Misfit) -> ToolError {
    ToolError::new(ToolErrorCode::Conflict, format!("{path}, hunk {}: {}", misfit.hunk, misfit.message))
        .with_details(json!({"file": path.to_string(), "hunk": misfit.hunk, "nearest_lines": misfit.nearest}))
        .with_hint("Read the file again and copy the unchanged lines exactly")
}
