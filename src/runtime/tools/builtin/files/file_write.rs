//! `file_write`: creates a file or replaces it as a whole.

use std::time::Duration;

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Content, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo,
            ToolOutput,
            paths::{self, Access, Entry, FileSpace, LastLink, MAX_READ, MAX_WRITE, Place},
            result::NewArtifact,
        },
        read, text, value_of,
    },
    file_read::Encoding,
    path_schema, sha256,
};

pub struct FileWrite(ToolInfo);

impl Default for FileWrite {
    fn default() -> Self {
        Self(ToolInfo {
            name: "file_write",
            description: "Create a file or replace it completely. Parent folders are made.",
            schema: json!({"type": "object", "properties": {
                "path": path_schema(),
                "content": {"type": "string", "maxLength": 5_242_880, "description": "New content"},
                "encoding": {"type": "string", "enum": ["utf-8", "base64"], "default": "utf-8"},
                "if_sha256": {"type": "string", "minLength": 1, "pattern": "^[0-9a-f]{64}$",
                    "description": "Write only if the present content has this hash"},
                "create_only": {"type": "boolean", "default": false, "description": "Fail if the file exists"}
            }, "required": ["path", "content"], "additionalProperties": false}),
            effect: Effect::Write,
            resume: Resume::Interrupt,
            parallel: false,
            assist_mode: false,
            ask_by_default: false,
            timeout: Duration::from_secs(10),
            max_timeout: Duration::from_secs(60),
            output_limit: 2 * 1024,
        })
    }
}

#[derive(Deserialize)]
struct Arguments {
    path: String,
    content: String,
    #[serde(default)]
    encoding: Encoding,
    if_sha256: Option<String>,
    #[serde(default)]
    create_only: bool,
}

#[derive(Serialize)]
struct Written {
    path: String,
    bytes: usize,
    sha256: String,
    created: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_sha256: Option<String>,
}

#[async_trait]
impl Tool for FileWrite {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        paths::needs(&agent.roots, &[(text(arguments, "path", ""), Access::Write)])
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let arguments: Arguments = read(arguments)?;
        let (written, old) = paths::blocking(ctx, move |space| write(space, arguments)).await?;
        let kept = old.filter(|old| u64::try_from(old.len()).is_ok_and(|len| len <= MAX_WRITE));
        let kept = kept.map(|old| NewArtifact::new("application/octet-stream", old));
        Ok(ToolOutput::Content(Content { kept, ..Content::from(value_of(written)?) }))
    }
}

fn write(space: &FileSpace, arguments: Arguments) -> Result<(Written, Option<Vec<u8>>), ToolError> {
    let given = space.parse(&arguments.path)?;
    let bytes = decode(arguments.content, arguments.encoding)?;
    let place = space.resolve(&given, LastLink::Follow, &[Access::Write])?;
    if arguments.create_only && place.entry.is_some() {
        return Err(ToolError::new(ToolErrorCode::AlreadyExists, format!("{} exists", given.path())));
    }
    let old = present(space, &place)?;
    let previous_sha256 = old.as_deref().map(sha256);
    if arguments.if_sha256.is_some() && arguments.if_sha256 != previous_sha256 {
        let text = match &previous_sha256 {
            Some(hash) => format!("{} has changed: its hash is {hash}", given.path()),
            None => format!("{} does not exist", given.path()),
        };
        return Err(ToolError::new(ToolErrorCode::Conflict, text).with_hint("Read the file again before writing"));
    }
    space.replace(&place, &bytes)?;
    let written = Written {
        path: given.path().to_string(),
        bytes: bytes.len(),
        sha256: sha256(&bytes),
        created: old.is_none(),
        previous_sha256,
    };
    Ok((written, old))
}

fn present(space: &FileSpace, place: &Place) -> Result<Option<Vec<u8>>, ToolError> {
    match place.entry {
        Some(Entry::File(_)) => space.read(place, MAX_READ).map(Some),
        _ => Ok(None),
    }
}

fn decode(content: String, encoding: Encoding) -> Result<Vec<u8>, ToolError> {
    let bytes = match encoding {
        Encoding::Utf8 => content.into_bytes(),
        Encoding::Base64 => {
            let packed: String = content.split_ascii_whitespace().collect();
            STANDARD
                .decode(packed)
                .map_err(|e| ToolError::new(ToolErrorCode::InvalidArguments, format!("content is not base64: {e}")))?
        }
    };
    match u64::try_from(bytes.len()).is_ok_and(|len| len <= MAX_WRITE) {
        true => Ok(bytes),
        false => Err(ToolError::new(ToolErrorCode::TooLarge, format!("A call writes at most {MAX_WRITE} bytes"))),
    }
}
