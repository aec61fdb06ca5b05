//! What one line of a script asks for.

use std::time::Duration;

use serde::de::{DeserializeOwned, IntoDeserializer, value::Error as WordError};

use super::{
    super::answer::{After, Cutting, Moment, Pause, Report},
    ScriptError,
    expect::Expectation,
    parse::Written,
    token::{Arguments, duration, number, unescape},
};
use crate::llm::{ErrorClass, StopReason, TokenUsage};

#[derive(Debug)]
pub enum Directive {
    Reply(String),
    Think(String),
    /// `arguments` is JSON text once its replacements are made.
    Tool {
        name: String,
        arguments: String,
    },
    /// `text` is sent as arguments as it stands.
    RawTool {
        name: String,
        text: String,
        times: Times,
    },
    /// Id of the next call.
    Id(String),
    Delay(Pause),
    Chunks(Cutting),
    Stop {
        reason: StopReason,
        times: Times,
    },
    Usage(Report),
    Error(ScriptedError),
    Hang {
        after: After,
        times: Times,
    },
    Drop {
        after: After,
        times: Times,
    },
    Garbage {
        after: After,
        times: Times,
    },
    Empty {
        times: Times,
    },
    Expect {
        what: String,
        expectation: Expectation,
    },
    #[cfg(feature = "crash-points")]
    Crash {
        times: Times,
    },
}

#[derive(Clone, Debug)]
pub struct ScriptedError {
    /// None leaves it to the classifier.
    pub class: Option<ErrorClass>,
    pub status: Option<u16>,
    pub message: Option<String>,
    pub retry_after: Option<Duration>,
    pub after: After,
    pub times: Times,
}

/// Up to which attempt of a model step a directive holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Times {
    UpTo(u32),
    Always,
}

impl Times {
    pub fn holds(self, attempt: u32) -> bool {
        match self {
            Self::UpTo(last) => attempt <= last,
            Self::Always => true,
        }
    }
}

pub fn read(line: &Written) -> Result<Directive, ScriptError> {
    directive(line).map_err(|what| ScriptError::at(line.number, what))
}

fn directive(line: &Written) -> Result<Directive, String> {
    let argument = line.argument.as_str();
    let text = || if line.verbatim { argument.to_owned() } else { unescape(argument) };
    match line.word.as_str() {
        "reply" => return Ok(Directive::Reply(text())),
        "think" => return Ok(Directive::Think(text())),
        "tool" => return tool(argument),
        "rawtool" => return raw_tool(argument),
        _ => {}
    }
    let mut given = Arguments::of(argument)?;
    let directive = match line.word.as_str() {
        "id" => Directive::Id(given.expect_word("the id")?),
        "delay" => Directive::Delay(delay(&mut given)?),
        "chunks" => Directive::Chunks(cutting(&given.expect_word("words, all or chars:N")?)?),
        "stop" => Directive::Stop { reason: stop_reason(&mut given)?, times: times(&mut given, Times::Always)? },
        "usage" => Directive::Usage(usage(&mut given)?),
        "error" => Directive::Error(error(&mut given)?),
        "hang" => {
            Directive::Hang { after: after(&mut given, After::Nothing)?, times: times(&mut given, Times::Always)? }
        }
        "drop" => {
            Directive::Drop { after: after(&mut given, After::AllText)?, times: times(&mut given, Times::Always)? }
        }
        "garbage" => {
            Directive::Garbage { after: after(&mut given, After::AllText)?, times: times(&mut given, Times::Always)? }
        }
        "empty" => Directive::Empty { times: times(&mut given, Times::Always)? },
        "expect" => {
            let expectation = Expectation::read(&mut given)?;
            Directive::Expect { what: argument.trim().to_owned(), expectation }
        }
        #[cfg(feature = "crash-points")]
        "crash" => Directive::Crash { times: times(&mut given, Times::UpTo(1))? },
        other => return Err(format!("unknown directive @@{other}")),
    };
    given.finish()?;
    Ok(directive)
}

