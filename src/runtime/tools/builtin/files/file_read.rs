//! `file_read`: a part of a text file by lines, or of any file as base64 rows.

use std::time::Duration;

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolInfo, ToolOutput,
            paths::{self, Access, FileSpace, LastLink, MAX_READ},
        },
        content, read, text,
    },
    as_text, path_schema, sha256,
};

/// Bytes that give a row of 76 base64 characters.
const ROW: usize = 57;

pub struct FileRead(ToolInfo);

impl Default for FileRead {
    fn default() -> Self {
        Self(ToolInfo {
            name: "file_read",
            description: "Read a text file of the workspace. Long files are returned in parts: use offset and limit.",
            schema: json!({"type": "object", "properties": {
                "path": path_schema(),
                "offset": {"type": "integer", "minimum": 1, "default": 1,
                    "description": "First line to return, counted from 1"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 20000, "default": 2000,
                    "description": "Number of lines"},
                "encoding": {"type": "string", "enum": ["utf-8", "base64"], "default": "utf-8",
                    "description": "utf-8 text or base64 bytes"}
            }, "required": ["path"], "additionalProperties": false}),
            effect: Effect::Read,
            resume: Resume::Repeat,
            parallel: true,
            assist_mode: true,
            ask_by_default: false,
            timeout: Duration::from_secs(10),
            max_timeout: Duration::from_secs(60),
            output_limit: 100 * 1024,
        })
    }
}

#[derive(Deserialize)]
struct Arguments {
    path: String,
    #[serde(default = "first_line")]
    offset: usize,
    #[serde(default = "default_limit")]
    limit: usize,
    #[serde(default)]
    encoding: Encoding,
}

fn first_line() -> usize {
    1
}

fn default_limit() -> usize {
    2000
}

#[derive(Clone, Copy, Default, Deserialize)]
pub(super) enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "base64")]
    Base64,
}

#[derive(Serialize)]
struct Part {
    path: String,
    content: String,
    first_line: usize,
    last_line: usize,
    total_lines: usize,
    size_bytes: usize,
    sha256: String,
    truncated: bool,
}

#[async_trait]
impl Tool for FileRead {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        paths::needs(&agent.roots, &[(text(arguments, "path", ""), Access::Read)])
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        content(paths::blocking(ctx, move |space| read_part(space, &arguments)).await?)
    }
}

fn read_part(space: &FileSpace, arguments: &Arguments) -> Result<Part, ToolError> {
    let given = space.parse(&arguments.path)?;
    let place = space.resolve(&given, LastLink::Follow, &[Access::Read])?;
    let bytes = space.read(&place, MAX_READ)?;
    let (size_bytes, sha256) = (bytes.len(), sha256(&bytes));
    let lines: Vec<String> = match arguments.encoding {
        Encoding::Utf8 => as_text(bytes, given.path())?.split_inclusive('\n').map(str::to_owned).collect(),
        Encoding::Base64 => bytes.chunks(ROW).map(|row| STANDARD.encode(row) + "\n").collect(),
    };
    let total_lines = lines.len();
    let part: Vec<String> = lines.into_iter().skip(arguments.offset - 1).take(arguments.limit).collect();
    let first_line = if part.is_empty() { 0 } else { arguments.offset };
    let last_line = if part.is_empty() { 0 } else { arguments.offset + part.len() - 1 };
    Ok(Part {
        path: given.path().to_string(),
        content: part.concat(),
        first_line,
        last_line,
        total_lines,
        size_bytes,
        sha256,
        truncated: !part.is_empty() && last_line < total_lines,
    })
}
