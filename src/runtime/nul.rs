//! U+0000 from models, tools and peers becomes U+FFFD on its way in: Postgres stores it in no text.

use serde_json::Value;

const NUL: char = '\0';
const INSTEAD: &str = "\u{fffd}";

pub fn text(text: String) -> String {
    if text.contains(NUL) { text.replace(NUL, INSTEAD) } else { text }
}

/// Names of members as well.
pub fn value(value: Value) -> Value {
    match value {
        Value::String(string) => Value::String(text(string)),
        Value::Array(items) => Value::Array(items.into_iter().map(self::value).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, member)| (text(name), self::value(member))).collect())
        }
        other => other,
    }
}
