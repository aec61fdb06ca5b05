//! Searches in the graph: from one entity breadth first, or along the paths between two. Recursive SQL finds the relations;
//! the number of statements does not depend on how many there are.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement, Value};

use super::{
    View, lookup,
    paths::{self, Edge},
};
use crate::{
    error::Result,
    ids::Id,
    memory::graph::{EntityRow, GraphScope, RelationRow, entity, kinds, schema::Direction},
};

/// Relations that one search visits.
const VISITED: usize = 10_000;
/// Entities that one name may stand for.
const STARTS: u64 = 500;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct GraphQuery {
    /// Id, name or alias.
    pub source: Option<String>,
    pub target: Option<String>,
    pub relation: Option<String>,
    pub max_depth: i32,
    pub direction: Option<Direction>,
    pub min_confidence: f64,
    pub limit: usize,
    pub view: View,
}

/// A relation that was walked.
#[derive(Clone, Debug)]
pub struct Match {
    pub source: EntityRow,
    pub relation: RelationRow,
    pub target: EntityRow,
    /// Hops from the start, from 1.
    pub depth: i32,
}

#[derive(Clone, Debug, Default)]
pub struct Found {
    /// By depth, then confidence, then the newest.
    pub matches: Vec<Match>,
    /// Ids of the entities that the search started from.
    pub starts: Vec<String>,
    pub total: usize,
    /// There is more than `matches`.
    pub truncated: bool,
}

pub async fn query<C: ConnectionTrait>(db: &C, query: &GraphQuery) -> Result<Found> {
    let filter = EdgeFilter {
        relation: query.relation.as_deref().map(|word| kinds::relation("relation", word)).transpose()?,
        min_confidence: query.min_confidence,
        view: query.view,
    };
    let sources = ends(db, query.source.as_deref(), query.view).await?;
    let targets = ends(db, query.target.as_deref(), query.view).await?;
    let depth = query.max_depth;
    let (edges, starts) = match (sources, targets) {
        (None, None) => (strongest(db, &filter).await?, vec![]),
        (Some(starts), None) | (None, Some(starts)) => {
            let direction = query.direction.unwrap_or(Direction::Both);
            (walk(db, &starts, depth, direction, &filter).await?, starts)
        }
        (Some(sources), Some(targets)) => {
            let direction = query.direction.unwrap_or(Direction::Outgoing);
            (between(db, &sources, &targets, depth, direction, &filter).await?, sources)
        }
    };
    let total = edges.found.len();
    let shown = edges.found.get(..query.limit.min(total)).unwrap_or_default();
    let matches = matches(db, shown).await?;
    Ok(Found { truncated: edges.cut || total > shown.len(), matches, starts, total })
}

/// Ids of the entities at one end, if the search names one.
async fn ends<C: ConnectionTrait>(db: &C, text: Option<&str>, view: View) -> Result<Option<Vec<String>>> {
    let Some(text) = text else { return Ok(None) };
    let rows = lookup::all(db, text.trim(), view.ends(), STARTS).await?;
    Ok(Some(rows.into_iter().map(|row| row.id).collect()))
}

/// Which relations are followed.
struct EdgeFilter {
    relation: Option<String>,
    min_confidence: f64,
    view: View,
}

#[derive(Default)]
struct Walked {
    /// In the order of the answer.
    found: Vec<Edge>,
    /// More were there.
    cut: bool,
}

impl Walked {
    fn of(mut found: Vec<Edge>) -> Self {
        let cut = found.len() > VISITED;
        found.truncate(VISITED);
        Self { found, cut }
    }
}

/// A statement in the making: values get their numbers as they are bound.
#[derive(Default)]
struct Values(Vec<Value>);

impl Values {
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }
}

impl EdgeFilter {
    /// Conditions on the relation `r`.
    fn sql(&self, values: &mut Values) -> String {
        let mut all = vec![format!("r.confidence >= {}", values.bind(self.min_confidence))];
        if let Some(kind) = &self.relation {
            all.push(format!("r.relation = {}", values.bind(kind.as_str())));
        }
        match (self.view.scope, self.view.agent) {
            (None, None) => {}
            (Some(GraphScope::Shared), _) => all.push("r.scope = 'shared'".into()),
            (Some(GraphScope::Own), None) => all.push("r.scope = 'self'".into()),
            (Some(GraphScope::Own), Some(id)) => {
                all.push(format!("r.scope = 'self' AND r.agent_id = {}", values.bind(id)));
            }
            (None, Some(id)) => all.push(format!("(r.scope = 'shared' OR r.agent_id = {})", values.bind(id))),
        }
        all.join(" AND ")
    }
}

/// Where a walk in this direction touches a relation `r`, and where it goes from there.
fn step(direction: Direction, from: &str) -> (String, String) {
    match direction {
        Direction::Outgoing => (format!("r.source = {from}"), "r.target".into()),
        Direction::Incoming => (format!("r.target = {from}"), "r.source".into()),
        Direction::Both => (
            format!("(r.source = {from} OR r.target = {from})"),
            format!("CASE WHEN r.source = {from} THEN r.target ELSE r.source END"),
        ),
    }
}

