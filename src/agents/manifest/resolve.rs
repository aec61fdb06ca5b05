//! From a manifest to what the agent may do: grants, offered tools, exec policy. Recomputed whenever it is needed.

use crate::agents::capabilities::{Grant, Grants, Kind, wildcard_ignore_case};

use super::{
    AgentManifest, AgentMode, AgentResources, Capabilities, ExecMode, ExecPolicy, ManifestWarning, Profile,
    ToolApproval,
    facts::{ServerFacts, ToolFacts},
    problem::{Findings, ManifestCode},
    profiles::BASE_TOOLS,
    tool_names::{EXEC_TOOLS, KNOWN_TOOLS},
};

/// What an agent may do and use.
#[derive(Clone, Debug)]
pub struct Resolved {
    pub grants: Grants,
    /// The same grants by key, every list present.
    pub capabilities: Capabilities,
    /// Names of existing tools that are offered to the model, sorted.
    pub tools: Vec<String>,
    pub exec_policy: ExecPolicy,
    pub mode: AgentMode,
    pub limits: AgentResources,
    pub warnings: Vec<ManifestWarning>,
}

/// Resolves a manifest for an agent in the given mode.
pub fn resolve(manifest: &AgentManifest, mode: AgentMode, facts: &ServerFacts<'_>) -> Resolved {
    let mut findings = Findings::default();
    let resolved = resolve_into(manifest, mode, facts, &mut findings);
    Resolved { warnings: findings.finish(false).unwrap_or_default(), ..resolved }
}

pub(super) fn resolve_into(
    manifest: &AgentManifest,
    mode: AgentMode,
    facts: &ServerFacts<'_>,
    findings: &mut Findings,
) -> Resolved {
    let exec_policy =
        manifest.exec_policy.as_ref().map_or_else(|| facts.exec_policy.clone(), |own| facts.exec_policy.with(own));
    let mut resolver = Resolver {
        manifest,
        exec: &exec_policy,
        profile: profile(manifest, facts, findings),
        grants: Grants::default(),
        findings,
    };
    resolver.tools();
    resolver.implied_lists();
    resolver.other_keys();
    resolver.hidden_tools();
    let grants = resolver.grants;
    Resolved {
        capabilities: by_key(&grants, manifest),
        tools: offered(manifest, mode, &exec_policy, &grants, facts.tools),
        grants,
        exec_policy,
        mode,
        limits: manifest.resources.clone(),
        warnings: vec![],
    }
}

/// The profile in force; none when the manifest only lists its tools.
fn profile(manifest: &AgentManifest, facts: &ServerFacts<'_>, findings: &mut Findings) -> Option<Profile> {
    match (manifest.profile, &manifest.capabilities.tools) {
        (None, None) => {
            let name = facts.default_profile.row().map_or("custom", |row| row.name);
            let message = format!("neither a profile nor tools are given: the profile '{name}' is used");
            findings.warn(ManifestCode::NoToolsDeclared, "capabilities.tools", message);
            Some(facts.default_profile)
        }
        (Some(Profile::Custom), None) => {
            let message = "the profile 'custom' has exactly the listed tools, and none are listed";
            findings.warn(ManifestCode::NoToolsDeclared, "capabilities.tools", message);
            Some(Profile::Custom)
        }
        (profile, _) => profile,
    }
}

struct Resolver<'a> {
    manifest: &'a AgentManifest,
    exec: &'a ExecPolicy,
    profile: Option<Profile>,
    grants: Grants,
    findings: &'a mut Findings,
}

