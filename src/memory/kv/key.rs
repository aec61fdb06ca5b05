//! Keys and the place where their values are. Pure.

use crate::{
    error::{Error, ErrorCode, Result},
    ids::Id,
    memory::person::Namespace,
};

/// Characters of a key.
const MAX_KEY: usize = 256;

/// A key as it is asked for: the namespace that its prefix names, and the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub namespace: Option<Namespace>,
    pub name: String,
}

impl Key {
    pub fn parse(text: &str) -> Result<Self> {
        let prefixed = Namespace::EVERY.into_iter().find_map(|namespace| {
            let name = text.strip_prefix(namespace.as_str())?.strip_prefix('.')?;
            Some(Self { namespace: Some(namespace), name: name.to_owned() })
        });
        let key = match prefixed {
            Some(key) => key,
            None => {
                let is_team = text.strip_prefix("team.").is_some_and(|rest| rest.contains('.'));
                Self { namespace: is_team.then_some(Namespace::Shared), name: text.to_owned() }
            }
        };
        let length = text.chars().count();
        if key.name.is_empty() || length > MAX_KEY || text.chars().any(char::is_control) {
            let message = "A key has 1 to 256 characters besides its namespace, none of them a control character";
            return Err(Error::new(ErrorCode::InvalidKey, message).with_detail("key", "is not a key"));
        }
        Ok(key)
    }
}

/// Whose values are meant: those of this agent, and of this person with it.
#[derive(Clone, Copy, Debug)]
pub struct Address<'a> {
    pub agent: Id,
    /// Stored form.
    pub person: Option<&'a str>,
}

impl Address<'_> {
    /// The column of this namespace; none for `user` without a person.
    pub fn holder(&self, namespace: Namespace) -> Option<String> {
        match namespace {
            Namespace::Own => Some(self.agent.to_string()),
            Namespace::User => self.person.map(|person| format!("{}/{person}", self.agent)),
            Namespace::Shared => Some("shared".to_owned()),
        }
    }

    /// As `holder`, where the caller must have named the person.
    pub fn required_holder(&self, namespace: Namespace) -> Result<String> {
        self.holder(namespace).ok_or_else(|| Error::invalid("user", "is required for keys of the namespace user"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Key};
    use crate::{ids::Id, memory::person::Namespace};

    #[test]
    fn prefixes_name_the_namespace() {
        let parse = |text: &str| Key::parse(text).map(|key| (key.namespace, key.name)).ok();
        let some = |namespace, name: &str| Some((namespace, name.to_owned()));
        assert_eq!(parse("plan"), some(None, "plan"));
        assert_eq!(parse("self.plan"), some(Some(Namespace::Own), "plan"));
        assert_eq!(parse("user.self.plan"), some(Some(Namespace::User), "self.plan"));
        assert_eq!(parse("team.red.goal"), some(Some(Namespace::Shared), "team.red.goal"));
        assert_eq!(parse("team.red"), some(None, "team.red"));
        assert_eq!(parse("selfish"), some(None, "selfish"));
        for wrong in ["", "self.", "a\nb", &"x".repeat(257)] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
        assert!(Key::parse(&"ü".repeat(256)).is_ok(), "characters count, not bytes");
    }

    #[test]
    fn holders_of_different_people_differ() {
        let agent = Id::new();
        let holder = |person, namespace| Address { agent, person }.holder(namespace);
        assert_eq!(holder(None, Namespace::User), None);
        assert_ne!(holder(Some("a"), Namespace::User), holder(Some("b"), Namespace::User));
        assert_ne!(holder(Some("a"), Namespace::User), holder(Some("a"), Namespace::Own));
    }
}
