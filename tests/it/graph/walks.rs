//! Searches on random graphs against a model in memory; how many statements one takes; where it stops.

use std::collections::{BTreeMap, BTreeSet};

use openfang::{
    agents,
    db::{self, Db, DbUrl},
    ids::Id,
    memory::graph::{
        GraphScope,
        schema::{Direction, Entity, Relation},
        service::{self, GraphQuery, ImportMode, View},
    },
    time::Ts,
};
use proptest::{
    prelude::{Just, ProptestConfig, Strategy, prop, prop_oneof},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::Map;
use tempfile::TempDir;

use crate::support::{database, engine::agent_row};

/// One relation of a model: ends, kind, confidence, and the agent that owns it, if one does.
#[derive(Clone, Debug)]
struct Edge {
    source: usize,
    target: usize,
    kind: u8,
    confidence: f64,
    owner: Option<usize>,
}

#[derive(Clone, Debug)]
struct Asked {
    source: Option<usize>,
    target: Option<usize>,
    kind: Option<u8>,
    max_depth: i32,
    direction: Option<Direction>,
    min_confidence: f64,
    scope: Option<GraphScope>,
    agent: Option<usize>,
}

const ENTITIES: usize = 7;

fn edge() -> impl Strategy<Value = Edge> {
    let confidence = prop_oneof![Just(0.0), Just(0.5), Just(1.0)];
    (0..ENTITIES, 0..ENTITIES, 0u8..2, confidence, prop::option::of(0usize..2))
        .prop_map(|(source, target, kind, confidence, owner)| Edge { source, target, kind, confidence, owner })
}

fn asked() -> impl Strategy<Value = Asked> {
    let direction =
        prop::option::of(prop_oneof![Just(Direction::Outgoing), Just(Direction::Incoming), Just(Direction::Both)]);
    let scope = prop::option::of(prop_oneof![Just(GraphScope::Own), Just(GraphScope::Shared)]);
    let ends = (prop::option::weighted(0.8, 0..ENTITIES), prop::option::weighted(0.6, 0..ENTITIES));
    let limits = (prop::option::weighted(0.3, 0u8..2), 1i32..=4, prop_oneof![Just(0.0), Just(0.5)]);
    (ends, limits, direction, scope, prop::option::of(0usize..2)).prop_map(
        |((source, target), (kind, depth, min_confidence), direction, scope, agent)| Asked {
            source,
            target,
            kind,
            max_depth: if source.is_none() && target.is_none() { 1 } else { depth },
            direction,
            min_confidence,
            scope,
            agent,
        },
    )
}

impl Asked {
    fn sees(&self, edge: &Edge) -> bool {
        let in_scope = match self.scope {
            Some(GraphScope::Own) => edge.owner.is_some(),
            Some(GraphScope::Shared) => edge.owner.is_none(),
            None => true,
        };
        let is_visible = edge.owner.is_none() || self.agent.is_none() || edge.owner == self.agent;
        let is_meant = self.kind.is_none_or(|kind| kind == edge.kind) && edge.confidence >= self.min_confidence;
        in_scope && is_visible && is_meant
    }

    /// Where an edge leads from here.
    fn next(direction: Direction, edge: &Edge, at: usize) -> Vec<usize> {
        let mut next = vec![];
        if direction != Direction::Incoming && edge.source == at {
            next.push(edge.target);
        }
        if direction != Direction::Outgoing && edge.target == at {
            next.push(edge.source);
        }
        next
    }

    /// Depth of each edge that is found, by its position.
    fn answer(&self, edges: &[Edge]) -> BTreeMap<usize, i32> {
        let mut best = BTreeMap::new();
        match (self.source, self.target) {
            (None, None) => {
                best.extend((0..edges.len()).filter(|at| self.sees(&edges[*at])).map(|at| (at, 1)));
            }
            (Some(start), None) | (None, Some(start)) => {
                let direction = self.direction.unwrap_or(Direction::Both);
                let mut reached = BTreeSet::from([start]);
                for depth in 1..=self.max_depth {
                    for at in reached.clone() {
                        for (n, edge) in edges.iter().enumerate().filter(|(_, edge)| self.sees(edge)) {
                            let next = Self::next(direction, edge, at);
                            if !next.is_empty() {
                                best.entry(n).or_insert(depth);
                                reached.extend(next);
                            }
                        }
                    }
                }
            }
            (Some(from), Some(to)) => {
                let direction = self.direction.unwrap_or(Direction::Outgoing);
                self.paths(edges, direction, from, to, &mut vec![], &mut vec![from], &mut best);
            }
        }
        best
    }

    #[expect(clippy::too_many_arguments, reason = "the state of a search")]
    fn paths(
        &self,
        edges: &[Edge],
        direction: Direction,
        at: usize,
        to: usize,
        taken: &mut Vec<usize>,
        seen: &mut Vec<usize>,
        best: &mut BTreeMap<usize, i32>,
    ) {
        for (n, edge) in edges.iter().enumerate().filter(|(_, edge)| self.sees(edge)) {
            for next in Self::next(direction, edge, at) {
                if taken.contains(&n) {
                    continue;
                }
                taken.push(n);
                if next == to {
                    for (depth, edge) in (1..).zip(taken.iter()) {
                        best.entry(*edge).and_modify(|known: &mut i32| *known = depth.min(*known)).or_insert(depth);
                    }
                } else if !seen.contains(&next) && taken.len() < usize::try_from(self.max_depth).unwrap() {
                    seen.push(next);
                    self.paths(edges, direction, next, to, taken, seen, best);
                    seen.pop();
                }
                taken.pop();
            }
        }
    }
}

struct Graph {
    db: Db,
    agents: Vec<Id>,
    _home: TempDir,
}

impl Graph {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let url = DbUrl::parse(&database::fresh(home.path()).await).unwrap();
        let db = Db::connect(&url).await.unwrap();
        db::migrate::migrate(&db, &url).await.unwrap();
        let mut agents = vec![];
        for name in ["one", "two"] {
            let row = agent_row(&serde_json::json!({}), name, home.path().join(name));
            agents.push(row.id);
            agents::service::insert(db.write(), row).await.unwrap();
        }
        Self { db, agents, _home: home }
    }

    /// The model becomes the graph; equal relations of one owner are one.
    async fn become_like(&self, edges: &[Edge]) -> (Vec<Edge>, Vec<Id>) {
        let now = Ts::now();
        let entities = (0..ENTITIES).map(|n| entity(&format!("e{n}"), &format!("Thing {n}"), now)).collect();
        let (mut kept, mut ids, mut relations) = (vec![], vec![], vec![]);
        let mut known = BTreeSet::new();
        for edge in edges {
            if known.insert((edge.source, edge.target, edge.kind, edge.owner)) {
                let agent = edge.owner.map(|owner| self.agents[owner]);
                let (source, target) = (format!("e{}", edge.source), format!("e{}", edge.target));
                let relation = relation(&source, &format!("k{}", edge.kind), &target, edge.confidence, agent);
                ids.push(relation.id);
                relations.push(relation);
                kept.push(edge.clone());
            }
        }
        let tx = self.db.begin().await.unwrap();
        let done = service::import(&tx, entities, relations, ImportMode::Replace, Some).await.unwrap();
        assert!(done.rejected.is_empty(), "{done:?}");
        tx.commit().await.unwrap();
        (kept, ids)
    }

    fn query(&self, asked: &Asked) -> GraphQuery {
        let name = |end: Option<usize>| end.map(|n| format!("THING {n}"));
        GraphQuery {
            source: name(asked.source),
            target: name(asked.target),
            relation: asked.kind.map(|kind| format!("k{kind}")),
            max_depth: asked.max_depth,
            direction: asked.direction,
            min_confidence: asked.min_confidence,
            limit: 500,
            view: View { scope: asked.scope, agent: asked.agent.map(|agent| self.agents[agent]) },
        }
    }
}

