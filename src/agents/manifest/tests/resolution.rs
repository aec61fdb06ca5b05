//! What an agent may do: profiles, implied grants, filters, modes.

use super::{ServerFacts, facts, manifest, read};
use crate::agents::manifest::{
    AgentMode, ExecMode, ExecPolicy, KNOWN_TOOLS, PROFILES, Profile, Resolved, ToolFacts, resolve,
};

fn resolved(text: &str) -> Resolved {
    read(&format!("name = \"x\"\n{text}")).resolved
}

fn holds(resolved: &Resolved, required: &str) -> bool {
    resolved.grants.allows_text(required)
}

/// A server on which every tool of the table exists.
fn all_tools() -> ServerFacts<'static> {
    let tool = |name: &&str| ToolFacts { name: (*name).to_owned(), ..ToolFacts::default() };
    let tools: Vec<ToolFacts> = KNOWN_TOOLS.iter().map(tool).collect();
    ServerFacts { tools: tools.leak(), ..facts() }
}

#[test]
fn each_profile_gives_its_tools_the_base_set_and_its_grants() {
    for row in &PROFILES {
        let resolved = resolved(&format!("profile = \"{}\"", row.name));
        for grant in row.implied_grants {
            assert!(resolved.grants.texts().contains(&(*grant).to_owned()), "{}: {grant}", row.name);
        }
        for tool in ["system_time", "artifact_read", "memory_list"] {
            assert!(holds(&resolved, &format!("tool:{tool}")), "{}: {tool}", row.name);
        }
        assert_eq!(resolved.warnings, [], "{}", row.name);
    }
    let automation = resolved("profile = \"automation\"");
    for tool in ["schedule_create", "cron_list", "task_post", "event_publish", "web_search", "agent_send"] {
        assert!(holds(&automation, &format!("tool:{tool}")), "{tool}");
    }
    assert!(!holds(&automation, "agent.spawn"));
    assert!(!holds(&resolved("profile = \"messaging\""), "tool:agent_spawn"));
    assert!(!holds(&resolved("profile = \"messaging\""), "channel:telegram:main:1"));
    assert!(!holds(&resolved("profile = \"full\""), "channel:telegram:main:1"));
    assert!(holds(&resolved("profile = \"full\""), "agent.spawn"));
    assert!(holds(&resolved("profile = \"full\""), "memory.write:shared.x"));
}

#[test]
fn without_profile_and_tools_the_servers_default_counts() {
    let minimal = resolved("");
    assert_eq!(minimal.tools, ["artifact_read", "file_list", "file_read", "system_time"]);
    assert!(holds(&minimal, "fs.read:a/b") && !holds(&minimal, "fs.write:a"));
    let coding = ServerFacts { default_profile: Profile::Coding, ..facts() };
    assert!(resolve(&manifest("name = \"x\""), AgentMode::Full, &coding).tools.contains(&"shell_exec".to_owned()));
}

#[test]
fn custom_is_exactly_the_list() {
    let custom = resolved("profile = \"custom\"\n[capabilities]\ntools = [\"file_read\"]");
    assert_eq!(custom.tools, ["file_read"]);
    assert!(!holds(&custom, "tool:system_time"));
    assert_eq!(resolved("[capabilities]\ntools = [\"file_read\"]").tools, ["file_read"]);
    assert!(resolved("profile = \"custom\"").tools.is_empty());
}

#[test]
fn listed_tools_replace_those_of_the_profile_and_so_does_each_other_key() {
    let coding = resolved("profile = \"coding\"\n[capabilities]\ntools = [\"file_list\"]\nnetwork = [\"docs.rs\"]");
    assert_eq!(coding.tools, ["artifact_read", "file_list", "system_time"]);
    assert!(holds(&coding, "net:docs.rs:443") && !holds(&coding, "net:crates.io:443"));
    assert!(holds(&coding, "fs.write:a"), "an absent key keeps what the profile implies");
    let full = resolved("profile = \"full\"\n[capabilities]\nagent_spawn = false\nagent_message = []");
    assert!(!holds(&full, "agent.spawn") && !holds(&full, "agent.message:a"));
}

#[test]
fn tools_imply_grants_only_for_absent_keys() {
    let implied = |tool: &str| resolved(&format!("[capabilities]\ntools = [\"{tool}\"]"));
    for tool in ["web_fetch", "browser_click"] {
        assert!(holds(&implied(tool), "net:a.org:443") && !holds(&implied(tool), "net:a.org:22"), "{tool}");
    }
    for tool in ["file_read", "file_list", "file_search", "image_analyze", "media_describe", "speech_to_text"] {
        assert!(holds(&implied(tool), "fs.read:a/b") && !holds(&implied(tool), "fs.write:a"), "{tool}");
    }
    let writers = "file_write file_edit file_delete file_move file_copy create_directory apply_patch image_generate \
                   text_to_speech canvas_present";
    for tool in writers.split_whitespace() {
        assert!(holds(&implied(tool), "fs.write:a/b") && !holds(&implied(tool), "fs.read:a"), "{tool}");
    }
    for tool in ["shell_exec", "process_start", "docker_exec"] {
        assert!(holds(&implied(tool), "shell:cat a") && !holds(&implied(tool), "shell:rm a"), "{tool}");
    }
    assert!(holds(&implied("memory_store"), "memory.write:self.a"));
    assert!(
        holds(&implied("agent_kill"), "agent.kill:@children")
            || implied("agent_kill").capabilities.agent_kill == Some(vec!["@children".into()])
    );
    assert_eq!(implied("file_read").capabilities.agent_kill, Some(vec![]));
    for tool in ["agent_send", "a2a_send"] {
        assert!(!holds(&implied(tool), "agent.message:a") && !holds(&implied(tool), "a2a:a"), "{tool}");
    }
    let explicit = resolved("[capabilities]\ntools = [\"shell_exec\"]\nshell = [\"git log *\"]");
    assert!(holds(&explicit, "shell:git log -n 1") && !holds(&explicit, "shell:cat a"));
}

