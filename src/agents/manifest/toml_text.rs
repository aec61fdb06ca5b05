//! A manifest as TOML: the same meaning as its JSON, in canonical order, without keys that have their default.

use serde_json::{Map, Value};

use super::AgentManifest;

impl AgentManifest {
    /// The manifest as TOML text.
    pub fn to_toml(&self) -> String {
        let mut tree = Map::new();
        tree.insert("name".to_owned(), self.name.clone().into());
        if let (Value::Object(own), Value::Object(default)) = (self.to_json(), Self::default().to_json()) {
            tree.extend(minus(own, &default));
        }
        // Nulls are gone, and integers beyond 64 bits are refused when a manifest is read.
        toml::to_string_pretty(&Value::Object(tree)).unwrap_or_default()
    }
}

/// What differs from the default, without nulls.
fn minus(own: Map<String, Value>, default: &Map<String, Value>) -> Map<String, Value> {
    let mut rest = Map::new();
    for (key, value) in own {
        match (value, default.get(&key)) {
            (Value::Null, _) => {}
            (value, Some(default)) if value == *default => {}
            (Value::Object(own), Some(Value::Object(default))) => {
                rest.insert(key, Value::Object(minus(own, default)));
            }
            (value, _) => {
                rest.insert(key, super::source::without_nulls(value));
            }
        }
    }
    rest
}
