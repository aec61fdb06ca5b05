//! What was configured reads back the same: as JSON, as TOML, after a merge.

use serde_json::{Value, json};

use super::{AgentManifest, ParseOptions, Source, facts, options, parse, read_json};
use crate::agents::manifest::merge_patch;

/// Every key with a value that is not its default.
fn full() -> Value {
    serde_json::from_str(include_str!("every_key.json")).unwrap()
}

/// Paths of all keys that are no default, down to the members of the manifest's own tables.
fn keys() -> Vec<(String, Value)> {
    let mut keys = vec![];
    for (key, value) in full().as_object().unwrap() {
        match value {
            Value::Object(table) if key != "metadata" => {
                keys.extend(table.iter().map(|(inner, value)| (format!("/{key}/{inner}"), value.clone())));
            }
            _ => keys.push((format!("/{key}"), value.clone())),
        }
    }
    keys
}

fn again(manifest: &AgentManifest) -> AgentManifest {
    let toml = manifest.to_toml();
    parse(Source::Text(&toml), options(), &facts()).unwrap_or_else(|r| panic!("{r:#?}\n{toml}")).manifest
}

#[test]
fn the_full_manifest_names_every_key() {
    let known = AgentManifest::default().to_json();
    for (key, value) in known.as_object().unwrap() {
        let given = &full()[key];
        // There is only one module yet.
        assert!(value != given || key == "module", "{key}");
        for inner in value.as_object().into_iter().flatten().map(|(inner, _)| inner) {
            assert!(!given[inner].is_null(), "{key}.{inner}");
        }
    }
}

#[test]
fn everything_at_once_reads_back_the_same() {
    let manifest = read_json(full()).manifest;
    assert_eq!(manifest.to_json(), full());
    assert_eq!(again(&manifest), manifest, "{}", manifest.to_toml());
    let stored: AgentManifest = serde_json::from_value(manifest.to_json()).unwrap();
    assert_eq!(stored, manifest);
}

#[test]
fn every_key_alone_reads_back_the_same() {
    for (path, value) in keys() {
        let mut body = json!({"name": "x"});
        if path == "/compaction/keep_ratio" {
            body["compaction"] = json!({"trigger_ratio": 0.9});
        }
        match path[1..].split_once('/') {
            // Values of a map or of a schedule are complete already; members of other tables stand alone.
            Some((table, key)) => body[table][key] = value.clone(),
            None => body[&path[1..]] = value.clone(),
        }
        if path == "/routing/complex_threshold" {
            body["routing"]["simple_threshold"] = json!(1);
        }
        if path == "/model/max_tokens" {
            body["model"]["context_window"] = json!(100_000);
        }
        let manifest = read_json(body).manifest;
        let back = again(&manifest);
        assert_eq!(back, manifest, "{path}");
        assert_eq!(back.to_json().pointer(&path), Some(&value), "{path}");
    }
}

#[test]
fn the_default_is_one_line_of_toml_and_every_optional_table_survives_empty() {
    let manifest = read_json(json!({"name": "x"})).manifest;
    assert_eq!(manifest.to_toml(), "name = \"x\"\n");
    for key in ["exec_policy", "routing", "autonomous"] {
        let manifest = read_json(json!({"name": "x", key: {}})).manifest;
        assert_eq!(again(&manifest), manifest, "{key}");
        assert!(manifest.to_json()[key].is_object(), "{key}");
    }
    let absent = read_json(json!({"name": "x"})).manifest;
    for key in ["fallback_models", "channels"] {
        let empty = read_json(json!({"name": "x", key: []})).manifest;
        assert_ne!(empty, absent, "{key}");
        assert_eq!(again(&empty), empty, "{key}");
    }
}

#[test]
fn a_merge_patch_changes_what_it_names() {
    let before = read_json(full()).manifest;
    let patch = json!({
        "description": "new", "tags": ["only"], "model": {"temperature": 0.2, "stop": null}, "routing": null,
        "metadata": {"n": null, "new": 1}
    });
    let options = ParseOptions { previous: Some(&before), overrides: Some(&patch), ..options() };
    let after = parse(Source::Json(before.to_json()), options, &facts()).unwrap().manifest;
    assert_eq!((after.description.as_str(), &after.tags[..]), ("new", &["only".to_owned()][..]));
    assert_eq!((after.model.temperature, after.model.stop.len(), after.model.max_tokens), (0.2, 0, 9000));
    assert_eq!(after.routing, None);
    assert_eq!(Value::Object(after.metadata.clone()), json!({"category": "Research", "a b.c": 1, "new": 1}));
    assert_eq!(after.capabilities, before.capabilities);
}

#[test]
fn merge_patch_follows_rfc_7396() {
    // The test cases of the RFC's appendix A.
    let cases = [
        (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
        (json!({"a": "b"}), json!({"a": null}), json!({})),
        (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
        (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
        (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
        (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
        (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
        (json!({"a": "b"}), json!(["c"]), json!(["c"])),
        (json!({"a": "foo"}), json!(null), json!(null)),
        (json!({"a": "foo"}), json!("bar"), json!("bar")),
        (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
        (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
        (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
    ];
    for (mut target, patch, expected) in cases {
        merge_patch(&mut target, &patch);
        assert_eq!(target, expected, "{patch}");
    }
}

#[test]
fn overrides_are_read_in_any_spelling_and_can_bring_the_name() {
    let overrides = json!({"name": " y ", "system_prompt": "p", "mode": "Stable", "model": {"provider": null}});
    let options = ParseOptions { overrides: Some(&overrides), ..options() };
    let text = "[model]\nprovider = \"groq\"\ntemperature = 0.1\nsystem_prompt = \"old\"\n";
    let parsed = parse(Source::Text(text), options, &facts()).unwrap();
    let model = &parsed.manifest.model;
    assert_eq!((parsed.manifest.name.as_str(), model.system_prompt.as_deref()), ("y", Some("p")));
    assert_eq!((model.provider.as_str(), model.temperature, parsed.stable), ("default", 0.1, Some(true)));
    assert!(parse(Source::Json(json!({})), options, &facts()).is_ok());
}
