//! Each rule with what it takes and what it leaves to the next.

use serde_json::json;

use super::{answer, conversation, reply, request};
use crate::llm::{
    ChatMessage, ChatRequest, Mark, Purpose, ResponseFormat, Role,
    drivers::builtin::{
        echo::{HELP, NOTICE},
        sample::{assistant, called, image, marked, result, text, tool, user},
    },
};

fn with_purpose(purpose: Purpose, messages: Vec<ChatMessage>) -> ChatRequest {
    let mut request = request(messages);
    request.meta.purpose = purpose;
    request
}

#[test]
fn e0_a_summary_is_cumulative() {
    let artifact = "art_0123456789abcdef0123456789abcdef";
    let old = "Facts:\nNoted color = red\nNoted town = Bonn\nFiles and artifacts:\nart_aaaaaaaaaaaaaaaa";
    let request = with_purpose(
        Purpose::Compaction,
        vec![
            marked(Mark::Summary, old),
            user("remember that my color is blue"),
            assistant("Noted: color = blue."),
            user("one"),
            called("file_read"),
            result("file_read", &format!("[shortened: 9 bytes in all, artifact {artifact}; use artifact_read]"), false),
            user("two"),
            user("three"),
            marked(Mark::Notice, "Summarize."),
        ],
    );
    let expected = format!(
        "Facts:\nNoted color = blue\nNoted town = Bonn\nOpen work:\n-\nFiles and artifacts:\nart_aaaaaaaaaaaaaaaa\n\
         {artifact}\nLast state:\n- one\n- two\n- three"
    );
    assert_eq!(answer(&request).text, expected);
}

#[test]
fn e1_the_closing_call_names_the_tools() {
    let asked = || vec![user("old"), called("old_tool"), result("old_tool", "", false), user("go")];
    let mut messages = asked();
    messages.extend([called("web_fetch"), result("web_fetch", "", false)]);
    messages.extend([called("file_read"), result("file_read", "", false)]);
    messages.extend([called("file_read"), result("file_read", "", false), marked(Mark::Notice, "Stop here")]);
    let closing = |messages| answer(&with_purpose(Purpose::Closing, messages)).text;
    assert_eq!(closing(messages), "Stopped here after 3 tool calls: file_read, web_fetch.");
    assert_eq!(closing(asked()), "Stopped here without tool calls.");
}

#[test]
fn e2_a_required_form_is_kept() {
    let mut request = request(vec![user("two words")]);
    request.meta.selected_by_default = true;
    request.options.response_format = Some(ResponseFormat::Json);
    assert_eq!(answer(&request).text, r#"{"text":"two words","words":2}"#);
    let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]});
    request.options.response_format = Some(ResponseFormat::JsonSchema { schema });
    assert_eq!(answer(&request).text, r#"{"a":0}"#);
}

#[test]
fn e3_tool_results_are_told_line_by_line() {
    let refused = json!({"error": {"code": "not_found", "message": "no such file"}}).to_string();
    let messages = vec![
        user("go"),
        called("file_read"),
        result("file_read", "\n  alpha\nbeta", false),
        result("file_read", &refused, true),
        result("web_fetch", &"x".repeat(201), false),
        marked(Mark::Notice, "try again"),
    ];
    let expected =
        format!("file_read: alpha\nfile_read failed: not_found: no such file\nweb_fetch: {}…\nDone.", "x".repeat(200));
    assert_eq!(answer(&request(messages)).text, expected);
}

#[test]
fn e4_attachments_alone_are_named() {
    let only = ChatMessage { role: Role::User, blocks: vec![image("a.png", 12), image("b.png", 3)] };
    let expected =
        "I received 2 file(s): a.png (image/png, 12 bytes), b.png (image/png, 3 bytes). I cannot look inside.";
    assert_eq!(answer(&request(vec![user("earlier"), only])).text, expected);
    let beside = ChatMessage { role: Role::User, blocks: vec![text("upper: ab"), image("a.png", 12)] };
    assert_eq!(answer(&request(vec![beside])).text, "AB\n(1 file(s) attached; I cannot look inside.)");
}

#[test]
fn e5_e6_greeting_and_help_in_any_case_with_a_mark() {
    for said in ["HI!", " hello there. ", "Good Morning"] {
        assert!(reply(&[said]).starts_with("Hello. I am desk,"), "{said}");
    }
    assert_eq!(reply(&["What can you do?"]), HELP);
    assert_eq!(reply(&["/help"]), HELP);
    assert!(reply(&["hello!!"]).starts_with("You wrote"));
}

