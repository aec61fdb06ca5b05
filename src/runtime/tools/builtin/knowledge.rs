//! The tools of the knowledge graph. They name an intent; the runtime carries it out, writes in the transaction that ends
//! the step.

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    super::{
        AgentView, Effect, Intent, Needs, Resume, Tool, ToolContext, ToolError, ToolErrorCode, ToolInfo, ToolOutput,
    },
    read, text,
};
use crate::memory::graph::GraphScope;

/// What a call asks of the graph.
#[derive(Clone, Debug, PartialEq)]
pub enum Knowledge {
    AddEntity(AddEntity),
    /// `sees_shared`: names may mean shared entities.
    AddRelation {
        new: AddRelation,
        sees_shared: bool,
    },
    /// `scope` as the agent may read: nothing means both.
    Query {
        query: Lookup,
        scope: Option<GraphScope>,
    },
    Delete {
        what: Deletion,
        scopes: Vec<GraphScope>,
    },
}

impl Knowledge {
    pub fn writes(&self) -> bool {
        !matches!(self, Self::Query { .. })
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct AddEntity {
    pub name: String,
    pub entity_type: String,
    #[serde(default)]
    pub properties: Map<String, Value>,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default = "own")]
    pub scope: GraphScope,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct AddRelation {
    pub source: String,
    pub relation: String,
    pub target: String,
    #[serde(default = "certain")]
    pub confidence: f64,
    #[serde(default)]
    pub properties: Map<String, Value>,
    #[serde(default = "yes")]
    pub create_missing: bool,
    #[serde(default = "own")]
    pub scope: GraphScope,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Lookup {
    pub source: Option<String>,
    pub relation: Option<String>,
    pub target: Option<String>,
    #[serde(default = "one")]
    pub max_depth: i32,
    #[serde(default = "fifty")]
    pub limit: usize,
    scope: Option<GraphScope>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deletion {
    Entity(String),
    Relation(String),
}

fn own() -> GraphScope {
    GraphScope::Own
}

fn certain() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}

fn one() -> i32 {
    1
}

fn fifty() -> usize {
    50
}

pub fn write_grant(scope: GraphScope) -> String {
    format!("memory.write:{scope}.graph")
}

fn read_grant(scope: GraphScope) -> String {
    format!("memory.read:{scope}.graph")
}

fn writes_to(arguments: &Value) -> Result<Needs, ToolError> {
    let scope = text(arguments, "scope", "self");
    Ok(Needs { grants: vec![format!("memory.write:{scope}.graph")], ..Needs::default() })
}

fn intent(knowledge: Knowledge) -> Result<ToolOutput, ToolError> {
    Ok(ToolOutput::Intent(Intent::Knowledge(knowledge)))
}

fn info(name: &'static str, description: &'static str, schema: Value) -> ToolInfo {
    ToolInfo {
        name,
        description,
        schema,
        effect: Effect::Write,
        resume: Resume::Tx,
        parallel: false,
        assist_mode: false,
        ask_by_default: false,
        timeout: Duration::from_secs(5),
        max_timeout: Duration::from_secs(30),
        output_limit: 2048,
    }
}

fn scope_schema() -> Value {
    json!({"type": "string", "enum": ["self", "shared"], "default": "self"})
}

pub struct KnowledgeAddEntity(ToolInfo);

impl Default for KnowledgeAddEntity {
    fn default() -> Self {
        Self(info(
            "knowledge_add_entity",
            "Add a thing to the knowledge graph, or update the one with the same name and type.",
            json!({"type": "object", "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 256},
                "entity_type": {"type": "string", "minLength": 1, "maxLength": 64,
                    "description": "concept document event location organization person project tool, or own word"},
                "properties": {"type": "object", "additionalProperties": true, "maxProperties": 64},
                "aliases": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 256}, "maxItems": 16},
                "scope": scope_schema()
            }, "required": ["name", "entity_type"], "additionalProperties": false}),
        ))
    }
}

#[async_trait]
impl Tool for KnowledgeAddEntity {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        writes_to(arguments)
    }

    async fn call(&self, arguments: Value, _ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        intent(Knowledge::AddEntity(read(arguments)?))
    }
}

pub struct KnowledgeAddRelation(ToolInfo);

impl Default for KnowledgeAddRelation {
    fn default() -> Self {
        let end = json!({"type": "string", "minLength": 1, "maxLength": 256, "description": "Name or id"});
        Self(info(
            "knowledge_add_relation",
            "Connect two things.",
            json!({"type": "object", "properties": {
                "source": end,
                "relation": {"type": "string", "minLength": 1, "maxLength": 64, "description": "created_by depends_on \
                    knows_about located_in owned_by part_of produces related_to uses works_at, or own word"},
                "target": end,
                "confidence": {"type": "number", "minimum": 0, "maximum": 1, "default": 1.0},
                "properties": {"type": "object", "additionalProperties": true, "maxProperties": 64},
                "create_missing": {"type": "boolean", "default": true,
                    "description": "Make entities of type concept for unknown names"},
                "scope": scope_schema()
            }, "required": ["source", "relation", "target"], "additionalProperties": false}),
        ))
    }
}

