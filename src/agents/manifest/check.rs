//! Rules between keys, and limits that the schema cannot state.

use serde_json::Value;

use crate::agents::capabilities::{Grant, Kind};

use super::{
    AgentManifest, ResponseFormatType, SessionScope,
    facts::{ModelFacts, ServerFacts},
    folders,
    language_model::DEFAULT_MODEL_WORD,
    problem::{Findings, ManifestCode, join, nearest},
    skill_names::KNOWN_SKILLS,
    timing,
    tool_names::KNOWN_TOOLS,
};

/// Longest entry of a list of names or patterns, in bytes.
const MAX_ENTRY_BYTES: usize = 1024;

pub(super) fn check(manifest: &AgentManifest, facts: &ServerFacts<'_>, findings: &mut Findings) {
    name_and_module(manifest, findings);
    entries(manifest, findings);
    sizes(manifest, findings);
    relations(manifest, findings);
    model(manifest, facts, findings);
    capabilities(manifest, findings);
    tools(manifest, facts, findings);
    skills_and_servers(manifest, facts, findings);
    folders::check(manifest, facts, findings);
    timing::check(manifest, findings);
}

fn name_and_module(manifest: &AgentManifest, findings: &mut Findings) {
    if uuid::Uuid::try_parse(&manifest.name).is_ok() {
        findings.error(ManifestCode::BadValue, "name", "must not have the form of a UUID: it would be taken for an id");
    }
    if manifest.module != "builtin:chat" {
        findings
            .error(
                ManifestCode::BadValue,
                "module",
                "modules other than builtin:chat are not available in this version",
            )
            .expected("builtin:chat");
    }
    if manifest.session.scope == SessionScope::Agent {
        findings.warn(
            ManifestCode::SharedHistory,
            "session.scope",
            "everybody who talks to the agent shares one history",
        );
    }
    let identity = &manifest.identity;
    if identity.avatar_url.as_ref().is_some_and(|url| url.starts_with("http") && url.chars().count() > 2048) {
        findings.error(
            ManifestCode::OutOfRange,
            "identity.avatar_url",
            "out of range: an address has at most 2048 characters",
        );
    }
    if let Some(url) = &manifest.model.base_url {
        base_url("model.base_url", url, findings);
    }
    for (i, fallback) in manifest.fallback_models.iter().flatten().enumerate() {
        if let Some(url) = &fallback.base_url {
            base_url(&format!("fallback_models[{i}].base_url"), url, findings);
        }
    }
}

fn base_url(path: &str, url: &str, findings: &mut Findings) {
    if !reqwest::Url::parse(url)
        .is_ok_and(|url| url.has_host() && url.username().is_empty() && url.password().is_none())
    {
        findings.error(ManifestCode::BadValue, path, "must be an http or https address without name and password");
    }
}

/// Every list of names or patterns: no empty, overlong or invisible entry.
fn entries(manifest: &AgentManifest, findings: &mut Findings) {
    let approval = &manifest.approval;
    let exec = manifest.exec_policy.as_ref();
    let lists: [(&str, Option<&Vec<String>>, usize); 13] = [
        ("tags", Some(&manifest.tags), 64),
        ("model.stop", Some(&manifest.model.stop), 64),
        ("channels", manifest.channels.as_ref(), MAX_ENTRY_BYTES),
        ("mcp_servers", Some(&manifest.mcp_servers), 256),
        ("skills", Some(&manifest.skills), 256),
        ("tool_allowlist", Some(&manifest.tool_allowlist), 256),
        ("tool_blocklist", Some(&manifest.tool_blocklist), 256),
        ("approval.require", approval.require.as_ref(), 256),
        ("approval.auto", approval.auto.as_ref(), 256),
        ("exec_policy.safe_bins", exec.and_then(|exec| exec.safe_bins.as_ref()), 256),
        ("exec_policy.allowed_commands", exec.and_then(|exec| exec.allowed_commands.as_ref()), MAX_ENTRY_BYTES),
        ("exec_policy.denied_commands", exec.and_then(|exec| exec.denied_commands.as_ref()), MAX_ENTRY_BYTES),
        ("exec_policy.shell_env_passthrough", exec.and_then(|exec| exec.shell_env_passthrough.as_ref()), 256),
    ];
    for (path, list, most) in lists {
        for (i, entry) in list.into_iter().flatten().enumerate() {
            let length = entry.chars().count();
            if length == 0 || length > most {
                findings
                    .error(
                        ManifestCode::OutOfRange,
                        format!("{path}[{i}]"),
                        format!("out of range: 1 to {most} characters"),
                    )
                    .got(length.to_string());
            } else if path != "model.stop" && entry.chars().any(char::is_control) {
                findings.error(ManifestCode::BadValue, format!("{path}[{i}]"), "must not contain control characters");
            }
        }
    }
}

