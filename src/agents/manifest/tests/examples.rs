//! The examples of the manifest's description, which must be accepted strictly.

use super::{ManifestCode, ParseOptions, Source, facts, options, parse};

const EXAMPLES: [(&str, &str); 5] = [
    ("desk", include_str!("examples/desk_helper.toml")),
    ("repo-engineer", include_str!("examples/repository_engineer.toml")),
    ("morning-brief", include_str!("examples/morning_briefing.toml")),
    ("fleet-watch", include_str!("examples/fleet_watcher.toml")),
    ("conductor", include_str!("examples/orchestrator.json")),
];

#[test]
fn the_five_examples_are_accepted_strictly() {
    for (name, text) in EXAMPLES {
        let parsed = parse(Source::Text(text), ParseOptions { strict: true, ..options() }, &facts())
            .unwrap_or_else(|rejection| panic!("{name}: {rejection:#?}"));
        assert_eq!(parsed.manifest.name, name);
        for warning in &parsed.warnings {
            let allowed = match warning.code {
                ManifestCode::ImpliedGrant | ManifestCode::NoProviderConfigured => true,
                ManifestCode::UnsupportedValue => matches!(warning.path.as_str(), "schedule" | "autonomous"),
                _ => false,
            };
            assert!(allowed, "{name}: {warning:?}");
        }
    }
}

#[test]
fn every_example_says_the_same_as_toml() {
    for (name, text) in EXAMPLES {
        let first = parse(Source::Text(text), options(), &facts()).unwrap().manifest;
        let toml = first.to_toml();
        let second = parse(Source::Text(&toml), options(), &facts())
            .unwrap_or_else(|rejection| panic!("{name}: {rejection:#?}\n{toml}"))
            .manifest;
        assert_eq!(first, second, "{toml}");
        assert!(toml.starts_with(&format!("name = \"{name}\"\n")), "{toml}");
    }
}
