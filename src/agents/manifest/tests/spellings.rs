//! Old spellings and other accepted forms come out canonical, with a warning for the old ones.

use serde_json::{Value, json};

use super::{
    ManifestCode, ParseOptions, Source, facts, kinds, manifest, options, parse, problems, read, read_json, warned,
};
use crate::agents::manifest::{AgentMode, Priority};

/// Old text, path of the warning, canonical text with the same meaning.
const REWRITTEN: &[(&str, &str, &str)] = &[
    ("[agent]\nname = \"x\"\nauthor = \"y\"", "agent", "name = \"x\"\nauthor = \"y\""),
    ("[model]\nname = \"m\"", "model.name", "[model]\nmodel = \"m\""),
    ("system_prompt = \"p\"", "system_prompt", "[model]\nsystem_prompt = \"p\""),
    ("provider = \"groq\"", "provider", "[model]\nprovider = \"groq\""),
    ("temperature = 0.1", "temperature", "[model]\ntemperature = 0.1"),
    ("max_tokens = 99", "max_tokens", "[model]\nmax_tokens = 99"),
    ("api_key_env = \"K\"", "api_key_env", "[model]\napi_key_env = \"K\""),
    ("base_url = \"http://a\"", "base_url", "[model]\nbase_url = \"http://a\""),
    ("model = \"m\"", "model", "[model]\nmodel = \"m\""),
    ("tools = [\"file_read\"]", "tools", "[capabilities]\ntools = [\"file_read\"]"),
    ("max_iterations = 7", "max_iterations", "[resources]\nmax_iterations = 7"),
    ("heartbeat_interval_secs = 99", "heartbeat_interval_secs", "[autonomous]\nheartbeat_interval_secs = 99"),
    (
        "[resources]\nmax_tokens_per_hour = 9",
        "resources.max_tokens_per_hour",
        "[resources]\nmax_llm_tokens_per_hour = 9",
    ),
    ("[resources]\nmax_cost_per_hour = 9", "resources.max_cost_per_hour", "[resources]\nmax_cost_per_hour_usd = 9.0"),
    (
        "[exec_policy]\nenv_passthrough = [\"A\"]",
        "exec_policy.env_passthrough",
        "[exec_policy]\nshell_env_passthrough = [\"A\"]",
    ),
    (
        "[exec_policy]\nenv_allowlist = [\"A\"]",
        "exec_policy.env_allowlist",
        "[exec_policy]\nshell_env_passthrough = [\"A\"]",
    ),
    ("[thinking]\nstream_thinking = true", "thinking.stream_thinking", "[thinking]\nstream = true"),
    (
        "[capabilities.memory]\nread = [\"self.*\"]\nwrite = []",
        "capabilities.memory",
        "[capabilities]\nmemory_read = [\"self.*\"]\nmemory_write = []",
    ),
    (
        "[[capabilities]]\ntype = \"FileRead\"\nvalue = \"docs/**\"\n[[capabilities]]\ntype = \"ToolAll\"\n\
         [[capabilities]]\ntype = \"AgentSpawn\"\n[[capabilities]]\ntype = \"EconSpend\"\nvalue = 0.5",
        "capabilities",
        "[capabilities]\ngrants = [\"fs.read:docs/**\", \"tool:*\", \"agent.spawn\", \"spend:0.5\"]",
    ),
    (
        "[[capabilities]]\ntype = \"LlmMaxTokens\"\nvalue = 77",
        "capabilities",
        "[capabilities]\ngrants = []\n[model]\nmax_tokens = 77",
    ),
    ("mode = \"Normal\"", "mode", "mode = \"full\""),
    ("[tools.file_read.params]\npath = \"a\"", "tools.file_read.params", "[tools.file_read.defaults]\npath = \"a\""),
    ("[tools.Read]\ntimeout_secs = 5", "tools.Read", "[tools.file_read]\ntimeout_secs = 5"),
    ("tool_blocklist = [\"Bash\"]", "tool_blocklist[0]", "tool_blocklist = [\"shell_exec\"]"),
    (
        "[schedule]\nmode = \"periodic\"\ncron = \"@daily\"",
        "schedule.mode",
        "[schedule]\nperiodic = { cron = \"@daily\" }",
    ),
];

#[test]
fn old_spellings_mean_the_canonical_ones() {
    let named =
        |text: &str| if text.contains("name = \"x\"") { text.to_owned() } else { format!("name = \"x\"\n{text}") };
    for (old, path, canonical) in REWRITTEN {
        let (old, canonical) = (named(old), named(canonical));
        assert_eq!(manifest(&old), manifest(&canonical), "{old}");
        assert!(warned(&old).contains(&(ManifestCode::DeprecatedKey, (*path).to_owned())), "{old}\n{:?}", warned(&old));
        assert!(!warned(&canonical).iter().any(|(code, _)| *code == ManifestCode::DeprecatedKey), "{canonical}");
    }
}