/// Free-form parts: size, depth, and only what both TOML and JSON can say.
fn sizes(manifest: &AgentManifest, findings: &mut Findings) {
    let mut free = |path: String, table: &serde_json::Map<String, Value>, most: usize| {
        let size = serde_json::to_string(table).map_or(0, |text| text.len());
        if size > most {
            findings
                .error(ManifestCode::OutOfRange, path.clone(), format!("out of range: at most {most} bytes as JSON"))
                .got(size.to_string());
        }
        let keys = table.keys().any(|key| key.contains('\0')).then_some("must not contain the character U+0000");
        if let Some(message) = keys.or_else(|| table.values().find_map(|value| unspeakable(value, 1))) {
            findings.error(ManifestCode::BadValue, path, message);
        }
    };
    free("metadata".to_owned(), &manifest.metadata, 64 << 10);
    free("model.params".to_owned(), &manifest.model.params, 16 << 10);
    if let Some(schema) = manifest.model.response_format.as_ref().and_then(|format| format.schema.as_ref()) {
        free("model.response_format.schema".to_owned(), schema, 32 << 10);
    }
    for (name, settings) in &manifest.tools {
        free(format!("{}.defaults", join("tools", name)), &settings.defaults, 64 << 10);
        free(format!("{}.fixed", join("tools", name)), &settings.fixed, 64 << 10);
    }
    if manifest.tools.len() > 200 {
        findings.error(ManifestCode::OutOfRange, "tools", "out of range: at most 200 tools");
    }
}

fn unspeakable(value: &Value, depth: usize) -> Option<&'static str> {
    match value {
        _ if depth > 16 => Some("nested more than 16 levels deep"),
        Value::Null => Some("null inside a list cannot be kept"),
        Value::Number(number) if number.is_u64() && !number.is_i64() => Some("an integer does not fit into 64 bits"),
        Value::String(text) if text.contains('\0') => Some("must not contain the character U+0000"),
        Value::Array(list) => list.iter().find_map(|value| unspeakable(value, depth + 1)),
        Value::Object(table) if table.keys().any(|key| key.contains('\0')) => {
            Some("must not contain the character U+0000")
        }
        Value::Object(table) => table.values().find_map(|value| unspeakable(value, depth + 1)),
        _ => None,
    }
}

fn relations(manifest: &AgentManifest, findings: &mut Findings) {
    let mut out_of_range = |path: &str, message: &str| {
        findings.error(ManifestCode::OutOfRange, path, format!("out of range: {message}"));
    };
    if (1..60).contains(&manifest.session.idle_reset_secs) {
        out_of_range("session.idle_reset_secs", "0, or 60 and more");
    }
    if manifest.compaction.keep_ratio >= manifest.compaction.trigger_ratio {
        out_of_range("compaction.keep_ratio", "below compaction.trigger_ratio");
    }
    if let Some(routing) = &manifest.routing
        && routing.simple_threshold >= routing.complex_threshold
    {
        out_of_range("routing.simple_threshold", "below routing.complex_threshold");
    }
    if let Some(exec) = &manifest.exec_policy
        && let (Some(default), Some(most)) = (exec.timeout_secs, exec.max_timeout_secs)
        && default > most
    {
        out_of_range("exec_policy.max_timeout_secs", "at least exec_policy.timeout_secs");
    }
    if let Some(format) = &manifest.model.response_format
        && format.format == ResponseFormatType::JsonSchema
        && format.schema.is_none()
    {
        findings.error(
            ManifestCode::MissingKey,
            "model.response_format.schema",
            "this key is required for json_schema",
        );
    }
    if let Some(channel) = manifest.autonomous.as_ref().and_then(|autonomous| autonomous.heartbeat_channel.as_ref()) {
        let granted = manifest.capabilities.channels.iter().flatten();
        let granted: Vec<Grant> = granted.filter_map(|pattern| Grant::new(Kind::Channel, pattern).ok()).collect();
        if !crate::agents::capabilities::Grants::new(granted).allows(Kind::Channel, channel) {
            let message = "no entry of capabilities.channels allows this channel, so nothing will be sent";
            findings.warn(ManifestCode::NeverMatches, "autonomous.heartbeat_channel", message);
        }
    }
}

