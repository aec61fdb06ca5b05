//! `process_write`: text for the standard input of a program. For a shell it is a command and judged as one.

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput, command,
            process::Processes,
        },
        content, read, text,
    },
    id_schema, info,
};

/// A program that reads nothing fills its pipe.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct ProcessWrite {
    info: ToolInfo,
    processes: Processes,
}

impl ProcessWrite {
    pub fn new(processes: Processes) -> Self {
        let schema = json!({"type": "object", "properties": {
            "process_id": id_schema(),
            "data": {"type": "string", "maxLength": 65_536},
            "newline": {"type": "boolean", "default": true, "description": "Append a line end"}
        }, "required": ["process_id", "data"], "additionalProperties": false});
        Self { info: info("process_write", "Send a line to the program.", schema, Effect::Exec), processes }
    }
}

#[derive(Deserialize)]
struct Arguments {
    process_id: String,
    data: String,
    #[serde(default = "yes")]
    newline: bool,
}

fn yes() -> bool {
    true
}

#[async_trait]
impl Tool for ProcessWrite {
    fn info(&self) -> &ToolInfo {
        &self.info
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        match self.processes.program_of(text(arguments, "process_id", "")) {
            Some(program) => command::judge_input(&program, text(arguments, "data", ""), agent),
            // The call will say that there is no such process.
            None => Ok(Needs { listed: true, ..Needs::default() }),
        }
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let Arguments { process_id, mut data, newline } = read(arguments)?;
        let running = self.processes.find(&process_id, ctx.agent, ctx.session)?;
        if newline {
            data.push('\n');
        }
        match tokio::time::timeout(PATIENCE, running.write(data.as_bytes())).await {
            Ok(written) => written?,
            Err(_) => {
                let text = "The program does not read its input; part of the text may have been taken";
                return Err(ToolError::new(ToolErrorCode::Timeout, text));
            }
        }
        content(json!({"written_bytes": data.len()}))
    }
}
