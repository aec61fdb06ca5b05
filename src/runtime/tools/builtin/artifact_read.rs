//! `artifact_read`: more of a long result. The runtime reads it, since artifacts are rows that belong to a session.

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{AgentView, Effect, Intent, Needs, Resume, Tool, ToolContext, ToolError, ToolInfo, ToolOutput},
    read,
};

pub struct ArtifactRead(ToolInfo);

impl Default for ArtifactRead {
    fn default() -> Self {
        Self(ToolInfo {
            name: "artifact_read",
            description: "Read more of a long tool result that was shortened.",
            schema: json!({"type": "object", "properties": {
                "artifact": {"type": "string", "minLength": 1, "pattern": "^art_[0-9a-f]{32}$",
                    "description": "Id as shown in the shortened result"},
                "offset": {"type": "integer", "minimum": 0, "default": 0, "description": "Byte offset"},
                "length": {"type": "integer", "minimum": 1, "maximum": 65536, "default": 16384, "description": "Bytes"}
            }, "required": ["artifact"], "additionalProperties": false}),
            effect: Effect::Read,
            resume: Resume::Repeat,
            parallel: true,
            assist_mode: true,
            ask_by_default: false,
            timeout: Duration::from_secs(5),
            max_timeout: Duration::from_secs(30),
            output_limit: 64 * 1024,
        })
    }
}

#[derive(Deserialize)]
struct Arguments {
    artifact: String,
    #[serde(default)]
    offset: u64,
    #[serde(default = "default_length")]
    length: u64,
}

fn default_length() -> u64 {
    16_384
}

#[async_trait]
impl Tool for ArtifactRead {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, _arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        Ok(Needs::default())
    }

    async fn call(&self, arguments: Value, _ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let Arguments { artifact, offset, length } = read(arguments)?;
        Ok(ToolOutput::Intent(Intent::ArtifactRead { id: artifact, offset, length }))
    }
}
