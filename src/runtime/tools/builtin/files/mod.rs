//! File tools. Every path goes through `paths`; every write through its one writer.

mod apply_patch;
mod create_directory;
mod file_copy;
mod file_delete;
mod file_edit;
mod file_list;
mod file_move;
mod file_read;
mod file_search;
mod file_write;
mod patch;

pub use apply_patch::ApplyPatch;
pub use create_directory::CreateDirectory;
pub use file_copy::FileCopy;
pub use file_delete::FileDelete;
pub use file_edit::FileEdit;
pub use file_list::FileList;
pub use file_move::FileMove;
pub use file_read::FileRead;
pub use file_search::FileSearch;
pub use file_write::FileWrite;

use globset::{GlobBuilder, GlobMatcher};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::{ToolError, ToolErrorCode};

fn path_schema() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": 4096,
        "description": "Path in the workspace, or @name/... for a named root"})
}

fn sha256(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

/// Text of a file, if it is text.
fn as_text(content: Vec<u8>, path: &impl std::fmt::Display) -> Result<String, ToolError> {
    String::from_utf8(content).ok().filter(|text| !text.contains('\0')).ok_or_else(|| {
        ToolError::new(ToolErrorCode::Unsupported, format!("{path} is not UTF-8 text"))
            .with_hint("file_read with encoding base64 shows its bytes")
    })
}

/// A filter such as `*.md` over names or `docs/**/*.md` over paths below the folder.
struct NameFilter {
    matcher: GlobMatcher,
    whole_path: bool,
}

impl NameFilter {
    fn parse(glob: &str) -> Result<Self, ToolError> {
        let built = GlobBuilder::new(glob).literal_separator(true).build();
        let glob_set =
            built.map_err(|e| ToolError::new(ToolErrorCode::InvalidArguments, format!("glob: {}", e.kind())))?;
        Ok(Self { matcher: glob_set.compile_matcher(), whole_path: glob.contains('/') })
    }

    /// `below` are the parts of the path below the folder that is walked.
    fn admits(&self, below: &[String]) -> bool {
        match self.whole_path {
            true => self.matcher.is_match(below.join("/")),
            false => below.last().is_some_and(|name| self.matcher.is_match(name)),
        }
    }
}
