//! One case for each code of a problem or warning.

use serde_json::json;

use super::{
    ManifestCode::{self, *},
    ModelFacts, ParseOptions, Rejection, ServerFacts, Source, facts, kinds, options, parse, problems, read, read_json,
    warned,
};
use crate::{
    error::{Error, ErrorCode},
    scopes::Scopes,
};

const ACCEPTED_LISTS: &str = "channels mcp_servers skills tags tool_allowlist tool_blocklist fallback_models model.stop \
    approval.require approval.auto exec_policy.safe_bins exec_policy.allowed_commands exec_policy.denied_commands \
    exec_policy.shell_env_passthrough capabilities.tools capabilities.network capabilities.file_read \
    capabilities.file_write capabilities.memory_read capabilities.memory_write capabilities.shell capabilities.env \
    capabilities.agent_message capabilities.agent_kill capabilities.channels capabilities.models \
    capabilities.schedules capabilities.workflows capabilities.hands capabilities.a2a capabilities.ofp_connect \
    capabilities.grants schedule.proactive.conditions";

#[test]
fn a_list_key_given_as_anything_else_is_an_error() {
    for path in ACCEPTED_LISTS.split_whitespace() {
        for wrong in [json!({"a": "b"}), json!(7), json!("x"), json!(true)] {
            let mut value = wrong.clone();
            for key in path.rsplit('.') {
                value = json!({ key: value });
            }
            value["name"] = json!("x");
            let rejection = parse(Source::Json(value), options(), &facts()).unwrap_err();
            let Rejection::Invalid(problems) = rejection else { panic!("{rejection:?}") };
            assert!(kinds(&problems).contains(&(WrongType, path)), "{path} = {wrong}: {problems:?}");
        }
    }
}

#[test]
fn broken_syntax_has_line_and_column() {
    let found = problems("name = \"x\"\n[model\nprovider = \"a\"\n");
    assert_eq!((found[0].code, found[0].line, found[0].column), (Syntax, Some(2), Some(7)), "{found:?}");
    let found = problems("{\"name\": \"x\",\n \"tags\": [}");
    assert_eq!((found[0].code, found[0].line), (Syntax, Some(2)), "{found:?}");
    let found = problems("{\"name\": \"x\", \"model\": {\"model\": \"a\", \"model\": \"b\"}}");
    assert_eq!((found[0].code, found[0].path.as_str()), (Syntax, "model.model"), "{found:?}");
}

#[test]
fn all_problems_of_a_manifest_are_reported_at_once_with_their_places() {
    let found = problems(
        "description = \"x\"\nmax_concurrent_runs = 65\n\n[model]\ntemperature = \"0.5\"\nmax_tokens = 1.0\n\n[resources]\nmax_iterations = 0\n",
    );
    let places: Vec<_> = found.iter().map(|p| (p.code, p.path.as_str(), p.line, p.column)).collect();
    assert_eq!(
        places,
        [
            (OutOfRange, "max_concurrent_runs", Some(2), Some(1)),
            (WrongType, "model.temperature", Some(5), Some(1)),
            (WrongType, "model.max_tokens", Some(6), Some(1)),
            (OutOfRange, "resources.max_iterations", Some(9), Some(1)),
            (MissingKey, "name", None, None),
        ]
    );
    assert_eq!(found[1].expected.as_deref(), Some("number"));
    assert_eq!(found[1].got.as_deref(), Some("string"));
}

