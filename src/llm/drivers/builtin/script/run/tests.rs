//! Turns of scripts, played through the driver.

mod directives;
mod errors;
mod examples;

use crate::llm::{
    ChatMessage, ChatRequest, Chunk, LlmError, StopReason,
    drivers::builtin::{
        sample::{assistant, request, user},
        tests::{call, scripted, text_of},
    },
};

/// The request for this turn (from 1) of a script.
fn turn(script: &str, number: usize) -> ChatRequest {
    let answers = (1..number).map(|_| assistant("answer"));
    let messages: Vec<ChatMessage> = [user(script)].into_iter().chain(answers).collect();
    request("script", messages)
}

fn play(script: &str) -> (Vec<Chunk>, Option<LlmError>) {
    call(&scripted(), turn(script, 1))
}

fn play_attempt(script: &str, attempt: u32) -> (Vec<Chunk>, Option<LlmError>) {
    let mut request = turn(script, 1);
    request.meta.attempt = attempt;
    call(&scripted(), request)
}

fn text_of_turn(script: &str, number: usize) -> String {
    let (chunks, error) = call(&scripted(), turn(script, number));
    assert_eq!(error, None, "{script}");
    text_of(&chunks)
}

fn stop_of(chunks: &[Chunk]) -> Option<StopReason> {
    chunks.iter().find_map(|chunk| match chunk {
        Chunk::Stop(reason) => Some(*reason),
        _ => None,
    })
}

fn pieces(chunks: &[Chunk]) -> Vec<&str> {
    let texts = chunks.iter().filter_map(|chunk| match chunk {
        Chunk::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// Calls as (id, name, arguments), and the number of pieces the arguments came in.
fn calls(chunks: &[Chunk]) -> (Vec<(String, String, String)>, usize) {
    let mut calls: Vec<(String, String, String)> = Vec::new();
    let mut pieces = 0;
    for chunk in chunks {
        match chunk {
            Chunk::CallStart { id, name } => calls.push((id.clone(), name.clone(), String::new())),
            Chunk::CallArgs(piece) => {
                calls.last_mut().expect("a started call").2.push_str(piece);
                pieces += 1;
            }
            _ => {}
        }
    }
    (calls, pieces)
}

fn owned(calls: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    calls.iter().map(|(id, name, text)| ((*id).to_owned(), (*name).to_owned(), (*text).to_owned())).collect()
}
