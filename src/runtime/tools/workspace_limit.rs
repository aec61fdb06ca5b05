//! How many bytes a workspace may hold, measured at most every 30 seconds and kept up by the writes in between.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{ToolError, ToolErrorCode};

const MEASURE_AGAIN_AFTER: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub struct WorkspaceLimit {
    /// 0 = no limit.
    max_bytes: u64,
    measured: Mutex<Option<(Instant, u64)>>,
}

impl WorkspaceLimit {
    pub fn new(max_bytes: u64) -> Self {
        Self { max_bytes, measured: Mutex::new(None) }
    }

    /// Accounts for a write that replaces `old` bytes by `new` ones, or refuses it with `quota_exceeded`. A write that
    /// makes the workspace smaller is always allowed.
    pub fn admit(&self, old: u64, new: u64, measure: impl FnOnce() -> Result<u64, ToolError>) -> Result<(), ToolError> {
        if self.max_bytes == 0 {
            return Ok(());
        }
        let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, used) = match *measured {
            Some(known) if known.0.elapsed() < MEASURE_AGAIN_AFTER => known,
            _ => (Instant::now(), measure()?),
        };
        let after = used.saturating_sub(old).saturating_add(new);
        let refused = new > old && after > self.max_bytes;
        *measured = Some((at, if refused { used } else { after }));
        if refused {
            let text = format!("The workspace may hold {} bytes and would hold {after}", self.max_bytes);
            return Err(
                ToolError::new(ToolErrorCode::QuotaExceeded, text).with_hint("Delete files that are no longer needed")
            );
        }
        Ok(())
    }

    /// Accounts for bytes that were deleted.
    pub fn release(&self, bytes: u64) {
        if let Some((_, used)) = self.measured.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            *used = used.saturating_sub(bytes);
        }
    }
}