/// Manifest text, code, path.
const REFUSED: &[(&str, ManifestCode, &str)] = &[
    ("version = \"1.0.0\"", MissingKey, "name"),
    ("name = 5", WrongType, "name"),
    ("name = \"\"", OutOfRange, "name"),
    ("name = \".hidden\"", BadValue, "name"),
    ("name = \" .hidden\"", BadValue, "name"),
    ("name = \"  \"", OutOfRange, "name"),
    ("name = \"x\"\ndescription = \"a\\u0000b\"", BadValue, "description"),
    ("name = \"x\"\n[metadata]\na = [\"\\u0000\"]", BadValue, "metadata"),
    ("name = \"a/b\"", BadValue, "name"),
    ("name = \"0192f0c4-9b7a-7c3e-8f21-5d1f0a6b7c8d\"", BadValue, "name"),
    ("name = \"x\"\nversion = \"1\"", BadValue, "version"),
    ("name = \"x\"\nmode = \"wild\"", BadValue, "mode"),
    ("name = \"x\"\nmodule = \"wasm:a.wasm\"", BadValue, "module"),
    ("name = \"x\"\nstart = \"yes\"", WrongType, "start"),
    ("name = \"x\"\nstart = 1979-05-27", WrongType, "start"),
    ("name = \"x\"\nmax_history_messages = 2001", OutOfRange, "max_history_messages"),
    ("name = \"x\"\ntags = [\"\"]", OutOfRange, "tags[0]"),
    ("name = \"x\"\ntags = [5]", WrongType, "tags[0]"),
    ("name = \"x\"\n[fallback_models]\nprovider = \"a\"\nmodel = \"b\"", WrongType, "fallback_models"),
    ("name = \"x\"\n[[fallback_models]]\nprovider = \"a\"", MissingKey, "fallback_models[0].model"),
    ("name = \"x\"\n[model]\ntemperature = inf", BadValue, "model.temperature"),
    ("name = \"x\"\n[model]\nmax_tokens = 99999999999999999999", OutOfRange, "model.max_tokens"),
    ("name = \"x\"\n[model]\ntop_p = 0", OutOfRange, "model.top_p"),
    ("name = \"x\"\n[model]\nresponse_format = { type = \"json_schema\" }", MissingKey, "model.response_format.schema"),
    ("name = \"x\"\n[model]\nbase_url = \"ftp://a\"", BadValue, "model.base_url"),
    ("name = \"x\"\n[model]\nbase_url = \"http://user:pw@a/\"", BadValue, "model.base_url"),
    ("name = \"x\"\n[routing]\nsimple_threshold = 500", OutOfRange, "routing.simple_threshold"),
    ("name = \"x\"\n[compaction]\ntrigger_ratio = 0.3\nkeep_ratio = 0.3", OutOfRange, "compaction.keep_ratio"),
    ("name = \"x\"\n[session]\nidle_reset_secs = 59", OutOfRange, "session.idle_reset_secs"),
    ("name = \"x\"\n[exec_policy]\ntimeout_secs = 9\nmax_timeout_secs = 8", OutOfRange, "exec_policy.max_timeout_secs"),
    ("name = \"x\"\nexec_policy = \"sometimes\"", BadValue, "exec_policy.mode"),
    ("name = \"x\"\n[capabilities]\nnetwork = [\"a/b\"]", BadValue, "capabilities.network[0]"),
    ("name = \"x\"\n[capabilities]\ngrants = [\"tool\"]", BadValue, "capabilities.grants[0]"),
    ("name = \"x\"\n[capabilities]\ngrants = [\"root:*\"]", BadValue, "capabilities.grants[0]"),
    ("name = \"x\"\n[capabilities]\nenv = [\"A-B\"]", BadValue, "capabilities.env[0]"),
    ("name = \"x\"\n[schedule]\nperiodic = { cron = \"61 * * * *\" }", BadValue, "schedule.periodic.cron"),
    ("name = \"x\"\nschedule = \"every 5s\"", BadValue, "schedule.periodic.cron"),
    ("name = \"x\"\nschedule = \"sometimes\"", BadValue, "schedule.periodic.cron"),
    (
        "name = \"x\"\n[schedule]\nperiodic = { cron = \"@daily\", tz = \"Europe/Atlantis\" }",
        BadValue,
        "schedule.periodic.tz",
    ),
    (
        "name = \"x\"\n[schedule]\nproactive = { conditions = [\"whenever\"] }",
        BadValue,
        "schedule.proactive.conditions[0]",
    ),
    ("name = \"x\"\n[schedule]\ncontinuous = {}\nproactive = { conditions = [\"all\"] }", Conflict, "schedule"),
    ("name = \"x\"\n[schedule]\nhourly = 1", MissingKey, "schedule"),
    (
        "name = \"x\"\n[schedule.continuous]\ncheck_interval_secs = 9",
        OutOfRange,
        "schedule.continuous.check_interval_secs",
    ),
    ("name = \"x\"\n[autonomous]\nquiet_hours = \"25:00-06:00\"", BadValue, "autonomous.quiet_hours"),
    (
        "name = \"x\"\n[model]\nmodel = \"m\"\n[[fallback_models]]\nprovider = \"default\"\nmodel = \"m\"",
        Conflict,
        "fallback_models[0].model",
    ),
    ("name = \"x\"\nworkspace = \"/\"", WorkspaceForbidden, "workspace"),
    ("name = \"x\"\nworkspace = \"/srv/fang\"", WorkspaceForbidden, "workspace"),
    ("name = \"x\"\nworkspace = \"/srv/fang/data/x\"", WorkspaceForbidden, "workspace"),
    ("name = \"x\"\nworkspace = \"/srv/fang/tls\"", WorkspaceForbidden, "workspace"),
    ("name = \"x\"\nworkspace = \"/srv/fang/master.key\"", WorkspaceForbidden, "workspace"),
    ("name = \"x\"\nworkspace = \"/srv/fang/Data\"", WorkspaceForbidden, "workspace"),
    ("name = \"x\"\nworkspace = \"/SRV/Fang/backups\"", WorkspaceForbidden, "workspace"),
    ("name = \"x\"\nworkspace = \"/srv/fang/Workspaces/x\"", WorkspaceForbidden, "workspace"),
    ("name = \"x\"\n[workspaces]\nkeys = { path = \"/srv/fang/tls\" }", WorkspaceForbidden, "workspaces.keys.path"),
    ("name = \"x\"\nworkspace = \"/home/ada\"", WorkspaceForbidden, "workspace"),
    ("name = \"x\"\nworkspace = \"/etc/app\"", WorkspaceForbidden, "workspace"),
    ("name = \"x\"\nworkspace = \"../x\"", BadValue, "workspace"),
    ("name = \"x\"\n[workspaces]\nref = { path = \"/opt/ref\" }", WorkspaceForbidden, "workspaces.ref.path"),
    ("name = \"x\"\n[workspaces]\nRef = { path = \"ref\" }", BadValue, "workspaces.Ref"),
    ("name = \"x\"\n[tools.file_read.defaults]\npth = \"a\"", BadValue, "tools.file_read.defaults.pth"),
    ("name = \"x\"\n[tools.file_read.fixed]\npath = 5", BadValue, "tools.file_read.fixed.path"),
    ("name = \"x\"\n[identity]\ncolor = \"red\"", BadValue, "identity.color"),
];

