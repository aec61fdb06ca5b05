//! The one decision before every effect: may this agent, in this state, for this person, make this call? Pure; deny by
//! default. The engine builds the input from rows and stores the verdict on the step.

mod approval;

#[cfg(test)]
mod tests;

pub use approval::{ApprovalPolicy, ApprovalRule, Decision, ServerApproval};

use serde::Deserialize;
use serde_json::Value;

use super::tools::{Effect, Needs, ToolError, ToolErrorCode, ToolInfo};
use crate::agents::{
    capabilities::{wildcard, wildcard_ignore_case},
    manifest::{AgentMode, EXEC_TOOLS, ToolApproval},
};

/// What the person behind a run may have an agent do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerClass {
    /// May only have it look.
    Viewer,
    /// All that the agent has, but for the tools of administrators.
    User,
    Admin,
}

/// One call with everything that decides about it.
pub struct PolicyInput<'a> {
    pub tool: &'a str,
    /// Nothing for a name of the tool table that this version does not have yet.
    pub info: Option<&'a ToolInfo>,
    pub arguments: &'a Value,
    /// `Tool::needs` of the arguments.
    pub needs: Result<&'a Needs, &'a ToolError>,
    pub agent: AgentState<'a>,
    pub caller: CallerClass,
    /// Names or globs that only administrators may use (`policy.admin_tools`).
    pub admin_tools: &'a [String],
    /// Effective grants: the agent's own, within those of its ancestors.
    pub holds: &'a dyn Fn(&str) -> bool,
    pub calls: CallCounts,
    pub approval: ApprovalPolicy<'a>,
}

#[derive(Clone, Copy)]
pub struct AgentState<'a> {
    pub name: &'a str,
    pub running: bool,
    pub mode: AgentMode,
    /// Narrows the granted tools; empty = no narrowing.
    pub allowlist: &'a [String],
    pub blocklist: &'a [String],
    /// The exec policy permits no programs.
    pub exec_denied: bool,
    /// `tools.<name>.enabled`.
    pub tool_enabled: bool,
    /// `tools.<name>.approval`.
    pub tool_approval: ToolApproval,
}

/// Calls so far, this one not counted. A limit of 0 = none.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallCounts {
    pub last_minute: u32,
    pub max_per_minute: u32,
    pub in_run: u32,
    pub max_per_run: u32,
    /// No byte may be sent or received in this hour.
    pub network_used_up: bool,
}

#[derive(Debug)]
pub enum Verdict {
    Allow,
    Deny(ToolError),
    Ask(Question),
}

/// Why a person has to be asked.
#[derive(Debug, PartialEq, Eq)]
pub struct Question {
    /// P9, X8, or the setting that asks, such as `approval.require`.
    pub rule: String,
    pub reason: String,
    /// A hard rule asks: no remembered approval answers it.
    pub always: bool,
}

/// First deny wins, in the order: tool, agent, mode, tool grant, caller, grants, hard rules, quotas, approval.
pub fn decide(input: &PolicyInput<'_>) -> Verdict {
    match check(input) {
        Err(error) => Verdict::Deny(error),
        Ok((info, needs)) => approval::decide(input, info, needs),
    }
}

/// Whether a model is told of the tool at all: the steps that do not depend on arguments.
pub fn offered(
    info: &ToolInfo,
    agent: AgentState<'_>,
    caller: CallerClass,
    admin_tools: &[String],
    holds: &dyn Fn(&str) -> bool,
) -> bool {
    check_agent(info.name, Some(info), &agent, holds).is_ok() && check_caller(info, caller, admin_tools).is_ok()
}

