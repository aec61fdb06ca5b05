//! What tools ask of the knowledge graph, carried out through its service, and how a model sees the answer.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::super::tools::{
    ToolError, ToolErrorCode,
    builtin::knowledge::{AddEntity, AddRelation, Deletion, Knowledge, Lookup, write_grant},
};
use crate::{
    error::{Error, ErrorCode, Result},
    ids::Id,
    memory::graph::{
        EntityRow, GraphScope,
        service::{self, Found, GraphQuery, IfKnown, NewEntity, NewRelation, View},
    },
    time::Ts,
};

/// An answer for the model, and what is announced once it is stored.
pub type Done = (Value, Option<Value>);

/// In the caller's transaction. The inner error is the tool's, the outer one is ours.
pub async fn carry_out<C: ConnectionTrait>(
    db: &C,
    agent: Id,
    knowledge: Knowledge,
) -> Result<std::result::Result<Done, ToolError>> {
    let done = match knowledge {
        Knowledge::AddEntity(new) => add_entity(db, agent, new).await,
        Knowledge::AddRelation { new, sees_shared } => add_relation(db, agent, new, sees_shared).await,
        Knowledge::Query { query, scope } => look_up(db, agent, query, scope).await,
        Knowledge::Delete { what, scopes } => match delete(db, agent, what, &scopes).await {
            Ok(done) => return Ok(done),
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(error) => tool_error(error).map(Err),
    }
}

/// Failures that the model can do something about.
fn tool_error(error: Error) -> Result<ToolError> {
    let about = |name: &str| error.details().iter().any(|detail| detail.field.starts_with(name));
    let code = match error.code() {
        ErrorCode::EntityNotFound | ErrorCode::RelationNotFound => ToolErrorCode::NotFound,
        ErrorCode::AmbiguousEntity | ErrorCode::DuplicateEntity | ErrorCode::Conflict => ToolErrorCode::Conflict,
        ErrorCode::InvalidRequest if about("properties") || about("aliases") => ToolErrorCode::TooLarge,
        ErrorCode::InvalidRequest => ToolErrorCode::InvalidArguments,
        _ => return Err(error),
    };
    let tool_error = ToolError::new(code, error.message());
    Ok(match error.code() {
        ErrorCode::AmbiguousEntity => {
            let candidates: Vec<&str> = error.details().iter().map(|detail| detail.message.as_str()).collect();
            tool_error.with_details(json!({"candidates": candidates}))
        }
        _ => tool_error,
    })
}

fn changed(scope: GraphScope, operation: &str, id: &str) -> Option<Value> {
    Some(json!({"scope": scope, "operation": operation, "ids": [id]}))
}

async fn add_entity<C: ConnectionTrait>(db: &C, agent: Id, new: AddEntity) -> Result<Done> {
    let scope = new.scope;
    let new = NewEntity {
        id: None,
        name: new.name,
        entity_type: new.entity_type,
        aliases: new.aliases,
        properties: new.properties,
        scope,
        agent: Some(agent),
    };
    let (row, created) = service::upsert(db, new, IfKnown::Merge, Ts::now()).await?;
    let event = changed(scope, if created { "entity.created" } else { "entity.updated" }, &row.id);
    Ok((json!({"id": row.id, "name": row.name, "entity_type": row.entity_type, "created": created}), event))
}

async fn add_relation<C: ConnectionTrait>(db: &C, agent: Id, new: AddRelation, sees_shared: bool) -> Result<Done> {
    let scope = match (new.scope, sees_shared) {
        (GraphScope::Shared, _) => Some(GraphScope::Shared),
        (GraphScope::Own, true) => None,
        (GraphScope::Own, false) => Some(GraphScope::Own),
    };
    let relation = NewRelation {
        source: new.source,
        relation: new.relation,
        target: new.target,
        confidence: new.confidence,
        properties: new.properties,
        scope: new.scope,
        agent: Some(agent),
        create_missing: new.create_missing,
    };
    let connected = service::connect(db, relation, View { scope, agent: Some(agent) }, Ts::now()).await?;
    let operation = if connected.created { "relation.created" } else { "relation.updated" };
    let end = |row: &EntityRow| json!({"id": row.id, "name": row.name});
    let result = json!({
        "id": connected.relation.id,
        "source": end(&connected.source),
        "relation": connected.relation.relation,
        "target": end(&connected.target),
        "created": connected.created,
    });
    Ok((result, changed(new.scope, operation, &connected.relation.id.to_string())))
}

async fn look_up<C: ConnectionTrait>(db: &C, agent: Id, query: Lookup, scope: Option<GraphScope>) -> Result<Done> {
    let query = GraphQuery {
        source: query.source,
        target: query.target,
        relation: query.relation,
        max_depth: query.max_depth,
        direction: None,
        min_confidence: 0.0,
        limit: query.limit,
        view: View { scope, agent: Some(agent) },
    };
    let found = service::query(db, &query).await?;
    let end = |row: &EntityRow| json!({"id": row.id, "name": row.name, "type": row.entity_type});
    let triples: Vec<Value> = found
        .matches
        .iter()
        .zip(trails(&found))
        .map(|(found, path)| {
            json!({
                "source": end(&found.source),
                "relation": found.relation.relation,
                "confidence": found.relation.confidence,
                "target": end(&found.target),
                "depth": found.depth,
                "path": path,
            })
        })
        .collect();
    Ok((json!({"triples": triples, "truncated": found.truncated}), None))
}

/// Names on the way from the start to the far end of each match. The matches of lower depths come first, and none of them
/// is missing.
pub(super) fn trails(found: &Found) -> Vec<Vec<&str>> {
    let is_start = |row: &EntityRow| found.starts.is_empty() || found.starts.contains(&row.id);
    let mut reached: HashMap<&str, (i32, Vec<&str>)> = HashMap::new();
    for row in found.matches.iter().flat_map(|found| [&found.source, &found.target]).filter(|row| is_start(row)) {
        reached.insert(&row.id, (0, vec![&row.name]));
    }
    let mut trails = vec![];
    for found in &found.matches {
        let from = |row: &EntityRow| reached.get(row.id.as_str()).filter(|(depth, _)| depth + 1 == found.depth);
        let (trail, end) = match (from(&found.source), from(&found.target)) {
            (Some((_, trail)), _) => (trail.clone(), &found.target),
            (None, Some((_, trail))) => (trail.clone(), &found.source),
            (None, None) => (vec![found.source.name.as_str()], &found.target),
        };
        let trail: Vec<&str> = trail.into_iter().chain([end.name.as_str()]).collect();
        reached.entry(&end.id).or_insert_with(|| (found.depth, trail.clone()));
        trails.push(trail);
    }
    trails
}

async fn delete<C: ConnectionTrait>(
    db: &C,
    agent: Id,
    what: Deletion,
    scopes: &[GraphScope],
) -> Result<std::result::Result<Done, ToolError>> {
    let owner = match &what {
        Deletion::Entity(id) => service::get_entity(db, id).await.map(|row| (row.scope, row.agent_id)),
        Deletion::Relation(id) => match Id::parse(id) {
            Ok(id) => service::get_relation(db, id).await.map(|row| (row.scope, row.agent_id)),
            Err(_) => return Ok(Err(ToolError::new(ToolErrorCode::NotFound, format!("There is no relation {id}")))),
        },
    };
    let (scope, owner) = match owner {
        Ok(owner) => owner,
        Err(error) => return tool_error(error).map(Err),
    };
    let (Deletion::Entity(id) | Deletion::Relation(id)) = &what;
    if scope == GraphScope::Own && owner != Some(agent) {
        return Ok(Err(ToolError::new(ToolErrorCode::NotFound, format!("There is nothing with the id {id}"))));
    }
    if !scopes.contains(&scope) {
        let text = format!("The agent does not hold {}", write_grant(scope));
        return Ok(Err(ToolError::new(ToolErrorCode::CapabilityMissing, text)));
    }
    let (entities, relations, operation) = match &what {
        Deletion::Entity(id) => (1, service::delete_entity(db, id).await?.1, "entity.deleted"),
        Deletion::Relation(id) => {
            service::delete_relation(db, Id::parse(id)?).await?;
            (0, 1, "relation.deleted")
        }
    };
    Ok(Ok((json!({"deleted_entities": entities, "deleted_relations": relations}), changed(scope, operation, id))))
}
