//! The cases of inheritance, and that what is covered is never wider.

use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

use super::super::{Grant, Grants};

fn covers(parent: &str, child: &str) -> bool {
    Grants::from_texts(&[parent]).covers(&child.parse::<Grant>().unwrap())
}

#[test]
fn cases_of_inheritance() {
    let cases = [
        ("tool:file_*", "tool:file_read", true),
        ("tool:file_*", "tool:*", false),
        ("tool:file_?ead", "tool:file_*", false),
        ("net:*.example.com", "net:a.example.com", true),
        ("net:*.example.com", "net:*.a.example.com", true),
        ("net:*.example.com", "net:example.com", false),
        ("net:*.example.com", "net:*", false),
        ("net:*:443", "net:x.org", false),
        ("net:*:443", "net:x.org:443", true),
        ("net:x.org", "net:x.org:443", true),
        ("net:x.org", "net:x.org:8080", false),
        ("net:x.org:*", "net:x.org", true),
        ("net:10.0.0.0/8", "net:10.1.0.0/16", true),
        ("net:10.0.0.0/8", "net:10.1.2.3", true),
        ("net:10.0.0.0/16", "net:10.0.0.0/8", false),
        ("fs.write:out/**", "fs.write:out/a/*.txt", true),
        ("fs.write:out/**", "fs.write:**", false),
        ("fs.write:out/*", "fs.write:out/**", false),
        ("fs.write:out/", "fs.write:out/**", true),
        ("fs.write:**", "fs.read:a", false),
        ("shell:git *", "shell:git log *", true),
        ("shell:git *", "shell:git", true),
        ("shell:git", "shell:git *", true),
        ("shell:git log *", "shell:git", false),
        ("shell:git", "shell:g* log", false),
        ("memory.read:*", "memory.read:agent:x.*", false),
        ("memory.read:*", "memory.read:self.*", true),
        ("memory.read:self.*", "memory.read:user.name", true),
        ("memory.read:s*", "memory.read:self.*", false),
        ("memory.read:self.a*", "memory.read:self.*", false),
        ("agent.message:*", "agent.message:@research", true),
        ("agent.message:@research", "agent.message:coder", false),
        ("channel:telegram", "channel:telegram:main:42", true),
        ("channel:telegram:main", "channel:telegram", false),
        ("model:gpt-*", "model:openai/gpt-4o", true),
        ("model:openai/*", "model:gpt-4o", false),
        ("spend:0.5", "spend:0.25", true),
        ("spend:0.5", "spend:1", false),
        ("agent.spawn", "agent.spawn", true),
    ];
    let wrong: Vec<_> = cases.iter().filter(|(parent, child, expected)| covers(parent, child) != *expected).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(!Grants::default().covers(&"agent.spawn".parse().unwrap()));
}

/// A pattern and values over the same few characters.
fn text(letters: &'static [char]) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(letters), 1..7).prop_map(|c| c.into_iter().collect())
}

fn kinds() -> impl Strategy<Value = (&'static str, String, String, String)> {
    let of = |kind: &'static str, pattern: &'static [char], value: &'static [char]| {
        (text(pattern), text(pattern), text(value)).prop_map(move |(p, c, v)| (kind, p, c, v))
    };
    prop_oneof![
        of("tool", &['a', 'b', 'c', '*', '?'], &['a', 'b', 'c']),
        of("fs.read", &['a', 'b', '/', '*', '*', '?'], &['a', 'b', '/']),
        of("shell", &['a', 'b', ' ', '*'], &['a', 'b', ' ']),
        of("channel", &['a', 'b', ':', '*'], &['a', 'b', ':']),
        of("model", &['a', 'b', '/', '*', '?'], &['a', 'b', '/']),
        of("net", &['a', 'b', '.', '*'], &['a', 'b', '.']),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn what_is_covered_is_never_wider((kind, parent, child, value) in kinds(), port in any::<bool>()) {
        let (parent, child) = (format!("{kind}:{parent}"), format!("{kind}:{child}"));
        let value = match kind {
            "net" if port => format!("{kind}:{value}:80"),
            // A recipient has all three parts.
            "channel" => format!("{kind}:{value}:a:b"),
            _ => format!("{kind}:{value}"),
        };
        if let (Ok(_), Ok(asked)) = (parent.parse::<Grant>(), child.parse::<Grant>()) {
            let (held, own) = (Grants::from_texts(&[&parent]), Grants::from_texts(&[&child]));
            if held.covers(&asked) && own.allows_text(&value) {
                proptest::prop_assert!(held.allows_text(&value), "{} covers {}, but not {}", parent, child, value);
            }
        }
    }
}
