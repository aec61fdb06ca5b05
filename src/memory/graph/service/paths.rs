//! Which relations lie on a path between two ends. Pure. A path visits no entity twice, though it may end where it began.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::{ids::Id, memory::graph::schema::Direction};

#[cfg(test)]
mod tests;

/// A relation without what does not matter to a walk.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    pub id: Id,
    pub source: String,
    pub target: String,
    pub confidence: f64,
    /// Hops from the start to its far end.
    pub depth: i32,
}

/// One way through an edge.
struct Arc<'a> {
    edge: usize,
    from: &'a str,
    to: &'a str,
}

/// Those of `edges` on a path of at most `max_depth` (at most 4) hops from a source to a target, in the order of an answer.
/// Several sources, or targets, count as one place: what leads back to it is no path.
pub fn between(
    edges: &[Edge],
    sources: &[String],
    targets: &[String],
    max_depth: i32,
    direction: Direction,
) -> Vec<Edge> {
    let ends = Ends {
        sources: sources.iter().map(String::as_str).collect(),
        targets: targets.iter().map(String::as_str).collect(),
    };
    let arcs = arcs(edges, direction);
    let on_path = ends.arcs_on_paths(&arcs, max_depth);
    let depths = depths(on_path.iter().filter_map(|at| arcs.get(*at)), &ends.sources);
    let edge = |(at, depth): (usize, i32)| Some(Edge { depth, ..edges.get(at)?.clone() });
    let mut found: Vec<Edge> = depths.into_iter().filter_map(edge).collect();
    found.sort_by(|a, b| (a.depth.cmp(&b.depth)).then(b.confidence.total_cmp(&a.confidence)).then(b.id.cmp(&a.id)));
    found
}

fn arcs(edges: &[Edge], direction: Direction) -> Vec<Arc<'_>> {
    let mut arcs = vec![];
    for (at, Edge { source, target, .. }) in edges.iter().enumerate() {
        if direction != Direction::Incoming {
            arcs.push(Arc { edge: at, from: source, to: target });
        }
        if direction != Direction::Outgoing && (source != target || direction == Direction::Incoming) {
            arcs.push(Arc { edge: at, from: target, to: source });
        }
    }
    arcs
}

struct Ends<'a> {
    sources: HashSet<&'a str>,
    targets: HashSet<&'a str>,
}

/// The arcs at one entity between the ends, each with what tells two of them apart.
#[derive(Default)]
struct Place<'a> {
    /// From a source, and to a target: the edge.
    first: Vec<(usize, usize)>,
    last: Vec<(usize, usize)>,
    /// From and to others between the ends: the other one.
    enter: Vec<(usize, &'a str)>,
    leave: Vec<(usize, &'a str)>,
}

impl Ends<'_> {
    fn is_between(&self, entity: &str) -> bool {
        !self.sources.contains(entity) && !self.targets.contains(entity)
    }

    /// Positions in `arcs`. With at most four hops a walk that stays between the ends can repeat an entity only by going
    /// a → b → a in the middle, or, when the ends meet, by going back the way it came; both need two arcs that differ.
    fn arcs_on_paths(&self, arcs: &[Arc<'_>], max_depth: i32) -> HashSet<usize> {
        let mut found = HashSet::new();
        let mut places: HashMap<&str, Place<'_>> = HashMap::new();
        for (at, arc) in arcs.iter().enumerate() {
            let (starts, arrives) = (self.sources.contains(arc.from), self.targets.contains(arc.to));
            let (from_between, to_between) = (self.is_between(arc.from), self.is_between(arc.to));
            if starts && arrives {
                found.insert(at);
            } else if starts && to_between {
                places.entry(arc.to).or_default().first.push((at, arc.edge));
            } else if from_between && arrives {
                places.entry(arc.from).or_default().last.push((at, arc.edge));
            } else if from_between && to_between && arc.from != arc.to {
                places.entry(arc.from).or_default().leave.push((at, arc.to));
                places.entry(arc.to).or_default().enter.push((at, arc.from));
            }
        }
        // Entities whose every first, or last, arc is on a path.
        let (mut begins, mut ends) = (HashSet::new(), HashSet::new());
        for (name, place) in &places {
            if max_depth >= 2 {
                found.extend(with_another(&place.first, &place.last).map(|(at, _)| at));
                found.extend(with_another(&place.last, &place.first).map(|(at, _)| at));
            }
            let begun = |(_, from): &&(usize, &str)| places.get(from).is_some_and(|p| !p.first.is_empty());
            let ended = |(_, to): &&(usize, &str)| places.get(to).is_some_and(|p| !p.last.is_empty());
            let enter: Vec<(usize, &str)> = place.enter.iter().filter(begun).copied().collect();
            let leave: Vec<(usize, &str)> = place.leave.iter().filter(ended).copied().collect();
            if max_depth >= 3 && !place.last.is_empty() && !enter.is_empty() {
                found.extend(enter.iter().map(|(at, _)| at));
                begins.extend(enter.iter().map(|(_, from)| *from));
                ends.insert(*name);
            }
            if max_depth >= 4 {
                for (at, from) in with_another(&enter, &leave) {
                    found.insert(at);
                    begins.insert(from);
                }
                for (at, to) in with_another(&leave, &enter) {
                    found.insert(at);
                    ends.insert(to);
                }
            }
        }
        let firsts = begins.iter().filter_map(|name| places.get(name)).flat_map(|place| &place.first);
        found.extend(firsts.map(|(at, _)| at));
        let lasts = ends.iter().filter_map(|name| places.get(name)).flat_map(|place| &place.last);
        found.extend(lasts.map(|(at, _)| at));
        found
    }
}

/// Those of `these` for which one of `those` differs.
fn with_another<'v, K: Copy + PartialEq>(
    these: &'v [(usize, K)],
    those: &'v [(usize, K)],
) -> impl Iterator<Item = (usize, K)> + 'v {
    let one = those.first().map(|(_, key)| *key);
    let several = those.iter().any(|(_, key)| Some(*key) != one);
    these.iter().copied().filter(move |(_, key)| several || one.is_some_and(|one| one != *key))
}

/// Depth of each edge that these arcs reach from the sources.
fn depths<'a>(arcs: impl Iterator<Item = &'a Arc<'a>>, sources: &HashSet<&str>) -> HashMap<usize, i32> {
    let mut leaving: HashMap<&str, Vec<(usize, &str)>> = HashMap::new();
    for arc in arcs {
        leaving.entry(arc.from).or_default().push((arc.edge, arc.to));
    }
    let mut ahead: VecDeque<(&str, i32)> = sources.iter().map(|name| (*name, 0)).collect();
    let mut seen: HashSet<&str> = sources.clone();
    let mut depths = HashMap::new();
    while let Some((entity, depth)) = ahead.pop_front() {
        for (edge, to) in leaving.get(entity).into_iter().flatten() {
            depths.entry(*edge).or_insert(depth + 1);
            if seen.insert(to) {
                ahead.push_back((to, depth + 1));
            }
        }
    }
    depths
}