#[async_trait]
impl Tool for KnowledgeAddRelation {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, _agent: &AgentView) -> Result<Needs, ToolError> {
        writes_to(arguments)
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let new: AddRelation = read(arguments)?;
        // An answer must not tell an agent of shared entities that it may not read of.
        let sees_shared = new.scope == GraphScope::Shared || (ctx.holds)(&read_grant(GraphScope::Shared));
        intent(Knowledge::AddRelation { new, sees_shared })
    }
}

pub struct KnowledgeQuery(ToolInfo);

impl Default for KnowledgeQuery {
    fn default() -> Self {
        let schema = json!({"type": "object", "properties": {
            "source": {"type": "string", "minLength": 1, "maxLength": 256},
            "relation": {"type": "string", "minLength": 1, "maxLength": 64},
            "target": {"type": "string", "minLength": 1, "maxLength": 256},
            "max_depth": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1, "description": "Steps to follow"},
            "limit": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
            "scope": {"type": "string", "enum": ["self", "shared"]}
        }, "required": [], "additionalProperties": false});
        Self(ToolInfo {
            effect: Effect::Read,
            resume: Resume::Repeat,
            parallel: true,
            assist_mode: true,
            timeout: Duration::from_secs(10),
            output_limit: 32 * 1024,
            ..info("knowledge_query", "Look up connections.", schema)
        })
    }
}

#[async_trait]
impl Tool for KnowledgeQuery {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        let far = arguments.get("max_depth").and_then(Value::as_i64).is_some_and(|depth| depth > 1);
        if far && arguments.get("source").is_none() && arguments.get("target").is_none() {
            let message = "max_depth above 1 needs source or target";
            return Err(ToolError::new(ToolErrorCode::InvalidArguments, message));
        }
        let grant = match arguments.get("scope").and_then(Value::as_str) {
            Some(scope) => Some(format!("memory.read:{scope}.graph")),
            None => one_of(agent, read_grant),
        };
        Ok(Needs { grants: grant.into_iter().collect(), ..Needs::default() })
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let query: Lookup = read(arguments)?;
        let held = |scope: GraphScope| (ctx.holds)(&read_grant(scope));
        let scope = match (query.scope, held(GraphScope::Own), held(GraphScope::Shared)) {
            (Some(scope), ..) => Some(scope),
            (None, true, true) => None,
            (None, false, true) => Some(GraphScope::Shared),
            (None, _, false) => Some(GraphScope::Own),
        };
        intent(Knowledge::Query { query, scope })
    }
}

pub struct KnowledgeDelete(ToolInfo);

impl Default for KnowledgeDelete {
    fn default() -> Self {
        let schema = json!({"type": "object", "properties": {
            "entity": {"type": "string", "minLength": 1, "maxLength": 64, "description": "Id"},
            "relation": {"type": "string", "minLength": 1, "maxLength": 64, "description": "Id"}
        }, "required": [], "additionalProperties": false});
        let description = "Remove an entity with its relations, or one relation.";
        Self(ToolInfo { ask_by_default: true, output_limit: 1024, ..info("knowledge_delete", description, schema) })
    }
}

#[async_trait]
impl Tool for KnowledgeDelete {
    fn info(&self) -> &ToolInfo {
        &self.0
    }

    /// Whose it is shows only when it is found: the call takes along what the agent may delete.
    fn needs(&self, arguments: &Value, agent: &AgentView) -> Result<Needs, ToolError> {
        match arguments.as_object().map_or(0, Map::len) {
            1 => Ok(Needs { grants: one_of(agent, write_grant).into_iter().collect(), ..Needs::default() }),
            _ => Err(ToolError::new(ToolErrorCode::InvalidArguments, "Give either entity or relation")),
        }
    }

    async fn call(&self, arguments: Value, ctx: &ToolContext) -> Result<ToolOutput, ToolError> {
        let mut scopes = vec![GraphScope::Own, GraphScope::Shared];
        scopes.retain(|scope| (ctx.holds)(&write_grant(*scope)));
        intent(Knowledge::Delete { what: read(arguments)?, scopes })
    }
}

/// The grant that is missing when the agent holds it for neither scope.
fn one_of(agent: &AgentView, grant: fn(GraphScope) -> String) -> Option<String> {
    let held = [GraphScope::Own, GraphScope::Shared].into_iter().any(|scope| (agent.holds)(&grant(scope)));
    (!held).then(|| grant(GraphScope::Own))
}
