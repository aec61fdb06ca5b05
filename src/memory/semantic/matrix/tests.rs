//! The matrix against the plain computation.

use std::{collections::HashMap, sync::Arc};

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

use super::{Entry, Matrix, from_bytes, to_bytes, unit};
use crate::{
    ids::Id,
    memory::semantic::{
        MemorySource,
        filter::{Filter, Seen},
    },
    time::Ts,
};

fn seen(person: &str, confidence: f32) -> Seen {
    Seen {
        person: Arc::from(person),
        scope: Arc::from("semantic"),
        source: MemorySource::UserProvided,
        confidence,
        created_at: Ts(1),
        expires_at: None,
    }
}

/// A change: which memory, of whom, and its new vector; none takes it out.
type Change = (usize, bool, Option<Vec<f32>>);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let vector = prop::option::of(prop::collection::vec(-1.0_f32..1.0, 19));
    prop::collection::vec((0_usize..12, any::<bool>(), vector), 1..60)
}

proptest! {
    #[test]
    fn finds_what_the_plain_computation_finds(changes in changes(), query in prop::collection::vec(-1.0_f32..1.0, 19)) {
        let ids: Vec<Id> = (0..12).map(|_| Id::new()).collect();
        let (mut matrix, mut plain) = (Matrix::default(), HashMap::new());
        for (n, is_bobs, vector) in changes {
            let person = if is_bobs { "bob" } else { "" };
            match vector.clone().map(unit).filter(|v| !v.is_empty()) {
                Some(unit) => drop(plain.insert(ids[n], (person, unit))),
                None => drop(plain.remove(&ids[n])),
            }
            matrix.take_in(Entry { id: ids[n], seen: seen(person, 0.5), vector });
        }
        prop_assert_eq!(matrix.len(), plain.len());
        let query = unit(query);
        prop_assert!(!query.is_empty() || plain.is_empty() || matrix.nearest(&query, &Filter::of(None), 12).is_empty());
        for person in [None, Some("bob")] {
            let found = matrix.nearest(&query, &Filter::of(person), 12);
            let mut expected: Vec<(Id, f32)> = plain
                .iter()
                .filter(|(_, (of, _))| of.is_empty() || Some(*of) == person)
                .map(|(id, (_, v))| (*id, v.iter().zip(&query).map(|(a, b)| a * b).sum()))
                .filter(|(_, cosine)| *cosine > 1e-5)
                .collect();
            expected.sort_by(|a, b| b.1.total_cmp(&a.1));
            prop_assert!(found.len() >= expected.len());
            for (near, (_, cosine)) in found.iter().zip(&expected) {
                prop_assert!((near.cosine - cosine).abs() < 1e-4);
                prop_assert!((near.rank - 0.5 * near.cosine).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn bytes_give_the_vector_back(vector in prop::collection::vec(any::<f32>().prop_filter("finite", |x| x.is_finite()), 0..40)) {
        prop_assert_eq!(from_bytes(&to_bytes(&vector)), vector);
    }
}

#[test]
fn vectors_of_another_length_and_without_length_stay_out() {
    let mut matrix = Matrix::default();
    let (first, second) = (Id::new(), Id::new());
    matrix.take_in(Entry { id: first, seen: seen("", 1.0), vector: Some(vec![3.0, 4.0]) });
    matrix.take_in(Entry { id: second, seen: seen("", 1.0), vector: Some(vec![1.0, 0.0, 0.0]) });
    matrix.take_in(Entry { id: second, seen: seen("", 1.0), vector: Some(vec![0.0, 0.0]) });
    assert_eq!(matrix.len(), 1);
    assert_eq!(matrix.nearest(&[0.6, 0.8], &Filter::of(None), 5)[0].id, first);
    assert_eq!(matrix.nearest(&[1.0, 0.0, 0.0], &Filter::of(None), 5), vec![]);
    let expired = Filter { now: Ts(2), ..Filter::of(None) };
    matrix.take_in(Entry {
        id: first,
        seen: Seen { expires_at: Some(Ts(2)), ..seen("", 1.0) },
        vector: Some(vec![1.0, 0.0]),
    });
    assert_eq!(matrix.nearest(&[1.0, 0.0], &expired, 5), vec![], "its time is over");
}
