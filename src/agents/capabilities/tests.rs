//! The rows of the contract's table of examples, and the grammar.

use super::{AgentTarget, Grant, GrantError, Grants, Kind};

const ROWS: [(&str, &str, bool); 42] = [
    ("tool:file_*", "tool:file_read", true),
    ("tool:*", "tool:mcp_github_create_issue", true),
    ("tool:web_fetch", "tool:Web_Fetch", true),
    ("tool:web", "tool:web_fetch", false),
    ("net:*", "net:example.com:443", true),
    ("net:*", "net:example.com:8080", false),
    ("net:*:*", "net:example.com:8080", true),
    ("net:example.com", "net:EXAMPLE.com:80", true),
    ("net:*.example.com", "net:a.b.example.com:443", true),
    ("net:*.example.com", "net:example.com:443", false),
    ("net:*.example.com", "net:evilexample.com:443", false),
    ("net:example.com:443", "net:example.com:80", false),
    ("net:203.0.113.0/24", "net:203.0.113.9:443", true),
    ("fs.read:**", "fs.read:a/b/c.txt", true),
    ("fs.read:*", "fs.read:a/b.txt", false),
    ("fs.read:docs/", "fs.read:docs/x/y.md", true),
    ("fs.read:docs/**", "fs.read:docs", true),
    ("fs.write:out/*.csv", "fs.write:out/a.csv", true),
    ("fs.write:out/*.csv", "fs.read:out/a.csv", false),
    ("fs.read:@ref/**", "fs.read:ref/a", false),
    ("memory.read:self.*", "memory.read:self.plan", true),
    ("memory.read:self.*", "memory.read:user.name", true),
    ("memory.read:*", "memory.read:shared.team", true),
    ("memory.read:*", "memory.read:agent:coder.notes", false),
    ("memory.read:agent:coder.*", "memory.read:agent:coder.notes", true),
    ("memory.write:shared.reports.*", "memory.write:shared.reports.q3", true),
    ("memory.write:shared.reports.*", "memory.write:shared.reports", false),
    ("shell:git", "shell:git log -n 3", true),
    ("shell:git log *", "shell:git push", false),
    ("shell:git *", "shell:git", true),
    ("shell:cargo test *", "shell:cargo test -p x", true),
    ("shell:cargo test *", "shell:cargo testx", false),
    ("env:AWS_*", "env:AWS_REGION", true),
    ("agent.message:*", "agent.message:coder", true),
    ("agent.kill:@children", "agent.kill:sibling", false),
    ("channel:telegram", "channel:telegram:main:42", true),
    ("channel:email:*:*@example.com", "channel:email:main:bob@example.org", false),
    ("model:gpt-*", "model:openai/gpt-4o", true),
    ("model:openai/*", "model:groq/llama-3", false),
    ("spend:0.50", "spend:0.51", false),
    ("spend:0.50", "spend:0.5", true),
    ("agent.spawn", "agent.spawn", true),
];

#[test]
fn examples_of_the_contract() {
    for (grant, required, expected) in ROWS {
        let grants = Grants::new(vec![grant.parse().unwrap()]);
        assert_eq!(grants.allows_text(required), expected, "{grant} against {required}");
    }
}

#[test]
fn agents_match_by_name_id_tag_and_relation() {
    let researcher = AgentTarget { name: "Researcher".into(), tags: vec!["research".into()], ..AgentTarget::default() };
    let child = AgentTarget { name: "c".into(), id: "0192".into(), is_child: true, ..AgentTarget::default() };
    let holds = |pattern: &str, target: &AgentTarget| {
        Grants::new(vec![Grant::new(Kind::AgentMessage, pattern).unwrap()]).allows_agent(Kind::AgentMessage, target)
    };
    assert!(holds("@research", &researcher));
    assert!(holds("research*", &researcher));
    assert!(!holds("@children", &researcher));
    assert!(holds("@children", &child));
    assert!(holds("0192", &child));
    assert!(!holds("@parent", &child));
}

#[test]
fn further_edges_of_matching() {
    let holds = |grant: &str, required: &str| Grants::from_texts(&[grant]).allows_text(required);
    assert!(holds("fs.read:src/**/*.rs", "fs.read:src/a.rs"));
    assert!(holds("fs.read:src/**/*.rs", "fs.read:src/a/b/c.rs"));
    assert!(!holds("fs.read:src/**/*.rs", "fs.read:src/a.md"));
    assert!(holds("fs.read:**", "fs.read:"));
    assert!(!holds("fs.write:**", "fs.read:a"));
    assert!(!holds("fs.read:docs/**", "fs.read:docs/../secret"));
    assert!(holds("net:[2001:db8::1]:443", "net:[2001:db8::1]:443"));
    assert!(holds("net:2001:db8::/32", "net:[2001:db8::7]:80"));
    assert!(!holds("net:1*", "net:127.0.0.1:80"));
    assert!(!holds("net:example.com", "net:example.com"));
    assert!(holds("shell:python*", "shell:/usr/bin/python3 -V"));
    assert!(!holds("shell:git", "shell:gitk"));
    assert!(holds("shell:*", "shell:anything at all"));
    assert!(!holds("channel:telegram:main", "channel:telegram"));
    assert!(!holds("tool:file_read", "file_read"));
    assert!(!holds("memory.read:*", "memory.read:secret.x"));
}

#[test]
fn a_grant_needs_its_pattern_and_a_known_kind() {
    let error = |text: &str| text.parse::<Grant>().unwrap_err();
    assert_eq!(error("tool"), GrantError::MissingPattern("tool"));
    assert_eq!(error("tool:"), GrantError::MissingPattern("tool"));
    assert_eq!(error("agent.spawn:x"), GrantError::UnexpectedPattern("agent.spawn"));
    assert_eq!(error("root:*"), GrantError::UnknownKind("root".into()));
    assert_eq!(error("tool:a\u{7}"), GrantError::BadPattern);
    assert_eq!(error(&format!("tool:{}", "a".repeat(1025))), GrantError::BadPattern);
    assert_eq!(error("spend:much"), GrantError::BadAmount("much".into()));
    assert_eq!(error("net:a/b"), GrantError::BadHost("a/b".into()));
    for text in ["tool:*", "net:*.example.com:*", "agent.spawn", "memory.read:agent:x.*"] {
        assert_eq!(text.parse::<Grant>().unwrap().to_string(), text);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        failure_persistence: None, ..proptest::prelude::ProptestConfig::default()
    })]

    /// Against the regular expression of the same meaning, over three letters so that patterns often fit.
    #[test]
    fn wildcards_mean_what_their_regular_expression_means(pattern in "[ab*?]{0,8}", text in "[abc]{0,8}") {
        let regex = format!("^(?s){}$", pattern.replace('*', ".*").replace('?', "."));
        proptest::prop_assert_eq!(
            super::wildcard(&pattern, &text),
            regex::Regex::new(&regex).unwrap().is_match(&text)
        );
    }
}
