//! The grammar of one grant: `kind [":" pattern]`.

use std::{fmt, str::FromStr};

/// What a grant is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Tool,
    Net,
    FsRead,
    FsWrite,
    MemoryRead,
    MemoryWrite,
    Shell,
    Env,
    AgentSpawn,
    AgentMessage,
    AgentKill,
    Channel,
    Model,
    Schedule,
    Workflow,
    Hand,
    A2a,
    Spend,
    OfpDiscover,
    OfpConnect,
}

const WORDS: [(Kind, &str); 20] = [
    (Kind::Tool, "tool"),
    (Kind::Net, "net"),
    (Kind::FsRead, "fs.read"),
    (Kind::FsWrite, "fs.write"),
    (Kind::MemoryRead, "memory.read"),
    (Kind::MemoryWrite, "memory.write"),
    (Kind::Shell, "shell"),
    (Kind::Env, "env"),
    (Kind::AgentSpawn, "agent.spawn"),
    (Kind::AgentMessage, "agent.message"),
    (Kind::AgentKill, "agent.kill"),
    (Kind::Channel, "channel"),
    (Kind::Model, "model"),
    (Kind::Schedule, "schedule"),
    (Kind::Workflow, "workflow"),
    (Kind::Hand, "hand"),
    (Kind::A2a, "a2a"),
    (Kind::Spend, "spend"),
    (Kind::OfpDiscover, "ofp.discover"),
    (Kind::OfpConnect, "ofp.connect"),
];

impl Kind {
    pub fn parse(word: &str) -> Option<Self> {
        WORDS.iter().find(|(_, w)| *w == word).map(|(kind, _)| *kind)
    }

    pub fn as_str(self) -> &'static str {
        WORDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// Whether a grant of this kind needs a pattern.
    pub fn has_pattern(self) -> bool {
        !matches!(self, Self::AgentSpawn | Self::OfpDiscover)
    }
}

/// One capability: a kind and, for most kinds, a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub kind: Kind,
    pattern: String,
}

/// Longest pattern in bytes.
const MAX_PATTERN: usize = 1024;

/// Why a text is no grant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    #[error("'{0}' is no kind of grant")]
    UnknownKind(String),
    #[error("a grant of kind '{0}' needs a pattern; there is no implicit wildcard")]
    MissingPattern(&'static str),
    #[error("a grant of kind '{0}' takes no pattern")]
    UnexpectedPattern(&'static str),
    #[error("a pattern has at most 1024 bytes and no control characters")]
    BadPattern,
    #[error("'{0}' is no amount of money")]
    BadAmount(String),
    #[error("'{0}' is no host pattern of the form host[:port]")]
    BadHost(String),
}

impl Grant {
    /// A grant of a kind with a pattern; `pattern` is empty for kinds without one.
    pub fn new(kind: Kind, pattern: &str) -> Result<Self, GrantError> {
        match (kind.has_pattern(), pattern.is_empty()) {
            (true, true) => return Err(GrantError::MissingPattern(kind.as_str())),
            (false, false) => return Err(GrantError::UnexpectedPattern(kind.as_str())),
            _ => {}
        }
        if pattern.len() > MAX_PATTERN || pattern.chars().any(char::is_control) {
            return Err(GrantError::BadPattern);
        }
        if kind == Kind::Spend && !pattern.parse::<f64>().is_ok_and(|amount| amount.is_finite() && amount >= 0.0) {
            return Err(GrantError::BadAmount(pattern.to_owned()));
        }
        if kind == Kind::Net && !super::matching::is_host_pattern(pattern) {
            return Err(GrantError::BadHost(pattern.to_owned()));
        }
        Ok(Self { kind, pattern: pattern.to_owned() })
    }

    pub fn pattern(&self) -> &str {
        &self.pattern
    }
}

impl FromStr for Grant {
    type Err = GrantError;

    fn from_str(text: &str) -> Result<Self, GrantError> {
        let (word, pattern) = text.split_once(':').unwrap_or((text, ""));
        let kind = Kind::parse(word).ok_or_else(|| GrantError::UnknownKind(word.chars().take(64).collect()))?;
        Self::new(kind, pattern)
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        if self.kind.has_pattern() {
            write!(f, ":{}", self.pattern)?;
        }
        Ok(())
    }
}
