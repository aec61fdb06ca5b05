//! Tools that keep and find what an agent remembers. They say what is to be done; the runtime does it, a write together with
//! the end of its step.

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        AgentView, Effect, Intent, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput,
    },
    read, text,
};
use crate::{
    memory::{kv::Key, person::Namespace},
    time::Ts,
};

/// Bytes of a value as JSON.
const MAX_VALUE: usize = 64 * 1024;
const KIB: usize = 1_024;

/// What the runtime is to do.
#[derive(Debug, PartialEq, Eq)]
pub enum MemoryIntent {
    Store(Store),
    Recall(Named),
    Search(Search),
    List(List),
    Delete(Named),
}

impl MemoryIntent {
    /// Whether it changes something.
    pub fn writes(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Delete(_))
    }
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Store {
    pub key: String,
    pub value: Value,
    pub scope: Option<Namespace>,
    pub ttl_secs: Option<i64>,
    pub if_version: Option<i64>,
}

/// One key; without a scope the first that has it.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Named {
    pub key: String,
    pub scope: Option<Namespace>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Search {
    pub query: String,
    pub scope: Option<Namespace>,
    #[serde(default = "eight")]
    pub limit: usize,
    pub after: Option<Ts>,
    #[serde(default)]
    pub kinds: Vec<Kind>,
}

fn eight() -> usize {
    8
}

/// What kind of memory a hit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Fact,
    Episode,
    Document,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct List {
    #[serde(default)]
    pub prefix: String,
    pub scope: Option<Namespace>,
    #[serde(default = "hundred")]
    pub limit: u64,
    pub cursor: Option<String>,
}

fn hundred() -> u64 {
    100
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Store,
    Recall,
    Search,
    List,
    Delete,
}

pub struct MemoryTool {
    deed: Deed,
    info: ToolInfo,
}

impl MemoryTool {
    pub fn all() -> [Self; 5] {
        let tool = |deed, name, description, schema, output_limit, secs| {
            let writes = matches!(deed, Deed::Store | Deed::Delete);
            let info = ToolInfo {
                name,
                description,
                schema,
                effect: if writes { Effect::Write } else { Effect::Read },
                resume: if writes { Resume::Tx } else { Resume::Repeat },
                parallel: !writes,
                assist_mode: !writes,
                ask_by_default: false,
                timeout: Duration::from_secs(secs),
                max_timeout: Duration::from_secs(30),
                output_limit,
            };
            Self { deed, info }
        };
        [
            tool(Deed::Store, "memory_store", "Save a fact under a key.", store_schema(), KIB, 5),
            tool(Deed::Recall, "memory_recall", "Get the value saved under a key.", named_schema(), 64 * KIB, 5),
            tool(
                Deed::Search,
                "memory_search",
                "Find saved facts and past conversation notes by meaning or words.",
                search_schema(),
                32 * KIB,
                10,
            ),
            tool(Deed::List, "memory_list", "List keys.", list_schema(), 32 * KIB, 5),
            tool(Deed::Delete, "memory_delete", "Delete a key.", named_schema(), KIB, 5),
        ]
    }
}

fn scope_schema() -> Value {
    json!({"type": "string", "enum": ["user", "self", "shared"], "description": "Whose memory: user = this person with \
        this agent, self = this agent for everybody, shared = all agents"})
}

fn store_schema() -> Value {
    json!({"type": "object", "properties": {
        "key": {"type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,255}$",
            "description": "Key, letters, digits, . _ - : /"},
        "value": {"description": "text or any JSON value, up to 64 KiB"},
        "scope": scope_schema(),
        "ttl_secs": {"type": "integer", "minimum": 60, "maximum": 31_536_000, "description": "Forget after"},
        "if_version": {"type": "integer", "minimum": 0,
            "description": "Store only if this is the present version; 0 = only if absent"}
    }, "required": ["key", "value"], "additionalProperties": false})
}

fn named_schema() -> Value {
    json!({"type": "object", "properties": {
        "key": {"type": "string", "minLength": 1, "maxLength": 256}, "scope": scope_schema()
    }, "required": ["key"], "additionalProperties": false})
}

fn search_schema() -> Value {
    json!({"type": "object", "properties": {
        "query": {"type": "string", "minLength": 1, "maxLength": 1_000},
        "scope": scope_schema(),
        "limit": {"type": "integer", "minimum": 1, "maximum": 50, "default": 8},
        "after": {"type": "string", "minLength": 1, "format": "date-time", "description": "RFC 3339 time"},
        "kinds": {"type": "array", "items": {"type": "string", "enum": ["fact", "episode", "document"]}, "maxItems": 3}
    }, "required": ["query"], "additionalProperties": false})
}

fn list_schema() -> Value {
    json!({"type": "object", "properties": {
        "prefix": {"type": "string", "maxLength": 256, "default": ""},
        "scope": scope_schema(),
        "limit": {"type": "integer", "minimum": 1, "maximum": 1_000, "default": 100},
        "cursor": {"type": "string", "minLength": 1, "maxLength": 256}
    }, "required": [], "additionalProperties": false})
}

#[async_trait]
impl Tool for MemoryTool {
    fn info(&self) -> &ToolInfo {
        &self.info
    }

