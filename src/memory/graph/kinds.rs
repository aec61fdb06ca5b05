//! Words for the type of an entity and the kind of a relation: any word does, and known ones have one spelling. Pure.

use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, Result};

/// Characters of a word.
const LONGEST: usize = 64;
const OTHER_SPELLINGS: [(&str, &str); 2] = [("org", "organization"), ("doc", "document")];

/// A word as a request has it: a text, or `{"custom": "text"}` as OpenFang 0.6 wrote it.
#[derive(Clone, Debug, Serialize)]
pub struct Word(pub String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected a text")]
        enum Form {
            Plain(String),
            Custom { custom: String },
        }
        Form::deserialize(d).map(|form| match form {
            Form::Plain(word) | Form::Custom { custom: word } => Self(word),
        })
    }
}

/// Lower case, blanks as `_`, and the one spelling of known types.
pub fn entity_type(field: &str, word: &str) -> Result<String> {
    let word = relation(field, word)?;
    let known = OTHER_SPELLINGS.iter().find(|(other, _)| *other == word);
    Ok(known.map_or(word, |(_, usual)| (*usual).to_owned()))
}

/// Lower case, blanks as `_`.
pub fn relation(field: &str, word: &str) -> Result<String> {
    let is_fit = (1..=LONGEST).contains(&word.chars().count()) && !word.chars().any(char::is_control);
    let word = word.to_lowercase().split_whitespace().collect::<Vec<_>>().join("_");
    match is_fit && !word.is_empty() {
        true => Ok(word),
        false => Err(Error::invalid(field, "must have 1 to 64 characters, none of them a control character")),
    }
}
