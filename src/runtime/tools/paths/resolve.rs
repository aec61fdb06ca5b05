//! Walks a path part by part from the root's folder handle, following links only inside the root (P4 to P6, P11).

use std::{collections::VecDeque, io, path::Path, path::PathBuf};

use cap_fs_ext::{DirExt, MetadataExt};
use cap_std::{ambient_authority, fs::Dir, fs::Metadata};

use super::{
    super::{ToolError, ToolErrorCode},
    Access, FileSpace, GivenPath, RootId, VirtualPath, io_error, not_found, protected,
};

const MAX_LINKS: usize = 16;
/// Folders of one path that are open at once; a model must not use up the handles of the process.
const MAX_OPEN: usize = 128;

/// Whether a link at the end of a path is followed or meant itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastLink {
    Follow,
    Keep,
}

/// Where a path leads: an entry of an open folder, or the name that a new entry would have.
pub struct Place {
    /// The folder that holds the entry; for the root the root itself.
    pub folder: Dir,
    /// Folders between `folder` and the entry that do not exist yet.
    pub missing: Vec<String>,
    /// Empty for the root.
    pub name: String,
    /// After resolution of links.
    pub path: VirtualPath,
    pub entry: Option<Entry>,
}

pub enum Entry {
    File(Metadata),
    Folder(Dir),
    Link,
}

impl Place {
    pub fn file(&self) -> Result<&Metadata, ToolError> {
        match &self.entry {
            Some(Entry::File(metadata)) => Ok(metadata),
            Some(_) => Err(ToolError::new(ToolErrorCode::Unsupported, format!("{} is not a file", self.path))),
            None => Err(not_found(&self.path)),
        }
    }

    pub fn into_folder(self) -> Result<(Dir, VirtualPath), ToolError> {
        match self.entry {
            Some(Entry::Folder(dir)) => Ok((dir, self.path)),
            Some(_) => Err(ToolError::new(ToolErrorCode::Unsupported, format!("{} is not a folder", self.path))),
            None => Err(not_found(&self.path)),
        }
    }
}

impl FileSpace {
    /// Finds where a given path leads and checks that the agent may do this there (P10). Nothing is created.
    pub fn resolve(&self, given: &GivenPath, last: LastLink, accesses: &[Access]) -> Result<Place, ToolError> {
        for access in accesses {
            access.check_root(given.path(), self.roots())?;
        }
        let place = self.locate(given.path(), last)?;
        if place.path.looks_named() {
            return Err(ToolError::rule(
                "P2",
                "A path in the workspace may not start with @: that is how named roots are written",
            ));
        }
        for access in accesses {
            if !self.holds(*access, &place.path) {
                return Err(access.missing(&place.path));
            }
            // The policy has seen the given path; a link must not lead around its question.
            let asked = protected(&given.path().parts, *access).is_some();
            if let (false, Some(reason)) = (asked, protected(&place.path.parts, *access)) {
                let text = format!("{} leads to {}: {reason}", given.path(), place.path);
                return Err(ToolError::new(ToolErrorCode::ApprovalDenied, text).with_hint("Name the file itself"));
            }
        }
        Ok(place)
    }

    pub fn root(&self, id: &RootId) -> Result<Dir, ToolError> {
        let at = VirtualPath { root: id.clone(), parts: vec![] };
        let folder = match id {
            RootId::Workspace => self.roots().workspace.as_path(),
            RootId::Named(name) => {
                let root = self.roots().named.iter().find(|root| root.name == *name);
                root.map(|root| root.path.as_path()).ok_or_else(|| not_found(&at))?
            }
        };
        let workspaces = &self.roots().workspaces;
        if is_behind_link(folder, workspaces) {
            return Err(replaced_by_link(&at));
        }
        let dir = match open_itself(folder, workspaces) {
            Err(e) if e.kind() == io::ErrorKind::NotFound && *id == RootId::Workspace => {
                make_private(folder).and_then(|()| open_itself(folder, workspaces))
            }
            other => other,
        };
        let dir = dir
            .map_err(|e| if is_behind_link(folder, workspaces) { replaced_by_link(&at) } else { io_error(&e, &at) })?;
        self.check_folder(&dir, &at)?;
        Ok(dir)
    }

