//! `process_list`: the agent's programs in this session.

use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolInfo, ToolOutput, process::Processes,
        },
        content,
    },
    info,
};

pub struct ProcessList {
    info: ToolInfo,
    processes: Processes,
}

impl ProcessList {
    pub fn new(processes: Processes) -> Self {
        let schema = json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false});
        let mut info = info("process_list", "List your running programs.", schema, Effect::Read);
        info.resume = Resume::Repeat;
        info.parallel = true;
        (info.timeout, info.output_limit) = (Duration::from_secs(5), 8 * 1024);
        Self { info, processes }
    }
}

#[derive(Serialize)]
struct Listed {
    id: String,
    command: String,
    alive: bool,
    uptime_secs: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
}

#[async_trait]
impl Tool for ProcessList {
    fn info(&self) -> &ToolInfo {
        &self.info
    }

    fn needs(&self, _arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        Ok(Needs::default())
    }

    async fn call(&self, _arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let own = self.processes.of(ctx.agent, Some(ctx.session));
        let listed: Vec<Listed> = own
            .iter()
            .map(|running| Listed {
                id: running.id.clone(),
                command: running.command.clone(),
                alive: running.ended().is_none(),
                uptime_secs: running.started.elapsed().as_secs(),
                exit_code: running.ended().and_then(|ended| ended.code),
            })
            .collect();
        content(json!({"processes": listed}))
    }
}
