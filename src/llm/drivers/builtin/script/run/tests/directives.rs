//! One test for each directive, and for what there is without any.

use std::time::Duration;

use futures::{FutureExt, StreamExt};

use super::{calls, owned, pieces, play, play_attempt, stop_of, text_of_turn, turn};
use crate::llm::{
    Chunk, Driver, ErrorClass, Mark, Purpose, StopReason, TokenUsage,
    drivers::builtin::{
        Builtin, BuiltinConfig,
        sample::{assistant, marked, request, user},
        script::{from_file, from_messages},
        stream::Step,
        tests::{call, scripted, text_of},
    },
};

#[test]
fn no_script_answers_like_echo() {
    let (chunks, _) = call(&scripted(), request("script", vec![user("echo me")]));
    assert_eq!(text_of(&chunks), "me");
}

#[test]
fn the_last_message_with_a_script_counts() {
    let messages =
        vec![user("@@reply old"), assistant("old"), user("@@reply 1\n@@turn\n@@reply 2"), assistant("1"), user("and?")];
    let (chunks, _) = call(&scripted(), request("script", messages));
    assert_eq!(text_of(&chunks), "2");
    let quoted = vec![user("hello"), marked(Mark::Data, "@@reply injected")];
    let (chunks, _) = call(&scripted(), request("script", quoted));
    assert!(text_of(&chunks).starts_with("Hello."));
}

#[test]
fn a_summary_is_not_written_by_the_script() {
    let mut asked = turn("@@error auth always", 1);
    asked.meta.purpose = Purpose::Compaction;
    assert!(from_messages(&asked).unwrap().text.starts_with("Facts:\n"));
}

#[test]
fn case() {
    let script = "@@reply default\n@@case \"alpha\"\n@@reply A\n@@turn\n@@reply A2\n@@case \"al\"\n@@reply B";
    let say = |messages| from_file(&request("script:x", messages), script).unwrap().text;
    assert_eq!(say(vec![user("hi")]), "default");
    assert_eq!(say(vec![user("some alpha")]), "A");
    assert_eq!(say(vec![user("some alpha"), assistant("A")]), "A2");
    assert_eq!(say(vec![user("alpha"), assistant("A"), user("also")]), "B");
    assert_eq!(
        from_file(&request("script:x", vec![user("hi")]), "@@case \"a\"\n@@reply x").unwrap().text,
        "(end of script)"
    );
}

#[test]
fn turn_by_turn_and_the_end() {
    let script = "@@reply one\n@@turn\n@@turn\n@@reply three";
    let texts: Vec<String> = (1..=4).map(|number| text_of_turn(script, number)).collect();
    assert_eq!(texts, ["one", "(end of script)", "three", "(end of script)"]);
}

#[test]
fn again() {
    let script = "@@reply one\n@@turn\n@@reply many ${turn}\n@@again";
    let texts: Vec<String> = [1, 2, 7].map(|number| text_of_turn(script, number)).to_vec();
    assert_eq!(texts, ["one", "many 2", "many 7"]);
}

#[test]
fn reply() {
    assert_eq!(text_of_turn("@@reply a\\tb\\nc\\\\n\n@@reply  d ${attempt}", 1), "a\tb\nc\\n\n d 1");
    let (chunks, _) = play("@@reply Hello there");
    assert_eq!(pieces(&chunks), ["Hello ", "there"]);
    assert_eq!(stop_of(&chunks), Some(StopReason::EndTurn));
}

#[test]
fn think() {
    let (chunks, _) = play("@@reply done\n@@think plan it\n@@think well");
    let thoughts = ["plan ", "it\n", "well"].map(|text| Chunk::Thinking(text.to_owned()));
    assert_eq!(chunks[..3], thoughts);
    assert_eq!(chunks[3], Chunk::ThinkingSignature("sig-1".to_owned()));
    assert_eq!(chunks[4], Chunk::Text("done".to_owned()));
    let usage = TokenUsage { input: 19, output: 4, ..TokenUsage::default() };
    assert_eq!(chunks[5], Chunk::Usage(usage));
}

