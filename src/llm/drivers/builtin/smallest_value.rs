//! The smallest value that fits a JSON Schema: what the built-in model says when it must answer in a given form.

use serde_json::{Map, Value, json};

#[cfg(test)]
mod tests;

/// Values in one answer, so that no schema can ask for a document without end.
const MAX_VALUES: usize = 10_000;
const MAX_DEPTH: usize = 32;
const MAX_LENGTH: u64 = 16_384;

pub fn smallest_value(schema: &Value) -> Value {
    Builder { root: schema, left: MAX_VALUES }.value(schema, 0)
}

struct Builder<'a> {
    root: &'a Value,
    left: usize,
}

impl Builder<'_> {
    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 || depth > MAX_DEPTH {
            return Value::Null;
        }
        if let Some(target) = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#')) {
            let root = self.root;
            return root.pointer(target).map_or(Value::Null, |found| self.value(found, depth + 1));
        }
        if let Some(first) = schema["anyOf"].get(0).or_else(|| schema["oneOf"].get(0)) {
            return self.value(first, depth + 1);
        }
        match kind(schema) {
            "object" => fixed(schema).unwrap_or_else(|| self.object(schema, depth)),
            "array" => fixed(schema).unwrap_or_else(|| self.array(schema, depth)),
            "string" => chosen(schema).unwrap_or_else(|| string(schema)),
            "integer" | "number" => chosen(schema).unwrap_or_else(|| number(schema)),
            "boolean" => fixed(schema).unwrap_or(Value::Bool(false)),
            _ => chosen(schema).unwrap_or_default(),
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for (name, property) in properties {
            if required.contains(&name.as_str()) {
                object.insert(name.clone(), self.value(property, depth + 1));
            }
        }
        for name in required {
            object.entry(name).or_insert(Value::Null);
        }
        Value::Object(object)
    }

    fn array(&mut self, schema: &Value, depth: usize) -> Value {
        let length = schema["minItems"].as_u64().unwrap_or(0);
        let mut items = Vec::new();
        while (items.len() as u64) < length && self.left > 0 {
            items.push(self.value(&schema["items"], depth + 1));
        }
        Value::Array(items)
    }
}

fn kind(schema: &Value) -> &str {
    let named = schema["type"].as_str().or_else(|| schema["type"].get(0).and_then(Value::as_str));
    named.unwrap_or(if schema["properties"].is_object() { "object" } else { "" })
}

fn chosen(schema: &Value) -> Option<Value> {
    schema.get("default").cloned().or_else(|| fixed(schema))
}

fn fixed(schema: &Value) -> Option<Value> {
    schema["enum"].get(0).or_else(|| schema.get("const")).cloned()
}

fn string(schema: &Value) -> Value {
    let by_format = match schema["format"].as_str() {
        Some("date-time") => "2000-01-01T00:00:00Z",
        Some("date") => "2000-01-01",
        Some("email") => "a@example.com",
        Some("uri") => "https://example.com/",
        Some("uuid") => "00000000-0000-0000-0000-000000000000",
        _ => {
            let length = schema["minLength"].as_u64().unwrap_or(1).min(MAX_LENGTH);
            return Value::String((0..length).map(|_| 'x').collect());
        }
    };
    Value::String(by_format.to_owned())
}

fn number(schema: &Value) -> Value {
    schema.get("minimum").cloned().unwrap_or_else(|| json!(0))
}
