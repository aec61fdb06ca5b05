//! `file_edit`: replaces exact text inside a file.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use similar::TextDiff;

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput,
            paths::{self, Access, FileSpace, LastLink, MAX_WRITE},
        },
        content, read, text,
    },
    as_text, path_schema, sha256,
};

/// Characters of the diff in the result; what the model wrote itself it need not read again.
const MAX_DIFF: usize = 3000;

pub struct FileEdit(ToolInfo);

impl Default for FileEdit {
    fn default() -> Self {
        Self(ToolInfo {
            name: "file_edit",
            description: "Replace exact text inside a file. The old text must occur exactly once unless all is true.",
            schema: json!({"type": "object", "properties": {
                "path": path_schema(),
                "old": {"type": "string", "minLength": 1, "maxLength": 1_048_576, "description": "Text to find, exact"},
                "new": {"type": "string", "maxLength": 1_048_576, "description": "Replacement"},
                "all": {"type": "boolean", "default": false, "description": "Replace each occurrence"}
            }, "required": ["path", "old", "new"], "additionalProperties": false}),
            effect: Effect::Write,
            resume: Resume::Interrupt,
            parallel: false,
            assist_mode: false,
            ask_by_default: false,
            timeout: Duration::from_secs(10),
            max_timeout: Duration::from_secs(60),
            output_limit: 4 * 1024,
        })
    }
}

#[derive(Deserialize)]
struct Arguments {
    path: String,
    old: String,
    new: String,
    #[serde(default)]
    all: bool,
}

#[derive(Serialize)]
struct Edited {
    path: String,
    replacements: usize,
    sha256: String,
    diff: String,
}

#[async_trait]
impl Tool for FileEdit {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        let path = text(arguments, "path", "");
        paths::needs(&agent.roots, &[(path, Access::Read), (path, Access::Write)])
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        content(paths::blocking(ctx, move |space| edit(space, &arguments)).await?)
    }
}

fn edit(space: &FileSpace, arguments: &Arguments) -> Result<Edited, ToolError> {
    let given = space.parse(&arguments.path)?;
    let place = space.resolve(&given, LastLink::Follow, &[Access::Read, Access::Write])?;
    let before = as_text(space.read(&place, MAX_WRITE)?, given.path())?;
    let found = before.matches(arguments.old.as_str()).count();
    if found == 0 || (found > 1 && !arguments.all) {
        let text = format!("The old text occurs {found} times in {}", given.path());
        let hint = if found == 0 {
            "Read the file and copy the text exactly"
        } else {
            "Give more of the text around it, or set all"
        };
        return Err(ToolError::new(ToolErrorCode::Conflict, text)
            .with_details(json!({"matches": found}))
            .with_hint(hint));
    }
    let grown = (before.len() - found * arguments.old.len()).saturating_add(found.saturating_mul(arguments.new.len()));
    if !u64::try_from(grown).is_ok_and(|len| len <= MAX_WRITE) {
        return Err(ToolError::new(
            ToolErrorCode::TooLarge,
            format!("The file would have more than {MAX_WRITE} bytes"),
        ));
    }
    let after = before.replace(arguments.old.as_str(), &arguments.new);
    space.replace(&place, after.as_bytes())?;
    Ok(Edited {
        path: given.path().to_string(),
        replacements: found,
        sha256: sha256(after.as_bytes()),
        diff: diff(&before, &after, &given.path().to_string()),
    })
}

fn diff(before: &str, after: &str, path: &str) -> String {
    let lines = TextDiff::configure().timeout(Duration::from_millis(500)).diff_lines(before, after);
    let full = lines.unified_diff().context_radius(2).header(path, path).to_string();
    match full.char_indices().nth(MAX_DIFF) {
        Some((end, _)) => format!("{}\n[shortened]\n", &full[..end]),
        None => full,
    }
}
