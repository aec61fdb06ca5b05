//! Pieces of calls in the orders in which providers send them.

use super::{Calls, Piece};
use crate::llm::Chunk;

fn piece<'a>(index: u64, id: &'a str, name: &'a str, arguments: &'a str) -> Piece<'a> {
    Piece { index, id, name, arguments }
}

/// `>id name`, pieces of arguments, `<` for the end.
fn told(pieces: &[Piece]) -> Vec<String> {
    let mut calls = Calls::default();
    let mut chunks = Vec::new();
    for piece in pieces {
        calls.push(piece, &mut chunks).unwrap();
    }
    calls.finish(&mut chunks);
    let word = |chunk: &Chunk| match chunk {
        Chunk::CallStart { id, name } => format!(">{id} {name}"),
        Chunk::CallArgs(text) => text.clone(),
        Chunk::CallEnd => "<".to_owned(),
        other => format!("{other:?}"),
    };
    chunks.iter().map(word).collect()
}

#[test]
fn one_call_streams_its_pieces() {
    let pieces = [piece(0, "c1", "read", ""), piece(0, "", "", "{\"a\":"), piece(0, "", "", "1}")];
    assert_eq!(told(&pieces), [">c1 read", "{\"a\":", "1}", "<"]);
}

#[test]
fn the_next_call_starts_as_soon_as_the_first_is_whole() {
    let mut calls = Calls::default();
    let mut chunks = Vec::new();
    calls.push(&piece(0, "c1", "read", "{}"), &mut chunks).unwrap();
    calls.push(&piece(1, "c2", "list", "{\"p"), &mut chunks).unwrap();
    let started = chunks.iter().filter(|c| matches!(c, Chunk::CallStart { .. })).count();
    assert_eq!(started, 2, "both are told before the answer ends");
    assert!(calls.any());
}

#[test]
fn mixed_pieces_are_sorted() {
    let pieces = [
        piece(0, "c1", "read", "{\"a\""),
        piece(1, "c2", "list", "{\"b\""),
        piece(0, "", "", ":1}"),
        piece(1, "", "", ":2}"),
    ];
    assert_eq!(told(&pieces), [">c1 read", "{\"a\"", ":1}", "<", ">c2 list", "{\"b\"", ":2}", "<"]);
}

#[test]
fn equal_indexes_with_other_ids_are_other_calls() {
    let pieces = [piece(0, "c1", "read", "{}"), piece(0, "c2", "read", "{}")];
    assert_eq!(told(&pieces), [">c1 read", "{}", "<", ">c2 read", "{}", "<"]);
}

#[test]
fn calls_without_arguments_end() {
    let pieces = [piece(0, "c1", "now", ""), piece(1, "c2", "now", "")];
    assert_eq!(told(&pieces), [">c1 now", "<", ">c2 now", "<"]);
}

#[test]
fn calls_without_id_get_one_of_their_own() {
    let told = told(&[piece(0, "", "now", "{}"), piece(1, "", "now", "{}")]);
    assert!(told[0].starts_with(">call_") && told[3].starts_with(">call_"));
    assert_ne!(told[0], told[3]);
}

#[test]
fn a_stray_piece_is_malformed() {
    let mut calls = Calls::default();
    assert!(calls.push(&piece(3, "", "", "{}"), &mut Vec::new()).is_err());
}
