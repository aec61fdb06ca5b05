//! `builtin/embed`: a vector of hashed words and trigrams. Close in wording means close in angle; it knows no meaning.

use unicode_normalization::UnicodeNormalization;

#[cfg(test)]
mod tests;

pub const MODEL: &str = "builtin/embed";
pub const DIMENSIONS: usize = 256;

const WORD_WEIGHT: f64 = 1.0;
const TRIGRAM_WEIGHT: f64 = 0.5;

/// A vector of length 1; the zero vector when the text has no word.
pub fn embed(text: &str) -> Vec<f32> {
    let text: String = text.nfkc().collect::<String>().to_lowercase();
    let mut sums = [0.0_f64; DIMENSIONS];
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()) {
        add(&mut sums, &format!("w:{word}"), WORD_WEIGHT);
        let marked: Vec<char> = format!("^{word}$").chars().collect();
        for trigram in marked.windows(3) {
            add(&mut sums, &format!("t:{}", trigram.iter().collect::<String>()), TRIGRAM_WEIGHT);
        }
    }
    let length = sums.iter().map(|x| x * x).sum::<f64>().sqrt();
    let scale = if length > 0.0 { length.recip() } else { 0.0 };
    sums.iter().map(|x| narrow(x * scale)).collect()
}

fn add(sums: &mut [f64; DIMENSIONS], feature: &str, weight: f64) {
    let hash = fnv1a(feature.as_bytes());
    let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
    sums[usize::from(hash.to_le_bytes()[0])] += sign * weight;
}

#[expect(clippy::cast_possible_truncation, reason = "vectors are stored as 32-bit floats")]
fn narrow(x: f64) -> f32 {
    x as f32
}

/// FNV-1a, 64 bits.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