    /// Opens a folder by its name in another one; never through a link.
    pub fn enter(&self, folder: &Dir, name: impl AsRef<Path>, path: &VirtualPath) -> Result<Dir, ToolError> {
        let dir = folder.open_dir_nofollow(name).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => io_error(&e, path),
            _ => ToolError::rule("P4", format!("{path} changed while it was opened")),
        })?;
        self.check_folder(&dir, path)?;
        Ok(dir)
    }

    fn check_folder(&self, dir: &Dir, path: &VirtualPath) -> Result<(), ToolError> {
        check_file_system(dir, path)?;
        let metadata = dir.dir_metadata().map_err(|e| io_error(&e, path))?;
        self.check_open(&metadata, path)
    }

    /// Refuses what is the server's own, under whatever name it is found.
    pub fn check_open(&self, metadata: &Metadata, path: &VirtualPath) -> Result<(), ToolError> {
        match self.closed.contains(&(metadata.dev(), metadata.ino())) {
            true => Err(ToolError::rule("P11", format!("{path} belongs to the server"))),
            false => Ok(()),
        }
    }

    /// Where a path leads, without any check of grants.
    pub fn locate(&self, path: &VirtualPath, last: LastLink) -> Result<Place, ToolError> {
        let mut walk =
            Walk { space: self, root: self.root(&path.root)?, id: &path.root, open: vec![], links: 0, given: path };
        let mut todo: VecDeque<String> = path.parts.iter().cloned().collect();
        while let Some(part) = todo.pop_front() {
            if let Some((name, entry)) = walk.step(part, &mut todo, last)? {
                return walk.finish(name, todo.into(), entry);
            }
        }
        walk.finish_at_folder()
    }
}

struct Walk<'a> {
    space: &'a FileSpace,
    root: Dir,
    id: &'a RootId,
    /// Folders opened below the root, outermost first.
    open: Vec<(String, Dir)>,
    links: usize,
    given: &'a VirtualPath,
}

impl Walk<'_> {
    fn here(&self) -> &Dir {
        self.open.last().map_or(&self.root, |(_, dir)| dir)
    }

    fn path_to(&self, name: &str) -> VirtualPath {
        let parts = self.open.iter().map(|(name, _)| name.clone()).collect();
        VirtualPath { root: self.id.clone(), parts }.child(name)
    }

    /// One part further. Gives the entry at which the walk ends, or nothing after entering a folder or a link.
    fn step(
        &mut self,
        part: String,
        todo: &mut VecDeque<String>,
        last: LastLink,
    ) -> Result<Option<(String, Option<Entry>)>, ToolError> {
        if part == ".." {
            // Only targets of links have such parts; the handle that was opened before is the parent.
            return self.open.pop().map(|_| None).ok_or_else(|| self.outside());
        }
        let path = self.path_to(&part);
        let metadata = match self.here().symlink_metadata(&part) {
            Ok(metadata) => metadata,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Some((part, None))),
            Err(e) => return Err(io_error(&e, &path)),
        };
        if metadata.is_symlink() {
            if todo.is_empty() && last == LastLink::Keep {
                return Ok(Some((part, Some(Entry::Link))));
            }
            self.follow(&part, todo)?;
            return Ok(None);
        }
        if metadata.is_dir() {
            if self.open.len() == MAX_OPEN {
                return Err(ToolError::rule("P7", format!("A path leads through at most {MAX_OPEN} folders")));
            }
            let dir = self.space.enter(self.here(), &part, &path)?;
            self.open.push((part, dir));
            return Ok(None);
        }
        if !metadata.is_file() {
            return Err(ToolError::rule("P6", format!("{path} is neither a file nor a folder")));
        }
        self.space.check_open(&metadata, &path)?;
        if !todo.is_empty() {
            return Err(ToolError::new(ToolErrorCode::NotFound, format!("{path} is a file, not a folder")));
        }
        Ok(Some((part, Some(Entry::File(metadata)))))
    }

    fn follow(&mut self, part: &str, todo: &mut VecDeque<String>) -> Result<(), ToolError> {
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(ToolError::rule("P4", format!("{} has more than {MAX_LINKS} links on its way", self.given)));
        }
        let target = self.here().read_link_contents(part).map_err(|e| io_error(&e, &self.path_to(part)))?;
        let target = target.to_str().filter(|t| !Path::new(t).has_root()).ok_or_else(|| self.outside())?;
        for piece in target.split('/').rev().filter(|piece| !piece.is_empty() && *piece != ".") {
            todo.push_front(piece.to_owned());
        }
        Ok(())
    }

    fn outside(&self) -> ToolError {
        ToolError::rule("P4", format!("{} leads out of its root by a link", self.given))
    }

    fn finish(mut self, name: String, rest: Vec<String>, entry: Option<Entry>) -> Result<Place, ToolError> {
        let mut missing = vec![];
        let mut path = self.path_to(&name);
        let mut last = name;
        for part in rest {
            if part == ".." {
                return Err(not_found(&path));
            }
            path = path.child(&part);
            missing.push(std::mem::replace(&mut last, part));
        }
        let folder = self.open.pop().map_or(self.root, |(_, dir)| dir);
        Ok(Place { folder, missing, name: last, path, entry })
    }

    fn finish_at_folder(mut self) -> Result<Place, ToolError> {
        let Some((name, dir)) = self.open.pop() else {
            let path = VirtualPath { root: self.id.clone(), parts: vec![] };
            let folder = self.root.try_clone().map_err(|e| io_error(&e, &path))?;
            return Ok(Place {
                folder,
                missing: vec![],
                name: String::new(),
                path,
                entry: Some(Entry::Folder(self.root)),
            });
        };
        let path = self.path_to(&name);
        let folder = self.open.pop().map_or(self.root, |(_, dir)| dir);
        Ok(Place { folder, missing: vec![], name, path, entry: Some(Entry::Folder(dir)) })
    }
}

