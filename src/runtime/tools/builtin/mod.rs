//! The tools that come with the server, one file each. `Registry::builtin` offers them by name.

mod artifact_read;
mod files;
mod system_time;

#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Tool, ToolError, ToolErrorCode, ToolOutput};

pub fn all() -> Vec<Arc<dyn Tool>> {
    vec![
        Arc::new(artifact_read::ArtifactRead::default()),
        Arc::new(files::ApplyPatch::default()),
        Arc::new(files::CreateDirectory::default()),
        Arc::new(files::FileCopy::default()),
        Arc::new(files::FileDelete::default()),
        Arc::new(files::FileEdit::default()),
        Arc::new(files::FileList::default()),
        Arc::new(files::FileMove::default()),
        Arc::new(files::FileRead::default()),
        Arc::new(files::FileSearch::default()),
        Arc::new(files::FileWrite::default()),
        Arc::new(system_time::SystemTime::default()),
    ]
}

/// Arguments that passed the schema, as the tool's own type.
fn read<T: DeserializeOwned>(arguments: Value) -> Result<T, ToolError> {
    serde_json::from_value(arguments).map_err(|e| ToolError::new(ToolErrorCode::InvalidArguments, e.to_string()))
}

/// A text argument of a pure look at the arguments.
fn text<'a>(arguments: &'a Value, name: &str, default: &'a str) -> &'a str {
    arguments.get(name).and_then(Value::as_str).unwrap_or(default)
}

fn content(result: impl Serialize) -> Result<ToolOutput, ToolError> {
    let value = serde_json::to_value(result).map_err(|e| ToolError::new(ToolErrorCode::Internal, e.to_string()))?;
    Ok(ToolOutput::Content { value, replaced: None })
}