#[test]
fn e7_sums_and_what_is_none() {
    let cases = [
        ("Calculate 2+2 = ?", "2+2 = 4"),
        ("compute  1 -  -1", "1 - -1 = 2"),
        ("10 ^ 30", "10 ^ 30: too large."),
        ("7 % 0?", "7 % 0: division by zero."),
    ];
    for (said, expected) in cases {
        assert_eq!(reply(&[said]), expected);
    }
    for said in ["42", "-5", "2 +", "what is 5"] {
        assert!(reply(&[said]).starts_with("You wrote"), "{said}");
    }
}

#[test]
fn e8_e9_facts_are_kept_for_the_conversation() {
    let cases: &[(&[&str], &str)] = &[
        (&["my name is Ada Lovelace."], "Noted: name = Ada Lovelace."),
        (&["my name is Ada", "What's my name"], "Your name is Ada."),
        (&["remember Door-Code=1234!", "what is my door-code?"], "Your door-code is 1234."),
        (&["remember color is red", "remember color is blue", "what is my Color"], "Your color is blue."),
        (&["what is my color", "remember color is red"], "Noted: color = red."),
        (&["remember the milk"], "You wrote: \"remember the milk\" (message 1, 3 words)"),
    ];
    for (said, expected) in cases {
        assert_eq!(&reply(said), expected);
    }
    let summary = marked(Mark::Summary, "Facts:\nNoted town = Bonn\nLast state:\n- hi");
    assert_eq!(answer(&request(vec![summary, user("what is my town?")])).text, "Your town is Bonn.");
    let data = marked(Mark::Data, "remember town is Rome");
    let expected = "You have not told me your town in this conversation.";
    assert_eq!(answer(&request(vec![data, user("what is my town?")])).text, expected);
}

#[test]
fn e10_e11_e12_work_on_text() {
    let cases = [
        ("Echo: a  b", "a  b"),
        ("say hello", "hello"),
        ("repeat\tx", "You wrote: \"repeat\tx\" (message 1, 2 words)"),
        ("echo", "You wrote: \"echo\" (message 1, 1 words)"),
        ("count: one two", "2 words, 7 characters, 1 lines."),
        ("upper: grüß", "GRÜSS"),
        ("LOWER: ABC", "abc"),
        ("reverse: añb", "bña"),
        ("sort: b,,a , C", "C, a, b"),
    ];
    for (said, expected) in cases {
        assert_eq!(reply(&[said]), expected);
    }
}

#[test]
fn e13_earlier_messages_are_listed() {
    assert_eq!(reply(&["summary"]), "Nothing to sum up yet.");
    let long = format!("a  {}", "b".repeat(70));
    let expected = format!("1 messages so far:\n1. a {}…", "b".repeat(58));
    assert_eq!(reply(&[&long, "Summarise!"]), expected);
}

#[test]
fn e14_tools_are_listed() {
    let mut request = conversation(&["what tools do you have?"]);
    request.tools = vec![tool("web_fetch"), tool("file_read")];
    assert_eq!(answer(&request).text, "Tools offered to me: file_read, web_fetch.");
}

#[test]
fn e15_quotes_the_rest() {
    let long = "é".repeat(201);
    let expected = format!("You wrote: \"{}…\" (message 2, 1 words)", "é".repeat(200));
    assert_eq!(reply(&["hello", &long]), expected);
}

#[test]
fn the_notice_stands_before_the_first_answer_by_default() {
    let mut first = request(vec![user("hi")]);
    first.meta.selected_by_default = true;
    assert!(answer(&first).text.starts_with(&format!("{NOTICE}\n\nHello. I am desk")));
    let mut second = conversation(&["hi", "echo x"]);
    second.meta.selected_by_default = true;
    assert_eq!(answer(&second).text, "x");
    // A continued first answer is still the first, and its notice is part of what was said.
    let mut continued = request(vec![user("hi"), assistant("[No AI "), marked(Mark::Notice, "go on")]);
    continued.meta.selected_by_default = true;
    let continued = answer(&continued);
    assert_eq!((continued.text, continued.said_so_far.as_str()), (answer(&first).text, "[No AI "));
}

#[test]
fn only_what_people_said_counts() {
    let ask = ChatMessage {
        role: Role::User,
        blocks: vec![marked(Mark::Data, "time: now").blocks.remove(0), text("echo x"), text("y")],
    };
    assert_eq!(answer(&request(vec![marked(Mark::Data, "help"), ask])).text, "x\ny");
}
