//! Paths against a search that tries every one of them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::{Just, ProptestConfig, Strategy, prop, prop_assert_eq, prop_oneof, proptest};

use super::{Edge, between};
use crate::{ids::Id, memory::graph::schema::Direction};

fn edges(ends: &[(u8, u8)]) -> Vec<Edge> {
    let edge = |(source, target): &(u8, u8)| Edge {
        id: Id::new(),
        source: source.to_string(),
        target: target.to_string(),
        confidence: 1.0,
        depth: 0,
    };
    ends.iter().map(edge).collect()
}

fn found(ends: &[(u8, u8)], from: &[u8], to: &[u8], hops: i32, direction: Direction) -> BTreeMap<usize, i32> {
    let edges = edges(ends);
    let names = |ends: &[u8]| ends.iter().map(u8::to_string).collect::<Vec<_>>();
    let paths = between(&edges, &names(from), &names(to), hops, direction);
    paths.iter().map(|path| (edges.iter().position(|e| e.id == path.id).unwrap(), path.depth)).collect()
}

/// Every path, hop by hop: an entity at most once, an edge at most once, the ends only at the ends.
struct Search<'a> {
    ends: &'a [(u8, u8)],
    from: &'a [u8],
    to: &'a [u8],
    hops: usize,
    direction: Direction,
    best: BTreeMap<usize, i32>,
}

impl Search<'_> {
    fn run(mut self) -> BTreeMap<usize, i32> {
        for start in self.from.iter().copied() {
            self.go_on(start, &mut vec![], &mut BTreeSet::new());
        }
        self.best
    }

    fn go_on(&mut self, at: u8, taken: &mut Vec<usize>, seen: &mut BTreeSet<u8>) {
        if !taken.is_empty() && self.to.contains(&at) {
            for (depth, edge) in (1..).zip(taken.iter()) {
                self.best.entry(*edge).and_modify(|best| *best = depth.min(*best)).or_insert(depth);
            }
            return;
        }
        let is_back = !taken.is_empty() && self.from.contains(&at);
        if is_back || taken.len() == self.hops || !seen.insert(at) {
            return;
        }
        for (edge, (source, target)) in self.ends.iter().enumerate() {
            let mut next = vec![];
            if self.direction != Direction::Incoming && *source == at {
                next.push(*target);
            }
            if self.direction != Direction::Outgoing && *target == at {
                next.push(*source);
            }
            for to in next {
                if !taken.contains(&edge) {
                    taken.push(edge);
                    self.go_on(to, taken, seen);
                    taken.pop();
                }
            }
        }
        seen.remove(&at);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_on_a_path_is_found(
        ends in prop::collection::vec((0u8..7, 0u8..7), 0..16),
        from in prop::collection::btree_set(0u8..7, 1..3),
        to in prop::collection::btree_set(0u8..7, 1..3),
        hops in 1i32..=4,
        direction in prop_oneof![Just(Direction::Outgoing), Just(Direction::Incoming), Just(Direction::Both)].boxed(),
    ) {
        let (from, to): (Vec<u8>, Vec<u8>) = (from.into_iter().collect(), to.into_iter().collect());
        let search = Search {
            ends: &ends, from: &from, to: &to, hops: usize::try_from(hops).unwrap(), direction, best: BTreeMap::new(),
        };
        prop_assert_eq!(found(&ends, &from, &to, hops, direction), search.run());
    }
}

#[test]
fn a_detour_that_comes_back_is_no_path() {
    // 0 → 1 → 3, and 1 ⇄ 2.
    let ends = [(0, 1), (1, 3), (1, 2), (2, 1)];
    assert_eq!(found(&ends, &[0], &[3], 4, Direction::Outgoing), BTreeMap::from([(0, 1), (1, 2)]));
    // With another way from 2 to 3 it is one.
    let ends = [(0, 1), (1, 3), (1, 2), (2, 1), (2, 3)];
    let through_two = BTreeMap::from([(0, 1), (1, 2), (2, 2), (4, 3)]);
    assert_eq!(found(&ends, &[0], &[3], 4, Direction::Outgoing), through_two);
}

#[test]
fn a_path_may_end_where_it_began() {
    assert_eq!(found(&[(0, 0)], &[0], &[0], 1, Direction::Both), BTreeMap::from([(0, 1)]));
    assert_eq!(found(&[(0, 1), (1, 0)], &[0], &[0], 2, Direction::Outgoing), BTreeMap::from([(0, 1), (1, 2)]));
    assert_eq!(found(&[(0, 1)], &[0], &[0], 2, Direction::Both), BTreeMap::new(), "there and back on one edge");
}
