//! From the text that a model wrote as arguments to a checked JSON object. Pure.

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{ToolError, ToolErrorCode};

const MAX_BYTES: usize = 1024 * 1024;
const MAX_DEPTH: usize = 32;
/// Faults named in one answer.
const MAX_FAULTS: usize = 10;

/// Reads the arguments as the provider sent them; an empty text means no arguments.
pub fn parse(text: &str) -> Result<Map<String, Value>, ToolError> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    if text.len() > MAX_BYTES {
        return Err(invalid(format!("The arguments have more than {MAX_BYTES} bytes")));
    }
    let value: Value = serde_json::from_str(text).map_err(|e| invalid(format!("The arguments are not JSON: {e}")))?;
    if depth_exceeds(&value, MAX_DEPTH) {
        return Err(invalid(format!("The arguments are nested more than {MAX_DEPTH} deep")));
    }
    match value {
        Value::Object(arguments) => Ok(arguments),
        _ => Err(invalid("The arguments must be a JSON object")),
    }
}

fn depth_exceeds(value: &Value, left: usize) -> bool {
    match value {
        Value::Array(items) => left == 0 || items.iter().any(|item| depth_exceeds(item, left - 1)),
        Value::Object(members) => left == 0 || members.values().any(|member| depth_exceeds(member, left - 1)),
        _ => false,
    }
}

/// Arguments as the tool will get them.
#[derive(Debug, PartialEq)]
pub struct Prepared {
    pub arguments: Value,
    /// Fixed arguments for which the model had given another value; worth a note in the result.
    pub replaced: Vec<String>,
}

/// Fills in the manifest's values: defaults where the model left an argument out, fixed ones always.
pub fn prepare(
    mut arguments: Map<String, Value>,
    defaults: &Map<String, Value>,
    fixed: &Map<String, Value>,
) -> Prepared {
    for (name, value) in defaults {
        arguments.entry(name).or_insert_with(|| value.clone());
    }
    let mut replaced = vec![];
    for (name, value) in fixed {
        let given = arguments.insert(name.clone(), value.clone());
        if given.is_some_and(|given| given != *value) {
            replaced.push(name.clone());
        }
    }
    Prepared { arguments: Value::Object(arguments), replaced }
}

/// The schema that a model sees: without the fixed arguments, which it cannot choose.
pub fn offered_schema(schema: &Value, fixed: &Map<String, Value>) -> Value {
    let mut offered = schema.clone();
    if let Some(properties) = offered.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !fixed.contains_key(name));
    }
    if let Some(required) = offered.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_none_or(|name| !fixed.contains_key(name)));
    }
    offered
}

/// Checks against a tool's full schema; each fault has the path of the argument and the rule it breaks.
pub fn validate(validator: &Validator, arguments: &Value) -> Result<(), ToolError> {
    let faults: Vec<Value> = validator
        .iter_errors(arguments)
        .take(MAX_FAULTS)
        .map(|fault| {
            json!({
                "path": fault.instance_path().to_string(),
                "rule": fault.kind().keyword(),
                // Values may be long or secret; the model knows what it wrote.
                "message": fault.masked().to_string(),
            })
        })
        .collect();
    let Some(first) = faults.first() else { return Ok(()) };
    let part = |name: &str| first.get(name).and_then(Value::as_str).unwrap_or_default();
    let place = if part("path").is_empty() { "the arguments" } else { part("path") };
    let message = format!("Invalid arguments: {place}: {} ({})", part("message"), part("rule"));
    Err(invalid(message).with_details(Value::Array(faults)))
}

/// Identity of a call: equal for equal arguments, whatever the order of their members.
pub fn call_hash(tool: &str, arguments: &Value) -> String {
    let mut digest = Sha256::new();
    digest.update(tool.as_bytes());
    digest.update([0]);
    digest.update(canonical(arguments).as_bytes());
    hex::encode(digest.finalize())
}

/// Canonical JSON: members sorted by name, no blanks.
pub fn canonical(value: &Value) -> String {
    sorted(value).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut pairs: Vec<(String, Value)> = members.iter().map(|(name, v)| (name.clone(), sorted(v))).collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(pairs.into_iter().collect())
        }
        other => other.clone(),
    }
}

fn invalid(message: impl Into<String>) -> ToolError {
    ToolError::new(ToolErrorCode::InvalidArguments, message)
}