fn check<'a>(input: &PolicyInput<'a>) -> Result<(&'a ToolInfo, &'a Needs), ToolError> {
    check_agent(input.tool, input.info, &input.agent, input.holds)?;
    let Some(info) = input.info else {
        // After the grant, so that an agent without it gets the same answer before and after the tool exists.
        return deny(ToolErrorCode::Unavailable, format!("{} is not part of this version of the server", input.tool));
    };
    let changes = input.needs.is_ok_and(|needs| needs.changes);
    if changes && input.agent.mode == AgentMode::Assist {
        return deny(ToolErrorCode::ModeForbids, format!("The mode assist does not permit this use of {}", info.name));
    }
    check_caller(info, input.caller, input.admin_tools)?;
    let needs = input.needs.map_err(Clone::clone);
    if let Ok(needs) = &needs
        && let Some(missing) = needs.grants.iter().find(|grant| !(input.holds)(grant))
    {
        return deny(ToolErrorCode::CapabilityMissing, format!("The agent does not hold {missing}"));
    }
    let needs = needs?;
    check_quotas(input.calls, info)?;
    Ok((info, needs))
}

fn check_agent(
    tool: &str,
    info: Option<&ToolInfo>,
    agent: &AgentState<'_>,
    holds: &dyn Fn(&str) -> bool,
) -> Result<(), ToolError> {
    if !agent.tool_enabled {
        return deny(ToolErrorCode::Unavailable, format!("{tool} is switched off for this agent"));
    }
    if !agent.running {
        return deny(ToolErrorCode::Unavailable, "The agent is not running");
    }
    let usable = match agent.mode {
        AgentMode::Observe => false,
        // A tool that is not there yet has no grant to hide behind: its missing grant is the better answer.
        AgentMode::Assist => info.is_none_or(|info| info.assist_mode),
        AgentMode::Full => true,
    };
    if !usable {
        let mode = if agent.mode == AgentMode::Observe { "observe" } else { "assist" };
        return deny(ToolErrorCode::ModeForbids, format!("The mode {mode} does not permit {tool}"));
    }
    let listed = |list: &[String]| list.iter().any(|pattern| wildcard_ignore_case(pattern, tool));
    let grant = format!("tool:{tool}");
    if !holds(&grant) {
        return deny(ToolErrorCode::CapabilityMissing, format!("The agent does not hold {grant}"));
    }
    if !agent.allowlist.is_empty() && !listed(agent.allowlist) {
        return deny(ToolErrorCode::CapabilityMissing, format!("{tool} is not on the agent's list of allowed tools"));
    }
    if listed(agent.blocklist) {
        return deny(ToolErrorCode::CapabilityMissing, format!("{tool} is on the agent's list of blocked tools"));
    }
    if agent.exec_denied && EXEC_TOOLS.contains(&tool) {
        return Err(ToolError::rule("X1", "The exec policy of this agent permits no programs"));
    }
    Ok(())
}

fn check_caller(info: &ToolInfo, caller: CallerClass, admin_tools: &[String]) -> Result<(), ToolError> {
    let permitted = match caller {
        CallerClass::Viewer => info.effect <= Effect::Read,
        CallerClass::User => !admin_tools.iter().any(|pattern| wildcard(pattern, info.name)),
        CallerClass::Admin => true,
    };
    match permitted {
        true => Ok(()),
        false => deny(ToolErrorCode::CallerForbids, format!("The person behind this run may not use {}", info.name)),
    }
}

fn check_quotas(calls: CallCounts, info: &ToolInfo) -> Result<(), ToolError> {
    if calls.max_per_minute > 0 && calls.last_minute >= calls.max_per_minute {
        let text = format!("The agent may make {} tool calls a minute", calls.max_per_minute);
        return deny(ToolErrorCode::RateLimited, text);
    }
    if calls.max_per_run > 0 && calls.in_run >= calls.max_per_run {
        return deny(ToolErrorCode::QuotaExceeded, format!("A run may make {} tool calls", calls.max_per_run));
    }
    if calls.network_used_up && info.effect == Effect::Network {
        return deny(ToolErrorCode::QuotaExceeded, "The agent has sent and received all that it may in an hour");
    }
    Ok(())
}

fn deny<T>(code: ToolErrorCode, text: impl Into<String>) -> Result<T, ToolError> {
    Err(ToolError::new(code, text))
}
