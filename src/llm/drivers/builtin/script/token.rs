//! The small words of a script line: `key=value`, bare words, quoted texts, durations.

use std::{str::FromStr, time::Duration};

#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub key: Option<String>,
    pub value: String,
}

/// Splits at white space; a value in quotes may hold any character, `\"`, `\\`, `\n` and `\t`.
pub fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let bare = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '"')).unwrap_or(rest.len());
        let key = (rest[bare..].starts_with('=') && bare > 0).then(|| rest[..bare].to_owned());
        let start = if key.is_some() { bare + 1 } else { 0 };
        let (value, after) = value(&rest[start..])?;
        tokens.push(Token { key, value });
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn value(text: &str) -> Result<(String, &str), String> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        return Ok((text[..end].to_owned(), &text[end..]));
    };
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            '"' if !escaped => return Ok((unescape(&quoted[..at]), &quoted[at + 1..])),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    Err("a quote is not closed".to_owned())
}

/// Understands `\n`, `\t`, `\\` and `\"`; other backslashes stay.
pub fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let mut ahead = rest.clone();
        let meant = match (c, ahead.next()) {
            ('\\', Some('n')) => '\n',
            ('\\', Some('t')) => '\t',
            ('\\', Some(other @ ('\\' | '"'))) => other,
            _ => {
                plain.push(c);
                continue;
            }
        };
        plain.push(meant);
        rest = ahead;
    }
    plain
}

/// The words of one line; each is taken once, and what nobody takes is an error.
pub struct Arguments {
    tokens: Vec<Token>,
}

impl Arguments {
    pub fn of(text: &str) -> Result<Self, String> {
        tokens(text).map(|tokens| Self { tokens })
    }

    /// The next word without a key.
    pub fn word(&mut self) -> Option<String> {
        let at = self.tokens.iter().position(|t| t.key.is_none())?;
        Some(self.tokens.remove(at).value)
    }

    pub fn expect_word(&mut self, what: &str) -> Result<String, String> {
        self.word().ok_or_else(|| format!("{what} is missing"))
    }

    /// Takes this very word if it is there.
    pub fn flag(&mut self, word: &str) -> bool {
        let at = self.tokens.iter().position(|t| t.key.is_none() && t.value == word);
        at.map(|at| self.tokens.remove(at)).is_some()
    }

    pub fn named(&mut self, key: &str) -> Option<String> {
        let at = self.tokens.iter().position(|t| t.key.as_deref() == Some(key))?;
        Some(self.tokens.remove(at).value)
    }

    pub fn number<T: FromStr>(&mut self, key: &str) -> Result<Option<T>, String> {
        self.named(key).map(|text| number(&text)).transpose()
    }

    pub fn finish(self) -> Result<(), String> {
        match self.tokens.first() {
            None => Ok(()),
            Some(Token { key: Some(key), .. }) => Err(format!("unknown option '{key}'")),
            Some(Token { value, .. }) => Err(format!("unexpected '{value}'")),
        }
    }
}

pub fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("'{text}' is not a number that fits here"))
}

/// Digits, then `ms` or `s`; milliseconds without a unit.
pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let amount: u64 = digits.parse().map_err(|_| format!("'{text}' is not a duration"))?;
    match &text[digits.len()..] {
        "" | "ms" => Ok(Duration::from_millis(amount)),
        "s" => Ok(Duration::from_secs(amount)),
        _ => Err(format!("'{text}' is not a duration: ms or s")),
    }
}