/// All relations within `hops` of the starts, breadth first. The recursion knows entities and their depths, so that a
/// cycle adds an entity at most once per depth; both databases stop it when nobody reads on.
async fn walk<C: ConnectionTrait>(
    db: &C,
    starts: &[String],
    hops: i32,
    direction: Direction,
    filter: &EdgeFilter,
) -> Result<Walked> {
    if starts.is_empty() || hops < 1 {
        return Ok(Walked::default());
    }
    let mut values = Values::default();
    let starts: Vec<String> = starts.iter().map(|id| values.bind(id.as_str())).collect();
    let (starts, filter) = (starts.join(", "), filter.sql(&mut values));
    let (touches, next) = step(direction, "reach.entity");
    let (touches_first, _) = step(direction, "first.entity");
    let visited = VISITED + 1;
    // An entity comes once per depth, and each but the starts by a relation of its own.
    let reached = (visited + usize::try_from(STARTS).unwrap_or(0)) * usize::try_from(hops).unwrap_or(1);
    let sql = format!(
        "WITH RECURSIVE reach(entity, depth) AS (\
           SELECT id, 0 FROM graph_entities WHERE id IN ({starts}) \
           UNION \
           SELECT {next}, reach.depth + 1 FROM reach JOIN graph_relations r ON {touches} \
           WHERE reach.depth < {hops} - 1 AND {filter}), \
         bounded AS (SELECT entity, depth FROM reach LIMIT {reached}), \
         first AS (SELECT entity, MIN(depth) AS depth FROM bounded GROUP BY entity) \
         SELECT r.id, r.source, r.target, r.confidence, MIN(first.depth) + 1 AS depth \
         FROM first JOIN graph_relations r ON {touches_first} WHERE {filter} \
         GROUP BY r.id, r.source, r.target, r.confidence \
         ORDER BY depth, r.confidence DESC, r.id DESC LIMIT {visited}"
    );
    Ok(Walked::of(edges(db, sql, values).await?))
}

/// Relations of any entities, the surest first.
async fn strongest<C: ConnectionTrait>(db: &C, filter: &EdgeFilter) -> Result<Walked> {
    let mut values = Values::default();
    let (filter, visited) = (filter.sql(&mut values), VISITED + 1);
    let sql = format!(
        "SELECT r.id, r.source, r.target, r.confidence, 1 AS depth FROM graph_relations r WHERE {filter} \
         ORDER BY r.confidence DESC, r.id DESC LIMIT {visited}"
    );
    Ok(Walked::of(edges(db, sql, values).await?))
}

async fn edges<C: ConnectionTrait>(db: &C, sql: String, values: Values) -> Result<Vec<Edge>> {
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values.0)).await?;
    let edge = |row: &sea_orm::QueryResult| {
        Ok(Edge {
            id: row.try_get_by_index(0)?,
            source: row.try_get_by_index(1)?,
            target: row.try_get_by_index(2)?,
            confidence: row.try_get_by_index(3)?,
            depth: row.try_get_by_index(4)?,
        })
    };
    rows.iter().map(edge).collect()
}

/// Relations on paths from one of the sources to one of the targets. Walked from both sides, each half of the way: a hub in
/// the middle is not walked through, and what lies beyond is never looked at.
async fn between<C: ConnectionTrait>(
    db: &C,
    sources: &[String],
    targets: &[String],
    max_depth: i32,
    direction: Direction,
    filter: &EdgeFilter,
) -> Result<Walked> {
    if sources.is_empty() || targets.is_empty() {
        return Ok(Walked::default());
    }
    let back = match direction {
        Direction::Outgoing => Direction::Incoming,
        Direction::Incoming => Direction::Outgoing,
        Direction::Both => Direction::Both,
    };
    let forth = walk(db, sources, (max_depth + 1) / 2, direction, filter).await?;
    let backward = walk(db, targets, max_depth / 2, back, filter).await?;
    let known: HashSet<Id> = forth.found.iter().map(|edge| edge.id).collect();
    let mut all = forth.found;
    all.extend(backward.found.into_iter().filter(|edge| !known.contains(&edge.id)));
    let mut walked = Walked::of(paths::between(&all, sources, targets, max_depth, direction));
    walked.cut |= forth.cut || backward.cut;
    Ok(walked)
}

/// The rows of relations and their ends. What was deleted in between is left out.
async fn matches<C: ConnectionTrait>(db: &C, edges: &[Edge]) -> Result<Vec<Match>> {
    if edges.is_empty() {
        return Ok(vec![]);
    }
    let ids = entity::relations::Column::Id.is_in(edges.iter().map(|edge| edge.id));
    let relations = entity::relations::Entity::find().filter(ids).all(db).await?;
    let mut relations: HashMap<Id, RelationRow> = relations.into_iter().map(|row| (row.id, row)).collect();
    let ends: HashSet<&str> = edges.iter().flat_map(|edge| [edge.source.as_str(), edge.target.as_str()]).collect();
    let ends = entity::entities::Entity::find().filter(entity::entities::Column::Id.is_in(ends)).all(db).await?;
    let ends: HashMap<&str, &EntityRow> = ends.iter().map(|row| (row.id.as_str(), row)).collect();
    let matched = |edge: &Edge| {
        let (source, target) = (*ends.get(edge.source.as_str())?, *ends.get(edge.target.as_str())?);
        let relation = relations.remove(&edge.id)?;
        Some(Match { source: source.clone(), target: target.clone(), relation, depth: edge.depth })
    };
    Ok(edges.iter().filter_map(matched).collect())
}