impl Resolver<'_> {
    fn give(&mut self, kind: Kind, pattern: &str) {
        if let Ok(grant) = Grant::new(kind, pattern) {
            self.grants.push(grant);
        }
    }

    fn profile_grants(&self, kind: Kind) -> Vec<&'static str> {
        let row = self.profile.and_then(Profile::row);
        let texts = row.map(|row| row.implied_grants).unwrap_or_default().iter();
        texts
            .filter_map(|text| {
                let (word, pattern) = text.split_once(':').unwrap_or((text, ""));
                (word == kind.as_str()).then_some(pattern)
            })
            .collect()
    }

    fn tools(&mut self) {
        let manifest = self.manifest;
        let row = self.profile.and_then(Profile::row);
        match &manifest.capabilities.tools {
            Some(tools) => tools.iter().for_each(|tool| self.give(Kind::Tool, tool)),
            None => row.map(|row| row.tools).unwrap_or_default().iter().for_each(|tool| self.give(Kind::Tool, tool)),
        }
        if row.is_some() {
            BASE_TOOLS.iter().for_each(|tool| self.give(Kind::Tool, tool));
        }
        if manifest.capabilities.tools.is_none() {
            // Naming a server, not a glob, is asking for its tools.
            for server in manifest.mcp_servers.iter().filter(|name| !name.contains(['*', '?', '!'])) {
                self.give(Kind::Tool, &format!("mcp_{}_*", tool_name_form(server)));
            }
        }
        for text in manifest.capabilities.grants.iter().flatten() {
            if let Ok(grant) = text.parse() {
                self.grants.push(grant);
            }
        }
    }

    /// Known tools that are granted, with the base set only when `all`.
    fn granted_tools(&self, all: bool) -> impl Iterator<Item = &'static str> {
        KNOWN_TOOLS
            .into_iter()
            .filter(move |tool| (all || !BASE_TOOLS.contains(tool)) && self.grants.allows(Kind::Tool, tool))
    }

    /// Keys that are implied by tools when they are absent.
    fn implied_lists(&mut self) {
        for (key, kind, list) in self.manifest.capabilities.lists() {
            if !matches!(
                kind,
                Kind::Net | Kind::FsRead | Kind::FsWrite | Kind::Shell | Kind::MemoryRead | Kind::MemoryWrite
            ) {
                continue;
            }
            let user = self.granted_tools(false).find(|tool| needs(tool, kind));
            match (list, user) {
                (Some([]), Some(tool)) => {
                    let message = format!("the tool '{tool}' is granted but can do nothing while this list is empty");
                    self.findings.warn(ManifestCode::NeverMatches, format!("capabilities.{key}"), message);
                }
                (Some(list), _) => list.iter().for_each(|pattern| self.give(kind, pattern)),
                (None, user) => self.implied(key, kind, user),
            }
        }
    }

    fn implied(&mut self, key: &str, kind: Kind, user: Option<&str>) {
        let by_profile = self.profile_grants(kind);
        for pattern in &by_profile {
            self.give(kind, pattern);
        }
        let patterns: Vec<String> = match (kind, user) {
            (Kind::MemoryRead | Kind::MemoryWrite, _) => vec!["self.*".to_owned()],
            (Kind::Net, Some(_)) => vec!["*".to_owned()],
            (Kind::FsRead | Kind::FsWrite, Some(_)) => vec!["**".to_owned()],
            (Kind::Shell, Some(_)) => match self.exec.mode {
                ExecMode::Deny => vec![],
                ExecMode::Allowlist => {
                    let commands = self.exec.safe_bins.iter().chain(&self.exec.allowed_commands);
                    commands.filter_map(|command| program_pattern(command)).map(str::to_owned).collect()
                }
                ExecMode::Full => vec!["*".to_owned()],
            },
            _ => vec![],
        };
        if by_profile.is_empty() {
            for pattern in &patterns {
                self.give(kind, pattern);
            }
            let told_by_profile = kind == Kind::Shell
                && matches!(self.profile, Some(Profile::Coding | Profile::Automation | Profile::Full));
            if let Some(tool) = user.filter(|_| !patterns.is_empty() && !told_by_profile) {
                let list = patterns.iter().map(|p| format!("{}:{p}", kind.as_str())).collect::<Vec<_>>().join(" ");
                let message = format!("not given; the tool '{tool}' implies {list}");
                self.findings.warn(ManifestCode::ImpliedGrant, format!("capabilities.{key}"), message);
            }
        }
    }

    fn other_keys(&mut self) {
        let needs = &self.manifest.capabilities;
        for (_, kind, list) in needs.lists() {
            let absent: Vec<String> = match kind {
                Kind::Tool | Kind::Net | Kind::FsRead | Kind::FsWrite | Kind::Shell => continue,
                Kind::MemoryRead | Kind::MemoryWrite => continue,
                Kind::AgentKill if self.grants.allows(Kind::Tool, "agent_kill") => vec!["@children".to_owned()],
                Kind::Model => own_models(self.manifest),
                Kind::Schedule => vec!["self".to_owned()],
                _ => self.profile_grants(kind).into_iter().map(str::to_owned).collect(),
            };
            for pattern in list.map_or(absent, <[String]>::to_vec) {
                self.give(kind, &pattern);
            }
        }
        if needs.agent_spawn.unwrap_or(!self.profile_grants(Kind::AgentSpawn).is_empty()) {
            self.give(Kind::AgentSpawn, "");
        }
        if needs.ofp_discover {
            self.give(Kind::OfpDiscover, "");
        }
        if needs.spend_usd_per_run > 0.0 {
            self.give(Kind::Spend, &needs.spend_usd_per_run.to_string());
        }
    }

    fn hidden_tools(&mut self) {
        let granted: Vec<&str> = self.granted_tools(true).collect();
        let blocked =
            |tool: &&str| self.manifest.tool_blocklist.iter().any(|pattern| wildcard_ignore_case(pattern, tool));
        if !granted.is_empty() && granted.iter().all(blocked) {
            let message = "the block list hides every granted tool";
            self.findings.warn(ManifestCode::NeverMatches, "tool_blocklist", message);
        }
    }
}

