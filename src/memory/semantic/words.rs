//! The words of a text, split alike for both databases. Pure.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

/// Characters of a word; the rest of a longer one is left out.
const LONGEST: usize = 64;
/// Words of a query that are looked up.
const ASKED: usize = 12;

/// The different words of a text, in its order: runs of letters and digits in lower case, in NFKC.
pub fn words(text: &str) -> Vec<String> {
    let text: String = text.nfkc().collect::<String>().to_lowercase();
    let mut seen = HashSet::new();
    let runs = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    runs.map(|word| word.chars().take(LONGEST).collect::<String>()).filter(|word| seen.insert(word.clone())).collect()
}

/// Those of a query that are worth looking up: the longest, which are the rarest.
pub fn asked(query: &str) -> Vec<String> {
    let mut all = words(query);
    if all.len() > ASKED {
        all.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        all.truncate(ASKED);
    }
    all
}

/// What each word of a query tells: one that many memories share tells little.
#[derive(Clone, Debug)]
pub struct Weights(Vec<(String, f64)>);

impl Weights {
    /// `found`: in how many of `total` memories each word is.
    pub fn new(words: Vec<String>, found: &[usize], total: usize) -> Self {
        let of = |count: usize| {
            let (count, total) = (count_of(count), count_of(total.max(count)));
            ((total + 1.0) / (count + 0.5)).ln_1p()
        };
        Self(words.into_iter().zip(found).map(|(word, count)| (word, of(*count))).collect())
    }

    pub fn of(&self, index: usize) -> f64 {
        self.0.get(index).map_or(0.0, |(_, weight)| *weight)
    }

    /// The weight of those that the text has.
    pub fn sum(&self, words: &HashSet<&str>) -> f64 {
        self.0.iter().filter(|(word, _)| words.contains(word.as_str())).map(|(_, weight)| weight).sum()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a number of rows")]
fn count_of(rows: usize) -> f64 {
    rows as f64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Weights, asked, words};

    #[test]
    fn words_are_split_folded_and_told_once() {
        assert_eq!(words("The CAT—the ﬁsh, Straße_7 naïve!"), ["the", "cat", "fish", "straße", "7", "naïve"]);
        assert_eq!(words("…  \u{0}"), Vec::<String>::new());
        assert_eq!(words(&"x".repeat(99))[0].len(), 64);
    }

    #[test]
    fn long_questions_ask_for_their_longest_words() {
        let text: String = (1..40).map(|n| format!("{} ", "w".repeat(n))).collect();
        let asked = asked(&text);
        assert_eq!((asked.len(), asked[0].len(), asked[11].len()), (12, 39, 28));
    }

    #[test]
    fn rare_words_weigh_more() {
        let weights = Weights::new(vec!["common".into(), "rare".into()], &[500, 1], 1_000);
        assert!(weights.of(1) > 3.0 * weights.of(0));
        let both = HashSet::from(["common", "rare", "other"]);
        assert!((weights.sum(&both) - weights.of(0) - weights.of(1)).abs() < 1e-9);
        assert!(weights.sum(&HashSet::new()).abs() < 1e-9);
    }
}
