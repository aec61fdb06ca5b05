//! The vectors of one agent's memories in one piece of memory, with what a search filters by: exact search, row after row.
//! Pure; `vectors` keeps it current.

use std::{
    cmp::Ordering,
    collections::{BinaryHeap, HashMap},
};

use super::filter::{Filter, Seen};
use crate::ids::Id;

/// A memory as the matrix takes it in. Without a vector it is taken out.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: Id,
    pub seen: Seen,
    pub vector: Option<Vec<f32>>,
}

#[derive(Debug, Default)]
pub struct Matrix {
    dimensions: usize,
    vectors: Vec<f32>,
    rows: Vec<(Id, Seen)>,
    places: HashMap<Id, usize>,
}

/// A memory that is near to what was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    pub id: Id,
    pub cosine: f32,
    /// What it is ranked by: cosine times confidence.
    pub rank: f32,
}

/// The best so far, at most `limit`.
pub struct Best {
    limit: usize,
    /// Worst first.
    kept: BinaryHeap<Ranked>,
}

struct Ranked(Near);

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.rank.total_cmp(&self.0.rank).then(self.0.id.cmp(&other.0.id))
    }
}

impl Best {
    pub fn new(limit: usize) -> Self {
        Self { limit, kept: BinaryHeap::with_capacity(limit + 1) }
    }

    pub fn offer(&mut self, near: Near) {
        if near.rank <= 0.0 || self.limit == 0 {
            return;
        }
        if self.kept.len() < self.limit {
            self.kept.push(Ranked(near));
        } else if self.kept.peek().is_some_and(|worst| near.rank > worst.0.rank) {
            self.kept.pop();
            self.kept.push(Ranked(near));
        }
    }

    /// Best first.
    pub fn into_sorted(self) -> Vec<Near> {
        self.kept.into_sorted_vec().into_iter().map(|ranked| ranked.0).collect()
    }
}

impl Matrix {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Bytes that it takes, about.
    pub fn bytes(&self) -> usize {
        self.vectors.len() * size_of::<f32>() + self.rows.len() * (size_of::<(Id, Seen)>() + 96)
    }

    /// A vector of another length than the first one is left out.
    pub fn take_in(&mut self, entry: Entry) {
        let Entry { id, seen, vector } = entry;
        let vector = vector.map(unit).filter(|v| !v.is_empty());
        if let Some(first) = vector.as_ref().filter(|_| self.rows.is_empty()) {
            self.dimensions = first.len();
        }
        let Some(vector) = vector.filter(|v| v.len() == self.dimensions) else { return self.remove(id) };
        match self.places.get(&id) {
            Some(&at) => {
                let from = at * self.dimensions;
                self.vectors[from..from + self.dimensions].copy_from_slice(&vector);
                self.rows[at].1 = seen;
            }
            None => {
                self.places.insert(id, self.rows.len());
                self.rows.push((id, seen));
                self.vectors.extend(vector);
            }
        }
    }

    pub fn remove(&mut self, id: Id) {
        let Some(at) = self.places.remove(&id) else { return };
        let last = self.rows.len() - 1;
        let (from, to) = (last * self.dimensions, at * self.dimensions);
        self.vectors.copy_within(from.., to);
        self.vectors.truncate(from);
        self.rows.swap_remove(at);
        if let Some((moved, _)) = self.rows.get(at) {
            self.places.insert(*moved, at);
        }
    }

    /// The nearest memories that the filter admits.
    pub fn nearest(&self, query: &[f32], filter: &Filter, limit: usize) -> Vec<Near> {
        let mut best = Best::new(limit);
        if query.len() != self.dimensions || self.dimensions == 0 {
            return vec![];
        }
        for ((id, seen), vector) in self.rows.iter().zip(self.vectors.chunks_exact(self.dimensions)) {
            if filter.admits(seen) {
                let cosine = dot(query, vector);
                best.offer(Near { id: *id, cosine, rank: cosine * seen.confidence });
            }
        }
        best.into_sorted()
    }
}

/// In sixteen sums side by side, which is what the processor can do at once.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

/// Scaled to length 1, so that a dot product is a cosine; empty when it has no length.
pub fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = dot(&vector, &vector).sqrt();
    if !length.is_normal() {
        return vec![];
    }
    vector.iter_mut().for_each(|x| *x /= length);
    vector
}

/// As stored: 32-bit floats, little-endian.
pub fn to_bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|x| x.to_le_bytes()).collect()
}

pub fn from_bytes(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
}

#[cfg(test)]
mod tests;
