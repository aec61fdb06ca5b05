//! Words of a closed list, read in any case.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};
use serde_json::Value;

pub fn one<'de, D: Deserializer<'de>, T: DeserializeOwned>(d: D) -> Result<T, D::Error> {
    word(&String::deserialize(d)?)
}

/// As `one`, but may be null.
pub fn maybe<'de, D: Deserializer<'de>, T: DeserializeOwned>(d: D) -> Result<Option<T>, D::Error> {
    Option::<String>::deserialize(d)?.map(|text| word(&text)).transpose()
}

fn word<T: DeserializeOwned, E: Error>(text: &str) -> Result<T, E> {
    serde_json::from_value(Value::String(text.to_lowercase())).map_err(E::custom)
}
