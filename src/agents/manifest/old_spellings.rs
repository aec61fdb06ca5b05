//! Keys and words of OpenFang 0.6 and other accepted forms, rewritten to canonical ones before anything is checked.

use serde_json::{Map, Value, json};

use super::{
    problem::{Findings, ManifestCode, join},
    tool_names::canonical_tool_name,
};

/// Top-level keys that belong into a table: where they were found and where they go.
const MOVES: [(&[&str], &[&str]); 12] = [
    (&["model", "name"], &["model", "model"]),
    (&["system_prompt"], &["model", "system_prompt"]),
    (&["provider"], &["model", "provider"]),
    (&["temperature"], &["model", "temperature"]),
    (&["max_tokens"], &["model", "max_tokens"]),
    (&["api_key_env"], &["model", "api_key_env"]),
    (&["base_url"], &["model", "base_url"]),
    (&["max_iterations"], &["resources", "max_iterations"]),
    (&["heartbeat_interval_secs"], &["autonomous", "heartbeat_interval_secs"]),
    (&["resources", "max_tokens_per_hour"], &["resources", "max_llm_tokens_per_hour"]),
    (&["resources", "max_cost_per_hour"], &["resources", "max_cost_per_hour_usd"]),
    (&["thinking", "stream_thinking"], &["thinking", "stream"]),
];

/// Lists of tool names.
const TOOL_LISTS: [&[&str]; 5] = [
    &["capabilities", "tools"],
    &["tool_allowlist"],
    &["tool_blocklist"],
    &["approval", "require"],
    &["approval", "auto"],
];

/// Kinds of the list form of `capabilities`, and what they are called now.
const GRANT_TYPES: [(&str, &str); 15] = [
    ("FileRead", "fs.read"),
    ("FileWrite", "fs.write"),
    ("NetConnect", "net"),
    ("ToolInvoke", "tool"),
    ("ToolAll", "tool:*"),
    ("LlmQuery", "model"),
    ("AgentSpawn", "agent.spawn"),
    ("AgentMessage", "agent.message"),
    ("AgentKill", "agent.kill"),
    ("MemoryRead", "memory.read"),
    ("MemoryWrite", "memory.write"),
    ("ShellExec", "shell"),
    ("EnvRead", "env"),
    ("OfpDiscover", "ofp.discover"),
    ("OfpConnect", "ofp.connect"),
];

/// What a manifest said besides its canonical keys.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    /// From the mode words `stable` and `normal`.
    pub stable: Option<bool>,
}

/// Rewrites the tree in place; each rewrite is a warning `deprecated_key`.
pub(super) fn rewrite(tree: &mut Map<String, Value>, findings: &mut Findings) -> Said {
    let mut rewriter = Rewriter { tree, findings };
    rewriter.hoist_agent_table();
    rewriter.model_word();
    rewriter.list_of_tools();
    for (from, to) in MOVES {
        rewriter.move_key(from, to);
    }
    for old in ["env_passthrough", "env_allowlist"] {
        rewriter.move_key(&["exec_policy", old], &["exec_policy", "shell_env_passthrough"]);
    }
    rewriter.capability_forms();
    rewriter.flat_schedule();
    rewriter.exec_word();
    rewriter.tool_params();
    rewriter.tool_names();
    rewriter.dropped_keys();
    rewriter.mode_word()
}

struct Rewriter<'a> {
    tree: &'a mut Map<String, Value>,
    findings: &'a mut Findings,
}

