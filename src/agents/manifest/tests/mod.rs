//! Reading, checking, writing and resolving manifests.

mod codes;
mod examples;
mod properties;
mod resolution;
mod round_trip;
mod signing;
mod spellings;

use serde_json::Value;

use super::{
    AgentManifest, ExecPolicy, Folders, ManifestCode, ManifestProblem, ModelFacts, ParseOptions, Parsed, Profile,
    Rejection, ServerFacts, Source, ToolFacts, parse,
};
use crate::scopes::Scopes;

/// A server with factory settings, the tools of the first release and every model.
fn facts() -> ServerFacts<'static> {
    let tool = |name: &str, assist_mode: bool| ToolFacts {
        name: name.to_owned(),
        assist_mode,
        schema: serde_json::json!({"properties": {
            "path": {"type": "string"}, "limit": {"type": "integer"}, "timeout_seconds": {"type": "integer"}
        }}),
    };
    ServerFacts {
        default_profile: Profile::Minimal,
        exec_policy: ExecPolicy::default(),
        tools: vec![
            tool("file_read", true),
            tool("file_list", true),
            tool("file_write", false),
            tool("shell_exec", false),
            tool("artifact_read", true),
            tool("system_time", true),
        ]
        .leak(),
        skills: vec!["rust-expert".into(), "git-expert".into()],
        mcp_servers: vec![],
        folders: Folders {
            workspaces: "/srv/fang/workspaces".into(),
            mount_roots: vec!["/srv/shared".into()],
            protected: vec!["/srv/fang/data".into()],
            server_home: Some("/srv/fang".into()),
            homes: vec!["/home/ada".into()],
        },
        model: &|_, _| ModelFacts::usable(),
    }
}

fn options() -> ParseOptions<'static> {
    ParseOptions { strict: false, scopes: Scopes::ALL, previous: None, overrides: None }
}

fn read(text: &str) -> Parsed {
    parse(Source::Text(text), options(), &facts()).unwrap_or_else(|rejection| panic!("{rejection:#?}\n{text}"))
}

fn read_json(value: Value) -> Parsed {
    parse(Source::Json(value), options(), &facts()).unwrap_or_else(|rejection| panic!("{rejection:#?}"))
}

/// The manifest of a text that must be accepted.
fn manifest(text: &str) -> AgentManifest {
    read(text).manifest
}

fn problems(text: &str) -> Vec<ManifestProblem> {
    match parse(Source::Text(text), options(), &facts()) {
        Err(Rejection::Invalid(problems)) => problems,
        other => panic!("expected problems, got {other:?}\n{text}"),
    }
}

fn kinds(problems: &[ManifestProblem]) -> Vec<(ManifestCode, &str)> {
    problems.iter().map(|problem| (problem.code, problem.path.as_str())).collect()
}

fn warned(text: &str) -> Vec<(ManifestCode, String)> {
    read(text).warnings.into_iter().map(|warning| (warning.code, warning.path)).collect()
}
