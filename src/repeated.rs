//! JSON objects that name a member twice. Readers disagree on which one counts, so such text is refused, not guessed at.

use std::{collections::HashSet, fmt};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Path of the first such member. None also for text that is no JSON: who reads it will say so.
pub fn repeated_member(json: &[u8]) -> Option<String> {
    let error =
        serde_path_to_error::deserialize::<_, Checked>(&mut serde_json::Deserializer::from_slice(json)).err()?;
    let object = error.path().to_string();
    let message = error.into_inner().to_string();
    let (name, _) = message.strip_prefix(FOUND)?.rsplit_once(" at line ")?;
    Some(if object == "." { name.to_owned() } else { format!("{object}.{name}") })
}

const FOUND: &str = "repeated member ";

/// Any value, read for nothing but the names of its members.
struct Checked;

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Checked {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            map.next_value::<Self>()?;
            if let Some(name) = seen.replace(name) {
                return Err(A::Error::custom(format!("{FOUND}{name}")));
            }
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::repeated_member;

    #[test]
    fn the_member_is_named() {
        let found = |text: &str| repeated_member(text.as_bytes());
        assert_eq!(found(r#"{"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": null}, true, "a", 1.5, -1]}"#), None);
        assert_eq!(found(r#"{"a": 1, "b": 2, "a": 1}"#).as_deref(), Some("a"));
        assert_eq!(found(r#"{"model": {"x": [{}, {"y z": 1, "y z": 1}]}}"#).as_deref(), Some("model.x[1].y z"));
        assert_eq!(found(r#"{"a": 1, "\u0061": 2}"#).as_deref(), Some("a"), "the name counts, not how it is written");
        assert_eq!(found(r#"{"a": 1, "a"#), None);
        assert_eq!(found("7"), None);
    }
}
