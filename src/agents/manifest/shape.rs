//! Types and limits of every key, taken from the schema of `AgentManifest`: what the API document says is what is checked.

use regex::Regex;
use serde_json::{Map, Value};
use utoipa::{PartialSchema, ToSchema};

use super::{
    AgentManifest,
    problem::{Findings, ManifestCode, join, nearest},
    source::type_name,
};

/// The schema of the manifest and of its parts.
pub(super) struct Shape {
    root: Value,
    parts: Map<String, Value>,
}

impl Shape {
    pub fn of_manifest() -> Self {
        let mut parts = vec![];
        AgentManifest::schemas(&mut parts);
        let as_json = |schema| serde_json::to_value(schema).unwrap_or_default();
        Self {
            root: as_json(AgentManifest::schema()),
            parts: parts.into_iter().map(|(name, schema)| (name, as_json(schema))).collect(),
        }
    }

    /// Reports all that is wrong in the tree and takes it out, so that what is left can be read as a manifest.
    pub fn check(&self, tree: &mut Map<String, Value>, findings: &mut Findings) {
        Walk { shape: self, findings }.members(&self.root, tree, "");
    }

    fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let named = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        match named.and_then(|name| self.parts.get(name)) {
            Some(part) => part,
            None => schema,
        }
    }
}

struct Walk<'a> {
    shape: &'a Shape,
    findings: &'a mut Findings,
}

