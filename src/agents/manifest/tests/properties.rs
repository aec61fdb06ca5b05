//! Whatever comes in, reading never panics, and what is accepted says the same as TOML and after storing.

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use serde_json::{Value, json};

use super::{AgentManifest, Source, facts, options, parse};

const EVERY_KEY: &str = include_str!("every_key.json");

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..100_i64).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0.0..2.0).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z*?:/@._-]{0,12}".prop_map(Value::from),
        prop_oneof!["full", "Stable", "reactive", "every 5m", "@daily", "default", "json", "rw"].prop_map(Value::from),
    ];
    let key =
        prop_oneof!["[a-z_.-]{0,8}", Just("periodic".to_owned()), Just("cron".to_owned()), Just("type".to_owned())];
    leaf.prop_recursive(3, 24, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((key.clone(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Every place in the tree, as a JSON pointer.
fn pointers(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Value::Object(table) => table.iter().for_each(|(key, value)| pointers(value, &format!("{here}/{key}"), all)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, value)| pointers(value, &format!("{here}/{i}"), all))
        }
        _ => {}
    }
}

fn survives(body: Value) {
    let Ok(parsed) = parse(Source::Json(body), options(), &facts()) else { return };
    let manifest = parsed.manifest;
    let toml = manifest.to_toml();
    let again = parse(Source::Text(&toml), options(), &facts()).unwrap_or_else(|r| panic!("{r:#?}\n{toml}")).manifest;
    assert_eq!(again, manifest, "{toml}");
    assert_eq!(serde_json::from_value::<AgentManifest>(manifest.to_json()).unwrap(), manifest);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_in_any_place(place in any::<proptest::sample::Index>(), value in any_json()) {
        let mut body: Value = serde_json::from_str(EVERY_KEY).unwrap();
        let mut all = vec![];
        pointers(&body, "", &mut all);
        *body.pointer_mut(place.get::<String>(&all)).unwrap() = value;
        survives(body);
    }

    #[test]
    fn any_members_beside_a_name(members in proptest::collection::vec((top_level_key(), any_json()), 0..4)) {
        let mut body = json!({"name": "x"});
        for (key, value) in members {
            body[key] = value;
        }
        survives(body);
    }

    #[test]
    fn any_text(text in "[a-z=\\[\\]{}\"', .\n#0-9]{0,60}") {
        let _ = parse(Source::Text(&text), options(), &facts());
    }
}

fn top_level_key() -> impl Strategy<Value = String> {
    let known: Vec<String> = AgentManifest::default().to_json().as_object().unwrap().keys().cloned().collect();
    let old = ["agent", "system_prompt", "provider", "temperature", "max_tokens", "state_dir", "max_iterations"];
    proptest::sample::select(known.into_iter().chain(old.map(str::to_owned)).collect::<Vec<_>>())
}
