//! `process_poll`: what a program printed since the last time. Reading consumes, so it is never repeated after a crash.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Tool, ToolContext, ToolError, ToolInfo, ToolOutput,
            process::{Processes, clean},
        },
        content, read,
    },
    id_schema, info,
};

pub struct ProcessPoll {
    info: ToolInfo,
    processes: Processes,
}

impl ProcessPoll {
    pub fn new(processes: Processes) -> Self {
        let schema = json!({"type": "object", "properties": {
            "process_id": id_schema(),
            "wait_ms": {"type": "integer", "minimum": 0, "maximum": 30_000, "default": 0,
                "description": "Wait for output at most this long"},
            "max_bytes": {"type": "integer", "minimum": 1, "maximum": 262_144, "default": 65_536}
        }, "required": ["process_id"], "additionalProperties": false});
        let mut info = info("process_poll", "Read what the program printed since the last poll.", schema, Effect::Read);
        (info.timeout, info.max_timeout) = (Duration::from_secs(35), Duration::from_secs(35));
        // `max_bytes` counts for each stream.
        info.output_limit = 2 * 262_144 * 2;
        Self { info, processes }
    }
}

#[derive(Deserialize)]
struct Arguments {
    process_id: String,
    #[serde(default)]
    wait_ms: u64,
    #[serde(default = "most")]
    max_bytes: usize,
}

fn most() -> usize {
    65_536
}

#[derive(Serialize)]
struct Printed {
    stdout: String,
    stderr: String,
    alive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    dropped_bytes: u64,
}

#[async_trait]
impl Tool for ProcessPoll {
    fn info(&self) -> &ToolInfo {
        &self.info
    }

    fn needs(&self, _arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        Ok(Needs::default())
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let Arguments { process_id, wait_ms, max_bytes } = read(arguments)?;
        let running = self.processes.find(&process_id, ctx.agent, ctx.session)?;
        let news = running.news(Duration::from_millis(wait_ms), max_bytes).await;
        content(Printed {
            stdout: clean(&news.output),
            stderr: clean(&news.errors),
            alive: news.ended.is_none(),
            exit_code: news.ended.and_then(|ended| ended.code),
            dropped_bytes: news.dropped,
        })
    }
}
