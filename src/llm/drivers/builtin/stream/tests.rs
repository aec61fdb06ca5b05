//! Properties of every plan: chunks join, limits hold, cut answers go on.

use std::time::Duration;

use super::{Limits, Step, chunks, plan};
use crate::llm::{
    Chunk, StopReason,
    drivers::builtin::answer::{Answer, Cutting},
    estimate,
};

fn limits(max_tokens: u32, stop: &[String]) -> Limits<'_> {
    Limits { max_tokens, stop, word_delay: Duration::ZERO, input: 1, cached: 0 }
}

fn outcome(answer: &Answer, limits: &Limits) -> (String, u32, StopReason) {
    let (mut text, mut output, mut stop) = (String::new(), 0, None);
    for step in plan(answer, limits) {
        match step {
            Step::Send(Chunk::Text(piece)) => text.push_str(&piece),
            Step::Send(Chunk::Usage(usage)) => output = usage.output,
            Step::Send(Chunk::Stop(reason)) => stop = Some(reason),
            other => panic!("unexpected {other:?}"),
        }
    }
    (text, output, stop.expect("a stop"))
}

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    " lead  and trail ",
    "日本 語\n\tx",
    "Grüß Gott, wie geht es dir heute?",
    "aaaaaaaaaaaaaaaaaaaaaaaa b",
];

#[test]
fn chunks_join_to_the_text() {
    for text in TEXTS {
        for cutting in [Cutting::Words, Cutting::All, Cutting::Scalars(1), Cutting::Scalars(3)] {
            assert_eq!(chunks(text, cutting).concat(), *text);
        }
    }
    assert_eq!(chunks(" lead  and trail ", Cutting::Words), [" ", "lead  ", "and ", "trail "]);
    assert_eq!(chunks("abcd", Cutting::Scalars(3)), ["abc", "d"]);
}

#[test]
fn output_stays_within_max_tokens_and_a_cut_answer_can_be_continued() {
    for text in TEXTS {
        for max_tokens in 1..12 {
            let mut said = String::new();
            let mut calls = 0;
            loop {
                let answer = Answer { said_so_far: said.clone(), ..Answer::text(*text) };
                let (piece, output, stop) = outcome(&answer, &limits(max_tokens, &[]));
                assert!(output <= max_tokens);
                assert_eq!(output, estimate::text(&piece));
                said.push_str(&piece);
                calls += 1;
                match stop {
                    StopReason::EndTurn => break,
                    StopReason::Length => assert!(!piece.is_empty()),
                    other => panic!("{other:?}"),
                }
                assert!(calls < 100);
            }
            assert_eq!(said, *text);
        }
    }
}

#[test]
fn a_stop_sequence_ends_the_answer_before_it() {
    let stop = [String::new(), "d".to_owned(), "c".to_owned()];
    let (text, output, reason) = outcome(&Answer::text("a b c d"), &limits(100, &stop));
    assert_eq!((text.as_str(), output, reason), ("a b ", 1, StopReason::StopSequence));
}
