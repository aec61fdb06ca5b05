//! Each step of the policy, its order, and the levels of approval.

use serde_json::{Value, json};

use super::{
    super::tools::{Needs, RuleAsk, ToolError, ToolErrorCode, registry::Registry},
    AgentState, ApprovalPolicy, ApprovalRule, CallCounts, CallerClass, PolicyInput, ServerApproval, Verdict, decide,
    offered,
};
use crate::agents::{
    capabilities::Grants,
    manifest::{AgentMode, ToolApproval},
};

/// A call that is allowed, to be spoilt by one change at a time.
struct Case {
    tool: &'static str,
    built: bool,
    arguments: Value,
    needs: Result<Needs, ToolError>,
    grants: Vec<&'static str>,
    running: bool,
    mode: AgentMode,
    allowlist: Vec<String>,
    blocklist: Vec<String>,
    enabled: bool,
    exec_denied: bool,
    tool_approval: ToolApproval,
    caller: CallerClass,
    admin_tools: Vec<String>,
    calls: CallCounts,
    server: ServerApproval,
    require: Vec<String>,
    auto: Vec<String>,
    autonomous: bool,
}

impl Case {
    fn new(tool: &'static str) -> Self {
        Self {
            tool,
            built: true,
            arguments: json!({"path": "a.txt"}),
            needs: Ok(Needs::default()),
            grants: vec!["tool:*", "fs.read:**", "fs.write:**"],
            running: true,
            mode: AgentMode::Full,
            allowlist: vec![],
            blocklist: vec![],
            enabled: true,
            exec_denied: false,
            tool_approval: ToolApproval::Auto,
            caller: CallerClass::User,
            admin_tools: vec![],
            calls: CallCounts::default(),
            server: ServerApproval::default(),
            require: vec![],
            auto: vec![],
            autonomous: false,
        }
    }

