//! `system_time`: the present date and time in a zone.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Offset, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    super::{AgentView, Effect, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput},
    content, text,
};

pub struct SystemTime(ToolInfo);

impl Default for SystemTime {
    fn default() -> Self {
        Self(ToolInfo {
            name: "system_time",
            description: "Present date and time.",
            schema: json!({"type": "object", "properties": {
                "tz": {"type": "string", "minLength": 1, "maxLength": 64, "default": "UTC", "description": "IANA zone"}
            }, "required": [], "additionalProperties": false}),
            effect: Effect::Pure,
            resume: Resume::Repeat,
            parallel: true,
            assist_mode: true,
            ask_by_default: false,
            timeout: Duration::from_secs(1),
            max_timeout: Duration::from_secs(5),
            output_limit: 1024,
        })
    }
}

#[async_trait]
impl Tool for SystemTime {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, _arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        Ok(Needs::default())
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        content(describe(Utc::now(), text(&arguments, "tz", &ctx.time_zone))?)
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Present {
    utc: String,
    local: String,
    unix_epoch: i64,
    timezone: String,
    utc_offset: String,
    date: String,
    time: String,
    day_of_week: String,
}

pub(super) fn describe(now: DateTime<Utc>, zone: &str) -> Result<Present, ToolError> {
    let zone: Tz = zone.parse().map_err(|_| {
        ToolError::new(ToolErrorCode::InvalidArguments, format!("There is no time zone '{zone}'"))
            .with_hint("Use an IANA name such as Europe/Berlin")
    })?;
    let local = zone.from_utc_datetime(&now.naive_utc());
    Ok(Present {
        utc: now.to_rfc3339_opts(SecondsFormat::Secs, true),
        local: local.to_rfc3339_opts(SecondsFormat::Secs, false),
        unix_epoch: now.timestamp(),
        timezone: zone.name().to_owned(),
        utc_offset: local.offset().fix().to_string(),
        date: local.format("%Y-%m-%d").to_string(),
        time: local.format("%H:%M:%S").to_string(),
        day_of_week: local.format("%A").to_string(),
    })
}
