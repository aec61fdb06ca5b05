//! Changing a manifest by a partial one.

use serde_json::{Map, Value};

use super::AgentManifest;

/// A JSON merge patch (RFC 7396): null deletes, objects merge, everything else replaces. Overrides of a clone are the
/// same thing, since null means absent in a manifest.
pub fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(target) = target {
        for (key, value) in patch {
            if value.is_null() {
                target.remove(key);
            } else {
                merge_patch(target.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
    }
}

impl AgentManifest {
    /// The manifest as JSON, for merging and for storing.
    pub fn to_json(&self) -> Value {
        // Only strings, numbers, lists and string maps: serialising them cannot fail.
        serde_json::to_value(self).unwrap_or_default()
    }
}
