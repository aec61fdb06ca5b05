//! From what a tool gave to what the model reads: compact JSON, secrets masked, long texts shortened. Pure; the caller
//! stores the bytes of an artifact.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD_NO_PAD as STANDARD, BASE64_URL_SAFE_NO_PAD as URL_SAFE},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{super::nul, ToolError};

/// Share of the model's input that one result may take, in percent, and bytes of a token.
const SHARE_PERCENT: u64 = 15;
const TOKEN_BYTES: u64 = 4;
/// Shorter secrets would mask ordinary words.
const MIN_SECRET: usize = 8;
/// Characters of the place that a text came from.
const MAX_SOURCE: usize = 200;
/// Bytes of one artifact.
const MAX_ARTIFACT: usize = 20 * 1024 * 1024;

/// Values that no text may show, by name.
#[derive(Clone, Debug, Default)]
pub struct Secrets(Vec<(String, SecretString)>);

impl Secrets {
    /// Longest first, so that a secret inside another one does not leave the rest of it readable.
    pub fn new(known: impl IntoIterator<Item = (String, SecretString)>) -> Self {
        let mut known: Vec<_> =
            known.into_iter().filter(|(_, value)| value.expose_secret().len() >= MIN_SECRET).collect();
        known.sort_by_key(|(_, value)| std::cmp::Reverse(value.expose_secret().len()));
        Self(known)
    }

    /// Replaces each by `[secret:NAME]`, also where JSON has escaped its characters.
    pub fn mask(&self, mut text: String) -> String {
        for (name, value) in &self.0 {
            let value = value.expose_secret();
            let quoted = Value::from(value).to_string();
            let escaped = &quoted[1..quoted.len() - 1];
            for form in [value, escaped] {
                if text.contains(form) {
                    text = text.replace(form, &format!("[secret:{name}]"));
                }
            }
        }
        text
    }
}

impl Secrets {
    /// The name of a secret that the text holds, as it is or in one of the usual codings (S17).
    pub fn leaked_in(&self, text: &str) -> Option<&str> {
        let lower = text.to_ascii_lowercase();
        let found = self.0.iter().find(|(_, value)| {
            let value = value.expose_secret();
            text.contains(value)
                || text.contains(&percent_encode(value))
                || lower.contains(&hex::encode(value))
                || base64_forms(value.as_bytes()).iter().any(|form| text.contains(form))
        });
        found.map(|(name, _)| name.as_str())
    }
}

fn percent_encode(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20")
}

/// What the value becomes inside a longer text in base64: it may begin at each of three places of a group.
fn base64_forms(value: &[u8]) -> Vec<String> {
    let mut forms = vec![];
    for skipped in 0..3 {
        let padded = [vec![0; skipped], value.to_vec()].concat();
        // Characters that also carry bits of the neighbours.
        let (before, behind) = ((skipped * 8).div_ceil(6), padded.len() * 8 / 6);
        for text in [STANDARD.encode(&padded), URL_SAFE.encode(&padded)] {
            forms.extend(text.get(before..behind).map(str::to_owned));
        }
    }
    forms
}

/// Puts text from outside between marks that it cannot have guessed, so that it cannot pretend to end.
pub fn fence(source: &str, text: &str) -> String {
    let mark = hex::encode(rand::random::<[u8; 6]>());
    let plain = |c: char| if c.is_control() || matches!(c, '"' | '<' | '>') { ' ' } else { c };
    let source: String = source.chars().take(MAX_SOURCE).map(plain).collect();
    format!("<<untrusted id={mark} src=\"{source}\">>\n{}\n<</untrusted id={mark}>>", text.replace(&mark, ""))
}

/// A result as the model reads it.
#[derive(Debug, PartialEq, Eq)]
pub struct Shaped {
    pub text: String,
    pub is_error: bool,
    /// The whole text, if it was too long to show.
    pub artifact: Option<NewArtifact>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct NewArtifact {
    /// `art_` and 32 hex digits, derived from the content.
    pub id: String,
    pub media_type: String,
    pub content: Vec<u8>,
}

impl NewArtifact {
    pub fn new(media_type: impl Into<String>, content: Vec<u8>) -> Self {
        Self { id: artifact_id(&content), media_type: media_type.into(), content }
    }
}

pub fn artifact_id(content: &[u8]) -> String {
    format!("art_{}", &hex::encode(Sha256::digest(content))[..32])
}

/// What happens to the part of a long result that is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    Store,
    /// For texts that are parts of an artifact already.
    Drop,
}

/// Bytes of a result that are shown: the tool's limit, and no more than a share of what the model can read.
pub fn allowance(output_limit: usize, model_input_tokens: Option<u64>) -> usize {
    let share = model_input_tokens.map(|tokens| tokens.saturating_mul(TOKEN_BYTES * SHARE_PERCENT) / 100);
    share.and_then(|share| usize::try_from(share).ok()).map_or(output_limit, |share| share.min(output_limit))
}

pub fn success(value: &Value, secrets: &Secrets, allowance: usize, overflow: Overflow) -> Shaped {
    shape(secrets.mask(nul::value(value.clone()).to_string()), false, allowance, overflow)
}

pub fn failure(error: &ToolError, secrets: &Secrets, allowance: usize) -> Shaped {
    shape(secrets.mask(nul::value(json!({ "error": error })).to_string()), true, allowance, Overflow::Store)
}

fn shape(text: String, is_error: bool, allowance: usize, overflow: Overflow) -> Shaped {
    if text.len() <= allowance {
        return Shaped { text, is_error, artifact: None };
    }
    let bytes = text.len();
    let head = &text[..end_of_line(&text, allowance * 7 / 10)];
    let tail = &text[start_of_line(&text, bytes - allowance * 3 / 10)..];
    let artifact = (overflow == Overflow::Store).then(|| {
        let kept = text.floor_char_boundary(MAX_ARTIFACT.min(bytes));
        NewArtifact::new("application/json", text.as_bytes()[..kept].to_vec())
    });
    let note = match &artifact {
        Some(NewArtifact { id, .. }) => format!("[shortened: {bytes} bytes in all, artifact {id}; use artifact_read]"),
        None => format!("[shortened: {bytes} bytes in all; ask for less at once]"),
    };
    Shaped { text: format!("{head}\n{note}\n{tail}"), is_error, artifact }
}

/// The last end of a line at or before `limit`, if it does not waste more than half of the room.
fn end_of_line(text: &str, limit: usize) -> usize {
    let limit = text.floor_char_boundary(limit);
    line_ends(text, limit / 2, limit).last().unwrap_or(limit)
}

/// The first start of a line at or after `from`, if it does not waste more than half of the room.
fn start_of_line(text: &str, from: usize) -> usize {
    let from = text.ceil_char_boundary(from);
    line_ends(text, from, from + (text.len() - from) / 2).next().unwrap_or(from)
}

/// Places in `from..=to` behind a line break, a real one or the `\n` that JSON writes for it.
fn line_ends(text: &str, from: usize, to: usize) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    (from.max(1)..=to).filter(move |at| match bytes[at - 1] {
        b'\n' => true,
        // An odd number of backslashes: the last one belongs to the n.
        b'n' => bytes[..at - 1].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1,
        _ => false,
    })
}
