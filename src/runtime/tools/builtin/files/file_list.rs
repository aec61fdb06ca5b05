//! `file_list`: what lies in a folder. Links are shown, never followed.

use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use cap_std::fs::Metadata;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolInfo, ToolOutput,
            paths::{self, Access, FileSpace, LastLink, Limits, Next},
        },
        content, read, text,
    },
    NameFilter,
};
use crate::time::Ts;

pub struct FileList(ToolInfo);

impl Default for FileList {
    fn default() -> Self {
        Self(ToolInfo {
            name: "file_list",
            description: "List a folder. recursive walks below it; glob filters names.",
            schema: json!({"type": "object", "properties": {
                "path": {"type": "string", "minLength": 1, "maxLength": 4096, "default": ".", "description": "Folder"},
                "recursive": {"type": "boolean", "default": false},
                "glob": {"type": "string", "minLength": 1, "maxLength": 256, "description": "Name filter such as **/*.md"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 5000, "default": 500},
                "hidden": {"type": "boolean", "default": false, "description": "Also names starting with a dot"}
            }, "required": [], "additionalProperties": false}),
            effect: Effect::Read,
            resume: Resume::Repeat,
            parallel: true,
            assist_mode: true,
            ask_by_default: false,
            timeout: Duration::from_secs(15),
            max_timeout: Duration::from_secs(60),
            output_limit: 64 * 1024,
        })
    }
}

#[derive(Deserialize)]
struct Arguments {
    #[serde(default = "here")]
    path: String,
    #[serde(default)]
    recursive: bool,
    glob: Option<String>,
    #[serde(default = "default_limit")]
    limit: usize,
    #[serde(default)]
    hidden: bool,
}

fn here() -> String {
    ".".to_owned()
}

fn default_limit() -> usize {
    500
}

#[derive(Serialize)]
struct Listing {
    path: String,
    entries: Vec<Listed>,
    total: usize,
    truncated: bool,
}

#[derive(Serialize)]
struct Listed {
    name: String,
    r#type: &'static str,
    size_bytes: u64,
    modified: Option<Ts>,
}

#[async_trait]
impl Tool for FileList {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        paths::needs(&agent.roots, &[(text(arguments, "path", "."), Access::Read)])
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        content(paths::blocking(ctx, move |space| list(space, &arguments)).await?)
    }
}

fn list(space: &FileSpace, arguments: &Arguments) -> Result<Listing, ToolError> {
    let given = space.parse(&arguments.path)?;
    let filter = arguments.glob.as_deref().map(NameFilter::parse).transpose()?;
    let (folder, base) = space.resolve(&given, LastLink::Follow, &[Access::Read])?.into_folder()?;
    let mut entries = vec![];
    let mut total = 0;
    let complete = space.visit(&folder, &base, Limits::WALK, &mut |entry| {
        let below = &entry.path.parts[base.parts.len()..];
        if !arguments.hidden && below.last().is_some_and(|name| name.starts_with('.')) {
            return Ok(Next::Skip);
        }
        if space.holds(Access::Read, entry.path) && filter.as_ref().is_none_or(|filter| filter.admits(below)) {
            total += 1;
            if entries.len() < arguments.limit {
                entries.push(describe(below.join("/"), entry.metadata));
            }
        }
        Ok(if arguments.recursive { Next::Enter } else { Next::Skip })
    })?;
    let truncated = !complete || total > entries.len();
    Ok(Listing { path: given.path().to_string(), entries, total, truncated })
}

fn describe(name: String, metadata: &Metadata) -> Listed {
    let (r#type, size_bytes) = if metadata.is_symlink() {
        ("link", 0)
    } else if metadata.is_dir() {
        ("dir", 0)
    } else {
        ("file", metadata.len())
    };
    let modified = metadata.modified().ok().and_then(|at| {
        let since = at.into_std().duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok().map(Ts)
    });
    Listed { name, r#type, size_bytes, modified }
}