#[test]
fn refused_manifests() {
    for (text, code, path) in REFUSED {
        let found = problems(text);
        assert!(kinds(&found).contains(&(*code, path)), "{text}\n{found:#?}");
        assert_eq!(found.len(), 1, "{text}\n{found:#?}");
    }
}

/// Manifest text, code, path of a warning.
const WARNED: &[(&str, ManifestCode, &str)] = &[
    ("name = \"x\"", NoToolsDeclared, "capabilities.tools"),
    ("name = \"x\"\nprofile = \"custom\"", NoToolsDeclared, "capabilities.tools"),
    ("name = \"x\"\ndescripton = \"y\"", UnknownKey, "descripton"),
    ("name = \"x\"\n[agent]\nauthor = \"y\"", DeprecatedKey, "agent"),
    ("name = \"x\"\nstate_dir = \"/tmp\"", IgnoredKey, "state_dir"),
    ("name = \"x\"\n[metadata]\nis_subagent = true", IgnoredKey, "metadata.is_subagent"),
    ("name = \"x\"\nmax_history_messages = 2", UnsupportedValue, "max_history_messages"),
    ("name = \"x\"\nschedule = \"every 5m\"", UnsupportedValue, "schedule"),
    ("name = \"x\"\n[autonomous]", UnsupportedValue, "autonomous"),
    ("name = \"x\"\n[autonomous]\nquiet_hours = \"0 22 * * *\"", UnsupportedValue, "autonomous.quiet_hours"),
    ("name = \"x\"\n[autonomous]\nheartbeat_channel = \"telegram:main\"", NeverMatches, "autonomous.heartbeat_channel"),
    ("name = \"x\"\n[capabilities]\ntools = [\"web_fetch\"]", ImpliedGrant, "capabilities.network"),
    ("name = \"x\"\n[capabilities]\ntools = [\"shell_exec\"]", ImpliedGrant, "capabilities.shell"),
    ("name = \"x\"\n[capabilities]\ntools = [\"file_edit\"]", ImpliedGrant, "capabilities.file_write"),
    ("name = \"x\"\n[capabilities]\ntools = [\"memory_store\"]", ImpliedGrant, "capabilities.memory_write"),
    ("name = \"x\"\n[capabilities]\ntools = [\"web_fetch\"]\nnetwork = []", NeverMatches, "capabilities.network"),
    ("name = \"x\"\n[capabilities]\nfile_read = [\"/etc/**\"]", NeverMatches, "capabilities.file_read[0]"),
    ("name = \"x\"\ntool_blocklist = [\"*\"]", NeverMatches, "tool_blocklist"),
    ("name = \"x\"\ntool_blocklist = [\"file_raed\"]", UnknownToolName, "tool_blocklist[0]"),
    ("name = \"x\"\nskills = [\"rust-experts\"]", UnknownSkill, "skills[0]"),
    ("name = \"x\"\nmcp_servers = [\"github\"]", UnknownMcpServer, "mcp_servers[0]"),
    ("name = \"x\"\n[session]\nscope = \"agent\"", SharedHistory, "session.scope"),
    ("name = \"x\"\n[[capabilities]]\ntype = \"NetListen\"\nvalue = \"80\"", UnsupportedCapability, "capabilities[0]"),
];

