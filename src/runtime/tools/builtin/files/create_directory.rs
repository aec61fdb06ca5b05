//! `create_directory`: makes a folder with its missing parents.

use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput,
            paths::{self, Access, Entry, FileSpace, LastLink},
        },
        content, text,
    },
    path_schema,
};

pub struct CreateDirectory(ToolInfo);

impl Default for CreateDirectory {
    fn default() -> Self {
        Self(ToolInfo {
            name: "create_directory",
            description: "Create a folder and missing parents. Existing folder is fine.",
            schema: json!({"type": "object", "properties": {"path": path_schema()}, "required": ["path"],
                "additionalProperties": false}),
            effect: Effect::Write,
            resume: Resume::Interrupt,
            parallel: false,
            assist_mode: false,
            ask_by_default: false,
            timeout: Duration::from_secs(5),
            max_timeout: Duration::from_secs(30),
            output_limit: 1024,
        })
    }
}

#[derive(Serialize)]
struct Made {
    path: String,
    created: bool,
}

#[async_trait]
impl Tool for CreateDirectory {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        paths::needs(&agent.roots, &[(text(arguments, "path", ""), Access::Write)])
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let path = text(&arguments, "path", "").to_owned();
        content(paths::blocking(ctx, move |space| make(space, &path)).await?)
    }
}

fn make(space: &FileSpace, path: &str) -> Result<Made, ToolError> {
    let given = space.parse(path)?;
    let place = space.resolve(&given, LastLink::Follow, &[Access::Write])?;
    let created = match &place.entry {
        Some(Entry::Folder(_)) => false,
        Some(_) => return Err(ToolError::new(ToolErrorCode::Conflict, format!("{} is a file", given.path()))),
        None => {
            let made = space.make_missing(&place)?;
            space.make_folder(made.as_ref().unwrap_or(&place.folder), &place.name, &place.path)?
        }
    };
    Ok(Made { path: given.path().to_string(), created })
}
