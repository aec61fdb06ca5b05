//! What a script may look like, and what it is told when it does not.

use super::{Source, parse, without_script};
use crate::llm::drivers::builtin::script::directive::Directive;

#[test]
fn bad_lines_are_named_even_in_turns_that_are_not_played() {
    let cases = [
        ("@@", "unknown directive @@"),
        ("@@nope", "unknown directive @@nope"),
        ("@@tool", "the name of a tool is missing"),
        ("@@id", "the id is missing"),
        ("@@delay", "the duration is missing"),
        ("@@delay soon", "'soon' is not a duration"),
        ("@@delay 5m", "'5m' is not a duration: ms or s"),
        ("@@delay 5 at=noon", "'noon' is not start, chunk:N or end"),
        ("@@chunks chars:0", "a chunk has at least one character"),
        ("@@chunks lines", "'lines' is not words, all or chars:N"),
        ("@@stop tool_calls", "tool_calls comes from @@tool"),
        ("@@usage input=1", "output= is missing"),
        ("@@usage input=x output=1", "'x' is not a number that fits here"),
        ("@@error", "an error needs a class, a status or a message"),
        ("@@error auth times=2 wait=3", "unknown option 'wait'"),
        ("@@error auth billing", "unexpected 'billing'"),
        ("@@error auth message=\"open", "a quote is not closed"),
        ("@@empty now", "unexpected 'now'"),
        ("@@turn 2", "@@turn takes no argument"),
        ("@@expect luck", "cannot expect 'luck' like this"),
        ("@@expect system \"x\"", "'x' is not has or lacks"),
        ("@@reply <<END\nx", "no line 'END' follows"),
        ("@@case \"x\"", "@@case is for script files"),
    ];
    for (line, what) in cases {
        let error = parse(&format!("@@reply fine\nother\n@@turn\n{line}"), Source::Message).expect_err(line);
        assert_eq!((error.line, error.what.as_str()), (4, what));
    }
    let unknown_class = parse("@@error nope", Source::Message).unwrap_err();
    assert!(unknown_class.what.contains("unknown variant `nope`"), "{}", unknown_class.what);
}

#[cfg(not(feature = "crash-points"))]
#[test]
fn crash_does_not_exist_in_ordinary_builds() {
    let error = parse("@@crash", Source::Message).unwrap_err();
    assert_eq!(error.what, "unknown directive @@crash");
}

#[test]
fn a_here_document_is_one_argument_and_hides_script_lines() {
    let text = "before\n@@reply <<END\n@@turn\n\\n stays\nEND\nafter";
    let script = parse(text, Source::Message).unwrap();
    assert_eq!(script.default.len(), 1);
    let Directive::Reply(reply) = &script.default[0].lines[0].directive else { panic!("{script:?}") };
    assert_eq!(reply, "@@turn\n\\n stays");
    assert_eq!(without_script(text), "before\nafter");
}

#[test]
fn cases_come_after_the_default_block() {
    let script = parse("@@reply d\n@@case \"a b\"\n@@reply 1\n@@turn\n@@reply 2\n@@case x\n", Source::File).unwrap();
    assert_eq!(script.default.len(), 1);
    let cases: Vec<(&str, usize)> = script.cases.iter().map(|c| (c.text.as_str(), c.turns.len())).collect();
    assert_eq!(cases, [("a b", 2), ("x", 0)]);
}