/// Device and inode of the folders and files that exist.
pub(super) fn identities(paths: &[PathBuf]) -> Vec<(u64, u64)> {
    let identity = |path: &PathBuf| {
        let (parent, name) = (path.parent()?, path.file_name()?);
        let folder = Dir::open_ambient_dir(parent, ambient_authority()).ok()?;
        let metadata = match folder.metadata(name) {
            Ok(metadata) if !metadata.is_dir() => metadata,
            _ => Dir::open_ambient_dir(path, ambient_authority()).ok()?.dir_metadata().ok()?,
        };
        Some((metadata.dev(), metadata.ino()))
    };
    paths.iter().filter_map(identity).collect()
}

/// The part of a root's path on which no link is followed: all of it below the folder of workspaces, where agents write and
/// what was checked may have been replaced since; elsewhere its last name.
fn below<'a>(folder: &'a Path, workspaces: &Path) -> Option<&'a Path> {
    folder.strip_prefix(workspaces).ok().filter(|below| !below.has_root() && below.file_name().is_some())
}

fn is_behind_link(folder: &Path, workspaces: &Path) -> bool {
    let names = below(folder, workspaces).map_or(1, |below| below.components().count());
    folder.ancestors().take(names).any(Path::is_symlink)
}

/// The folder of a root, never what a link in its place leads to: where the root may be was checked by its name.
fn open_itself(folder: &Path, workspaces: &Path) -> io::Result<Dir> {
    if let Some(below) = below(folder, workspaces) {
        let base = Dir::open_ambient_dir(workspaces, ambient_authority())?;
        return below.components().try_fold(base, |dir, name| dir.open_dir_nofollow(name));
    }
    match (folder.parent(), folder.file_name()) {
        (Some(parent), Some(name)) => Dir::open_ambient_dir(parent, ambient_authority())?.open_dir_nofollow(name),
        _ => Err(io::Error::from(io::ErrorKind::InvalidInput)),
    }
}

fn replaced_by_link(root: &VirtualPath) -> ToolError {
    let text = match &root.root {
        RootId::Workspace => "The workspace was replaced by a link".to_owned(),
        RootId::Named(name) => format!("The root @{name} was replaced by a link"),
    };
    ToolError::rule("P4", text).with_hint("A person has to name the folder itself in the manifest")
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Kernel file systems show the server's own state as files, so they are refused even when mounted inside a root.
#[cfg(target_os = "linux")]
pub(super) fn check_file_system(handle: impl std::os::fd::AsFd, path: &VirtualPath) -> Result<(), ToolError> {
    /// proc, sysfs, cgroup, cgroup2, debugfs, tracefs, securityfs, configfs, devpts, bpf, efivarfs, pstore, selinuxfs.
    const KERNEL: [u64; 13] = [
        0x9fa0,
        0x6265_6572,
        0x0027_e0eb,
        0x6367_7270,
        0x6462_6720,
        0x7472_6163,
        0x7363_6673,
        0x6265_6570,
        0x1cd1,
        0xcafe_4a11,
        0xde5e_81e4,
        0x6165_676c,
        0xf97c_ff8c,
    ];
    let kind = rustix::fs::fstatfs(handle).map_err(|e| io_error(&e.into(), path))?.f_type;
    match u64::try_from(kind).is_ok_and(|kind| KERNEL.contains(&kind)) {
        true => Err(ToolError::rule("P6", format!("{path} belongs to the kernel, not to a disk"))),
        false => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn check_file_system<H>(_handle: H, _path: &VirtualPath) -> Result<(), ToolError> {
    Ok(())
}
