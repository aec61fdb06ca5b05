//! Known hashes and angles.

use super::{DIMENSIONS, embed, fnv1a};

fn cosine(a: &str, b: &str) -> f32 {
    embed(a).iter().zip(embed(b)).map(|(x, y)| x * y).sum()
}

#[test]
fn the_hash_is_fnv_1a() {
    assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
    assert_eq!(fnv1a(b"w:cat"), 0x39d2_1e0a_7b89_0ac8);
    assert_eq!(0x39d2_1e0a_7b89_0ac8_u64 % 256, 200);
}

#[test]
fn like_wording_is_near() {
    assert!((cosine("the cat sat", "a cat sat down") - 0.6181).abs() < 0.00005);
    assert!(cosine("the cat sat", "stock market report").abs() < 0.00005);
    assert!((cosine("The CAT sat", "the cat ｓａｔ") - 1.0).abs() < 1e-6);
}

#[test]
fn vectors_have_length_one_or_zero() {
    assert_eq!(embed("  ... "), vec![0.0; DIMENSIONS]);
    let length: f32 = embed("Grüß Gott, 日本").iter().map(|x| x * x).sum();
    assert!((length - 1.0).abs() < 1e-5);
}