#[test]
fn every_other_name_of_a_tool_is_mapped() {
    let names = "Read read read_file fs_read readFile|Write write write_file fs_write|Edit edit|Glob glob list_files ls \
                 list_dir|Grep grep|Bash bash exec execute_command run_command shell|WebSearch|WebFetch fetch_url|mkdir \
                 create_dir make_directory|memory_save|sessions_send agent_message|sessions_list agents_list|sessions_spawn";
    let own = "file_read file_write file_edit file_list file_search shell_exec web_search web_fetch create_directory \
               memory_store agent_send agent_list agent_spawn";
    for (others, own) in names.split('|').zip(own.split_whitespace()) {
        for other in others.split_whitespace() {
            let parsed = read_json(json!({"name": "x", "capabilities": {"tools": [other]}}));
            assert_eq!(parsed.manifest.capabilities.tools, Some(vec![own.to_owned()]), "{other}");
        }
    }
}

#[test]
fn one_key_in_two_places_must_say_one_thing() {
    let same = "name = \"x\"\nsystem_prompt = \"p\"\n[model]\nsystem_prompt = \"p\"";
    assert_eq!(manifest(same).model.system_prompt.as_deref(), Some("p"));
    let found = problems("name = \"x\"\nsystem_prompt = \"q\"\n[model]\nsystem_prompt = \"p\"");
    assert_eq!(kinds(&found), [(ManifestCode::Conflict, "model.system_prompt")]);
    let found = problems("name = \"x\"\n[agent]\nname = \"y\"");
    assert_eq!(kinds(&found), [(ManifestCode::Conflict, "name")]);
}

#[test]
fn a_problem_in_a_moved_key_points_to_where_it_was_written() {
    let found = problems("[agent]\nname = \"x\"\ntemperature = \"hot\"");
    assert_eq!((found[0].path.as_str(), found[0].line), ("model.temperature", Some(3)));
}

#[test]
fn mode_words_of_the_old_documents() {
    let parsed = read("name = \"x\"\nmode = \"Stable\"");
    assert_eq!((parsed.manifest.mode, parsed.stable), (AgentMode::Full, Some(true)));
    assert_eq!(read("name = \"x\"\nmode = \"normal\"").stable, Some(false));
    assert_eq!(read("name = \"x\"\nmode = \"Observe\"").stable, None);
}

#[test]
fn words_are_read_in_any_case_without_a_warning() {
    let text = "name = \"x\"\npriority = \"High\"\nmode = \"ASSIST\"\nprofile = \"Minimal\"";
    let parsed = parse(Source::Text(text), ParseOptions { strict: true, ..options() }, &facts()).unwrap();
    assert_eq!((parsed.manifest.priority, parsed.manifest.mode), (Priority::High, AgentMode::Assist));
}

#[test]
fn forms_that_are_not_old() {
    let modes = "deny none disabled|allowlist restricted|full allow all unrestricted";
    for (words, mode) in modes.split('|').zip(["deny", "allowlist", "full"]) {
        for word in words.split_whitespace() {
            for text in [json!(word), json!({ "mode": word.to_uppercase() })] {
                let parsed = read_json(json!({"name": "x", "profile": "minimal", "exec_policy": text}));
                assert_eq!(parsed.manifest.to_json()["exec_policy"]["mode"], mode, "{word}");
                assert_eq!(parsed.warnings, []);
            }
        }
    }
    let parsed = read("name = \"x\"\nschedule = \"every 5m\"");
    assert_eq!(parsed.manifest.to_json()["schedule"]["periodic"]["cron"], "every 5m");
    assert_eq!(read("name = \"x\"\nschedule = \"Reactive\"").manifest.to_json()["schedule"], "reactive");
    let blank = read("name = \" x \"\n[model]\nprovider = \"\"\nmodel = \"\"").manifest;
    assert_eq!((blank.name.as_str(), blank.model.follows_server()), ("x", true));
    assert_eq!(read("name = \"x\"\nmax_history_messages = 0").manifest.max_history_messages, None);
    assert_eq!(read("\u{feff}name = \"x\"").manifest.name, "x");
    let nulls: Value = json!({"name": "x", "model": null, "tags": null, "identity": {"emoji": null}});
    assert_eq!(read_json(nulls).manifest, manifest("name = \"x\""));
}

#[test]
fn iterations_of_an_autonomous_agent_hold_for_all_runs_unless_said_otherwise() {
    let text = "name = \"x\"\n[autonomous]\nmax_iterations = 9";
    assert_eq!(manifest(text).resources.max_iterations, 9);
    assert_eq!(manifest(&format!("{text}\n[resources]\nmax_iterations = 5")).resources.max_iterations, 5);
}
