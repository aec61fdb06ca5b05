//! The one way from a path that an agent gave to a file: rules P1 to P13. No other code opens such a path.
//!
//! `given` checks the text without touching the disk, `resolve` walks it from the root's folder handle, `store` reads,
//! replaces and deletes through the handles found, `tree` walks folders.

mod given;
mod protect;
mod resolve;
mod store;
mod tree;

#[cfg(test)]
#[cfg(unix)]
mod tests;

pub use given::{GivenPath, RootId, VirtualPath};
pub use protect::{Access, protected};
pub use resolve::{Entry, LastLink, Place};
pub use store::{MAX_READ, MAX_WRITE};
pub use tree::{Limits, Next, Visit};

use std::{io, sync::Arc};

use tokio_util::sync::CancellationToken;

use super::{Needs, Roots, RuleAsk, ToolContext, ToolError, ToolErrorCode};

/// The roots of one call, with what the call may do in them.
pub struct FileSpace {
    ctx: ToolContext,
    /// Fires when the run is cancelled and when nobody waits for the call any more.
    stop: CancellationToken,
    /// Device and inode of the server's own folders (P11).
    closed: Vec<(u64, u64)>,
}

/// Runs blocking file work on the blocking pool; long walks stop soon after the caller has gone.
pub async fn blocking<T: Send + 'static>(
    ctx: &ToolContext,
    work: impl FnOnce(&FileSpace) -> Result<T, ToolError> + Send + 'static,
) -> Result<T, ToolError> {
    let stop = ctx.cancel.child_token();
    let _guard = stop.clone().drop_guard();
    let ctx = ctx.clone();
    let done = tokio::task::spawn_blocking(move || work(&FileSpace::new(ctx, stop))).await;
    done.unwrap_or_else(|_| Err(ToolError::new(ToolErrorCode::Internal, "The tool failed unexpectedly")))
}

impl FileSpace {
    pub fn new(ctx: ToolContext, stop: CancellationToken) -> Self {
        let closed = resolve::identities(&ctx.roots.server_folders);
        Self { ctx, stop, closed }
    }

    pub fn roots(&self) -> &Arc<Roots> {
        &self.ctx.roots
    }

    pub fn parse(&self, text: &str) -> Result<GivenPath, ToolError> {
        GivenPath::parse(text, &self.ctx.roots)
    }

    pub fn holds(&self, access: Access, path: &VirtualPath) -> bool {
        (self.ctx.holds)(&access.grant(path))
    }

    /// Ends long work once nobody waits for it.
    pub fn check_stop(&self) -> Result<(), ToolError> {
        match self.stop.is_cancelled() {
            true => Err(ToolError::new(ToolErrorCode::Cancelled, "The call was cancelled")),
            false => Ok(()),
        }
    }
}

/// Grants and questions for a list of given paths; refuses those that break a rule.
pub fn needs(roots: &Roots, paths: &[(&str, Access)]) -> Result<Needs, ToolError> {
    let mut needs = Needs::default();
    for (text, access) in paths {
        let given = GivenPath::parse(text, roots)?;
        access.check_root(given.path(), roots)?;
        let grant = access.grant(given.path());
        if !needs.grants.contains(&grant) {
            needs.grants.push(grant);
        }
        if let Some(reason) = protected(&given.path().parts, *access) {
            needs
                .always_asks
                .get_or_insert_with(|| RuleAsk { rule: "P9", reason: format!("{}: {reason}", given.path()) });
        }
    }
    Ok(needs)
}

/// What the model learns of a failed system call: the path as it sees it, never the host's.
pub fn io_error(error: &io::Error, path: &VirtualPath) -> ToolError {
    match error.kind() {
        io::ErrorKind::NotFound => not_found(path),
        io::ErrorKind::AlreadyExists => ToolError::new(ToolErrorCode::AlreadyExists, format!("{path} exists")),
        io::ErrorKind::DirectoryNotEmpty => ToolError::new(ToolErrorCode::Conflict, format!("{path} is not empty")),
        io::ErrorKind::NotADirectory => {
            ToolError::new(ToolErrorCode::NotFound, format!("{path} is not below a folder"))
        }
        io::ErrorKind::InvalidFilename => ToolError::rule("P1", format!("{path}: a name is too long")),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ToolError::new(ToolErrorCode::QuotaExceeded, "The disk is full")
        }
        kind => ToolError::new(ToolErrorCode::Internal, format!("{path}: {kind}")),
    }
}

fn not_found(path: &VirtualPath) -> ToolError {
    ToolError::new(ToolErrorCode::NotFound, format!("{path} does not exist"))
}
