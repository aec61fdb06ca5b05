//! `file_search`: lines that match a regular expression of the linear-time dialect.

use std::time::Duration;

use async_trait::async_trait;
use cap_std::fs::Dir;
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput,
            paths::{self, Access, Entry, FileSpace, LastLink, Limits, Next, VirtualPath, protected},
        },
        content, read, text,
    },
    NameFilter,
};

const MAX_FILE: u64 = 5 * 1024 * 1024;
const MAX_LINE: usize = 500;

pub struct FileSearch(ToolInfo);

impl Default for FileSearch {
    fn default() -> Self {
        Self(ToolInfo {
            name: "file_search",
            description: "Search file contents with a regular expression.",
            schema: json!({"type": "object", "properties": {
                "pattern": {"type": "string", "minLength": 1, "maxLength": 1000,
                    "description": "Regular expression, linear-time dialect (no look-around, no back references)"},
                "path": {"type": "string", "minLength": 1, "maxLength": 4096, "default": "."},
                "glob": {"type": "string", "minLength": 1, "maxLength": 256},
                "ignore_case": {"type": "boolean", "default": false},
                "context": {"type": "integer", "minimum": 0, "maximum": 10, "default": 0,
                    "description": "Lines around a hit"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
            }, "required": ["pattern"], "additionalProperties": false}),
            effect: Effect::Read,
            resume: Resume::Repeat,
            parallel: true,
            assist_mode: true,
            ask_by_default: false,
            timeout: Duration::from_secs(20),
            max_timeout: Duration::from_secs(60),
            output_limit: 64 * 1024,
        })
    }
}

#[derive(Deserialize)]
struct Arguments {
    pattern: String,
    #[serde(default = "here")]
    path: String,
    glob: Option<String>,
    #[serde(default)]
    ignore_case: bool,
    #[serde(default)]
    context: usize,
    #[serde(default = "default_limit")]
    limit: usize,
}

fn here() -> String {
    ".".to_owned()
}

fn default_limit() -> usize {
    100
}

#[derive(Serialize)]
struct Found {
    matches: Vec<Hit>,
    files_searched: usize,
    truncated: bool,
}

#[derive(Serialize)]
struct Hit {
    path: String,
    line: usize,
    text: String,
    before: Vec<String>,
    after: Vec<String>,
}

#[async_trait]
impl Tool for FileSearch {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        paths::needs(&agent.roots, &[(text(arguments, "path", "."), Access::Read)])
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        content(paths::blocking(ctx, move |space| search(space, &arguments)).await?)
    }
}

fn search(space: &FileSpace, arguments: &Arguments) -> Result<Found, ToolError> {
    let pattern = RegexBuilder::new(&arguments.pattern)
        .case_insensitive(arguments.ignore_case)
        .build()
        .map_err(|e| ToolError::new(ToolErrorCode::InvalidArguments, format!("pattern: {e}")))?;
    let filter = arguments.glob.as_deref().map(NameFilter::parse).transpose()?;
    let given = space.parse(&arguments.path)?;
    let place = space.resolve(&given, LastLink::Follow, &[Access::Read])?;
    let mut search =
        Search { space, pattern, arguments, found: Found { matches: vec![], files_searched: 0, truncated: false } };
    if let Some(Entry::File(_)) = place.entry {
        search.file(&place.folder, &place.name, &place.path)?;
        return Ok(search.found);
    }
    let (folder, base) = place.into_folder()?;
    let complete = space.visit(&folder, &base, Limits::WALK, &mut |entry| {
        let below = &entry.path.parts[base.parts.len()..];
        if entry.metadata.is_dir() {
            // What programs keep for themselves is no content.
            return Ok(if matches!(below.last().map(String::as_str), Some(".git" | ".openfang")) {
                Next::Skip
            } else {
                Next::Enter
            });
        }
        let wanted = entry.metadata.is_file()
            && entry.metadata.len() <= MAX_FILE
            && filter.as_ref().is_none_or(|filter| filter.admits(below))
            // A name that asks before reading is passed by: the question was about the folder only.
            && protected(&entry.path.parts, Access::Read).is_none()
            && space.holds(Access::Read, entry.path);
        if let (true, Some(name)) = (wanted, entry.name.to_str()) {
            search.file(entry.folder, name, entry.path)?;
        }
        Ok(if search.found.truncated { Next::Stop } else { Next::Enter })
    })?;
    search.found.truncated |= !complete;
    Ok(search.found)
}

struct Search<'a> {
    space: &'a FileSpace,
    pattern: Regex,
    arguments: &'a Arguments,
    found: Found,
}

impl Search<'_> {
    fn file(&mut self, folder: &Dir, name: &str, path: &VirtualPath) -> Result<(), ToolError> {
        let content = match self.space.read_entry(folder, name, path, MAX_FILE) {
            Ok(content) => content,
            Err(e) if e.code == ToolErrorCode::Cancelled => return Err(e),
            // Gone, not readable, or grown meanwhile.
            Err(_) => return Ok(()),
        };
        let Some(text) = String::from_utf8(content).ok().filter(|text| !text.contains('\0')) else { return Ok(()) };
        self.found.files_searched += 1;
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| self.pattern.is_match(line)) {
            if self.found.matches.len() == self.arguments.limit {
                self.found.truncated = true;
                return Ok(());
            }
            let context = self.arguments.context;
            let cut = |lines: &[&str]| lines.iter().map(|line| cut(line)).collect();
            self.found.matches.push(Hit {
                path: path.to_string(),
                line: at + 1,
                text: self::cut(line),
                before: cut(&lines[at.saturating_sub(context)..at]),
                after: cut(&lines[at + 1..lines.len().min(at + 1 + context)]),
            });
        }
        Ok(())
    }
}

fn cut(line: &str) -> String {
    line.chars().take(MAX_LINE).collect()
}