fn model(manifest: &AgentManifest, facts: &ServerFacts<'_>, findings: &mut Findings) {
    let own = &manifest.model;
    let known = (facts.model)(&own.provider, &own.model);
    if !known.known && own.model != DEFAULT_MODEL_WORD {
        unknown_model("model.model", &own.provider, &own.model, own.base_url.as_deref(), &known, findings);
    }
    if !known.ready {
        let message = if own.follows_server() {
            "no AI provider is set up, so the built-in model answers by fixed rules".to_owned()
        } else {
            format!("no credential is set up for the provider '{}'", own.provider)
        };
        findings.warn(ManifestCode::NoProviderConfigured, "model.provider", message);
    }
    let window =
        own.context_window.or(known.context_window).filter(|_| !own.follows_server() || own.context_window.is_some());
    let output = known.max_output_tokens.filter(|_| !own.follows_server());
    if let Some(most) = [window.map(|window| window / 2), output].into_iter().flatten().min()
        && own.max_tokens > most
    {
        findings
            .error(
                ManifestCode::OutOfRange,
                "model.max_tokens",
                format!(
                    "out of range: at most {most} for this model (its output limit, or half of its context window)"
                ),
            )
            .expected(format!("1 to {most}"))
            .got(own.max_tokens.to_string());
    }
    for (i, fallback) in manifest.fallback_models.iter().flatten().enumerate() {
        let follows_server = fallback.provider == DEFAULT_MODEL_WORD && fallback.model == DEFAULT_MODEL_WORD;
        let path = format!("fallback_models[{i}].model");
        if !follows_server
            && fallback.provider == own.provider
            && fallback.model == own.model
            && fallback.base_url == own.base_url
        {
            findings.error(ManifestCode::Conflict, path, "a fallback must differ from the model it stands in for");
            continue;
        }
        let known = (facts.model)(&fallback.provider, &fallback.model);
        if !known.known && !follows_server {
            unknown_model(&path, &fallback.provider, &fallback.model, fallback.base_url.as_deref(), &known, findings);
        }
    }
}

fn unknown_model(
    path: &str,
    provider: &str,
    model: &str,
    base_url: Option<&str>,
    facts: &ModelFacts,
    findings: &mut Findings,
) {
    // An address of its own may belong to a provider that nobody else knows.
    let message = match facts.nobody_has_it.as_ref().filter(|_| base_url.is_none()) {
        Some(reason) => format!("{reason} It is kept as written and cannot be used until a provider has it"),
        None => {
            format!("the catalog does not know the model '{model}' of the provider '{provider}'; it is used as written")
        }
    };
    findings.warn(ManifestCode::UnknownModel, path, message).suggest(facts.suggestion.as_deref());
}

/// Every entry must be a pattern of its kind.
fn capabilities(manifest: &AgentManifest, findings: &mut Findings) {
    for (key, kind, list) in manifest.capabilities.lists() {
        for (i, pattern) in list.into_iter().flatten().enumerate() {
            let path = format!("capabilities.{key}[{i}]");
            match Grant::new(kind, pattern) {
                Err(error) => {
                    findings.error(ManifestCode::BadValue, path, error.to_string()).got(pattern.clone());
                }
                Ok(grant) => absolute_path_pattern(&grant, path, findings),
            }
        }
    }
    for (i, text) in manifest.capabilities.grants.iter().flatten().enumerate() {
        let path = format!("capabilities.grants[{i}]");
        match text.parse::<Grant>() {
            Err(error) => {
                findings.error(ManifestCode::BadValue, path, error.to_string()).got(text.clone());
            }
            Ok(grant) => absolute_path_pattern(&grant, path, findings),
        }
    }
    for (i, name) in manifest.capabilities.env.iter().flatten().enumerate() {
        let stem = name.strip_suffix("_*").unwrap_or(name);
        if stem.is_empty() || !stem.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            let message = "must be the name of a variable, or PREFIX_*";
            findings.error(ManifestCode::BadValue, format!("capabilities.env[{i}]"), message).got(name.clone());
        }
    }
}

