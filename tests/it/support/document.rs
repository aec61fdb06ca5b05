//! The OpenAPI document as the tests read it: look-up of operations, and schemas ready for validation.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use serde_json::{Map, Value, json};

pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    pub value: Value,
}

pub struct Document {
    pub root: Value,
    pub operations: Vec<Arc<Operation>>,
}

pub static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let root = serde_json::to_value(openfang::router::document()).expect("the document is JSON");
    let mut operations = vec![];
    for (path, item) in root["paths"].as_object().expect("paths") {
        for (method, value) in item.as_object().expect("a path item") {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                operations.push(Arc::new(Operation {
                    id: value["operationId"].as_str().expect("an operationId").to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    value: value.clone(),
                }));
            }
        }
    }
    Document { root, operations }
});

impl Operation {
    /// Names of its parameters in `path`, `query` or `header`.
    pub fn parameters(&self, place: &str) -> Vec<String> {
        let all = self.value["parameters"].as_array().into_iter().flatten();
        all.filter(|p| p["in"] == place).filter_map(|p| p["name"].as_str().map(str::to_owned)).collect()
    }

    /// Scopes that a key needs for it.
    pub fn scopes(&self) -> BTreeSet<String> {
        let requirements = self.value["security"].as_array().into_iter().flatten();
        let scopes = requirements.flat_map(|r| r["api_key"].as_array().into_iter().flatten());
        scopes.filter_map(|s| s.as_str().map(str::to_owned)).collect()
    }

    /// `public`, `any`, or its scopes.
    pub fn access(&self) -> String {
        if self.value["security"] == json!([{}]) {
            return "public".into();
        }
        let scopes: Vec<String> = self.scopes().into_iter().collect();
        if scopes.is_empty() { "any".into() } else { scopes.join(" ") }
    }
}

impl Document {
    /// Follows references to the schema itself.
    pub fn resolve(&self, schema: &Value) -> Value {
        let mut schema = schema;
        while let Some(reference) = schema["$ref"].as_str() {
            schema = self.root.pointer(reference.trim_start_matches('#')).expect("a reference that leads somewhere");
        }
        schema.clone()
    }

    pub fn operation(&self, id: &str) -> Arc<Operation> {
        self.operations
            .iter()
            .find(|o| o.id == id)
            .unwrap_or_else(|| panic!("no operation {id} in the document"))
            .clone()
    }

    /// A JSON Schema that stands alone, with the components it may refer to.
    pub fn standalone(&self, schema: &Value) -> Value {
        let mut whole = match schema {
            Value::Object(map) => map.clone(),
            _ => Map::new(),
        };
        whole.insert("components".into(), json!({"schemas": self.root["components"]["schemas"]}));
        Value::Object(whole)
    }

    /// Problems of a value against a schema of the document; empty when it fits.
    pub fn problems(&self, schema: &Value, value: &Value) -> Vec<String> {
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&self.standalone(schema))
            .expect("a valid schema");
        validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect()
    }
}
