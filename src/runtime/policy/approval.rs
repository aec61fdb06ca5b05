//! The last step of the policy: does this call run by itself, is a person asked, or is it refused? The first level that
//! says something decides; hard rules can only turn a yes into a question.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{
    super::tools::{Effect, Needs, ToolError, ToolErrorCode, ToolInfo},
    CallerClass, PolicyInput, Question, Verdict,
};
use crate::agents::{capabilities::wildcard, manifest::ToolApproval};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Deny,
    Ask,
    Auto,
}

/// Settings of server, manifest and run that bear on approvals.
#[derive(Clone, Copy)]
pub struct ApprovalPolicy<'a> {
    pub server: &'a ServerApproval,
    /// `approval.require` of the manifest.
    pub require: &'a [String],
    /// `approval.auto` of the manifest, which only a caller with `approvals:write` can set.
    pub auto: &'a [String],
    /// How the run came in: `api`, `channel`, `schedule`, …
    pub door: &'a str,
    /// The run was started by a schedule, a trigger or the agent itself.
    pub autonomous: bool,
}

/// The server's `approval` settings.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct ServerApproval {
    pub rules: Vec<ApprovalRule>,
    /// Names or globs; `true` in the file means the usual ones, `false` none.
    #[serde(deserialize_with = "list_or_flag")]
    pub require_approval: Vec<String>,
    /// How long a question waits.
    pub timeout_secs: u32,
    /// Questions of one agent that may wait at once.
    pub max_pending_per_agent: u32,
    pub auto_approve: bool,
    pub auto_approve_autonomous: bool,
    /// Lifts the questions of hard rules.
    pub allow_dangerous: bool,
}

impl Default for ServerApproval {
    fn default() -> Self {
        Self {
            rules: vec![],
            require_approval: usual(),
            timeout_secs: 3_600,
            max_pending_per_agent: 20,
            auto_approve: false,
            auto_approve_autonomous: false,
            allow_dangerous: false,
        }
    }
}

fn usual() -> Vec<String> {
    vec!["shell_exec".to_owned()]
}

fn list_or_flag<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected true, false or a list of tools")]
    enum Form {
        Flag(bool),
        Tools(Vec<String>),
    }
    Ok(match Form::deserialize(d)? {
        Form::Flag(true) => usual(),
        Form::Flag(false) => vec![],
        Form::Tools(tools) => tools,
    })
}

impl ServerApproval {
    /// Whether a call of the tool asks as long as nothing else is said about it.
    pub fn asks_for(&self, info: &ToolInfo) -> bool {
        let named = self.require_approval.iter().any(|pattern| wildcard(pattern, info.name));
        (named || info.ask_by_default) && !self.auto_approve
    }
}

/// One of `approval.rules`; absent conditions match everything.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    /// Name or glob.
    pub tool: String,
    /// Name or glob.
    pub agent: Option<String>,
    pub effect: Option<Effect>,
    /// Text arguments by name, each with a glob.
    #[serde(default)]
    pub r#where: BTreeMap<String, String>,
    pub door: Option<String>,
    pub caller_role: Option<CallerClass>,
    pub decision: Decision,
}

impl ApprovalRule {
    fn matches(&self, input: &PolicyInput<'_>, info: &ToolInfo) -> bool {
        let fits = |pattern: &Option<String>, text: &str| pattern.as_ref().is_none_or(|p| wildcard(p, text));
        let argument = |(name, pattern): (&String, &String)| {
            input.arguments.get(name).and_then(Value::as_str).is_some_and(|text| wildcard(pattern, text))
        };
        wildcard(&self.tool, info.name)
            && fits(&self.agent, input.agent.name)
            && self.effect.is_none_or(|effect| effect == info.effect)
            && self.door.as_deref().is_none_or(|door| door == input.approval.door)
            && self.caller_role.is_none_or(|role| role == input.caller)
            && self.r#where.iter().all(argument)
    }
}

pub(super) fn decide(input: &PolicyInput<'_>, info: &ToolInfo, needs: &Needs) -> Verdict {
    let (decision, rule, reason) = by_level(input, info, needs);
    match decision {
        Decision::Deny => Verdict::Deny(ToolError {
            rule: Some(rule.to_owned()),
            ..ToolError::new(ToolErrorCode::ApprovalDenied, format!("{} is refused by a rule", info.name))
        }),
        Decision::Ask => {
            let always = needs.always_asks.is_some() && !input.approval.server.allow_dangerous;
            Verdict::Ask(Question { rule: rule.to_owned(), reason, always })
        }
        Decision::Auto => match &needs.always_asks {
            Some(ask) if !input.approval.server.allow_dangerous => {
                Verdict::Ask(Question { rule: ask.rule.to_owned(), reason: ask.reason.clone(), always: true })
            }
            _ => Verdict::Allow,
        },
    }
}

/// Levels 2 to 4: rules of the server, the manifest, defaults.
fn by_level<'a>(input: &PolicyInput<'a>, info: &ToolInfo, needs: &Needs) -> (Decision, &'a str, String) {
    let policy = &input.approval;
    let named = |list: &[String]| list.iter().any(|pattern| wildcard(pattern, info.name));
    let by = |rule: &'a str, decision| (decision, rule, format!("{rule} names {}", info.name));
    if let Some(rule) = policy.server.rules.iter().find(|rule| rule.matches(input, info)) {
        return by("approval.rules", rule.decision);
    }
    match input.agent.tool_approval {
        ToolApproval::Deny => return by("tools.approval", Decision::Deny),
        ToolApproval::Ask => return by("tools.approval", Decision::Ask),
        // "The rules decide" is the manifest's default.
        ToolApproval::Auto => {}
    }
    if named(policy.require) {
        return by("approval.require", Decision::Ask);
    }
    if named(policy.auto) {
        return by("approval.auto", Decision::Auto);
    }
    let server = policy.server;
    let lifted = server.auto_approve || (server.auto_approve_autonomous && policy.autonomous);
    if lifted {
        return by("approval.auto_approve", Decision::Auto);
    }
    if named(&server.require_approval) && !needs.listed {
        return by("approval.require_approval", Decision::Ask);
    }
    match (&needs.asks, info.ask_by_default) {
        (Some(reason), _) => (Decision::Ask, "default_approval", reason.clone()),
        (None, true) if !needs.listed => (Decision::Ask, "default_approval", format!("{} asks by default", info.name)),
        (None, _) => by("default_approval", Decision::Auto),
    }
}
