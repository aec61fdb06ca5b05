//! Capabilities: the grants an agent holds and whether they allow an effect. Pure; the runtime's policy asks here before
//! every effect.

mod covering;
mod grant;
mod matching;
mod wildcard;

#[cfg(test)]
mod tests;

pub use grant::{Grant, GrantError, Kind};
pub use matching::AgentTarget;
pub use wildcard::{wildcard, wildcard_ignore_case};

use matching::matches;

/// The grants an agent holds. There are no deny grants; what nothing allows is denied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grants(Vec<Grant>);

impl Grants {
    pub fn new(grants: Vec<Grant>) -> Self {
        Self(grants)
    }

    /// Reads stored canonical strings; a broken one is left out, which can only narrow.
    pub fn from_texts<S: AsRef<str>>(texts: &[S]) -> Self {
        Self(texts.iter().filter_map(|text| text.as_ref().parse().ok()).collect())
    }

    /// Whether one of the grants allows this value of this kind. The value of a kind without pattern is `""`.
    pub fn allows(&self, kind: Kind, value: &str) -> bool {
        self.0.iter().any(|grant| grant.kind == kind && matches(grant, value))
    }

    /// As `allows`, for a requirement in canonical form such as `fs.read:docs/a.md`. A malformed one is never allowed.
    pub fn allows_text(&self, required: &str) -> bool {
        let (kind, value) = required.split_once(':').unwrap_or((required, ""));
        Kind::parse(kind).is_some_and(|kind| self.allows(kind, value))
    }

    /// As `allows` for `agent.message` and `agent.kill`, where patterns also speak of tags and relations.
    pub fn allows_agent(&self, kind: Kind, target: &AgentTarget) -> bool {
        self.0.iter().any(|grant| grant.kind == kind && target.matched_by(grant.pattern()))
    }

    /// Whether one of the grants allows everything that this one does.
    pub fn covers(&self, child: &Grant) -> bool {
        self.0.iter().any(|grant| covering::covers(grant, child))
    }

    pub fn push(&mut self, grant: Grant) {
        if !self.0.contains(&grant) {
            self.0.push(grant);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.0.iter()
    }

    /// Canonical strings.
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(Grant::to_string).collect()
    }
}
