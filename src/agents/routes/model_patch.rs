//! Wishes about an agent's model, as a merge patch of its manifest.

use serde_json::{Map, Value, json};

use crate::{
    agents::{manifest::ManifestModel, model_choice::chosen_names},
    llm::registry::Registry,
};

/// A member of a PATCH: absent, null or a value.
pub type Wish<T> = Option<Option<T>>;

/// The keys of `model` that a wish for a model and a provider changes. A new provider comes without the old one's key and
/// address.
pub fn names(
    models: &Registry,
    current: &ManifestModel,
    model: Wish<&str>,
    provider: Wish<&str>,
) -> Map<String, Value> {
    if model.is_none() && provider.is_none() {
        return Map::new();
    }
    let model = model.unwrap_or(Some(&current.model));
    let (provider, model) = chosen_names(models, current, model, provider.flatten());
    let mut keys = Map::new();
    if provider != current.provider {
        keys.insert("api_key_env".into(), Value::Null);
        keys.insert("base_url".into(), Value::Null);
    }
    keys.insert("provider".into(), json!(provider));
    keys.insert("model".into(), json!(model));
    keys
}

/// As `names`, for a model by name or by keys of the manifest's table.
pub fn wish(
    models: &Registry,
    current: &ManifestModel,
    model: Wish<Value>,
    provider: Wish<&str>,
) -> Map<String, Value> {
    match model {
        Some(Some(Value::Object(mut keys))) => {
            keys.extend(provider.map(|provider| ("provider".to_owned(), json!(provider))));
            keys
        }
        Some(Some(Value::String(name))) => names(models, current, Some(Some(&name)), provider),
        // Of no type that it may have; the parser says so.
        Some(Some(other)) => Map::from_iter([("model".to_owned(), other)]),
        Some(None) => names(models, current, Some(None), provider),
        None => names(models, current, None, provider),
    }
}

/// Adds keys to the `model` of a patch; later ones win.
pub fn add(patch: &mut Map<String, Value>, keys: Map<String, Value>) {
    if keys.is_empty() {
        return;
    }
    let model = patch.entry("model").or_insert_with(|| json!({}));
    if let Value::String(name) = model {
        *model = json!({"model": name});
    }
    match model {
        Value::Object(model) => model.extend(keys),
        other => *other = Value::Object(keys),
    }
}