#[test]
fn warned_manifests_and_what_strict_mode_makes_of_them() {
    for (text, code, path) in WARNED {
        let warnings = warned(text);
        assert!(warnings.contains(&(*code, (*path).to_owned())), "{text}\n{warnings:?}");
        let strict = parse(Source::Text(text), ParseOptions { strict: true, ..options() }, &facts());
        let exempt = matches!(code, ImpliedGrant) || matches!(*path, "schedule" | "autonomous");
        let refused = matches!(&strict, Err(Rejection::Invalid(p)) if kinds(p).contains(&(*code, path)));
        assert_eq!(refused, !exempt, "{text}\n{strict:?}");
    }
}

#[test]
fn a_misspelt_key_or_word_gets_a_suggestion() {
    let parsed = read("name = \"x\"\n[model]\nsystem_promt = \"y\"\n");
    let warning = parsed.warnings.iter().find(|warning| warning.code == UnknownKey).unwrap();
    assert_eq!((warning.path.as_str(), warning.suggestion.as_deref()), ("model.system_promt", Some("system_prompt")));
    let found = problems("name = \"x\"\npriority = \"hihg\"");
    assert_eq!(found[0].suggestion.as_deref(), Some("high"));
    let far = read("name = \"x\"\nfavourite_colour = \"blue\"\n");
    assert_eq!(far.warnings.iter().find(|warning| warning.code == UnknownKey).unwrap().suggestion, None);
}

#[test]
fn models_are_looked_up() {
    let known = |provider: &str, model: &str| ModelFacts {
        known: model != "gpt-9",
        ready: provider == "groq",
        max_output_tokens: Some(8192),
        context_window: Some(10_000),
        suggestion: Some("gpt-4o".into()),
        nobody_has_it: None,
    };
    let facts = ServerFacts { model: &known, ..facts() };
    let text = "name = \"x\"\nprofile = \"minimal\"\n[model]\nprovider = \"openai\"\nmodel = \"openai/gpt-9\"";
    let parsed = parse(Source::Text(text), options(), &facts).unwrap();
    assert_eq!(parsed.manifest.model.model, "gpt-9");
    let found: Vec<_> = parsed.warnings.iter().map(|warning| (warning.code, warning.path.as_str())).collect();
    assert_eq!(found, [(NoProviderConfigured, "model.provider"), (UnknownModel, "model.model")]);
    assert_eq!(parsed.warnings[1].suggestion.as_deref(), Some("gpt-4o"));

    let text = "name = \"x\"\n[model]\nprovider = \"groq\"\nmodel = \"a\"\nmax_tokens = 5001";
    let Err(Rejection::Invalid(found)) = parse(Source::Text(text), options(), &facts) else { panic!("accepted") };
    assert_eq!(kinds(&found), [(OutOfRange, "model.max_tokens")]);
    let text = "name = \"x\"\n[model]\nmax_tokens = 5001";
    assert!(parse(Source::Text(text), options(), &facts).is_ok(), "the default model may be another one tomorrow");
}

