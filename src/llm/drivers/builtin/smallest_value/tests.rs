//! Schemas and their smallest values.

use serde_json::{Value, json};

use super::smallest_value;

#[test]
fn every_kind_has_its_smallest_value() {
    let cases = [
        (json!({"type": "string"}), json!("x")),
        (json!({"type": "string", "minLength": 3}), json!("xxx")),
        (json!({"type": "string", "minLength": 0}), json!("")),
        (json!({"type": "string", "default": "d", "enum": ["a"]}), json!("d")),
        (json!({"type": "string", "enum": ["a", "b"]}), json!("a")),
        (json!({"type": "string", "const": "c"}), json!("c")),
        (json!({"type": "string", "format": "date-time"}), json!("2000-01-01T00:00:00Z")),
        (json!({"type": "string", "format": "date"}), json!("2000-01-01")),
        (json!({"type": "string", "format": "email"}), json!("a@example.com")),
        (json!({"type": "string", "format": "uri"}), json!("https://example.com/")),
        (json!({"type": "string", "format": "uuid"}), json!("00000000-0000-0000-0000-000000000000")),
        (json!({"type": "integer"}), json!(0)),
        (json!({"type": "integer", "minimum": 5}), json!(5)),
        (json!({"type": "number", "enum": [1.5], "minimum": 1}), json!(1.5)),
        (json!({"type": "number", "default": 2, "enum": [1]}), json!(2)),
        (json!({"type": "boolean"}), json!(false)),
        (json!({"type": "boolean", "const": true}), json!(true)),
        (json!({"type": "null"}), Value::Null),
        (json!({"type": "array", "items": {"type": "integer"}}), json!([])),
        (json!({"type": "array", "items": {"type": "integer"}, "minItems": 2}), json!([0, 0])),
        (json!({"type": ["string", "null"]}), json!("x")),
        (json!({"anyOf": [{"type": "integer"}, {"type": "string"}]}), json!(0)),
        (json!({"oneOf": [{"type": "boolean"}, {"type": "string"}]}), json!(false)),
        (json!({"enum": ["only"]}), json!("only")),
    ];
    for (schema, expected) in cases {
        assert_eq!(smallest_value(&schema), expected, "{schema}");
    }
}

#[test]
fn an_object_has_its_required_properties_in_schema_order() {
    let schema = json!({
        "type": "object",
        "properties": {"b": {"type": "string"}, "optional": {"type": "string"}, "a": {"$ref": "#/$defs/count"}},
        "required": ["a", "b"],
        "$defs": {"count": {"type": "integer", "minimum": 1}},
    });
    assert_eq!(smallest_value(&schema).to_string(), r#"{"b":"x","a":1}"#);
}

#[test]
fn no_schema_asks_for_a_document_without_end() {
    let loops = json!({"type": "object", "properties": {"again": {"$ref": "#"}}, "required": ["again"]});
    assert!(smallest_value(&loops).to_string().len() < 1_000);
    let huge = json!({"type": "array", "minItems": 1_000_000_000_u64, "items": {"type": "integer"}});
    assert!(smallest_value(&huge).as_array().unwrap().len() <= 10_000);
}
