//! When two names are one: NFKC, without case, single spaces. Pure.

use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Result};

/// Characters of a name or an alias.
const LONGEST: usize = 256;

/// What names are compared by.
pub fn key(name: &str) -> String {
    let folded: String = name.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name without blanks around it. `field` is the member that it came in.
pub fn checked(field: &str, name: &str) -> Result<String> {
    let name = name.trim();
    let fits = (1..=LONGEST).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    match fits && !key(name).is_empty() {
        true => Ok(name.to_owned()),
        false => Err(Error::invalid(field, "must have 1 to 256 characters, none of them a control character")),
    }
}

/// Aliases in the given order, each once, and not the name itself.
pub fn checked_aliases(name: &str, aliases: &[String]) -> Result<Vec<String>> {
    let mut kept: Vec<String> = vec![];
    let mut keys = vec![key(name)];
    for (at, alias) in aliases.iter().enumerate() {
        let alias = checked(&format!("aliases[{at}]"), alias)?;
        let key = key(&alias);
        if !keys.contains(&key) {
            keys.push(key);
            kept.push(alias);
        }
    }
    Ok(kept)
}
