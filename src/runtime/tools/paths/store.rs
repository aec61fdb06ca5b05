//! Reads, replaces and deletes through the folder handles that resolution found (P5 to P8).

use std::io::{self, Read, Write};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::fs::{Dir, File, Metadata, OpenOptions};

use super::{
    super::{ToolError, ToolErrorCode},
    Entry, FileSpace, Limits, Next, Place, RootId, VirtualPath, io_error, resolve,
};

/// Bytes that one call may read from a file.
pub const MAX_READ: u64 = 20 * 1024 * 1024;
/// Bytes that one call may write to a file.
pub const MAX_WRITE: u64 = 5 * 1024 * 1024;

impl FileSpace {
    /// The content of a regular file, if it has at most `max` bytes.
    pub fn read(&self, place: &Place, max: u64) -> Result<Vec<u8>, ToolError> {
        place.file()?;
        self.read_entry(&place.folder, &place.name, &place.path, max)
    }

    pub fn read_entry(&self, folder: &Dir, name: &str, path: &VirtualPath, max: u64) -> Result<Vec<u8>, ToolError> {
        let (file, metadata) = open_regular(folder, name, path)?;
        self.check_open(&metadata, path)?;
        let too_large = || {
            let text = format!("{path} has more than {max} bytes");
            ToolError::new(ToolErrorCode::TooLarge, text)
        };
        if metadata.len() > max {
            return Err(too_large());
        }
        let mut content = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
        file.take(max + 1).read_to_end(&mut content).map_err(|e| io_error(&e, path))?;
        match u64::try_from(content.len()).is_ok_and(|len| len <= max) {
            true => Ok(content),
            false => Err(too_large()),
        }
    }

    /// Creates or replaces a file as a whole: the name leads to the old bytes or the new ones, also after a crash.
    pub fn replace(&self, place: &Place, content: &[u8]) -> Result<(), ToolError> {
        self.replace_like(place, content, None)
    }

    /// As `replace`; a new file gets the permissions of `like`.
    pub fn replace_like(&self, place: &Place, content: &[u8], like: Option<&Metadata>) -> Result<(), ToolError> {
        let old = match &place.entry {
            Some(Entry::File(metadata)) => Some(metadata),
            Some(_) => {
                return Err(ToolError::new(ToolErrorCode::Conflict, format!("{} is a folder", place.path)));
            }
            None => None,
        };
        self.admit(&place.path.root, old.map_or(0, Metadata::len), content.len() as u64)?;
        let made = self.make_missing(place)?;
        let folder = made.as_ref().unwrap_or(&place.folder);
        write_beside(folder, &place.name, content, old.or(like)).map_err(|e| io_error(&e, &place.path))
    }

    /// Makes the missing folders above a new entry; gives the innermost if there were any.
    pub fn make_missing(&self, place: &Place) -> Result<Option<Dir>, ToolError> {
        let existing = place.path.parts.len().saturating_sub(place.missing.len() + 1);
        let mut made: Option<Dir> = None;
        for (at, name) in place.missing.iter().enumerate() {
            let parent = made.as_ref().unwrap_or(&place.folder);
            let parts = place.path.parts[..=existing + at].to_vec();
            let path = VirtualPath { root: place.path.root.clone(), parts };
            self.make_folder(parent, name, &path)?;
            made = Some(self.enter(parent, name, &path)?);
        }
        Ok(made)
    }

    /// False when a folder was there already.
    pub fn make_folder(&self, parent: &Dir, name: &str, path: &VirtualPath) -> Result<bool, ToolError> {
        match parent.create_dir(name) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(e) => Err(io_error(&e, path)),
        }
    }

    /// Checks the size limit of the workspace; named roots have none.
    pub fn admit(&self, root: &RootId, old: u64, new: u64) -> Result<(), ToolError> {
        match root {
            RootId::Workspace => self.ctx.workspace_limit.admit(old, new, || self.measure()),
            RootId::Named(_) => Ok(()),
        }
    }

    /// Whether that many bytes fit, without accounting for them yet.
    pub fn check_room(&self, root: &RootId, bytes: u64) -> Result<(), ToolError> {
        self.admit(root, 0, bytes).inspect(|()| self.release(root, bytes))
    }

    pub fn release(&self, root: &RootId, bytes: u64) {
        if *root == RootId::Workspace {
            self.ctx.workspace_limit.release(bytes);
        }
    }

    fn measure(&self) -> Result<u64, ToolError> {
        let mut bytes = 0;
        let path = VirtualPath { root: RootId::Workspace, parts: vec![] };
        self.visit(&self.root(&RootId::Workspace)?, &path, Limits::MEASURE, &mut |entry| {
            if entry.metadata.is_file() {
                bytes += entry.metadata.len();
            }
            Ok(Next::Enter)
        })?;
        Ok(bytes)
    }
}

/// Opens without following a link and without waiting for the other end of a pipe.
pub(super) fn open_regular(folder: &Dir, name: &str, path: &VirtualPath) -> Result<(File, Metadata), ToolError> {
    let mut options = OpenOptions::new();
    options.read(true).follow(FollowSymlinks::No).nonblock(true);
    let file = folder.open_with(name, &options).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => io_error(&e, path),
        _ => ToolError::rule("P4", format!("{path} changed while it was opened")),
    })?;
    let metadata = file.metadata().map_err(|e| io_error(&e, path))?;
    if !metadata.is_file() {
        return Err(ToolError::rule("P6", format!("{path} is not a regular file")));
    }
    resolve::check_file_system(&file, path)?;
    Ok((file, metadata))
}

fn write_beside(folder: &Dir, name: &str, content: &[u8], like: Option<&Metadata>) -> io::Result<()> {
    let temporary = format!(".openfang-{:016x}.tmp", rand::random::<u64>());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = folder.open_with(&temporary, &options).and_then(|mut file| {
        file.write_all(content)?;
        #[cfg(unix)]
        file.set_permissions(cap_std::fs::PermissionsExt::from_mode(like.map_or(0o640, permission_bits)))?;
        file.sync_all()
    });
    let placed = written.and_then(|()| folder.rename(&temporary, folder, name));
    if placed.is_err() {
        let _ = folder.remove_file(&temporary);
    }
    placed
}

#[cfg(unix)]
fn permission_bits(metadata: &Metadata) -> u32 {
    cap_std::fs::MetadataExt::mode(metadata) & 0o777
}
