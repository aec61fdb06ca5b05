//! The examples of the documentation, whole.

use super::{calls, owned, play, stop_of, text_of_turn};
use crate::llm::{
    Chunk, StopReason,
    drivers::builtin::{
        sample::{called, request, result, user},
        tests::{call, scripted, text_of},
    },
};

#[test]
fn parallel_calls_and_their_results() {
    let script = "@@tool file_read {\"path\":\"a.txt\"}\n@@tool file_read {\"path\":\"b.txt\"}\n@@turn\n\
                  @@reply First: ${result.1}\n@@reply Second: ${result.2}";
    let made = calls(&play(script).0).0;
    let expected =
        [("call_1_1", "file_read", "{\"path\":\"a.txt\"}"), ("call_1_2", "file_read", "{\"path\":\"b.txt\"}")];
    assert_eq!(made, owned(&expected));
    let messages = vec![
        user(script),
        called("file_read"),
        result("file_read", "alpha", false),
        result("file_read", "beta", false),
    ];
    let (chunks, _) = call(&scripted(), request("script", messages));
    assert_eq!(text_of(&chunks), "First: alpha\nSecond: beta");
}

#[test]
fn a_cut_answer_goes_on_in_the_next_turn() {
    let script = "@@think weigh both options\n@@reply <<END\nA list:\n- with two\n- lines\nEND\n@@stop length\n@@turn\n\
                  @@reply and the rest.";
    let (chunks, _) = play(script);
    assert_eq!(text_of(&chunks), "A list:\n- with two\n- lines");
    assert_eq!(stop_of(&chunks), Some(StopReason::Length));
    assert!(chunks.contains(&Chunk::ThinkingSignature("sig-1".to_owned())));
    assert_eq!(text_of_turn(script, 2), "and the rest.");
}

#[test]
fn malformed_arguments() {
    let (chunks, _) = play("@@rawtool file_write {\"path\": \"x.txt\", \"content\":");
    assert_eq!(calls(&chunks).0, owned(&[("call_1_1", "file_write", "{\"path\": \"x.txt\", \"content\":")]));
}
