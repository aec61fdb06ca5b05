//! Tests of shaped content.

use super::{Filter, Piece, Shown, shown, shown_cut, shown_rest};
use crate::runs::Directives;

fn text(raw: &str) -> String {
    shown(raw).text
}

/// Sends the answer in pieces of `size` characters and joins what comes out.
fn in_pieces(raw: &str, size: usize) -> Shown {
    let chars: Vec<char> = raw.chars().collect();
    let mut filter = Filter::default();
    let (mut thinking, mut text) = (String::new(), String::new());
    for chunk in chars.chunks(size) {
        for piece in filter.push(&chunk.iter().collect::<String>()) {
            match piece {
                Piece::Thinking(t) => thinking.push_str(&t),
                Piece::Text(t) => text.push_str(&t),
            }
        }
    }
    let end = filter.finish(false);
    Shown { thinking: thinking + &end.thinking, text: text + &end.text, ..end }
}

const ANSWERS: [&str; 16] = [
    "Hello there",
    "  two\n\nparagraphs\n",
    "NO_REPLY",
    " [silent] \n",
    "NO_REPLY is a word",
    "[[reply:m7]]\nhi",
    "hi\n\n[[@current]]\n[[silent]]",
    "one\n[[silent]]\ntwo",
    "```\n[[silent]]\n```",
    "```\n[[silent]]\n",
    "<think>plan</think>\n\nyes",
    "a <think>b</think>",
    "<think>never ends",
    "[[link]] stays\n[[reply:a b]]",
    "[[silent]]",
    "x\n[[reply:",
];

#[test]
fn any_cutting_into_chunks_shows_the_same() {
    for raw in ANSWERS {
        for size in 1..=raw.chars().count() {
            assert_eq!(in_pieces(raw, size), shown(raw), "{raw:?} in pieces of {size}");
        }
    }
}

#[test]
fn ordinary_text_is_not_touched_or_held() {
    for raw in ["Hello there", "  two\n\nparagraphs\n", "NO_REPLY is a word", "a <think>b</think>", "x\n[[reply:"] {
        assert_eq!(text(raw), raw);
    }
    let mut filter = Filter::default();
    assert_eq!(filter.push("Hel"), [Piece::Text("Hel".into())]);
    assert_eq!(filter.push("lo\n"), [Piece::Text("lo".into())]);
    assert_eq!(filter.push("you"), [Piece::Text("\nyou".into())]);
}

#[test]
fn a_silence_mark_shows_nothing() {
    for raw in ["NO_REPLY", "[SILENT]", " [silent] \n"] {
        assert_eq!(shown(raw), Shown { silence: true, ..Shown::default() });
    }
    assert_eq!(shown("no_reply").text, "no_reply");
}

#[test]
fn directives_count_at_start_and_end_only() {
    assert_eq!(
        shown("[[reply:m7]]\nhi"),
        Shown {
            text: "hi".into(),
            directives: Directives { reply_to: Some("m7".into()), ..Directives::default() },
            ..Shown::default()
        }
    );
    assert_eq!(
        shown("hi\n\n[[@current]]\n[[silent]]"),
        Shown {
            text: "hi".into(),
            directives: Directives { silent: true, reply_current: true, reply_to: None },
            ..Shown::default()
        }
    );
    assert_eq!(text("one\n[[silent]]\ntwo"), "one\n[[silent]]\ntwo");
    assert_eq!(text("[[link]] stays"), "[[link]] stays");
}

#[test]
fn code_is_never_a_directive() {
    assert_eq!(text("```\n[[silent]]\n```"), "```\n[[silent]]\n```");
    assert_eq!(text("```\n[[silent]]\n"), "```\n[[silent]]\n");
}

#[test]
fn thinking_tags_count_at_the_very_start_only() {
    let answer = shown("<think>plan</think>\n\nyes");
    assert_eq!((answer.thinking.as_str(), answer.text.as_str()), ("plan", "yes"));
    assert_eq!(text("a <think>b</think>"), "a <think>b</think>");
}

#[test]
fn a_cut_answer_has_no_end() {
    assert_eq!(shown_cut("hi\n[[silent]]", false).text, "hi\n[[silent]]");
    assert_eq!(shown_rest(" and more\n[[silent]]").text, " and more");
    assert_eq!(shown_cut("NO_REPLY", false).text, "NO_REPLY");
}