impl Rewriter<'_> {
    fn deprecated(&mut self, old: &str, new: &str) {
        self.findings
            .warn(ManifestCode::DeprecatedKey, old, format!("old spelling; it is read as '{new}'"))
            .suggest(Some(new));
    }

    /// Everything in a table `[agent]` belongs one level up.
    fn hoist_agent_table(&mut self) {
        let Some(Value::Object(_)) = self.tree.get("agent") else { return };
        let Some(Value::Object(inner)) = self.tree.remove("agent") else { return };
        self.findings.warn(ManifestCode::DeprecatedKey, "agent", "keys of the table [agent] belong to the top level");
        for (key, value) in inner {
            self.findings.positions.rename(&join("agent", &key), &key);
            self.place(&[&key], value, &join("agent", &key));
        }
    }

    /// Puts a value at its new place; one that is already there must say the same.
    fn place(&mut self, to: &[&str], value: Value, from: &str) {
        let Some((last, tables)) = to.split_last() else { return };
        let mut table = &mut *self.tree;
        for name in tables {
            let next = table.entry((*name).to_owned()).or_insert_with(|| json!({}));
            // Something else stands where the table belongs: that is reported as its own wrong type.
            let Value::Object(next) = next else { return };
            table = next;
        }
        match table.get(*last) {
            None => {
                table.insert((*last).to_owned(), value);
            }
            Some(there) if *there == value => {}
            Some(_) => {
                let message = format!("'{from}' and '{}' are the same key and say different things", to.join("."));
                self.findings.error(ManifestCode::Conflict, to.join("."), message);
            }
        }
    }

    fn move_key(&mut self, from: &[&str], to: &[&str]) {
        let taken = match from {
            [key] => self.tree.remove(*key),
            [table, key] => self.table(table).and_then(|table| table.remove(*key)),
            _ => None,
        };
        let Some(value) = taken else { return };
        let (old, new) = (from.join("."), to.join("."));
        self.deprecated(&old, &new);
        self.findings.positions.rename(&old, &new);
        self.place(to, value, &old);
    }

    fn table(&mut self, name: &str) -> Option<&mut Map<String, Value>> {
        self.tree.get_mut(name).and_then(Value::as_object_mut)
    }

    /// `model = "gpt-4o"`.
    fn model_word(&mut self) {
        if let Some(Value::String(model)) = self.tree.get("model") {
            let model = json!({ "model": model });
            self.tree.insert("model".to_owned(), model);
            self.deprecated("model", "model.model");
        }
    }

    /// `tools = ["file_read"]`.
    fn list_of_tools(&mut self) {
        if matches!(self.tree.get("tools"), Some(Value::Array(_))) {
            self.move_key(&["tools"], &["capabilities", "tools"]);
        }
    }

    /// `capabilities.memory = {read, write}` and `[[capabilities]] type, value`.
    fn capability_forms(&mut self) {
        match self.tree.get_mut("capabilities") {
            Some(Value::Object(table)) => {
                if matches!(table.get("memory"), Some(Value::Object(_))) {
                    let memory = table.remove("memory");
                    self.deprecated("capabilities.memory", "capabilities.memory_read and memory_write");
                    for (verb, value) in memory.as_ref().and_then(Value::as_object).into_iter().flatten() {
                        let old = format!("capabilities.memory.{verb}");
                        let new = format!("memory_{verb}");
                        self.findings.positions.rename(&old, &format!("capabilities.{new}"));
                        self.place(&["capabilities", &new], value.clone(), &old);
                    }
                }
            }
            Some(Value::Array(list)) => {
                let list = std::mem::take(list);
                self.tree.remove("capabilities");
                self.deprecated("capabilities", "capabilities.grants");
                let grants = list.iter().enumerate().filter_map(|(i, entry)| self.typed_grant(i, entry)).collect();
                self.place(&["capabilities", "grants"], Value::Array(grants), "capabilities");
            }
            _ => {}
        }
    }

    /// One `{type, value}` as a canonical grant; none when it means something else or is refused.
    fn typed_grant(&mut self, index: usize, entry: &Value) -> Option<Value> {
        let path = format!("capabilities[{index}]");
        let Some(kind) = entry["type"].as_str() else {
            self.findings
                .error(ManifestCode::WrongType, path, "an entry is a table with the keys type and value")
                .expected("table with type and value");
            return None;
        };
        let value = match &entry["value"] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        match kind {
            "NetListen" | "OfpAdvertise" | "EconEarn" | "EconTransfer" => {
                self.findings.warn(
                    ManifestCode::UnsupportedCapability,
                    path,
                    format!("'{kind}' is never granted; the entry has no effect"),
                );
                None
            }
            "LlmMaxTokens" => {
                self.place(&["model", "max_tokens"], entry["value"].clone(), &path);
                None
            }
            "EconSpend" => Some(json!(format!("spend:{value}"))),
            _ => match GRANT_TYPES.iter().find(|(old, _)| *old == kind) {
                Some((_, grant))
                    if value.is_empty()
                        || grant.contains(':')
                        || *grant == "agent.spawn"
                        || *grant == "ofp.discover" =>
                {
                    Some(json!(grant))
                }
                Some((_, grant)) => Some(json!(format!("{grant}:{value}"))),
                None => {
                    self.findings.error(ManifestCode::BadValue, path, format!("'{kind}' is no type of capability"));
                    None
                }
            },
        }
    }

    /// `schedule = {mode = "periodic", cron = "…"}` and the text forms.
    fn flat_schedule(&mut self) {
        match self.tree.get("schedule") {
            Some(Value::Object(flat)) if flat.get("mode").is_some_and(Value::is_string) => {
                let mut rest = flat.clone();
                let mode = rest.remove("mode").as_ref().and_then(Value::as_str).unwrap_or_default().to_lowercase();
                let nested = if mode == "reactive" { json!(mode) } else { json!({ mode.as_str(): rest }) };
                self.findings.positions.rename("schedule", &format!("schedule.{mode}"));
                self.tree.insert("schedule".to_owned(), nested);
                self.deprecated("schedule.mode", &format!("schedule.{mode}"));
            }
            Some(Value::String(text)) if !text.eq_ignore_ascii_case("reactive") => {
                let periodic = json!({ "periodic": { "cron": text } });
                self.findings.positions.rename("schedule", "schedule.periodic.cron");
                self.tree.insert("schedule".to_owned(), periodic);
            }
            _ => {}
        }
    }

    /// `exec_policy = "full"`: a short form, not an old one.
    fn exec_word(&mut self) {
        match self.tree.get("exec_policy") {
            Some(Value::String(word)) => {
                let table = json!({ "mode": exec_mode(word) });
                self.findings.positions.rename("exec_policy", "exec_policy.mode");
                self.tree.insert("exec_policy".to_owned(), table);
            }
            Some(Value::Object(table)) => {
                if let Some(Value::String(word)) = table.get("mode") {
                    let mode = exec_mode(word);
                    if let Some(table) = self.table("exec_policy") {
                        table.insert("mode".to_owned(), json!(mode));
                    }
                }
            }
            _ => {}
        }
    }

    /// `tools.<name>.params`.
    fn tool_params(&mut self) {
        let names: Vec<String> = self.table("tools").into_iter().flat_map(|tools| tools.keys().cloned()).collect();
        for name in names {
            let settings = self.table("tools").and_then(|tools| tools.get_mut(&name)).and_then(Value::as_object_mut);
            let Some(params) = settings.and_then(|settings| settings.remove("params")) else { continue };
            let tool = join("tools", &name);
            self.deprecated(&format!("{tool}.params"), &format!("{tool}.defaults"));
            self.findings.positions.rename(&format!("{tool}.params"), &format!("{tool}.defaults"));
            self.place(&["tools", &name, "defaults"], params, &format!("{tool}.params"));
        }
    }

    /// Other products' names of tools, in lists and as keys of `[tools]`.
    fn tool_names(&mut self) {
        for path in TOOL_LISTS {
            let list = match path {
                [key] => self.tree.get_mut(*key),
                [table, key] => self.tree.get_mut(*table).and_then(|table| table.get_mut(*key)),
                _ => None,
            };
            let Some(Value::Array(list)) = list else { continue };
            let mut renamed = vec![];
            for (i, item) in list.iter_mut().enumerate() {
                if let Some((old, new)) =
                    item.as_str().and_then(|old| Some((old.to_owned(), canonical_tool_name(old)?)))
                {
                    *item = json!(new);
                    renamed.push((i, old, new));
                }
            }
            for (i, old, new) in renamed {
                let message = format!("the tool '{old}' is called '{new}' here");
                let path = format!("{}[{i}]", path.join("."));
                self.findings.warn(ManifestCode::DeprecatedKey, path, message).suggest(Some(new));
            }
        }
        let old_names: Vec<String> = self.table("tools").into_iter().flat_map(|tools| tools.keys().cloned()).collect();
        for old in old_names {
            let Some(new) = canonical_tool_name(&old) else { continue };
            let Some(settings) = self.table("tools").and_then(|tools| tools.remove(&old)) else { continue };
            self.deprecated(&join("tools", &old), &join("tools", new));
            self.findings.positions.rename(&join("tools", &old), &join("tools", new));
            self.place(&["tools", new], settings, &join("tools", &old));
        }
    }

    /// Keys of OpenFang 0.6 that mean nothing here.
    fn dropped_keys(&mut self) {
        if self.tree.remove("state_dir").is_some() {
            self.findings.warn(
                ManifestCode::IgnoredKey,
                "state_dir",
                "ignored: the private state of an agent is in the database",
            );
        }
        for key in ["hand_allowed_env", "is_subagent", "canonical_context_msg"] {
            if self.table("metadata").is_some_and(|metadata| metadata.contains_key(key)) {
                let message = "carried but never interpreted: it was a private switch of OpenFang 0.6";
                self.findings.warn(ManifestCode::IgnoredKey, join("metadata", key), message);
            }
        }
    }

    /// `mode = "Stable"` and `mode = "Normal"`.
    fn mode_word(&mut self) -> Said {
        let word = self.tree.get("mode").and_then(Value::as_str).map(str::to_lowercase);
        let stable = match word.as_deref() {
            Some("stable") => true,
            Some("normal") => false,
            _ => return Said::default(),
        };
        self.tree.insert("mode".to_owned(), json!("full"));
        let message = if stable { "read as mode 'full' with a stable agent" } else { "read as mode 'full'" };
        self.findings.warn(ManifestCode::DeprecatedKey, "mode", message).suggest(Some("full"));
        Said { stable: Some(stable) }
    }
}

/// The mode meant by a word; an unknown one stays and is refused later.
fn exec_mode(word: &str) -> String {
    let word = word.to_lowercase();
    match word.as_str() {
        "none" | "disabled" => "deny".to_owned(),
        "restricted" => "allowlist".to_owned(),
        "allow" | "all" | "unrestricted" => "full".to_owned(),
        _ => word,
    }
}
