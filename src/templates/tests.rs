//! The rules every built-in template keeps, and where templates are looked for.

use serde::Deserialize;

use super::service::{Wanted, builtin_templates, find, get, list};
use crate::{
    agents::manifest::{AgentManifest, ManifestCode, ParseOptions, ServerFacts, Source, parse},
    error::ErrorCode,
    page::ListParams,
    scopes::Scopes,
};

const NAMES: &str = "\
    analyst api-designer architect assistant code-reviewer coder customer-support data-engineer data-scientist debugger \
    devops-lead doc-writer email-assistant form-tester health-tracker hello-world home-automation \
    incident-responder knowledge-curator legal-assistant meeting-assistant news-briefer ops orchestrator \
    personal-finance planner product-manager recruiter release-manager researcher sales-assistant security-auditor \
    social-media test-engineer translator travel-planner tutor writer";

const TAGS: &str = "general coding review testing ops data research writing language mail meetings social support sales \
    hr legal finance health travel home planning product knowledge web specialist";

#[test]
fn built_in_templates_are_accepted_strictly_and_need_no_scope() {
    let names: Vec<String> = builtin_templates().into_iter().map(|template| template.name).collect();
    assert_eq!(names.join(" "), NAMES.split_whitespace().collect::<Vec<_>>().join(" "));
    for template in builtin_templates() {
        let options = ParseOptions { strict: true, scopes: Scopes::NONE, previous: None, overrides: None };
        let parsed = parse(Source::Text(&template.text), options, &ServerFacts::factory())
            .unwrap_or_else(|rejection| panic!("{}: {rejection:#?}", template.name));
        for warning in parsed.warnings {
            assert_eq!(warning.code, ManifestCode::ImpliedGrant, "{}: {warning:?}", template.name);
        }
    }
}

#[test]
fn built_in_templates_follow_the_house_rules() {
    for template in builtin_templates() {
        let name = &template.name;
        let (manifest, _) = template.read().unwrap();
        assert_eq!(manifest.name, *name);
        assert_eq!(toml::from_str::<AgentManifest>(&template.text).unwrap(), manifest, "{name} is not canonical");
        assert!((1..=120).contains(&manifest.description.chars().count()), "{name}: description");
        assert!((3..=6).contains(&manifest.tags.len()), "{name}: tags");
        for tag in &manifest.tags {
            assert!(TAGS.split_whitespace().any(|known| known == tag), "{name}: tag {tag}");
        }
        assert!(manifest.model.follows_server() && manifest.model.tier.is_some(), "{name}: a tier, no vendor");
        assert_eq!(manifest.fallback_models, None, "{name}");
        let needs = &manifest.capabilities;
        for (key, given) in [("tools", &needs.tools), ("network", &needs.network), ("shell", &needs.shell)] {
            assert!(given.is_some(), "{name}: {key} must be explicit");
        }
        assert!(needs.memory_read.is_some() && needs.memory_write.is_some(), "{name}: memory must be explicit");
        let prompt = manifest.model.system_prompt.unwrap_or_default();
        assert!((900..=2800).contains(&prompt.chars().count()), "{name}: {} characters", prompt.chars().count());
        let headings: Vec<&str> = prompt.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["Role", "Work", "Limits", "Output", "Memory"], "{name}");
        for tool in needs.tools.iter().flatten().filter(|tool| tool.contains('_')) {
            assert!(!prompt.contains(tool.as_str()), "{name}: the prompt lists the tool {tool}");
        }
    }
}

#[derive(Deserialize)]
struct Evaluation {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    kind: String,
    input: String,
    must: Vec<String>,
    must_not: Vec<String>,
}

#[test]
fn each_template_has_its_four_evaluation_cases() {
    for template in builtin_templates() {
        let path = format!("{}/templates/{}.eval.toml", env!("CARGO_MANIFEST_DIR"), template.name);
        let evaluation: Evaluation = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let kinds: Vec<&str> = evaluation.case.iter().map(|case| case.kind.as_str()).collect();
        assert_eq!(kinds, ["normal", "ambiguous", "out_of_scope", "hostile"], "{}", template.name);
        for case in evaluation.case {
            assert!(!case.input.is_empty() && !case.must.is_empty() && !case.must_not.is_empty(), "{}", template.name);
        }
    }
}

fn home_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let folder = home.path().join("agents").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("agent.toml"), text).unwrap();
    }
    home
}

#[tokio::test]
async fn a_users_file_hides_a_built_in_template() {
    let home = home_with(&[("coder", "name = \"mine\"\n"), ("broken", "name = 5\n"), ("not a name", "name = \"x\"\n")]);
    assert_eq!(get(home.path(), "coder").await.unwrap().manifest.name, "mine");
    assert!(get(home.path(), "assistant").await.unwrap().template.path.is_none());
    let error = get(home.path(), "broken").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidTemplate);
    assert!(error.message().contains("name"), "{error}");
    let rows = list(home.path(), &ListParams::default(), &Wanted::default()).await.unwrap().rows;
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert!(names.is_sorted() && names.contains(&"broken") && !names.contains(&"not a name"), "{names:?}");
    assert_eq!(names.iter().filter(|name| **name == "coder").count(), 1);
}

#[tokio::test]
async fn names_cannot_lead_to_other_files() {
    let home = home_with(&[]);
    std::fs::write(home.path().join("agent.toml"), "name = \"outside\"").unwrap();
    for name in ["..", ".", "a/b", "a\\b", "", "a.b", "ä", &"x".repeat(65)] {
        assert_eq!(find(home.path(), name).await.unwrap_err().code(), ErrorCode::InvalidTemplateName, "{name}");
    }
    assert_eq!(find(home.path(), "nobody").await.unwrap_err().code(), ErrorCode::TemplateNotFound);
}

#[tokio::test]
async fn pages_and_filters() {
    let home = home_with(&[]);
    let page = |limit: i32, cursor: Option<String>| ListParams { limit: Some(limit), cursor };
    let wanted = Wanted::default();
    let first = list(home.path(), &page(1, None), &wanted).await.unwrap();
    let rest = list(home.path(), &page(500, first.next_cursor.clone()), &wanted).await.unwrap();
    assert_eq!(first.total, rest.rows.len() as u64 + 1);
    assert!(rest.next_cursor.is_none() && rest.rows[0].name > first.rows[0].name);
    let wanted = Wanted { category: super::schema::TemplateCategory::parse("development"), text: Some("CODE".into()) };
    let found = list(home.path(), &ListParams::default(), &wanted).await.unwrap().rows;
    assert!(found.iter().any(|row| row.name == "coder") && found.iter().all(|row| row.name != "assistant"));
}
