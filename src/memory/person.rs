//! Whose memory it is: the person behind a run, as stored, and as the API names them. Pure.

use utoipa::ToSchema;

/// How the stored form of a person begins: somebody who called the API, somebody whom a caller named as the sender, somebody
/// of a chat channel.
const KINDS: [&str; 3] = ["user:", "ext:", "ch:"];
const OPERATOR: &str = "user:operator";

/// Longest name in the API.
pub const MAX_LENGTH: u64 = 320;

/// The person behind a run, by the key of its session's owner. Runs that nobody asked for, and those of agents with one
/// session for everybody, have none.
pub fn of_run(owner: Option<&str>) -> Option<&str> {
    owner.filter(|owner| is_stored_form(owner))
}

fn is_stored_form(text: &str) -> bool {
    KINDS.iter().any(|kind| text.starts_with(kind))
}

/// Who names people: two callers may mean different ones by the same sender id.
#[derive(Clone, Debug)]
pub struct Naming {
    /// `Caller::owner`.
    pub owner: String,
    /// Name of the login, which stands for whoever runs the server.
    pub login: String,
}

impl Naming {
    /// The stored form of a name.
    pub fn stored(&self, name: &str) -> String {
        match name {
            name if is_stored_form(name) => name.to_owned(),
            name if name == self.login => OPERATOR.to_owned(),
            name => format!("ext:{}:{name}", self.owner),
        }
    }

    /// The shortest name that means this person; `stored` gives the person back.
    pub fn shown(&self, person: &str) -> String {
        if person == OPERATOR {
            return self.login.clone();
        }
        let own = person.strip_prefix("ext:").and_then(|rest| rest.strip_prefix(&self.owner)?.strip_prefix(':'));
        match own {
            Some(name) if self.stored(name) == person => name.to_owned(),
            _ => person.to_owned(),
        }
    }
}

/// A namespace of key-values, and a scope of the agents' memory tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Namespace {
    /// This agent, for everybody.
    #[serde(rename = "self")]
    Own,
    /// This agent and one person.
    User,
    /// All agents.
    Shared,
}

impl Namespace {
    pub const EVERY: [Self; 3] = [Self::User, Self::Own, Self::Shared];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "self",
            Self::User => "user",
            Self::Shared => "shared",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    use super::{Naming, of_run};

    fn naming(owner: &str) -> Naming {
        Naming { owner: owner.to_owned(), login: "admin".to_owned() }
    }

    #[test]
    fn two_callers_mean_different_people_by_one_name() {
        let (operator, key) = (naming("operator"), naming("key:1"));
        assert_eq!(operator.stored("bob"), "ext:operator:bob");
        assert_eq!(key.stored("bob"), "ext:key:1:bob");
        assert_eq!(key.shown("ext:operator:bob"), "ext:operator:bob");
        assert_eq!(operator.shown("ext:operator:bob"), "bob");
        assert_eq!(operator.stored("admin"), "user:operator");
        assert_eq!(operator.shown("ext:operator:admin"), "ext:operator:admin", "a sender is not the login");
    }

    #[test]
    fn only_people_are_people() {
        assert_eq!(of_run(Some("user:operator")), Some("user:operator"));
        assert_eq!(of_run(Some("ext:operator:bob")), Some("ext:operator:bob"));
        assert_eq!((of_run(Some("main")), of_run(Some("job:1")), of_run(None)), (None, None, None));
    }

    proptest! {
        #[test]
        fn what_is_shown_means_the_same_person(
            kind in prop::sample::select(vec!["user:", "ext:", "ch:", "ext:operator:", "ext:key:1:"]), name in ".{0,20}",
        ) {
            let person = format!("{kind}{name}");
            for naming in [naming("operator"), naming("key:1")] {
                prop_assert_eq!(naming.stored(&naming.shown(&person)), person.clone());
            }
        }
    }
}