fn tool(argument: &str) -> Result<Directive, String> {
    let (name, arguments) = name_and_rest(argument)?;
    let arguments = if arguments.is_empty() { "{}" } else { arguments };
    Ok(Directive::Tool { name, arguments: arguments.to_owned() })
}

/// An option stands between the name and the text, since the text is taken as it stands.
fn raw_tool(argument: &str) -> Result<Directive, String> {
    let (name, rest) = name_and_rest(argument)?;
    let (first, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let (times, text) = match first.strip_prefix("times=") {
        Some(count) => (count_of(count)?, text),
        None if first == "always" => (Times::Always, text),
        None => (Times::Always, rest),
    };
    Ok(Directive::RawTool { name, text: text.to_owned(), times })
}

fn name_and_rest(argument: &str) -> Result<(String, &str), String> {
    let argument = argument.trim();
    let (name, rest) = argument.split_once(char::is_whitespace).unwrap_or((argument, ""));
    if name.is_empty() { Err("the name of a tool is missing".to_owned()) } else { Ok((name.to_owned(), rest.trim())) }
}

fn times(given: &mut Arguments, default: Times) -> Result<Times, String> {
    if given.flag("always") {
        return Ok(Times::Always);
    }
    given.named("times").map_or(Ok(default), |count| count_of(&count))
}

fn count_of(text: &str) -> Result<Times, String> {
    if text == "always" { Ok(Times::Always) } else { number(text).map(Times::UpTo) }
}

fn after(given: &mut Arguments, default: After) -> Result<After, String> {
    Ok(given.number("after_chunks")?.map_or(default, After::Chunks))
}

fn delay(given: &mut Arguments) -> Result<Pause, String> {
    let length = duration(&given.expect_word("the duration")?)?;
    let before = match given.named("at").as_deref() {
        None | Some("start") => Moment::Start,
        Some("end") => Moment::End,
        Some(at) => {
            let chunk = at.strip_prefix("chunk:").ok_or_else(|| format!("'{at}' is not start, chunk:N or end"))?;
            Moment::Chunk(number(chunk)?)
        }
    };
    Ok(Pause { before, length })
}

fn cutting(text: &str) -> Result<Cutting, String> {
    match text {
        "words" => Ok(Cutting::Words),
        "all" => Ok(Cutting::All),
        _ => {
            let size = text.strip_prefix("chars:").ok_or_else(|| format!("'{text}' is not words, all or chars:N"))?;
            match number(size)? {
                0 => Err("a chunk has at least one character".to_owned()),
                size => Ok(Cutting::Scalars(size)),
            }
        }
    }
}

fn stop_reason(given: &mut Arguments) -> Result<StopReason, String> {
    match one_of(&given.expect_word("the stop reason")?)? {
        StopReason::ToolCalls => Err("tool_calls comes from @@tool".to_owned()),
        reason => Ok(reason),
    }
}

fn usage(given: &mut Arguments) -> Result<Report, String> {
    if given.flag("none") {
        return Ok(Report::Nothing);
    }
    Ok(Report::Given(TokenUsage {
        input: given.number("input")?.ok_or("input= is missing")?,
        output: given.number("output")?.ok_or("output= is missing")?,
        cached: given.number("cached")?.unwrap_or_default(),
        reasoning: given.number("reasoning")?.unwrap_or_default(),
        ..TokenUsage::default()
    }))
}

fn error(given: &mut Arguments) -> Result<ScriptedError, String> {
    let times = times(given, Times::UpTo(1))?;
    let error = ScriptedError {
        class: given.word().map(|word| one_of(&word)).transpose()?,
        status: given.number("status")?,
        message: given.named("message"),
        retry_after: given.named("retry_after").map(|text| duration(&text)).transpose()?,
        after: after(given, After::Nothing)?,
        times,
    };
    match (error.class, error.status, &error.message) {
        (None, None, None) => Err("an error needs a class, a status or a message".to_owned()),
        _ => Ok(error),
    }
}

/// A word of one of the closed lists of the protocol.
pub fn one_of<T: DeserializeOwned>(word: &str) -> Result<T, String> {
    T::deserialize(IntoDeserializer::<WordError>::into_deserializer(word)).map_err(|error| error.to_string())
}
