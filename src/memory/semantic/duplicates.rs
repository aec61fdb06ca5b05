//! Which vectors say nearly the same. Pure.

use super::matrix::dot;

/// Numbers that are compared first; mostly they tell already that the rest cannot make up for it.
const FIRST: usize = 32;

/// Groups of vectors of length 1 whose cosine to the first of the group is at least `similarity`. Each vector is in one group
/// at most, and a group has two or more.
pub fn groups(vectors: &[Vec<f32>], similarity: f32) -> Vec<Vec<usize>> {
    let rests: Vec<f32> = vectors.iter().map(|v| v.get(FIRST..).map_or(0.0, |rest| dot(rest, rest).sqrt())).collect();
    let is_near = |a: usize, b: usize| {
        let (va, vb) = (&vectors[a], &vectors[b]);
        if va.len() != vb.len() {
            return false;
        }
        let first = FIRST.min(va.len());
        let start = dot(&va[..first], &vb[..first]);
        // Cauchy and Schwarz: the rest adds no more than the product of both lengths.
        start + rests[a] * rests[b] >= similarity - 1e-5 && start + dot(&va[first..], &vb[first..]) >= similarity - 1e-5
    };
    let mut taken = vec![false; vectors.len()];
    let mut found = vec![];
    for a in 0..vectors.len() {
        if taken[a] {
            continue;
        }
        let near: Vec<usize> = (a + 1..vectors.len()).filter(|b| !taken[*b] && is_near(a, *b)).collect();
        if !near.is_empty() {
            near.iter().for_each(|b| taken[*b] = true);
            found.push([vec![a], near].concat());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    use super::groups;
    use crate::memory::semantic::matrix::{dot, unit};

    proptest! {
        #[test]
        fn groups_are_those_of_the_plain_comparison(
            seeds in prop::collection::vec((0_usize..4, prop::collection::vec(-0.2_f32..0.2, 40)), 0..30),
        ) {
            let base = |n: usize| (0..40).map(move |i| if i % 4 == n { 1.0 } else { 0.0 });
            let vectors: Vec<Vec<f32>> =
                seeds.iter().map(|(n, noise)| unit(base(*n).zip(noise).map(|(a, b)| a + b).collect())).collect();
            let found = groups(&vectors, 0.95);
            let mut seen: Vec<usize> = found.concat();
            for group in &found {
                prop_assert!(group.len() > 1);
                for other in &group[1..] {
                    prop_assert!(dot(&vectors[group[0]], &vectors[*other]) > 0.949);
                }
            }
            let all = seen.len();
            seen.sort_unstable();
            seen.dedup();
            prop_assert_eq!(seen.len(), all);
            let heads: Vec<usize> = (0..vectors.len()).filter(|n| !found.iter().any(|g| g[1..].contains(n))).collect();
            for (i, a) in heads.iter().enumerate() {
                for b in &heads[i + 1..] {
                    prop_assert!(dot(&vectors[*a], &vectors[*b]) < 0.951, "{} and {} say the same", a, b);
                }
            }
        }
    }
}
