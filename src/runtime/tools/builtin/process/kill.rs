//! `process_kill`: ends a program, kindly at first.

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolInfo, ToolOutput, process::Processes,
        },
        content, read,
    },
    id_schema, info,
};

pub struct ProcessKill {
    info: ToolInfo,
    processes: Processes,
}

impl ProcessKill {
    pub fn new(processes: Processes) -> Self {
        let schema = json!({"type": "object", "properties": {
            "process_id": id_schema(),
            "grace_ms": {"type": "integer", "minimum": 0, "maximum": 60_000, "default": 3000}
        }, "required": ["process_id"], "additionalProperties": false});
        let mut info = info("process_kill", "Stop the program.", schema, Effect::Exec);
        info.resume = Resume::Repeat;
        (info.timeout, info.max_timeout) = (Duration::from_secs(65), Duration::from_secs(65));
        Self { info, processes }
    }
}

#[derive(Deserialize)]
struct Arguments {
    process_id: String,
    #[serde(default = "grace")]
    grace_ms: u64,
}

fn grace() -> u64 {
    3_000
}

#[async_trait]
impl Tool for ProcessKill {
    fn info(&self) -> &ToolInfo {
        &self.info
    }

    fn needs(&self, _arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        Ok(Needs::default())
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let Arguments { process_id, grace_ms } = read(arguments)?;
        let running = self.processes.find(&process_id, ctx.agent, ctx.session)?;
        let (status, ended) = match running.ended() {
            Some(ended) => ("already_ended", ended),
            None => ("killed", running.stop(Duration::from_millis(grace_ms)).await),
        };
        content(match ended.code {
            Some(code) => json!({"status": status, "exit_code": code}),
            None => json!({"status": status}),
        })
    }
}