#[test]
fn keys_that_need_a_scope() {
    let cases = [
        ("[model]\napi_key_env = \"K\"", ForbiddenKey, "model.api_key_env", "config:write"),
        ("[model]\nbase_url = \"https://a.example\"", ForbiddenKey, "model.base_url", "config:write"),
        ("[model.params]\nx = 1", ForbiddenKey, "model.params", "config:write"),
        (
            "[[fallback_models]]\nprovider = \"a\"\nmodel = \"b\"\napi_key_env = \"K\"",
            ForbiddenKey,
            "fallback_models[0].api_key_env",
            "config:write",
        ),
        ("profile = \"full\"", ForbiddenKey, "profile", "system:write"),
        ("[approval]\nauto = [\"file_write\"]", ForbiddenKey, "approval.auto", "approvals:write"),
        ("exec_policy = \"full\"", ExecPolicyEscalation, "exec_policy.mode", "system:write"),
        (
            "[exec_policy]\nallowed_commands = [\"cargo\"]",
            ExecPolicyEscalation,
            "exec_policy.allowed_commands",
            "system:write",
        ),
        ("[exec_policy]\nmax_timeout_secs = 601", ExecPolicyEscalation, "exec_policy.max_timeout_secs", "system:write"),
    ];
    let agents = Scopes::one("agents:write").unwrap();
    for (text, code, path, scope) in cases {
        let text = format!("name = \"x\"\n{text}\n");
        let weak = ParseOptions { scopes: agents, ..options() };
        let rejection = parse(Source::Text(&text), weak, &facts()).unwrap_err();
        let Rejection::Invalid(found) = &rejection else { panic!("{rejection:?}") };
        assert_eq!(kinds(found), [(code, path)], "{text}");
        let error = Error::from(rejection);
        assert_eq!(error.code(), ErrorCode::InsufficientScope);
        assert_eq!((error.details()[0].field.as_str(), error.details()[0].message.as_str()), ("scope", scope));

        let strong = ParseOptions { scopes: agents.union(Scopes::one(scope).unwrap()), ..options() };
        let before = parse(Source::Text(&text), strong, &facts()).unwrap().manifest;
        let kept = ParseOptions { scopes: agents, previous: Some(&before), ..options() };
        assert!(parse(Source::Json(before.to_json()), kept, &facts()).is_ok(), "what is there may stay: {text}");
    }
    let narrower = "name = \"x\"\n[exec_policy]\nmode = \"deny\"\nsafe_bins = [\"ls\", \"cat\"]\ntimeout_secs = 5\n";
    let weak = ParseOptions { scopes: agents, ..options() };
    assert!(parse(Source::Text(narrower), weak, &facts()).is_err(), "ls is not in the server's list");
    assert!(parse(Source::Text(&narrower.replace("\"ls\", ", "")), weak, &facts()).is_ok());
}

#[test]
fn a_manifest_with_other_problems_is_invalid_whatever_the_scopes() {
    let weak = ParseOptions { scopes: Scopes::NONE, ..options() };
    let rejection = parse(Source::Text("name = 5\nprofile = \"full\""), weak, &facts()).unwrap_err();
    let error = Error::from(rejection);
    assert_eq!(error.code(), ErrorCode::InvalidManifest);
    assert_eq!(error.details().len(), 2);
    assert_eq!(error.details()[0].code.as_deref(), Some("wrong_type"));
    assert_eq!((error.details()[0].line, error.details()[0].column), (Some(1), Some(1)));
}

#[test]
fn a_manifest_has_at_most_one_mebibyte() {
    let text = format!("name = \"x\" # {}", "y".repeat(1 << 20));
    let rejection = parse(Source::Text(&text), options(), &facts()).unwrap_err();
    assert_eq!(rejection, Rejection::TooLarge);
    assert_eq!(Error::from(rejection).code(), ErrorCode::ManifestTooLarge);
}

#[test]
fn free_data_is_limited() {
    let found = |value: serde_json::Value| {
        let body = json!({"name": "x", "metadata": value});
        match parse(Source::Json(body), options(), &facts()) {
            Err(Rejection::Invalid(found)) => found.iter().map(|p| (p.code, p.path.clone())).collect(),
            Err(other) => panic!("{other:?}"),
            Ok(_) => vec![],
        }
    };
    let deep = (0..16).fold(json!(1), |inner, _| json!({ "a": inner }));
    assert_eq!(found(json!({ "a": deep })), [(BadValue, "metadata".to_owned())]);
    assert_eq!(found(json!({"a": "x".repeat(65_536)})), [(OutOfRange, "metadata".to_owned())]);
    assert_eq!(found(json!({"a": [null]})), [(BadValue, "metadata".to_owned())]);
    assert_eq!(found(json!({"a": u64::MAX})), [(BadValue, "metadata".to_owned())]);
    assert_eq!(found(json!({"a": {"b": [1, "two", 3.5, true]}})), []);
    assert_eq!(read_json(json!({"name": "x", "metadata": {"a": null}})).manifest.metadata.len(), 0);
}

#[test]
fn anything_but_a_table_is_refused() {
    for value in [json!([]), json!("x"), json!(null), json!(1)] {
        let rejection = parse(Source::Json(value), options(), &facts()).unwrap_err();
        let Rejection::Invalid(found) = rejection else { panic!("too large") };
        assert_eq!(kinds(&found), [(WrongType, "")]);
    }
}