#[test]
fn the_exec_policy_decides_about_implied_commands_and_offered_tools() {
    let text =
        |mode: &str| format!("profile = \"coding\"\n[exec_policy]\nmode = \"{mode}\"\nallowed_commands = [\"cargo\"]");
    let allowlist = resolved(&text("allowlist"));
    assert!(
        holds(&allowlist, "shell:cargo test") && holds(&allowlist, "shell:cat a") && !holds(&allowlist, "shell:rm a")
    );
    let paths =
        resolved("profile = \"coding\"\n[exec_policy]\nallowed_commands = [\"/opt/tool\", \"./run.sh\", \"./bin/*\"]");
    assert!(holds(&paths, "shell:tool a") && holds(&paths, "shell:run.sh") && !holds(&paths, "shell:rm a"));
    assert!(holds(&resolved(&text("full")), "shell:rm a"));
    let deny = resolved(&text("deny"));
    assert!(!holds(&deny, "shell:cat a") && !deny.tools.contains(&"shell_exec".to_owned()));
    assert!(allowlist.tools.contains(&"shell_exec".to_owned()));
    let own = resolved("[exec_policy]\ntimeout_secs = 5").exec_policy;
    assert_eq!(
        (own.timeout_secs, own.mode, own.max_timeout_secs),
        (5, ExecMode::Allowlist, ExecPolicy::default().max_timeout_secs)
    );
}

#[test]
fn lists_and_settings_hide_tools() {
    assert_eq!(resolved("tool_allowlist = [\"file_*\"]").tools, ["file_list", "file_read"]);
    assert_eq!(resolved("tool_allowlist = [\"File_List\"]\ntool_blocklist = [\"file_*\"]").tools, [""; 0]);
    assert!(!resolved("[tools.file_read]\nenabled = false").tools.contains(&"file_read".to_owned()));
    assert!(!resolved("[tools.file_read]\napproval = \"deny\"").tools.contains(&"file_read".to_owned()));
    assert!(resolved("[tools.file_read]\napproval = \"ask\"").tools.contains(&"file_read".to_owned()));
}

#[test]
fn the_mode_narrows_what_is_offered() {
    let coding = manifest("name = \"x\"\nprofile = \"coding\"");
    let tools = |mode| resolve(&coding, mode, &facts()).tools;
    assert_eq!(tools(AgentMode::Observe), [""; 0]);
    assert_eq!(tools(AgentMode::Assist), ["artifact_read", "file_list", "file_read", "system_time"]);
    assert!(tools(AgentMode::Full).contains(&"file_write".to_owned()));
}

#[test]
fn other_keys_and_their_defaults() {
    let plain = resolved(
        "[model]\nprovider = \"openai\"\nmodel = \"gpt-4o\"\n[[fallback_models]]\nprovider = \"groq\"\nmodel = \"m\"",
    );
    assert!(holds(&plain, "model:openai/gpt-4o") && holds(&plain, "model:groq/m") && !holds(&plain, "model:groq/n"));
    assert!(
        holds(&plain, "schedule:self") && holds(&plain, "memory.read:self.a") && holds(&plain, "memory.write:user.a")
    );
    assert!(!holds(&plain, "memory.read:shared.a") && !holds(&plain, "env:HOME") && !holds(&plain, "hand:a"));
    let more = resolved(
        "[capabilities]\nschedules = []\nspend_usd_per_run = 0.5\nofp_discover = true\ngrants = [\"hand:a\", \"net:a.org\"]",
    );
    assert!(!holds(&more, "schedule:self") && holds(&more, "spend:0.5") && !holds(&more, "spend:0.51"));
    assert!(holds(&more, "ofp.discover") && holds(&more, "hand:a") && holds(&more, "net:a.org:80"));
    assert_eq!(more.capabilities.hands, Some(vec!["a".to_owned()]));
}

#[test]
fn naming_a_server_asks_for_its_tools_and_a_glob_does_not() {
    assert!(holds(&resolved("profile = \"minimal\"\nmcp_servers = [\"Git-Hub\"]"), "tool:mcp_git_hub_create_issue"));
    assert!(!holds(&resolved("profile = \"minimal\"\nmcp_servers = [\"*\"]"), "tool:mcp_git_hub_create_issue"));
}

#[test]
fn the_names_of_the_tool_table_are_known_and_only_existing_tools_are_offered() {
    assert_eq!(KNOWN_TOOLS.len(), 82);
    let parsed = read("name = \"x\"\n[capabilities]\ntools = [\"web_search\", \"hand_list\"]");
    assert_eq!(parsed.warnings, []);
    assert!(parsed.resolved.tools.is_empty());
    assert_eq!(resolve(&parsed.manifest, AgentMode::Full, &all_tools()).tools, ["hand_list", "web_search"]);
}