fn entity(id: &str, name: &str, now: Ts) -> Entity {
    Entity {
        id: id.to_owned(),
        scope: GraphScope::Shared,
        name: name.to_owned(),
        aliases: vec![],
        entity_type: "concept".into(),
        properties: Map::new(),
        agent_id: None,
        created_at: now,
        updated_at: now,
    }
}

fn relation(source: &str, kind: &str, target: &str, confidence: f64, agent: Option<Id>) -> Relation {
    Relation {
        id: Id::new(),
        scope: if agent.is_some() { GraphScope::Own } else { GraphScope::Shared },
        source: source.to_owned(),
        relation: kind.to_owned(),
        target: target.to_owned(),
        properties: Map::new(),
        confidence,
        agent_id: agent,
        created_at: Ts::now(),
    }
}

/// Every search finds what the model finds and shows nobody what is another agent's.
#[tokio::test]
async fn searches_agree_with_a_simple_model() {
    let graph = Graph::new().await;
    let config = Config { failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let cases = (prop::collection::vec(edge(), 0..14), prop::collection::vec(asked(), 40));
    for _ in 0..20 {
        let (edges, questions) = sampled(&cases, &mut runner);
        let (edges, ids) = graph.become_like(&edges).await;
        for asked in questions {
            let found = service::query(graph.db.read(), &graph.query(&asked)).await.unwrap();
            let position = |id: Id| ids.iter().position(|known| *known == id).unwrap();
            let got: BTreeMap<usize, i32> = found.matches.iter().map(|m| (position(m.relation.id), m.depth)).collect();
            assert_eq!(got, asked.answer(&edges), "{asked:?} in {edges:?}");
            assert_eq!((found.total, found.truncated), (got.len(), false));
            let order = |m: &service::Match| (m.depth, -(m.relation.confidence * 10.0) as i64);
            assert!(found.matches.is_sorted_by_key(order), "by depth, then confidence");
        }
    }
}

fn sampled<S: Strategy>(strategy: &S, runner: &mut TestRunner) -> S::Value {
    use proptest::strategy::ValueTree;
    strategy.new_tree(runner).unwrap().current()
}

/// A hub with many leaves, twice as many as a search visits.
#[tokio::test]
async fn a_search_is_bounded_and_takes_few_statements() {
    let graph = Graph::new().await;
    let now = Ts::now();
    let mut counts = vec![];
    for leaves in [3, 20_000] {
        let mut entities = vec![entity("hub", "Hub", now)];
        entities.extend((0..leaves).map(|n| entity(&format!("l{n}"), &format!("Leaf {n}"), now)));
        let joined = |n| relation("hub", "uses", &format!("l{n}"), 1.0, None);
        let tx = graph.db.begin().await.unwrap();
        let relations = (0..leaves).map(joined).collect();
        let done = service::import(&tx, entities, relations, ImportMode::Replace, Some).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((done.entities, done.relations, done.rejected.len()), (leaves + 1, leaves, 0));
        for (source, target) in [(Some("hub"), None), (Some("l1"), Some("l2")), (None, None)] {
            let query = GraphQuery {
                source: source.map(str::to_owned),
                target: target.map(str::to_owned),
                relation: None,
                max_depth: if source.is_some() { 4 } else { 1 },
                direction: Some(Direction::Both),
                min_confidence: 0.0,
                limit: 500,
                view: View::default(),
            };
            let before = graph.db.statements();
            let found = service::query(graph.db.read(), &query).await.unwrap();
            counts.push(graph.db.statements() - before);
            let (all, shown) = match target {
                Some(_) => (2, 2),
                None => (usize::try_from(leaves.min(10_000)).unwrap(), usize::try_from(leaves.min(500)).unwrap()),
            };
            assert_eq!((found.total, found.matches.len()), (all, shown), "{leaves} {source:?} {target:?}");
            // The way from leaf to leaf leads through the hub, all of whose relations are looked at.
            assert_eq!(found.truncated, leaves > 3, "{leaves} {source:?} {target:?}");
        }
    }
    assert_eq!(counts[..3], counts[3..], "{counts:?}");
    assert!(counts.iter().all(|count| *count <= 6), "{counts:?}");
}