fn absolute_path_pattern(grant: &Grant, path: String, findings: &mut Findings) {
    if matches!(grant.kind, Kind::FsRead | Kind::FsWrite) && grant.pattern().starts_with('/') {
        let message = "patterns start at the workspace; for another folder add it to workspaces and write @name/…";
        findings.warn(ManifestCode::NeverMatches, path, message);
    }
}

fn tools(manifest: &AgentManifest, facts: &ServerFacts<'_>, findings: &mut Findings) {
    let mut names: Vec<(String, &str)> = vec![];
    let lists = [
        ("capabilities.tools", manifest.capabilities.tools.as_deref().unwrap_or_default()),
        ("tool_allowlist", &manifest.tool_allowlist),
        ("tool_blocklist", &manifest.tool_blocklist),
        ("approval.require", manifest.approval.require.as_deref().unwrap_or_default()),
        ("approval.auto", manifest.approval.auto.as_deref().unwrap_or_default()),
    ];
    for (path, list) in lists {
        names.extend(list.iter().enumerate().map(|(i, name)| (format!("{path}[{i}]"), name.as_str())));
    }
    names.extend(manifest.tools.keys().map(|name| (join("tools", name), name.as_str())));
    for (path, name) in names {
        let known = KNOWN_TOOLS.iter().copied().chain(facts.tools.iter().map(|tool| tool.name.as_str()));
        if !name.contains(['*', '?']) && !known.clone().any(|known| known.eq_ignore_ascii_case(name)) {
            let message =
                format!("no tool is called '{name}' now; the name is kept for a skill or MCP server that brings it");
            findings.warn(ManifestCode::UnknownToolName, path, message).suggest(nearest(name, known));
        }
    }
    for (name, settings) in &manifest.tools {
        if name.is_empty() || name.len() > 256 || name.chars().any(char::is_control) {
            let message = "the name of a tool has 1 to 256 bytes and no control characters";
            findings.error(ManifestCode::BadValue, join("tools", name), message);
        }
        let Some(tool) = facts.tools.iter().find(|tool| tool.name == *name) else { continue };
        for (part, arguments) in [("defaults", &settings.defaults), ("fixed", &settings.fixed)] {
            for (argument, value) in arguments {
                let path = join(&format!("{}.{part}", join("tools", name)), argument);
                tool_argument(&tool.schema, argument, value, path, findings);
            }
        }
    }
}

/// A preset argument must be one that the tool takes.
fn tool_argument(schema: &Value, argument: &str, value: &Value, path: String, findings: &mut Findings) {
    let Some(properties) = schema["properties"].as_object() else { return };
    let Some(property) = properties.get(argument) else {
        let near = nearest(argument, properties.keys().map(String::as_str));
        findings.error(ManifestCode::BadValue, path, "the tool has no such argument").suggest(near);
        return;
    };
    // A schema that cannot be used by itself says nothing about presets; the call is checked anyway.
    let Ok(validator) = jsonschema::validator_for(property) else { return };
    if let Err(error) = validator.validate(value) {
        findings.error(ManifestCode::BadValue, path, format!("the tool does not take this: {error}"));
    }
}

fn skills_and_servers(manifest: &AgentManifest, facts: &ServerFacts<'_>, findings: &mut Findings) {
    let skills: Vec<&str> = KNOWN_SKILLS.into_iter().chain(facts.skills.iter().map(String::as_str)).collect();
    let servers: Vec<&str> = facts.mcp_servers.iter().map(String::as_str).collect();
    let lists = [
        ("skills", &manifest.skills, skills, ManifestCode::UnknownSkill, "skill"),
        ("mcp_servers", &manifest.mcp_servers, servers, ManifestCode::UnknownMcpServer, "MCP server"),
    ];
    for (key, names, known, code, what) in lists {
        for (i, name) in names.iter().enumerate() {
            if !name.contains(['*', '?']) && !known.contains(&name.as_str()) {
                findings
                    .warn(code, format!("{key}[{i}]"), format!("no {what} is called '{name}' now; the name is kept"))
                    .suggest(nearest(name, known.iter().copied()));
            }
        }
    }
}
