//! `process_start`: starts a program and comes back at once.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            AgentView, Effect, Needs, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput, command,
            process::{ExecSettings, Group, Processes, folder_needs, prepare},
        },
        content, read, text,
    },
    info,
};

pub struct ProcessStart {
    info: ToolInfo,
    settings: ExecSettings,
    processes: Processes,
}

impl ProcessStart {
    pub fn new(settings: ExecSettings, processes: Processes) -> Self {
        let schema = json!({"type": "object", "properties": {
            "command": {"type": "string", "minLength": 1, "maxLength": 4096, "description": "Program, without arguments"},
            "args": {"type": "array", "items": {"type": "string", "maxLength": 8192}, "maxItems": 100},
            "cwd": {"type": "string", "minLength": 1, "maxLength": 4096, "default": "."}
        }, "required": ["command"], "additionalProperties": false});
        let description = "Start a program that keeps running. Returns its id.";
        Self { info: info("process_start", description, schema, Effect::Exec), settings, processes }
    }
}

#[derive(Deserialize)]
struct Arguments {
    command: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default = "here")]
    cwd: String,
}

fn here() -> String {
    ".".into()
}

impl Arguments {
    fn argv(self) -> (Vec<String>, String) {
        (std::iter::once(self.command).chain(self.args).collect(), self.cwd)
    }
}

#[async_trait]
impl Tool for ProcessStart {
    fn info(&self) -> &ToolInfo {
        &self.info
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        let cwd = text(arguments, "cwd", ".");
        let (argv, _) = read::<Arguments>(arguments.clone())?.argv();
        let (_, mut needs) = command::judge_argv(&argv, cwd, agent)?;
        needs.grants.extend(folder_needs(cwd, &agent.roots)?);
        Ok(needs)
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let (argv, cwd) = read::<Arguments>(arguments)?.argv();
        let alive = self.processes.of(ctx.agent, None).iter().filter(|running| running.ended().is_none()).count();
        if alive >= ctx.max_processes {
            let text = format!("The agent may have {} processes at a time", ctx.max_processes);
            return Err(ToolError::new(ToolErrorCode::QuotaExceeded, text));
        }
        let (start, _) = command::judge_argv(&argv, &cwd, &ctx.view())?;
        let start = prepare(&self.settings, start, &cwd, None, ctx).await?;
        let (group, streams) = Group::start(start, ctx.ledger.clone()).await?;
        let pid = group.pid;
        let program = argv.first().cloned().unwrap_or_default();
        let running = self.processes.add((ctx.agent, ctx.session), program, argv.join(" "), group, streams);
        content(json!({"process_id": running.id, "status": "started", "pid": pid}))
    }
}
