//! Every bound in the document is one that the server enforces: for each member of a request body and each query
//! parameter, a value just outside is refused with 400 and the member's name.

use serde_json::{Value, json};

use super::things::Things;
use crate::support::{
    TestApp,
    client::Client,
    document::{DOCUMENT, Operation},
};

/// A value outside a bound, and where it belongs.
struct Outside {
    /// As the error names it.
    field: String,
    /// The members on the way, each with what it is made of when the example lacks it.
    way: Vec<(String, Value)>,
    value: Value,
}

/// Above this, the body limit comes first.
const LONGEST: u64 = 300_000;

#[tokio::test]
async fn bounds_of_bodies_are_enforced() {
    let app = TestApp::start().await;
    let things = Things::make(&app.admin()).await;
    let mut problems = vec![];
    for operation in &DOCUMENT.operations {
        let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            continue;
        }
        let example = example_of(operation, schema);
        for outside in outside_values(schema, "", &[]) {
            let mut body = around(&example, &outside.field);
            put(&mut body, &outside.way, outside.value.clone());
            let call = things.call(&app.admin(), operation).json(body);
            let answer = call.send().await;
            let refused = answer.status == 400 && names(&answer.json, &outside.field);
            if !refused && answer.status != 413 {
                let value = shortened(&outside.value);
                problems.push(format!("{}: {} = {value}: {}", operation.id, outside.field, answer.text()));
            }
        }
    }
    assert!(problems.is_empty(), "{} bounds are not enforced:\n{}", problems.len(), problems.join("\n"));
}

#[tokio::test]
async fn bounds_of_queries_are_enforced() {
    let app = TestApp::start().await;
    let things = Things::make(&app.admin()).await;
    let mut problems = vec![];
    for operation in &DOCUMENT.operations {
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] != "query" {
                continue;
            }
            let name = parameter["name"].as_str().expect("a name");
            for value in beyond(&DOCUMENT.resolve(&parameter["schema"])) {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                problems.extend(query_problem(&app.admin(), &things, operation, name, &text).await);
            }
        }
    }
    assert!(problems.is_empty(), "{} bounds are not enforced:\n{}", problems.len(), problems.join("\n"));
}

async fn query_problem(
    client: &Client,
    things: &Things,
    operation: &Operation,
    name: &str,
    text: &str,
) -> Option<String> {
    let parameters = operation.value["parameters"].as_array().into_iter().flatten();
    let others = parameters.filter(|p| p["in"] == "query" && p["required"] == true && p["name"] != name);
    let call = others.fold(things.call(client, operation), |call, other| {
        let example = other["example"].as_str().or(other["schema"]["example"].as_str()).expect("an example");
        call.query(other["name"].as_str().expect("a name"), example)
    });
    let answer = call.query(name, text).send().await;
    let refused = answer.status == 400 && names(&answer.json, name);
    (!refused)
        .then(|| format!("{}?{name}={}: {} {}", operation.id, shortened(&json!(text)), answer.status, answer.text()))
}

/// The body that a member is tried in. A manifest and single fields may exclude each other.
fn around(example: &Value, field: &str) -> Value {
    if field.starts_with("manifest.") {
        return json!({"manifest": {"name": "bounds"}});
    }
    let mut body = example.clone();
    if let Some(members) = body.as_object_mut() {
        ["manifest", "manifest_toml", "signed_manifest", "template"]
            .iter()
            .for_each(|name| drop(members.remove(*name)));
    }
    body
}

/// A bound may also be named by its place in the stored manifest (`model.provider` for `provider`), by the first entry at
/// fault, or by the member around it.
fn names(error: &Value, field: &str) -> bool {
    let field = field.strip_prefix("manifest.").unwrap_or(field);
    let last = field.rsplit(['.', '_']).next().unwrap_or(field);
    error["details"].as_array().into_iter().flatten().filter_map(|d| d["field"].as_str()).any(|named| {
        let named = named.strip_prefix("manifest.").unwrap_or(named);
        named.starts_with(field) || named.ends_with(&format!(".{field}")) || named == last || field.starts_with(named)
    })
}

