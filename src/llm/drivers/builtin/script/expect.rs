//! What a script demands of the request it answers.

use super::{
    directive::one_of,
    scene::Scene,
    token::{Arguments, number},
};
use crate::llm::{Content, Purpose, Role, drivers::builtin::conversation};

#[cfg(test)]
mod tests;

#[derive(Debug)]
pub enum Expectation {
    Tool(String),
    NoTool(String),
    NoTools,
    System(Contains),
    History(Contains),
    Messages(usize),
    Model(String),
    Temperature(f64),
    MaxTokens(u32),
    Purpose(Purpose),
    Image,
    /// Thinking of earlier answers is sent back, or not.
    Thinking {
        kept: bool,
    },
    LastRole(LastRole),
}

#[derive(Debug)]
pub struct Contains {
    /// Or must not.
    must: bool,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LastRole {
    Tool,
    User,
    Notice,
    Assistant,
}

impl Expectation {
    pub fn read(given: &mut Arguments) -> Result<Self, String> {
        let word = given.expect_word("what is expected")?;
        Ok(match word.as_str() {
            "tool" => Self::Tool(given.expect_word("the tool")?),
            "no-tool" => Self::NoTool(given.expect_word("the tool")?),
            "tools" if given.flag("none") => Self::NoTools,
            "system" => Self::System(Contains::read(given)?),
            "history" => Self::History(Contains::read(given)?),
            "messages" => Self::Messages(number(&given.expect_word("the number")?)?),
            "model" => Self::Model(given.expect_word("the model")?),
            "temperature" => Self::Temperature(number(&given.expect_word("the number")?)?),
            "max_tokens" => Self::MaxTokens(number(&given.expect_word("the number")?)?),
            "purpose" => Self::Purpose(one_of(&given.expect_word("the purpose")?)?),
            "image" => Self::Image,
            "thinking" if given.flag("kept") => Self::Thinking { kept: true },
            "thinking" if given.flag("absent") => Self::Thinking { kept: false },
            "last" if given.flag("role") => Self::LastRole(LastRole::read(&given.expect_word("the role")?)?),
            other => return Err(format!("cannot expect '{other}' like this")),
        })
    }

    pub fn holds(&self, scene: &Scene) -> bool {
        let request = scene.request;
        let offered = |name: &str| request.tools.iter().any(|tool| tool.name == name);
        match self {
            Self::Tool(name) => offered(name),
            Self::NoTool(name) => !offered(name),
            Self::NoTools => request.tools.is_empty(),
            Self::System(wanted) => wanted.holds(&request.system),
            Self::History(wanted) => wanted.holds(&scene.history()),
            Self::Messages(count) => request.messages.len() == *count,
            Self::Model(name) => name.strip_prefix("builtin/").unwrap_or(name) == request.model,
            Self::Temperature(wanted) => request.options.temperature == Some(*wanted),
            Self::MaxTokens(wanted) => request.options.max_tokens == *wanted,
            Self::Purpose(wanted) => request.meta.purpose == *wanted,
            Self::Image => scene.last_user_message_has_image(),
            Self::Thinking { kept } => has_thinking(scene) == *kept,
            Self::LastRole(wanted) => last_role(scene) == Some(*wanted),
        }
    }
}

impl Contains {
    fn read(given: &mut Arguments) -> Result<Self, String> {
        let must = match given.expect_word("has or lacks")?.as_str() {
            "has" => true,
            "lacks" => false,
            other => return Err(format!("'{other}' is not has or lacks")),
        };
        Ok(Self { must, text: given.expect_word("the text")? })
    }

    fn holds(&self, text: &str) -> bool {
        text.contains(&self.text) == self.must
    }
}

impl LastRole {
    fn read(word: &str) -> Result<Self, String> {
        match word {
            "tool" => Ok(Self::Tool),
            "user" => Ok(Self::User),
            "notice" => Ok(Self::Notice),
            _ => Err(format!("'{word}' is not tool, user or notice")),
        }
    }
}

fn has_thinking(scene: &Scene) -> bool {
    let mut blocks = scene.request.messages.iter().flat_map(|m| &m.blocks);
    blocks.any(|b| matches!(b.content, Content::Thinking { .. } | Content::RedactedThinking { .. }))
}

fn last_role(scene: &Scene) -> Option<LastRole> {
    let last = scene.request.messages.last()?;
    Some(match last.role {
        Role::Tool => LastRole::Tool,
        Role::Assistant => LastRole::Assistant,
        Role::User if conversation::is_notice(last) => LastRole::Notice,
        Role::User => LastRole::User,
    })
}
