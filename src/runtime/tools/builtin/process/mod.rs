//! Programs that keep running: `process_start`, `process_poll`, `process_write`, `process_kill`, `process_list`.

mod kill;
mod list;
mod poll;
mod start;
mod write;

pub use kill::ProcessKill;
pub use list::ProcessList;
pub use poll::ProcessPoll;
pub use start::ProcessStart;
pub use write::ProcessWrite;

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{Effect, Resume, ToolInfo};

fn id_schema() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": 64, "description": "Process id"})
}

/// What the five have in common.
fn info(name: &'static str, description: &'static str, schema: Value, effect: Effect) -> ToolInfo {
    ToolInfo {
        name,
        description,
        schema,
        effect,
        resume: Resume::Interrupt,
        parallel: false,
        assist_mode: effect == Effect::Read,
        ask_by_default: false,
        timeout: Duration::from_secs(10),
        max_timeout: Duration::from_secs(30),
        output_limit: 1024,
    }
}