    /// A prefix of the key names the scope; what is written without one belongs to the person of the run, if there is one.
    fn settle(&self, arguments: &mut Value, has_person: bool) {
        let Some(members) = arguments.as_object_mut().filter(|m| m.contains_key("key") && !m.contains_key("scope"))
        else {
            return;
        };
        let named = members.get("key").and_then(Value::as_str).and_then(|key| Key::parse(key).ok());
        let scope = match &named {
            Some(Key { namespace: Some(namespace), .. }) => *namespace,
            _ if !self.info.resume.eq(&Resume::Tx) => return,
            _ if has_person => Namespace::User,
            _ => Namespace::Own,
        };
        members.insert("scope".into(), scope.as_str().into());
        if let Some(key) = named {
            members.insert("key".into(), key.name.into());
        }
    }

    fn needs(&self, arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        let scope = arguments.get("scope").and_then(Value::as_str);
        let key = match self.deed {
            Deed::Search | Deed::List => "*",
            Deed::Store | Deed::Recall | Deed::Delete => text(arguments, "key", ""),
        };
        // Without a scope a read finds only what the grants allow.
        let grants = match (scope, self.info.resume) {
            (scope, Resume::Tx) => vec![format!("memory.write:{}.{key}", scope.unwrap_or("self"))],
            (Some(scope), _) => vec![format!("memory.read:{scope}.{key}")],
            (None, _) => vec![],
        };
        let deletes_shared = self.deed == Deed::Delete && scope == Some("shared");
        let asks = deletes_shared.then(|| "it deletes what all agents share".to_owned());
        Ok(Needs { grants, asks, ..Needs::default() })
    }

    async fn call(&self, arguments: Value, _ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let intent = match self.deed {
            Deed::Store => MemoryIntent::Store(small(read(arguments)?)?),
            Deed::Recall => MemoryIntent::Recall(read(arguments)?),
            Deed::Search => MemoryIntent::Search(read(arguments)?),
            Deed::List => MemoryIntent::List(read(arguments)?),
            Deed::Delete => MemoryIntent::Delete(read(arguments)?),
        };
        Ok(ToolOutput::Intent(Intent::Memory(intent)))
    }
}

fn small(store: Store) -> Result<Store, ToolError> {
    let size = store.value.to_string().len();
    match size <= MAX_VALUE {
        true => Ok(store),
        false => {
            let message = format!("A value has at most {MAX_VALUE} bytes as JSON, this one has {size}");
            Err(ToolError::new(ToolErrorCode::TooLarge, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::{AgentView, MemoryTool, Tool};

    fn agent() -> AgentView {
        AgentView {
            roots: Arc::default(),
            holds: Arc::new(|_: &str| true),
            exec: Arc::default(),
            grants: Arc::default(),
        }
    }

    fn tool(name: &str) -> MemoryTool {
        MemoryTool::all().into_iter().find(|tool| tool.info().name == name).unwrap()
    }

    fn settled(name: &str, mut arguments: Value, has_person: bool) -> (Value, Vec<String>) {
        let tool = tool(name);
        tool.settle(&mut arguments, has_person);
        let needs = tool.needs(&arguments, &agent()).unwrap();
        (arguments, needs.grants)
    }

    #[test]
    fn what_is_written_without_a_scope_belongs_to_the_person() {
        let (arguments, grants) = settled("memory_store", json!({"key": "name", "value": 1}), true);
        assert_eq!(arguments, json!({"key": "name", "value": 1, "scope": "user"}));
        assert_eq!(grants, ["memory.write:user.name"]);
        assert_eq!(settled("memory_store", json!({"key": "name", "value": 1}), false).1, ["memory.write:self.name"]);
    }

    #[test]
    fn a_prefix_names_the_scope_unless_one_is_given() {
        let (arguments, grants) = settled("memory_store", json!({"key": "shared.plan", "value": 1}), true);
        assert_eq!(arguments, json!({"key": "plan", "value": 1, "scope": "shared"}));
        assert_eq!(grants, ["memory.write:shared.plan"]);
        let given = json!({"key": "shared.plan", "value": 1, "scope": "self"});
        assert_eq!(settled("memory_store", given.clone(), true), (given, vec!["memory.write:self.shared.plan".into()]));
        assert_eq!(settled("memory_recall", json!({"key": "user.a"}), true).1, ["memory.read:user.a"]);
        assert_eq!(settled("memory_recall", json!({"key": "a"}), true), (json!({"key": "a"}), vec![]));
    }

    #[test]
    fn reading_everything_of_a_scope_needs_all_of_it() {
        assert_eq!(settled("memory_list", json!({"scope": "shared"}), true).1, ["memory.read:shared.*"]);
        assert_eq!(settled("memory_search", json!({"query": "x"}), true).1, Vec::<String>::new());
    }

    #[test]
    fn values_are_small() {
        let store = |length: usize| super::Store {
            key: "a".into(),
            value: "x".repeat(length).into(),
            scope: None,
            ttl_secs: None,
            if_version: None,
        };
        assert!(super::small(store(65_534)).is_ok());
        assert_eq!(super::small(store(65_535)).unwrap_err().code, super::ToolErrorCode::TooLarge);
    }

    #[test]
    fn deleting_what_is_shared_asks() {
        let needs = |arguments| tool("memory_delete").needs(&arguments, &agent()).unwrap();
        assert!(needs(json!({"key": "a", "scope": "shared"})).asks.is_some());
        assert!(needs(json!({"key": "a", "scope": "self"})).asks.is_none());
    }
}