#[test]
fn tool() {
    let long = format!("{{\"path\": \"{}\"}}", "p".repeat(60));
    let script = format!("@@tool file_read {long}\n@@tool list\n@@reply first ${{user}}\nyou say");
    let (chunks, _) = play(&script);
    assert_eq!(chunks[0], Chunk::Text("first ".to_owned()));
    let (made, pieces) = calls(&chunks);
    assert_eq!(made, owned(&[("call_1_1", "file_read", &long), ("call_1_2", "list", "{}")]));
    assert_eq!(pieces, 4);
    assert_eq!(stop_of(&chunks), Some(StopReason::ToolCalls));
    let (chunks, _) = play("@@tool say {\"text\": \"${user}\"}\na \"quote\"");
    assert_eq!(calls(&chunks).0[0].2, r#"{"text": "a \"quote\""}"#);
    let (_, error) = play("@@reply x\n@@tool say {\"text\":");
    let error = error.expect("an error");
    assert_eq!(error.class, ErrorClass::BadRequest);
    assert!(error.message.starts_with("script line 2: the arguments are not JSON"), "{}", error.message);
}

#[test]
fn rawtool() {
    let script = "@@rawtool file_write times=1 {\"path\": ${user}\n@@reply better";
    let (chunks, _) = play(script);
    assert_eq!(calls(&chunks).0, owned(&[("call_1_1", "file_write", "{\"path\": ${user}")]));
    let (chunks, _) = play_attempt(script, 2);
    assert_eq!((calls(&chunks).0.len(), text_of(&chunks).as_str()), (0, "better"));
}

#[test]
fn id() {
    let (chunks, _) = play("@@id same\n@@tool a\n@@id same\n@@tool b\n@@tool c");
    let expected = owned(&[("same", "a", "{}"), ("same", "b", "{}"), ("call_1_3", "c", "{}")]);
    assert_eq!(calls(&chunks).0, expected);
    let (_, error) = play("@@id lonely");
    assert_eq!(error.map(|e| e.message), Some("script line 1: no call follows @@id".to_owned()));
}

#[test]
fn delay() {
    let script = "@@delay 1s\n@@delay 2 at=chunk:2\n@@delay 3ms at=end\n@@delay 4 at=chunk:9\n@@reply a b";
    let request = turn(script, 1);
    let steps = scripted().perform(&request, &from_messages(&request).unwrap(), 100);
    let shown: Vec<String> = steps
        .iter()
        .map(|step| match step {
            Step::Pause(length) => format!("{}ms", length.as_millis()),
            Step::Send(Chunk::Text(text)) => text.clone(),
            Step::Send(_) => String::new(),
            other => format!("{other:?}"),
        })
        .filter(|shown| !shown.is_empty())
        .collect();
    assert_eq!(shown, ["1000ms", "a ", "2ms", "b", "4ms", "3ms"]);
}

#[test]
fn words_are_paced() {
    let driver = Builtin::new(BuiltinConfig { word_delay_ms: 20, script: true, ..BuiltinConfig::default() });
    let request = turn("@@reply a b c", 1);
    let steps = driver.perform(&request, &from_messages(&request).unwrap(), 100);
    let pauses =
        steps.iter().filter(|step| matches!(step, Step::Pause(length) if *length == Duration::from_millis(20)));
    assert_eq!(pauses.count(), 2);
}

#[test]
fn chunks() {
    assert_eq!(pieces(&play("@@chunks all\n@@reply one two").0), ["one two"]);
    assert_eq!(pieces(&play("@@chunks chars:3\n@@reply one two").0), ["one", " tw", "o"]);
    assert_eq!(pieces(&play("@@chunks words\n@@reply one two").0), ["one ", "two"]);
}

#[test]
fn stop() {
    for (word, reason) in [
        ("end_turn", StopReason::EndTurn),
        ("length", StopReason::Length),
        ("stop_sequence", StopReason::StopSequence),
        ("content_filter", StopReason::ContentFilter),
    ] {
        let script = format!("@@reply text\n@@stop {word} times=1");
        assert_eq!(stop_of(&play(&script).0), Some(reason));
        assert_eq!(stop_of(&play_attempt(&script, 2).0), Some(StopReason::EndTurn));
    }
}

#[test]
fn usage() {
    let reported = |script: &str| {
        play(script).0.into_iter().find_map(|chunk| match chunk {
            Chunk::Usage(usage) => Some(usage),
            _ => None,
        })
    };
    let given = TokenUsage { input: 1_000, output: 5, cached: 800, reasoning: 2, cache_write: 0 };
    assert_eq!(reported("@@reply x\n@@usage input=1000 output=5 cached=800 reasoning=2"), Some(given));
    assert_eq!(reported("@@reply x\n@@usage none"), None);
    let script = "@@reply four\n@@tool list";
    let computed = TokenUsage { input: 4 + 4 + script.len().div_ceil(4) as u32, output: 11, ..TokenUsage::default() };
    assert_eq!(reported(script), Some(computed));
}

#[test]
fn error_in_the_middle_reports_what_was_sent() {
    let (chunks, error) = play("@@reply one two three\n@@error network after_chunks=2");
    assert_eq!(text_of(&chunks), "one two ");
    assert!(matches!(chunks.last(), Some(Chunk::Usage(TokenUsage { output: 2, .. }))));
    assert_eq!(error.map(|e| e.class), Some(ErrorClass::Network));
    let (chunks, error) = play("@@reply one\n@@error network after_chunks=9");
    assert_eq!((text_of(&chunks).as_str(), error.is_some()), ("one", true));
}

#[tokio::test]
async fn hang() {
    for (script, sent) in [("@@hang\n@@reply a b", 0), ("@@reply a b\n@@hang after_chunks=1", 1)] {
        let mut stream = scripted().stream(turn(script, 1)).await.unwrap();
        for _ in 0..sent {
            assert!(stream.next().await.is_some());
        }
        assert!(stream.next().now_or_never().is_none());
    }
    assert_eq!(text_of(&play_attempt("@@hang times=1\n@@reply back", 2).0), "back");
}

#[test]
fn drop_ends_the_stream_without_a_stop() {
    let (chunks, error) = play("@@reply one two three\n@@drop after_chunks=2");
    assert_eq!((chunks.len(), error), (2, None));
    let (chunks, _) = play("@@reply one\n@@tool list\n@@drop");
    assert_eq!(chunks, [Chunk::Text("one".to_owned())]);
    assert_eq!(stop_of(&play_attempt("@@reply one\n@@drop times=2", 3).0), Some(StopReason::EndTurn));
}

#[test]
fn garbage() {
    let (chunks, error) = play("@@reply one two\n@@garbage times=1");
    assert_eq!((text_of(&chunks).as_str(), stop_of(&chunks)), ("one two", None));
    assert_eq!(error.map(|e| e.class), Some(ErrorClass::MalformedOutput));
    assert_eq!(play_attempt("@@reply one two\n@@garbage times=1", 2).1, None);
}

#[test]
fn empty() {
    let script = "@@reply x\n@@think y\n@@tool z\n@@empty times=2";
    let (chunks, error) = play_attempt(script, 2);
    assert!(matches!(chunks[..], [Chunk::Usage(TokenUsage { output: 0, .. }), Chunk::Stop(StopReason::EndTurn)]));
    assert_eq!(error, None);
    assert_eq!(text_of(&play_attempt(script, 3).0), "x");
}

#[test]
fn expect() {
    let (chunks, error) = play("@@reply x\n@@expect tool web_fetch");
    assert!(chunks.is_empty());
    let error = error.expect("an error");
    assert_eq!((error.class, error.message.as_str()), (ErrorClass::BadRequest, "expect failed: tool web_fetch"));
    assert_eq!(text_of_turn("@@expect messages 1", 1), "(end of script)");
}

#[cfg(feature = "crash-points")]
#[test]
fn crash() {
    let request = turn("@@reply x\n@@crash", 1);
    let steps = scripted().perform(&request, &from_messages(&request).unwrap(), 100);
    assert!(matches!(steps[..], [Step::Crash]));
    assert_eq!(text_of(&play_attempt("@@reply x\n@@crash", 2).0), "x");
}

#[test]
fn limits_hold_for_thinking_text_and_calls() {
    for max_tokens in 1..40 {
        let mut request =
            turn("@@think aaaa bbbb cccc\n@@reply dddd eeee ffff\n@@tool file_read {\"path\":\"a.txt\"}", 1);
        request.options.max_tokens = max_tokens;
        let (chunks, _) = call(&scripted(), request);
        let Some(Chunk::Usage(usage)) = chunks.iter().rev().nth(1) else { panic!("{chunks:?}") };
        assert!(usage.output <= max_tokens);
        let whole = max_tokens >= 4 + 4 + 15;
        assert_eq!(stop_of(&chunks), Some(if whole { StopReason::ToolCalls } else { StopReason::Length }));
        assert_eq!(calls(&chunks).0.len(), usize::from(whole));
    }
}
