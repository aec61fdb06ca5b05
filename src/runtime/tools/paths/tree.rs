//! Walks below a folder in the order of names. Links are seen and never followed.

use std::{ffi::OsString, ops::ControlFlow};

use cap_std::fs::{Dir, Metadata};

use super::{super::ToolError, FileSpace, VirtualPath, io_error};

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub entries: usize,
    pub depth: usize,
}

impl Limits {
    /// What the model may look at in one call (P7).
    pub const WALK: Self = Self { entries: 50_000, depth: 32 };
    pub const DELETE: Self = Self { entries: 10_000, depth: 32 };
    /// The size of a workspace counts every file, however many a program has made.
    pub const MEASURE: Self = Self { entries: usize::MAX, depth: 256 };
}

/// One entry of a walk.
pub struct Visit<'a> {
    pub folder: &'a Dir,
    pub name: &'a OsString,
    pub path: &'a VirtualPath,
    pub metadata: &'a Metadata,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Go on, and into this folder if it is one.
    Enter,
    /// Go on beside this entry.
    Skip,
    /// The visitor has enough.
    Stop,
}

impl FileSpace {
    /// False when a limit ended the walk, the visitor stopped it, or a folder could not be entered (the server's own,
    /// the kernel's, or one without permission).
    pub fn visit(
        &self,
        dir: &Dir,
        path: &VirtualPath,
        limits: Limits,
        visitor: &mut dyn FnMut(&Visit<'_>) -> Result<Next, ToolError>,
    ) -> Result<bool, ToolError> {
        let mut tree = Tree { space: self, left: limits.entries, complete: true, visitor };
        let flow = tree.folder(dir, path, limits.depth)?;
        Ok(flow.is_continue() && tree.complete)
    }
}

struct Tree<'a> {
    space: &'a FileSpace,
    left: usize,
    complete: bool,
    visitor: &'a mut dyn FnMut(&Visit<'_>) -> Result<Next, ToolError>,
}

impl Tree<'_> {
    fn folder(&mut self, dir: &Dir, path: &VirtualPath, depth: usize) -> Result<ControlFlow<()>, ToolError> {
        if depth == 0 {
            self.complete = false;
            return Ok(ControlFlow::Continue(()));
        }
        for name in self.names(dir, path)? {
            self.space.check_stop()?;
            let child = path.child(&name.to_string_lossy());
            // An entry that has gone meanwhile is no fault.
            let Ok(metadata) = dir.symlink_metadata(&name) else { continue };
            let next = (self.visitor)(&Visit { folder: dir, name: &name, path: &child, metadata: &metadata })?;
            if next == Next::Stop {
                return Ok(ControlFlow::Break(()));
            }
            if next == Next::Enter && metadata.is_dir() {
                let Ok(inner) = self.space.enter(dir, &name, &child) else {
                    self.complete = false;
                    continue;
                };
                if self.folder(&inner, &child, depth - 1)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn names(&mut self, dir: &Dir, path: &VirtualPath) -> Result<Vec<OsString>, ToolError> {
        let mut names = vec![];
        for entry in dir.entries().map_err(|e| io_error(&e, path))? {
            if self.left == 0 {
                self.complete = false;
                break;
            }
            self.left -= 1;
            names.push(entry.map_err(|e| io_error(&e, path))?.file_name());
        }
        names.sort();
        Ok(names)
    }
}
