//! Arguments, registry, execution and results.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::{
    AgentView, Content, Needs, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput, arguments,
    execute::{execute, time_limit},
    fixture::{Fixture, assert_code},
    paths,
    registry::Registry,
    result::{self, Overflow, Secrets},
};

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn arguments_are_an_object_of_bounded_size_and_depth() {
    assert_eq!(arguments::parse("").unwrap(), Map::new());
    assert_eq!(arguments::parse(r#"{"a":1}"#).unwrap(), object(json!({"a": 1})));
    let nested = |depth: usize| format!("{}{}", r#"{"a":"#.repeat(depth), "1") + &"}".repeat(depth);
    assert!(arguments::parse(&nested(32)).is_ok());
    for text in ["[1]", "1", "{", "{\"a\":1} x", &nested(33), &format!("{{\"a\":\"{}\"}}", "x".repeat(1024 * 1024))] {
        assert_code(arguments::parse(text), ToolErrorCode::InvalidArguments);
    }
}

#[test]
fn the_manifest_fills_in_and_fixes_arguments() {
    let given = object(json!({"path": "x", "limit": 5}));
    let prepared = arguments::prepare(given, &object(json!({"limit": 1, "offset": 2})), &object(json!({"path": "y"})));
    assert_eq!(prepared.arguments, json!({"path": "y", "limit": 5, "offset": 2}));
    assert_eq!(prepared.replaced, ["path"]);
    let registry = Registry::builtin().unwrap();
    let offered =
        arguments::offered_schema(&registry.get("file_read").unwrap().info().schema, &object(json!({"path": "y"})));
    assert_eq!(offered["required"], json!([]));
    assert!(offered["properties"].get("path").is_none());
}

#[test]
fn faults_name_path_and_rule_and_not_the_value() {
    let registry = Registry::builtin().unwrap();
    let error = registry.validate("file_read", &json!({"path": "p", "encoding": "hunter2-hunter2"})).unwrap_err();
    assert_eq!(error.details.as_ref().unwrap()[0]["path"], json!("/encoding"));
    assert_eq!(error.details.as_ref().unwrap()[0]["rule"], json!("enum"));
    assert!(!serde_json::to_string(&error).unwrap().contains("hunter2"));
}

#[test]
fn the_hash_of_a_call_does_not_depend_on_the_order() {
    let hash = |text: &str| arguments::call_hash("t", &serde_json::from_str(text).unwrap());
    assert_eq!(hash(r#"{"a":1,"b":{"c":2,"d":3}}"#), hash(r#"{"b":{"d":3,"c":2},"a":1}"#));
    assert_ne!(hash(r#"{"a":[1,2]}"#), hash(r#"{"a":[2,1]}"#));
    assert_ne!(arguments::call_hash("t", &json!({})), arguments::call_hash("u", &json!({})));
}

#[test]
fn unknown_names_get_similar_ones() {
    let registry = Registry::builtin().unwrap();
    let error = registry.unknown("read_file");
    assert_eq!(error.code, ToolErrorCode::UnknownTool);
    let similar = registry.unknown("file_reed").details.unwrap()["similar"].clone();
    assert_eq!(similar[0], json!("file_read"));
    assert!(similar.as_array().unwrap().len() <= 3);
    assert_eq!(registry.unknown("zzz").hint, None);
}

/// Never ends by itself.
struct Endless(ToolInfo);

#[async_trait]
impl Tool for Endless {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, _arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        Ok(Needs::default())
    }

    async fn call(&self, _arguments: Value, _ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        std::future::pending().await
    }
}

fn endless() -> Endless {
    let registry = Registry::builtin().unwrap();
    let row = registry.get("file_write").unwrap().info();
    Endless(ToolInfo { schema: json!({}), ..*row })
}

#[tokio::test]
async fn a_call_ends_at_its_time_limit() {
    let ctx = Fixture::new().context();
    let error = execute(&endless(), json!({}), &ctx, Duration::from_millis(1)).await.unwrap_err();
    assert_eq!(error.code, ToolErrorCode::Timeout);
    assert!(error.hint.unwrap().contains("may or may not"));
}

#[tokio::test]
async fn a_call_ends_when_it_is_cancelled() {
    let ctx = Fixture::new().context();
    ctx.cancel.cancel();
    assert_code(execute(&endless(), json!({}), &ctx, Duration::from_secs(60)).await, ToolErrorCode::Cancelled);
}

#[tokio::test]
async fn blocking_work_notices_that_nobody_waits() {
    let ctx = Fixture::new().context();
    let (started, is_started) = tokio::sync::oneshot::channel();
    let (ended, has_ended) = tokio::sync::oneshot::channel();
    let work = paths::blocking(&ctx, move |space| {
        started.send(()).unwrap();
        while space.check_stop().is_ok() {
            std::thread::yield_now();
        }
        ended.send(()).unwrap();
        Ok(())
    });
    tokio::select! {
        _ = work => panic!("it waits to be dropped"),
        _ = is_started => {}
    }
    has_ended.await.unwrap();
}

#[test]
fn wishes_for_time_are_bounded_by_the_tool() {
    let registry = Registry::builtin().unwrap();
    let tool = registry.get("file_read").unwrap();
    assert_eq!(time_limit(tool.as_ref(), None), Duration::from_secs(10));
    assert_eq!(time_limit(tool.as_ref(), Some(Duration::from_secs(3))), Duration::from_secs(3));
    assert_eq!(time_limit(tool.as_ref(), Some(Duration::from_secs(3600))), Duration::from_secs(60));
}

fn secrets(known: &[(&str, &str)]) -> Secrets {
    Secrets::new(known.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))))
}

#[test]
fn results_are_compact_json() {
    let shaped = result::success(&json!({"b": 1, "a": [2]}), &Secrets::default(), 100, Overflow::Store);
    assert_eq!((shaped.text.as_str(), shaped.is_error, shaped.artifact), (r#"{"b":1,"a":[2]}"#, false, None));
    let error = ToolError::rule("P3", "No").with_hint("Try");
    let shaped = result::failure(&error, &Secrets::default(), 1000);
    assert_eq!(
        (shaped.text.as_str(), shaped.is_error),
        (r#"{"error":{"code":"blocked_by_rule","message":"No","hint":"Try","rule":"P3"}}"#, true)
    );
}

#[test]
fn long_results_are_cut_at_line_ends_and_kept_whole() {
    let lines: String = (0..2000).map(|at| format!("line {at}\n")).collect();
    let shaped = result::success(&json!({"content": lines}), &Secrets::default(), 1000, Overflow::Store);
    let artifact = shaped.artifact.unwrap();
    assert_eq!(artifact.content, json!({"content": lines}).to_string().into_bytes());
    assert_eq!(artifact.id, result::artifact_id(&artifact.content));
    let parts: Vec<&str> = shaped.text.lines().collect();
    let note =
        format!("[shortened: {} bytes in all, artifact {}; use artifact_read]", artifact.content.len(), artifact.id);
    assert_eq!((parts.len(), parts[1]), (3, note.as_str()));
    assert!(parts[0].ends_with(r"\n") && (600..=700).contains(&parts[0].len()), "{}", parts[0].len());
    assert!(parts[2].starts_with("line ") && (200..=300).contains(&parts[2].len()), "{}", parts[2].len());
    let dropped = result::success(&json!({"content": lines}), &Secrets::default(), 1000, Overflow::Drop);
    assert_eq!(dropped.artifact, None);
}

#[test]
fn cuts_never_split_a_character() {
    for allowance in 1..60 {
        let shaped = result::success(&json!("ö€𝄞".repeat(40)), &Secrets::default(), allowance, Overflow::Store);
        assert!(shaped.artifact.is_some());
    }
}

#[test]
fn an_escaped_backslash_before_n_is_no_line_end() {
    let text = format!(r"C:\new{}", "x".repeat(80));
    let shaped = result::success(&json!(text), &Secrets::default(), 20, Overflow::Store);
    assert_eq!(shaped.text.lines().next().unwrap().len(), 14);
}

#[test]
fn one_result_takes_a_share_of_the_model() {
    assert_eq!(result::allowance(100_000, None), 100_000);
    assert_eq!(result::allowance(100_000, Some(10_000)), 6_000);
    assert_eq!(result::allowance(1_000, Some(10_000)), 1_000);
}

#[test]
fn known_secrets_are_masked() {
    let secrets =
        secrets(&[("SHORT", "1234567"), ("KEY", "sk-abcdefgh"), ("LONG", "sk-abcdefgh-more"), ("ODD", "pa\"ss\\word")]);
    let text = "1234567 sk-abcdefgh sk-abcdefgh-more pa\"ss\\word";
    let shaped = result::success(&json!({"content": text}), &secrets, 1000, Overflow::Store);
    assert_eq!(shaped.text, r#"{"content":"1234567 [secret:KEY] [secret:LONG] [secret:ODD]"}"#);
    let shaped = result::failure(&ToolError::new(ToolErrorCode::NotFound, "no sk-abcdefgh"), &secrets, 1000);
    assert!(shaped.text.contains("no [secret:KEY]"));
    let long = result::success(&json!({"content": text.repeat(99)}), &secrets, 100, Overflow::Store);
    assert!(!String::from_utf8(long.artifact.unwrap().content).unwrap().contains("sk-"));
}

#[tokio::test]
async fn oversized_file_output_becomes_an_artifact() {
    let fixture = Fixture::new();
    fixture.put("f", "some line\n".repeat(20_000));
    let tool: Arc<dyn Tool> = fixture.registry.get("file_read").unwrap().clone();
    let output = tool.call(json!({"path": "f", "limit": 20_000}), &fixture.context()).await.unwrap();
    let ToolOutput::Content(Content { value, .. }) = output else { panic!("{output:?}") };
    let shaped = result::success(&value, &Secrets::default(), tool.info().output_limit, Overflow::Store);
    assert!(shaped.text.len() <= tool.info().output_limit + 200);
    assert!(shaped.artifact.unwrap().content.len() > 200_000);
}