/// The grant for a listed command: grants name programs without their folder. A pattern of paths implies none, for
/// without its folder it might mean every program.
fn program_pattern(command: &str) -> Option<&str> {
    match command.rsplit_once('/') {
        Some((_, name)) => Some(name).filter(|_| !command.contains('*')),
        None => Some(command),
    }
}

/// Whether calls of a tool need grants of this kind.
fn needs(tool: &str, kind: Kind) -> bool {
    match kind {
        Kind::Net => tool == "web_fetch" || tool.starts_with("browser_"),
        Kind::FsRead => {
            matches!(tool, "file_read" | "file_list" | "file_search" | "image_analyze" | "speech_to_text")
                || tool.starts_with("media_")
        }
        Kind::FsWrite => matches!(
            tool,
            "file_write"
                | "file_edit"
                | "file_delete"
                | "file_move"
                | "file_copy"
                | "create_directory"
                | "apply_patch"
                | "image_generate"
                | "text_to_speech"
                | "canvas_present"
        ),
        Kind::Shell => matches!(tool, "shell_exec" | "process_start" | "docker_exec"),
        Kind::MemoryRead | Kind::MemoryWrite => tool.starts_with("memory_"),
        _ => false,
    }
}

/// The agent's own, fallback and routing models as patterns.
fn own_models(manifest: &AgentManifest) -> Vec<String> {
    let named = |provider: &str, model: &str| match (provider, model) {
        ("default", model) => model.to_owned(),
        (provider, "default") => format!("{provider}/*"),
        (provider, model) => format!("{provider}/{model}"),
    };
    let fallbacks = manifest.fallback_models.iter().flatten().map(|f| named(&f.provider, &f.model));
    let routing = manifest.routing.iter().flat_map(|r| [&r.simple_model, &r.medium_model, &r.complex_model]);
    std::iter::once(named(&manifest.model.provider, &manifest.model.model))
        .chain(fallbacks)
        .chain(routing.flatten().cloned())
        .chain(manifest.pinned_model.clone())
        .collect()
}

/// The tools that the model is told about. Never the protection: every call is checked against the grants again.
fn offered(
    manifest: &AgentManifest,
    mode: AgentMode,
    exec: &ExecPolicy,
    grants: &Grants,
    existing: &[ToolFacts],
) -> Vec<String> {
    let allowed = &manifest.tool_allowlist;
    let mut names: Vec<String> = existing
        .iter()
        .filter(|tool| match mode {
            AgentMode::Observe => false,
            AgentMode::Assist => tool.assist_mode,
            AgentMode::Full => true,
        })
        .map(|tool| tool.name.clone())
        .filter(|tool| grants.allows(Kind::Tool, tool))
        .filter(|tool| exec.mode != ExecMode::Deny || !EXEC_TOOLS.contains(&tool.as_str()))
        .filter(|tool| manifest.tools.get(tool).is_none_or(|own| own.enabled && own.approval != ToolApproval::Deny))
        .filter(|tool| allowed.is_empty() || allowed.iter().any(|pattern| wildcard_ignore_case(pattern, tool)))
        .filter(|tool| !manifest.tool_blocklist.iter().any(|pattern| wildcard_ignore_case(pattern, tool)))
        .collect();
    names.sort();
    names
}

/// The name of a server as it appears in names of its tools.
fn tool_name_form(name: &str) -> String {
    name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn by_key(grants: &Grants, manifest: &AgentManifest) -> Capabilities {
    let list = |kind: Kind| Some(grants.iter().filter(|g| g.kind == kind).map(|g| g.pattern().to_owned()).collect());
    Capabilities {
        tools: list(Kind::Tool),
        network: list(Kind::Net),
        file_read: list(Kind::FsRead),
        file_write: list(Kind::FsWrite),
        memory_read: list(Kind::MemoryRead),
        memory_write: list(Kind::MemoryWrite),
        shell: list(Kind::Shell),
        env: list(Kind::Env),
        agent_spawn: Some(grants.allows(Kind::AgentSpawn, "")),
        agent_message: list(Kind::AgentMessage),
        agent_kill: list(Kind::AgentKill),
        channels: list(Kind::Channel),
        models: list(Kind::Model),
        schedules: list(Kind::Schedule),
        workflows: list(Kind::Workflow),
        hands: list(Kind::Hand),
        a2a: list(Kind::A2a),
        spend_usd_per_run: manifest.capabilities.spend_usd_per_run,
        ofp_discover: grants.allows(Kind::OfpDiscover, ""),
        ofp_connect: list(Kind::OfpConnect),
        grants: Some(vec![]),
    }
}
