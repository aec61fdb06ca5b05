//! Texts and numbers written down in advance: input tokens, output tokens, chunks of the last answer.

use std::time::Duration;

use super::{conversation, reply};
use crate::llm::{
    Chunk, StopReason, TokenUsage,
    drivers::builtin::{
        answer::{Answer, Cutting},
        echo::HELP,
        stream::{Limits, Step, chunks, plan},
    },
    estimate,
};

const VECTORS: &[(&[&str], &str, u32, u32, usize)] = &[
    (&["hello"], "Hello. I am desk, running on the built-in model. Say \"help\" to see what I can do.", 10, 21, 17),
    (&["help"], HELP, 9, 55, 39),
    (&["2 + 3 * 4"], "2 + 3 * 4 = 14", 11, 4, 7),
    (&["what is (1.5 - 2) ^ 2 / 4?"], "(1.5 - 2) ^ 2 / 4 = 0.0625", 15, 7, 9),
    (&["1/3"], "1/3 = 0.333333333333", 9, 5, 3),
    (&["5 / 0"], "5 / 0: division by zero.", 10, 6, 6),
    (&["remember that my color is blue"], "Noted: color = blue.", 16, 5, 4),
    (&["remember that my color is blue", "what is my color?"], "Your color is blue.", 34, 5, 4),
    (&["what is my color?"], "You have not told me your color in this conversation.", 13, 14, 10),
    (&["echo one two  three"], "one two  three", 13, 4, 3),
    (&["count a bb\nccc"], "3 words, 8 characters, 2 lines.", 12, 8, 6),
    (&["sort: pear, Apple, fig"], "Apple, fig, pear", 14, 4, 3),
    (&["first thing", "second thing", "summary"], "2 messages so far:\n1. first thing\n2. second thing", 56, 13, 10),
    (&["list tools"], "No tools are offered to me.", 11, 7, 6),
    (&["Tell me about Rust"], "You wrote: \"Tell me about Rust\" (message 1, 4 words)", 13, 13, 10),
    (&["Grüß Gott"], "You wrote: \"Grüß Gott\" (message 1, 2 words)", 12, 13, 8),
    (&["日本"], "You wrote: \"日本\" (message 1, 1 words)", 10, 11, 7),
];

#[test]
fn vectors() {
    for (said, text, input, output, count) in VECTORS {
        let request = conversation(said);
        assert_eq!(&reply(said), text);
        let limits = Limits {
            max_tokens: 4_096,
            stop: &[],
            word_delay: Duration::ZERO,
            input: estimate::request(&request),
            cached: 0,
        };
        let sent = sent(&plan(&Answer::text(*text), &limits));
        assert_eq!(sent.len(), count + 2, "chunks of {text}");
        let usage = TokenUsage { input: *input, output: *output, ..TokenUsage::default() };
        assert_eq!(sent[*count..], [Chunk::Usage(usage), Chunk::Stop(StopReason::EndTurn)], "{text}");
        assert_eq!(chunks(text, Cutting::Words).concat(), *text);
    }
}

fn sent(steps: &[Step]) -> Vec<Chunk> {
    let chunk = |step: &Step| match step {
        Step::Send(chunk) => chunk.clone(),
        other => panic!("unexpected {other:?}"),
    };
    steps.iter().map(chunk).collect()
}