fn shortened(value: &Value) -> String {
    let text = value.to_string();
    if text.len() > 60 { format!("{}… ({} bytes)", &text[..40], text.len()) } else { text }
}

fn example_of(operation: &Operation, schema: &Value) -> Value {
    let content = &operation.value["requestBody"]["content"]["application/json"];
    let schema = DOCUMENT.resolve(schema);
    let found = [&content["example"], &schema["example"], &schema["examples"][0]];
    found.into_iter().find(|e| !e.is_null()).cloned().unwrap_or_else(|| json!({}))
}

fn put(body: &mut Value, way: &[(String, Value)], value: Value) {
    let mut place = body;
    for (name, sample) in way {
        // The example may show another branch of a union.
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[name.as_str()];
        if place.is_null() {
            *place = sample.clone();
        }
    }
    *place = value;
}

/// The least that a schema takes.
fn sample(schema: &Value) -> Value {
    let schema = DOCUMENT.resolve(schema);
    let given =
        [&schema["example"], &schema["examples"][0], &schema["default"], &schema["enum"][0], &schema["minimum"]];
    if let Some(given) = given.into_iter().find(|v| !v.is_null()) {
        return given.clone();
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let members = required.map(|name| (name.to_owned(), sample(&schema["properties"][name])));
    match schema["type"].as_str() {
        Some("object") => members.collect::<serde_json::Map<_, _>>().into(),
        Some("array") => json!([]),
        Some("string") => json!("x"),
        Some("boolean") => json!(false),
        Some("integer" | "number") => json!(1),
        _ => schema["oneOf"].as_array().map_or(Value::Null, |any| sample(&any[0])),
    }
}

/// One value outside each bound of each member, also of nested objects.
fn outside_values(schema: &Value, field: &str, way: &[(String, Value)]) -> Vec<Outside> {
    let schema = DOCUMENT.resolve(schema);
    let mut all: Vec<Outside> = beyond(&schema)
        .into_iter()
        .map(|value| Outside { field: field.to_owned(), way: way.to_vec(), value })
        .collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
        let way = [way, &[(name.clone(), sample(property))]].concat();
        all.extend(outside_values(property, &path, &way));
    }
    for part in ["allOf", "oneOf"].iter().flat_map(|union| schema[union].as_array().into_iter().flatten()) {
        all.extend(outside_values(part, field, way));
    }
    all
}

/// Values just outside the bounds of one schema.
fn beyond(schema: &Value) -> Vec<Value> {
    let mut all = vec![];
    let is = |kind: &str| {
        schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|k| k == kind))
    };
    if is("integer") {
        all.extend(schema["minimum"].as_i64().map(|min| json!(min - 1)));
        all.extend(schema["maximum"].as_i64().map(|max| json!(max + 1)));
    } else if is("number") {
        all.extend(schema["minimum"].as_f64().map(|min| json!(min - 0.5)));
        all.extend(schema["maximum"].as_f64().map(|max| json!(max + 0.5)));
    }
    if is("string") {
        all.extend(schema["minLength"].as_u64().filter(|min| *min > 0).map(|_| json!("")));
        let longest = schema["maxLength"].as_u64().filter(|max| *max < LONGEST);
        all.extend(longest.map(|max| json!("x".repeat(usize::try_from(max + 1).expect("a length")))));
        if schema["enum"].is_array() {
            all.push(json!("none-of-these"));
        }
    }
    if is("array") {
        let item = if DOCUMENT.resolve(&schema["items"])["type"] == "string" { json!("x") } else { json!({}) };
        all.extend(schema["minItems"].as_u64().filter(|min| *min > 0).map(|_| json!([])));
        let most = schema["maxItems"].as_u64().filter(|max| *max < 10_000);
        all.extend(most.map(|max| json!(vec![item; usize::try_from(max + 1).expect("a length")])));
    }
    all
}
