//! `builtin/script`: the lines starting with `@@` decide what the model says, calls and breaks. The place in the script
//! comes from the conversation, so a script goes on after a restart and on any replica.

use self::{
    parse::{Source, parse},
    scene::Scene,
};
use super::{answer::Answer, echo, failure};
use crate::llm::{ChatRequest, ErrorClass, LlmError, Purpose};

mod directive;
mod expect;
pub mod file;
mod parse;
mod replace;
mod run;
mod scene;
mod token;

/// A line that cannot be played.
#[derive(Debug, PartialEq)]
pub struct ScriptError {
    line: usize,
    what: String,
}

impl ScriptError {
    fn at(line: usize, what: String) -> Self {
        Self { line, what }
    }
}

impl From<ScriptError> for LlmError {
    fn from(error: ScriptError) -> Self {
        failure(ErrorClass::BadRequest, Some(400), format!("script line {}: {}", error.line, error.what))
    }
}

/// Plays the script in the messages; without one it answers like the echo model. So it does for calls that are not part
/// of the conversation, whose messages may quote a script that was never meant for them.
pub fn from_messages(request: &ChatRequest) -> Result<Answer, LlmError> {
    let aside = matches!(request.meta.purpose, Purpose::Compaction | Purpose::Describe);
    match scene::script_message(request).filter(|_| !aside) {
        None => Ok(echo::answer(request)),
        Some((at, text)) => run::run(&parse(&text, Source::Message)?.default, &Scene::since(request, at)),
    }
}

pub fn from_file(request: &ChatRequest, text: &str) -> Result<Answer, LlmError> {
    let script = parse(text, Source::File)?;
    let scene = Scene::since(request, scene::last_user_index(request));
    let user = scene.user();
    let case = script.cases.iter().find(|case| user.contains(&case.text));
    run::run(case.map_or(&script.default, |case| &case.turns), &scene)
}
