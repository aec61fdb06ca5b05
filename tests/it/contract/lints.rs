//! What every operation and every schema of the document has, besides what `make spec-lint` checks.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::document::DOCUMENT;

fn no_problems(problems: Vec<String>) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

#[test]
fn operations_are_complete() {
    let tags: BTreeSet<&str> =
        DOCUMENT.root["tags"].as_array().expect("tags").iter().map(|tag| text(tag, "name")).collect();
    let mut problems = vec![];
    let mut ids = BTreeSet::new();
    for operation in &DOCUMENT.operations {
        let (id, value) = (&operation.id, &operation.value);
        let mut check = |holds: bool, what: &str| {
            if !holds {
                problems.push(format!("{id}: {what}"));
            }
        };
        check(ids.insert(id.clone()), "the operationId is taken");
        check(
            id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'),
            "the operationId is snake_case",
        );
        let own: Vec<&str> = value["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        check(own.len() == 1 && own.iter().all(|tag| tags.contains(tag)), "one known tag");
        check(
            !text(value, "summary").is_empty() && !text(value, "summary").ends_with('.'),
            "a summary without a full stop",
        );
        check(value["x-cost"].as_i64().is_some_and(|cost| cost > 0), "x-cost");
        check(value["security"].is_array(), "security");
        let responses = value["responses"].as_object().expect("responses");
        check(responses.keys().any(|s| s.starts_with('2') || s == "101"), "a success");
        check(responses.contains_key("429") && responses.contains_key("500"), "the errors of every operation");
        check(operation.access() == "public" || responses.contains_key("401"), "401 unless it is public");
        for (status, response) in responses {
            check(!text(response, "description").is_empty(), &format!("a description of {status}"));
            for (media, content) in response["content"].as_object().into_iter().flatten() {
                let named = content["schema"]["$ref"].is_string()
                    || content["schema"]["items"]["$ref"].is_string()
                    || media != "application/json";
                check(named, &format!("a named schema of {status}"));
                let is_error = status.as_str() >= "400";
                let body = content["schema"]["$ref"] == "#/components/schemas/ErrorBody";
                check(is_error == body, &format!("the error body exactly in errors, not in {status}"));
            }
        }
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            check(!text(parameter, "description").is_empty(), &format!("a description of {}", parameter["name"]));
        }
        for content in value["requestBody"]["content"].as_object().into_iter().flat_map(|c| c.values()) {
            let schema = DOCUMENT.resolve(&content["schema"]);
            let shown = [&content["example"], &content["examples"], &schema["example"], &schema["examples"]];
            check(shown.iter().any(|e| !e.is_null()), "an example of the body");
        }
    }
    no_problems(problems);
}

/// Through references of operations, also those of `x-frames`.
#[test]
fn every_component_is_reached() {
    const SCHEMAS: &str = "#/components/schemas/";
    let schemas = DOCUMENT.root["components"]["schemas"].as_object().expect("schemas");
    let (mut reached, mut problems) = (BTreeSet::new(), vec![]);
    let mut ahead = vec![&DOCUMENT.root["paths"]];
    while let Some(value) = ahead.pop() {
        if let Some(target) = value["$ref"].as_str() {
            match target.strip_prefix(SCHEMAS).and_then(|name| schemas.get_key_value(name)) {
                Some((name, schema)) if reached.insert(name) => ahead.push(schema),
                Some(_) => {}
                None => problems.push(format!("{target}: there is no such schema")),
            }
        }
        ahead.extend(value.as_array().into_iter().flatten());
        ahead.extend(value.as_object().into_iter().flat_map(|members| members.values()));
    }
    problems.extend(
        schemas.keys().filter(|name| !reached.contains(name)).map(|name| format!("{name}: nothing refers to it")),
    );
    no_problems(problems);
}

#[test]
fn every_property_is_described() {
    let mut problems = vec![];
    for (name, schema) in DOCUMENT.root["components"]["schemas"].as_object().expect("schemas") {
        if text(schema, "description").is_empty() {
            problems.push(name.clone());
        }
        undescribed(name, schema, &mut problems);
    }
    no_problems(problems);
}

/// A member is described where it stands or by the named schema it refers to.
fn undescribed(path: &str, schema: &Value, problems: &mut Vec<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        let refers = |s: &Value| s["$ref"].is_string() || !text(s, "description").is_empty();
        let described = refers(property) || property["oneOf"].as_array().is_some_and(|any| any.iter().any(refers));
        // A tag with one value is described by the union that it tells apart.
        let is_tag = name == "type" && property["enum"].as_array().is_some_and(|values| values.len() == 1);
        if !described && !is_tag {
            problems.push(path.clone());
        }
        undescribed(&path, property, problems);
    }
    for union in ["allOf", "oneOf", "anyOf"] {
        for part in schema[union].as_array().into_iter().flatten() {
            undescribed(path, part, problems);
        }
    }
    if schema["items"].is_object() {
        undescribed(path, &schema["items"], problems);
    }
}

/// Where the domain has no form of its own. The list may only shrink.
const FREE_FORM: &str = include_str!("free-form.txt");

#[test]
fn free_form_members_are_on_the_list() {
    let mut found = BTreeSet::new();
    for (name, schema) in DOCUMENT.root["components"]["schemas"].as_object().expect("schemas") {
        free_form(name, schema, &mut found);
    }
    let listed: BTreeSet<String> =
        FREE_FORM.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned).collect();
    no_problems(found.symmetric_difference(&listed).map(|p| format!("{p}: on one side only")).collect());
}

fn free_form(path: &str, schema: &Value, found: &mut BTreeSet<String>) {
    let Some(map) = schema.as_object() else {
        if schema == &Value::Bool(true) {
            found.insert(path.to_owned());
        }
        return;
    };
    let formed = ["type", "$ref", "enum", "const", "oneOf", "anyOf", "allOf"];
    let free_object =
        schema["type"] == "object" && !map.contains_key("properties") && !map.contains_key("additionalProperties");
    if free_object || !formed.iter().any(|key| map.contains_key(*key)) {
        found.insert(path.to_owned());
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        free_form(&format!("{path}.{name}"), property, found);
    }
    for union in ["allOf", "oneOf", "anyOf"] {
        for part in schema[union].as_array().into_iter().flatten() {
            free_form(path, part, found);
        }
    }
    for inner in ["items", "additionalProperties"] {
        if map.contains_key(inner) {
            free_form(&format!("{path}[]"), &schema[inner], found);
        }
    }
}

#[test]
fn integers_stay_exact_in_every_language() {
    let mut problems = vec![];
    for (name, schema) in DOCUMENT.root["components"]["schemas"].as_object().expect("schemas") {
        unbounded(name, schema, &mut problems);
    }
    no_problems(problems);
}

/// A 32-bit unsigned field would take more than the format `int32` promises, a 64-bit one more than `int64`.
fn unbounded(path: &str, schema: &Value, problems: &mut Vec<String>) {
    let is_integer =
        |kind: &Value| kind == "integer" || kind.as_array().is_some_and(|k| k.iter().any(|k| k == "integer"));
    if is_integer(&schema["type"]) && !["int32", "int64"].contains(&text(schema, "format")) {
        problems.push(format!("{path}: an integer is int32 or int64"));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        unbounded(&format!("{path}.{name}"), property, problems);
    }
    for part in ["allOf", "oneOf", "anyOf"].iter().flat_map(|union| schema[union].as_array().into_iter().flatten()) {
        unbounded(path, part, problems);
    }
    if schema["items"].is_object() {
        unbounded(path, &schema["items"], problems);
    }
}