    fn agent(&self) -> AgentState<'_> {
        AgentState {
            name: "helper",
            running: self.running,
            mode: self.mode,
            allowlist: &self.allowlist,
            blocklist: &self.blocklist,
            exec_denied: self.exec_denied,
            tool_enabled: self.enabled,
            tool_approval: self.tool_approval,
        }
    }

    fn decide(&self) -> Verdict {
        let registry = Registry::builtin().unwrap();
        let grants = Grants::from_texts(&self.grants);
        decide(&PolicyInput {
            tool: self.tool,
            info: registry.get(self.tool).filter(|_| self.built).map(|tool| tool.info()),
            arguments: &self.arguments,
            needs: self.needs.as_ref(),
            agent: self.agent(),
            caller: self.caller,
            admin_tools: &self.admin_tools,
            holds: &|grant| grants.allows_text(grant),
            calls: self.calls,
            approval: ApprovalPolicy {
                server: &self.server,
                require: &self.require,
                auto: &self.auto,
                door: "api",
                autonomous: self.autonomous,
            },
        })
    }

    #[track_caller]
    fn allowed(&self) {
        let verdict = self.decide();
        assert!(matches!(verdict, Verdict::Allow), "{verdict:?}");
    }

    #[track_caller]
    fn denied(&self, code: ToolErrorCode) {
        match self.decide() {
            Verdict::Deny(error) => assert_eq!(error.code, code),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn asked(&self, rule: &str) {
        match self.decide() {
            Verdict::Ask(question) => assert_eq!(question.rule, rule),
            other => panic!("{other:?}"),
        }
    }
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_granted_call_is_allowed() {
    Case::new("file_read").allowed();
    Case::new("file_write").allowed();
}

#[test]
fn step_1_the_tool_is_there() {
    Case { enabled: false, ..Case::new("file_read") }.denied(ToolErrorCode::Unavailable);
    Case { built: false, ..Case::new("shell_exec") }.denied(ToolErrorCode::Unavailable);
    Case { built: false, grants: vec![], ..Case::new("process_start") }.denied(ToolErrorCode::CapabilityMissing);
}

#[test]
fn step_2_the_agent_runs() {
    Case { running: false, ..Case::new("file_read") }.denied(ToolErrorCode::Unavailable);
}

#[test]
fn step_3_the_mode() {
    for tool in Registry::builtin().unwrap().iter().map(|tool| tool.info()) {
        Case { mode: AgentMode::Observe, ..Case::new(tool.name) }.denied(ToolErrorCode::ModeForbids);
        let assisting = Case { mode: AgentMode::Assist, ..Case::new(tool.name) };
        match tool.assist_mode {
            true => assisting.allowed(),
            false => assisting.denied(ToolErrorCode::ModeForbids),
        }
    }
}

#[test]
fn step_3_assist_permits_no_use_that_changes_something() {
    let changing = || Ok(Needs { changes: true, ..Needs::default() });
    Case { mode: AgentMode::Assist, needs: changing(), ..Case::new("web_fetch") }.denied(ToolErrorCode::ModeForbids);
    Case { needs: changing(), ..Case::new("web_fetch") }.allowed();
}

#[test]
fn step_4_grant_and_lists() {
    Case { grants: vec!["tool:file_r*"], ..Case::new("file_write") }.denied(ToolErrorCode::CapabilityMissing);
    Case { allowlist: names(&["system_*"]), ..Case::new("file_read") }.denied(ToolErrorCode::CapabilityMissing);
    Case { allowlist: names(&["FILE_*"]), ..Case::new("file_read") }.allowed();
    let both = Case { allowlist: names(&["file_read"]), blocklist: names(&["file_*"]), ..Case::new("file_read") };
    both.denied(ToolErrorCode::CapabilityMissing);
}

#[test]
fn step_5_the_caller() {
    Case { caller: CallerClass::Viewer, ..Case::new("file_read") }.allowed();
    Case { caller: CallerClass::Viewer, ..Case::new("file_write") }.denied(ToolErrorCode::CallerForbids);
    let reserved = |caller| Case { caller, admin_tools: names(&["file_w*"]), ..Case::new("file_write") };
    reserved(CallerClass::User).denied(ToolErrorCode::CallerForbids);
    reserved(CallerClass::Admin).allowed();
}

#[test]
fn step_6_grants_of_the_arguments() {
    let needs = Needs { grants: names(&["fs.read:docs/a.md"]), ..Needs::default() };
    Case { needs: Ok(needs.clone()), ..Case::new("file_read") }.allowed();
    let narrow = Case { needs: Ok(needs), grants: vec!["tool:*", "fs.read:*"], ..Case::new("file_read") };
    narrow.denied(ToolErrorCode::CapabilityMissing);
}

#[test]
fn step_7_hard_rules() {
    let refused = Case { needs: Err(ToolError::rule("P3", "no")), ..Case::new("file_read") };
    refused.denied(ToolErrorCode::BlockedByRule);
}

#[test]
fn step_7_an_exec_policy_that_denies() {
    let denied = Case { exec_denied: true, ..Case::new("shell_exec") };
    denied.denied(ToolErrorCode::BlockedByRule);
    Case { exec_denied: true, ..Case::new("file_read") }.allowed();
}

#[test]
fn step_8_quotas() {
    let calls = |last_minute, in_run| CallCounts {
        last_minute,
        max_per_minute: 60,
        in_run,
        max_per_run: 200,
        network_used_up: false,
    };
    Case { calls: calls(59, 199), ..Case::new("file_read") }.allowed();
    Case { calls: calls(60, 0), ..Case::new("file_read") }.denied(ToolErrorCode::RateLimited);
    Case { calls: calls(0, 200), ..Case::new("file_read") }.denied(ToolErrorCode::QuotaExceeded);
    let unlimited = CallCounts { last_minute: 9_999, in_run: 9_999, ..CallCounts::default() };
    Case { calls: unlimited, ..Case::new("file_read") }.allowed();
    let used_up = CallCounts { network_used_up: true, ..CallCounts::default() };
    Case { calls: used_up, ..Case::new("file_read") }.allowed();
    Case { calls: used_up, ..Case::new("web_fetch") }.denied(ToolErrorCode::QuotaExceeded);
}

/// Spoilt in every step at once, then mended from the first step on: the next one is always what answers.
#[test]
fn the_first_deny_wins() {
    let mut case = Case::new("file_write");
    case.enabled = false;
    case.running = false;
    case.mode = AgentMode::Observe;
    case.grants = vec![];
    case.caller = CallerClass::Viewer;
    case.needs = Err(ToolError::rule("P2", "no"));
    case.calls = CallCounts { last_minute: 1, max_per_minute: 1, ..CallCounts::default() };
    case.tool_approval = ToolApproval::Deny;
    case.denied(ToolErrorCode::Unavailable);
    case.enabled = true;
    case.denied(ToolErrorCode::Unavailable);
    case.running = true;
    case.denied(ToolErrorCode::ModeForbids);
    case.mode = AgentMode::Full;
    case.denied(ToolErrorCode::CapabilityMissing);
    case.grants = vec!["tool:*"];
    case.denied(ToolErrorCode::CallerForbids);
    case.caller = CallerClass::User;
    case.denied(ToolErrorCode::BlockedByRule);
    case.needs = Ok(Needs { grants: names(&["fs.write:x"]), ..Needs::default() });
    case.denied(ToolErrorCode::CapabilityMissing);
    case.grants = vec!["tool:*", "fs.write:**"];
    case.denied(ToolErrorCode::RateLimited);
    case.calls = CallCounts::default();
    case.denied(ToolErrorCode::ApprovalDenied);
    case.tool_approval = ToolApproval::Auto;
    case.allowed();
}

fn rule(text: Value) -> ApprovalRule {
    serde_json::from_value(text).unwrap()
}

#[test]
fn level_2_rules_of_the_server() {
    let with = |rules: Vec<ApprovalRule>| Case {
        server: ServerApproval { rules, ..ServerApproval::default() },
        require: names(&["*"]),
        ..Case::new("file_write")
    };
    with(vec![rule(json!({"tool": "file_*", "decision": "deny"}))]).denied(ToolErrorCode::ApprovalDenied);
    with(vec![
        rule(json!({"tool": "file_*", "where": {"path": "a.*"}, "decision": "auto"})),
        rule(json!({"tool": "*", "decision": "deny"})),
    ])
    .allowed();
    let conditions = json!({"tool": "*", "agent": "help*", "effect": "write", "door": "api", "caller_role": "user", "decision": "auto"});
    with(vec![rule(conditions.clone())]).allowed();
    for (name, other) in [("agent", "x"), ("effect", "read"), ("door", "channel"), ("caller_role", "admin")] {
        let mut changed = conditions.clone();
        changed[name] = json!(other);
        with(vec![rule(changed)]).asked("approval.require");
    }
    with(vec![rule(json!({"tool": "*", "where": {"missing": "*"}, "decision": "auto"}))]).asked("approval.require");
}

#[test]
fn level_3_the_manifest() {
    Case { tool_approval: ToolApproval::Ask, auto: names(&["*"]), ..Case::new("file_read") }.asked("tools.approval");
    Case { tool_approval: ToolApproval::Deny, ..Case::new("file_read") }.denied(ToolErrorCode::ApprovalDenied);
    Case { require: names(&["file_*"]), auto: names(&["*"]), ..Case::new("file_read") }.asked("approval.require");
}

#[test]
fn level_4_defaults() {
    let deleting =
        || Case { needs: Ok(Needs { asks: Some("much".into()), ..Needs::default() }), ..Case::new("file_delete") };
    deleting().asked("default_approval");
    Case { auto: names(&["file_delete"]), ..deleting() }.allowed();
    let lifted = ServerApproval { auto_approve_autonomous: true, ..ServerApproval::default() };
    Case { server: lifted.clone(), ..deleting() }.asked("default_approval");
    Case { server: lifted, autonomous: true, ..deleting() }.allowed();
    let listed = ServerApproval { require_approval: names(&["file_w*"]), ..ServerApproval::default() };
    Case { server: listed.clone(), ..Case::new("file_write") }.asked("approval.require_approval");
    let all = ServerApproval { auto_approve: true, ..listed };
    Case { server: all, ..Case::new("file_write") }.allowed();
}

#[test]
fn level_5_only_turns_a_yes_into_a_question() {
    let secret = || {
        let always_asks = Some(RuleAsk { rule: "P9", reason: ".env".into() });
        Case { needs: Ok(Needs { always_asks, ..Needs::default() }), auto: names(&["*"]), ..Case::new("file_read") }
    };
    secret().asked("P9");
    let all = ServerApproval { auto_approve: true, ..ServerApproval::default() };
    Case { server: all, auto: vec![], ..secret() }.asked("P9");
    Case { server: ServerApproval { allow_dangerous: true, ..ServerApproval::default() }, ..secret() }.allowed();
    Case { tool_approval: ToolApproval::Deny, ..secret() }.denied(ToolErrorCode::ApprovalDenied);
}

#[test]
fn only_usable_tools_are_offered() {
    let registry = Registry::builtin().unwrap();
    let grants = Grants::from_texts(&["tool:file_*"]);
    let shown = |mode, caller| {
        let case = Case { mode, ..Case::new("file_read") };
        let holds = |grant: &str| grants.allows_text(grant);
        let usable = registry.iter().filter(|tool| offered(tool.info(), case.agent(), caller, &[], &holds));
        usable.map(|tool| tool.info().name).collect::<Vec<_>>()
    };
    assert_eq!(shown(AgentMode::Observe, CallerClass::Admin), Vec::<&str>::new());
    assert_eq!(shown(AgentMode::Assist, CallerClass::User), ["file_list", "file_read", "file_search"]);
    assert_eq!(shown(AgentMode::Full, CallerClass::Viewer), ["file_list", "file_read", "file_search"]);
    assert_eq!(shown(AgentMode::Full, CallerClass::User).len(), 8);
}
