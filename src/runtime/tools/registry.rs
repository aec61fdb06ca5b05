//! The tools of this server by name, each with its compiled argument schema.

use std::{collections::BTreeMap, sync::Arc};

use jsonschema::Validator;
use serde_json::Value;

use super::{
    Tool, ToolError, ToolErrorCode, arguments,
    builtin::{self, ToolSettings},
};
use crate::error::{Error, Result};

/// Names at most this far apart (0 to 1) are offered as a correction.
const SIMILAR: f64 = 0.6;
const SUGGESTED: usize = 3;

pub struct Registry {
    /// In the order of names, so that a request lists tools always alike and prompt caches hit.
    tools: BTreeMap<&'static str, Registered>,
}

struct Registered {
    tool: Arc<dyn Tool>,
    validator: Validator,
}

impl Registry {
    /// All tools with the settings that a server has when nothing is configured.
    pub fn builtin() -> Result<Self> {
        Self::configured(&ToolSettings::default())
    }

    pub fn configured(settings: &ToolSettings) -> Result<Self> {
        Self::new(builtin::all(settings))
    }

    /// Fails when two tools have one name or a schema does not compile.
    pub fn new(tools: Vec<Arc<dyn Tool>>) -> Result<Self> {
        let mut all = BTreeMap::new();
        for tool in tools {
            let name = tool.info().name;
            let validator =
                jsonschema::validator_for(&tool.info().schema).map_err(|e| Error::internal(format!("{name}: {e}")))?;
            if all.insert(name, Registered { tool, validator }).is_some() {
                return Err(Error::internal(format!("two tools are named {name}")));
            }
        }
        Ok(Self { tools: all })
    }

    pub fn get(&self, name: &str) -> Option<&Arc<dyn Tool>> {
        self.tools.get(name).map(|registered| &registered.tool)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Tool>> {
        self.tools.values().map(|registered| &registered.tool)
    }

    /// Checks prepared arguments against the full schema of the tool.
    pub fn validate(&self, name: &str, arguments: &Value) -> Result<(), ToolError> {
        match self.tools.get(name) {
            Some(registered) => arguments::validate(&registered.validator, arguments),
            None => Err(self.unknown(name)),
        }
    }

    /// The answer to a name that no tool has, with up to three that look like it.
    pub fn unknown(&self, name: &str) -> ToolError {
        let asked = name.to_ascii_lowercase();
        let mut near: Vec<(f64, &str)> = self
            .tools
            .keys()
            .map(|known| (strsim::jaro_winkler(&asked, known), *known))
            .filter(|(likeness, _)| *likeness >= SIMILAR)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        let names: Vec<&str> = near.into_iter().take(SUGGESTED).map(|(_, name)| name).collect();
        let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
        let error = ToolError::new(ToolErrorCode::UnknownTool, format!("There is no tool named '{shown}'"));
        match names.is_empty() {
            true => error,
            false => error
                .with_hint(format!("Similar names: {}", names.join(", ")))
                .with_details(serde_json::json!({"similar": names})),
        }
    }
}
