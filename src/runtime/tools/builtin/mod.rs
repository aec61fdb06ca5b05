//! The tools that come with the server, one file each. `Registry::builtin` offers them by name.

mod artifact_read;
mod files;
pub mod knowledge;
pub mod location_get;
pub mod memory;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod shell_exec;
mod system_time;
pub mod web;

#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

#[cfg(unix)]
use super::process::{ExecSettings, Processes};
use super::{Tool, ToolError, ToolErrorCode, ToolOutput};
use crate::http::outbound::{Guard, Outbound, Own, system_lookup};
use location_get::LocationSettings;
use web::WebSettings;

/// What the operator says about tools, and what they share.
#[derive(Clone)]
pub struct ToolSettings {
    pub outbound: Outbound,
    pub web: WebSettings,
    pub location: LocationSettings,
    #[cfg(unix)]
    pub exec: ExecSettings,
    /// Programs that agents keep running.
    #[cfg(unix)]
    pub processes: Processes,
}

impl Default for ToolSettings {
    fn default() -> Self {
        let guard = Guard { listed: vec![], own: Own::default(), lookup: system_lookup() };
        Self {
            outbound: Outbound::new(guard),
            web: WebSettings::default(),
            location: LocationSettings::default(),
            #[cfg(unix)]
            exec: ExecSettings::default(),
            #[cfg(unix)]
            processes: Processes::default(),
        }
    }
}

pub fn all(settings: &ToolSettings) -> Vec<Arc<dyn Tool>> {
    let ToolSettings { outbound, web, location, .. } = settings.clone();
    let mut all: Vec<Arc<dyn Tool>> = vec![
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
        Arc::new(knowledge::KnowledgeAddEntity::default()),
        Arc::new(knowledge::KnowledgeAddRelation::default()),
        Arc::new(knowledge::KnowledgeDelete::default()),
        Arc::new(knowledge::KnowledgeQuery::default()),
        Arc::new(location_get::LocationGet::new(outbound.clone(), location)),
        Arc::new(system_time::SystemTime::default()),
        Arc::new(web::WebFetch::new(outbound.clone(), web.clone())),
        Arc::new(web::WebSearch::new(outbound, web.search)),
    ];
    all.extend(memory::MemoryTool::all().map(|tool| Arc::new(tool) as Arc<dyn Tool>));
    #[cfg(unix)]
    all.extend(programs(settings));
    all
}

#[cfg(unix)]
fn programs(settings: &ToolSettings) -> [Arc<dyn Tool>; 6] {
    let (exec, processes) = (&settings.exec, &settings.processes);
    [
        Arc::new(process::ProcessKill::new(processes.clone())),
        Arc::new(process::ProcessList::new(processes.clone())),
        Arc::new(process::ProcessPoll::new(processes.clone())),
        Arc::new(process::ProcessStart::new(exec.clone(), processes.clone())),
        Arc::new(process::ProcessWrite::new(processes.clone())),
        Arc::new(shell_exec::ShellExec::new(exec.clone())),
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
    Ok(ToolOutput::Content(value_of(result)?.into()))
}

fn value_of(result: impl Serialize) -> Result<Value, ToolError> {
    serde_json::to_value(result).map_err(|e| ToolError::new(ToolErrorCode::Internal, e.to_string()))
}
