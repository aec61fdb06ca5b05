//! `${…}` in the texts and the JSON of a script.

use super::{
    super::{conversation::tool_error, digest},
    scene::Scene,
};
use crate::llm::{Content, estimate};

#[cfg(test)]
mod tests;

const SHOWN_HEX: usize = 12;

/// How a value is written into its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    Text,
    /// Inside JSON, where quotes and line ends must be escaped.
    Json,
}

pub fn replace(text: &str, scene: &Scene, place: Place) -> Result<String, String> {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        done.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("$${") {
            done.push_str("${");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("${") {
            let (name, after) = after.split_once('}').ok_or("'${' is not closed")?;
            done.push_str(&written(&value(name, scene)?, place));
            rest = after;
        } else {
            done.push('$');
            rest = &rest[1..];
        }
    }
    done.push_str(rest);
    Ok(done)
}

fn written(value: &str, place: Place) -> String {
    match place {
        Place::Text => value.to_owned(),
        Place::Json => {
            let quoted = serde_json::Value::from(value).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
    }
}

fn value(name: &str, scene: &Scene) -> Result<String, String> {
    let request = scene.request;
    Ok(match name {
        "user" => scene.user(),
        "turn" => scene.turn.to_string(),
        "attempt" => scene.attempt.to_string(),
        "model" => request.model.clone(),
        "messages" => request.messages.len().to_string(),
        "tools" => {
            let mut names: Vec<&str> = request.tools.iter().map(|tool| tool.name.as_str()).collect();
            names.sort_unstable();
            names.join(",")
        }
        "system" => request.system.clone(),
        "system.sha" => short(digest::sha256(request.system.as_bytes())),
        "prefix.sha" => short(digest::prefix(request)),
        "request.sha" => short(digest::whole(request)),
        "data" => scene.data(),
        "summary" => scene.summary(),
        "est" => estimate::request(request).to_string(),
        _ => {
            let result = name.strip_prefix("result.").ok_or_else(|| format!("unknown replacement '${{{name}}}'"))?;
            return tool_result(result, scene);
        }
    })
}

/// `last` or a number from 1, then `.error` for the code of a failed call.
fn tool_result(path: &str, scene: &Scene) -> Result<String, String> {
    let (which, wants_code) = path.strip_suffix(".error").map_or((path, false), |which| (which, true));
    let found = match which {
        "last" => scene.results.last(),
        _ => {
            let number: usize = super::token::number(which)?;
            number.checked_sub(1).and_then(|at| scene.results.get(at))
        }
    };
    let Some(Content::ToolResult { text, is_error, .. }) = found else {
        return Err(format!("there is no tool result '{which}'"));
    };
    Ok(match (wants_code, is_error) {
        (false, _) => text.clone(),
        (true, true) => tool_error(text).0,
        (true, false) => String::new(),
    })
}

fn short(hash: [u8; 32]) -> String {
    let mut text = hex::encode(hash);
    text.truncate(SHOWN_HEX);
    text
}