impl Walk<'_> {
    /// Whether the value can be kept.
    fn value(&mut self, schema: &Value, value: &mut Value, path: &str) -> bool {
        let schema = self.shape.resolve(schema);
        if let Some(choices) = schema["oneOf"].as_array() {
            return self.choice(choices, value, path);
        }
        if !types(schema).iter().any(|expected| has_type(value, expected)) {
            return self.wrong_type(schema, value, path);
        }
        match value {
            Value::String(text) => self.text(schema, text, path),
            Value::Number(number) => {
                let exact = number.clone();
                self.number(schema, exact.as_f64().unwrap_or_default(), &exact.to_string(), path)
            }
            Value::Array(list) => self.list(schema, list, path),
            Value::Object(table) => self.members(schema, table, path),
            _ => true,
        }
    }

    fn wrong_type(&mut self, schema: &Value, value: &Value, path: &str) -> bool {
        let expected = types(schema).iter().map(|t| word_for(t)).collect::<Vec<_>>().join(" or ");
        let got = type_name(value);
        let message = format!("must be a {expected}, not a {got}; values are never converted");
        self.findings.error(ManifestCode::WrongType, path, message).expected(expected).got(got);
        false
    }

    /// One of several forms: an optional part, or a word besides tables with exactly one known key.
    fn choice(&mut self, choices: &[Value], value: &mut Value, path: &str) -> bool {
        let mut forms = choices.iter().filter(|form| form["type"] != "null");
        if let (Some(form), None) = (forms.next(), forms.next()) {
            return self.value(form, value, path);
        }
        let Some(table) = value.as_object() else {
            let form = choices.iter().find(|form| form["type"] == "string").unwrap_or(&Value::Null);
            return self.value(form, value, path);
        };
        let names = choices.iter().filter_map(|form| form["required"][0].as_str());
        let given: Vec<&str> = names.clone().filter(|name| table.contains_key(*name)).collect();
        match given[..] {
            [name] => {
                let form = choices.iter().find(|form| form["required"][0] == name).unwrap_or(&Value::Null);
                self.value(form, value, path)
            }
            [] => {
                let expected = names.collect::<Vec<_>>().join(", ");
                self.findings
                    .error(ManifestCode::MissingKey, path, format!("needs one of the keys {expected}"))
                    .expected(expected);
                false
            }
            _ => {
                let message = format!("only one of {} can be given", given.join(", "));
                self.findings.error(ManifestCode::Conflict, path, message);
                false
            }
        }
    }

    fn members(&mut self, schema: &Value, table: &mut Map<String, Value>, path: &str) -> bool {
        let properties = schema["properties"].as_object();
        let others = schema.get("additionalProperties").filter(|schema| schema.is_object());
        if properties.is_none() && others.is_none() {
            return true;
        }
        let keys: Vec<String> = table.keys().cloned().collect();
        for key in keys {
            let here = join(path, &key);
            let Some(member) = properties.and_then(|known| known.get(&key)).or(others) else {
                let near = nearest(&key, properties.into_iter().flat_map(|known| known.keys().map(String::as_str)));
                self.findings
                    .warn(ManifestCode::UnknownKey, here, "this key is not known and has no effect")
                    .suggest(near);
                table.remove(&key);
                continue;
            };
            let keep = table.get_mut(&key).is_some_and(|value| self.value(member, value, &here));
            if !keep {
                table.remove(&key);
            }
        }
        let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
        let missing: Vec<&str> =
            required.iter().filter_map(Value::as_str).filter(|key| !table.contains_key(*key)).collect();
        for key in &missing {
            self.missing(path, key);
        }
        missing.is_empty()
    }

    /// A required key that is there but wrong has been reported already.
    fn missing(&mut self, path: &str, key: &str) {
        let here = join(path, key);
        if !self.findings.has_error_at(&here) {
            self.findings.error(ManifestCode::MissingKey, here, "this key is required").expected(key);
        }
    }

    fn list(&mut self, schema: &Value, list: &mut Vec<Value>, path: &str) -> bool {
        let count = list.len();
        let most = schema["maxItems"].as_u64().map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
        let least = schema["minItems"].as_u64().map_or(0, |min| usize::try_from(min).unwrap_or(0));
        if count > most || count < least {
            let expected =
                if count > most { format!("at most {most} entries") } else { format!("at least {least} entries") };
            return self.out_of_range(path, &expected, &count.to_string());
        }
        let mut index = 0;
        list.retain_mut(|item| {
            let keep = self.value(&schema["items"], item, &format!("{path}[{index}]"));
            index += 1;
            keep
        });
        true
    }

    fn text(&mut self, schema: &Value, text: &mut String, path: &str) -> bool {
        if let Some(words) = schema["enum"].as_array() {
            let lower = text.to_lowercase();
            if words.iter().any(|word| *word == lower) {
                *text = lower;
                return true;
            }
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            let message = format!("must be one of {}", words.join(", "));
            self.findings
                .error(ManifestCode::BadValue, path, message)
                .expected(words.join(", "))
                .got(shorten(text))
                .suggest(nearest(&lower, words));
            return false;
        }
        if text.contains('\0') {
            self.findings.error(ManifestCode::BadValue, path, "must not contain the character U+0000");
            return false;
        }
        let length = text.chars().count() as u64;
        if let Some(most) = schema["maxLength"].as_u64().filter(|most| length > *most) {
            return self.out_of_range(path, &format!("at most {most} characters"), &length.to_string());
        }
        if let Some(least) = schema["minLength"].as_u64().filter(|least| length < *least) {
            return self.out_of_range(path, &format!("at least {least} characters"), &length.to_string());
        }
        let pattern = schema["pattern"].as_str();
        if let Some(pattern) = pattern.filter(|p| Regex::new(p).is_ok_and(|regex| !regex.is_match(text))) {
            self.findings
                .error(ManifestCode::BadValue, path, format!("must have the form {pattern}"))
                .expected(pattern)
                .got(shorten(text));
            return false;
        }
        true
    }

    fn number(&mut self, schema: &Value, number: f64, got: &str, path: &str) -> bool {
        let limit = |name: &str| schema[name].as_f64();
        let below = limit("minimum").is_some_and(|min| number < min)
            || limit("exclusiveMinimum").is_some_and(|min| number <= min);
        let above = limit("maximum").is_some_and(|max| number > max);
        if !below && !above {
            return true;
        }
        let least = limit("minimum")
            .map(|min| format!("{min}"))
            .or(limit("exclusiveMinimum").map(|min| format!("above {min}")));
        let most = limit("maximum").map(|max| format!("{max}"));
        let expected = format!("{} to {}", least.unwrap_or_default(), most.unwrap_or_default());
        self.out_of_range(path, &expected, got)
    }

    fn out_of_range(&mut self, path: &str, expected: &str, got: &str) -> bool {
        self.findings
            .error(ManifestCode::OutOfRange, path, format!("out of range: {expected}"))
            .expected(expected)
            .got(got);
        false
    }
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect(),
        _ => vec![],
    }
}

fn has_type(value: &Value, expected: &str) -> bool {
    match expected {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn word_for(json_type: &str) -> &str {
    match json_type {
        "array" => "list",
        "object" => "table",
        other => other,
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(128).collect()
}
