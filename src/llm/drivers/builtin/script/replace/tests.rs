//! Every replacement, in texts and in JSON.

use serde_json::json;

use super::{Place, replace};
use crate::llm::{
    ChatBlock, ChatRequest, Mark,
    drivers::builtin::{
        sample::{assistant, called, marked, request, result, text, tool, user},
        script::scene::{Scene, script_message},
    },
};

fn sample() -> ChatRequest {
    let mut person = user("@@reply x\nhello \"you\"\n@@again");
    person.blocks.insert(0, ChatBlock { mark: Mark::Data, ..text("time: now") });
    let refused = json!({"error": {"code": "not_found", "message": "gone"}}).to_string();
    let mut asked = request(
        "script",
        vec![
            marked(Mark::Data, "about"),
            marked(Mark::Summary, "so far"),
            result("old", "before the script", false),
            person,
            called("file_read"),
            result("file_read", "a \"quoted\"\nline", false),
            result("file_read", &refused, true),
        ],
    );
    asked.tools = vec![tool("web_fetch"), tool("file_read")];
    asked.meta.attempt = 3;
    asked
}

fn replaced(text: &str, place: Place) -> Result<String, String> {
    let request = sample();
    let (at, _) = script_message(&request).expect("a script");
    replace(text, &Scene::since(&request, at), place)
}

#[test]
fn every_name_has_its_value() {
    let cases = [
        ("${user}", "hello \"you\""),
        ("${turn}/${attempt}", "2/3"),
        ("${model}", "script"),
        ("${messages}", "7"),
        ("${result.1}", "a \"quoted\"\nline"),
        ("[${result.1.error}]", "[]"),
        ("${result.2.error}", "not_found"),
        ("${result.last.error}", "not_found"),
        ("${tools}", "file_read,web_fetch"),
        ("${system}", "You are Desk."),
        // SHA-256 of "You are Desk."
        ("${system.sha}", "2eaadda99dab"),
        ("${data}", "time: now"),
        ("${summary}", "so far"),
        ("$${user} costs $5", "${user} costs $5"),
    ];
    for (text, expected) in cases {
        assert_eq!(replaced(text, Place::Text).as_deref(), Ok(expected), "{text}");
    }
    let estimate = crate::llm::estimate::request(&sample()).to_string();
    assert_eq!(replaced("${est}", Place::Text), Ok(estimate));
}

#[test]
fn data_may_stand_in_a_message_of_its_own() {
    let before = vec![marked(Mark::Data, "about"), user("hi"), assistant("hi")];
    let now = [marked(Mark::Data, "time: now"), user("@@reply ${data}")];
    let request = request("script", before.into_iter().chain(now).collect());
    assert_eq!(replace("${data}", &Scene::since(&request, 4), Place::Text).as_deref(), Ok("time: now"));
}

#[test]
fn json_places_are_escaped() {
    let text = r#"{"was": "${result.1}", "turn": ${turn}}"#;
    let expected = r#"{"was": "a \"quoted\"\nline", "turn": 2}"#;
    assert_eq!(replaced(text, Place::Json).as_deref(), Ok(expected));
}

#[test]
fn unknown_names_are_errors() {
    for (text, what) in [
        ("${nope}", "unknown replacement '${nope}'"),
        ("${open", "'${' is not closed"),
        ("${result.3}", "there is no tool result '3'"),
        ("${result.0}", "there is no tool result '0'"),
        ("${result.x}", "'x' is not a number that fits here"),
    ] {
        assert_eq!(replaced(text, Place::Text), Err(what.to_owned()));
    }
}

#[test]
fn hashes_tell_what_changed() {
    let hashes = |request: &ChatRequest| {
        let scene = Scene::since(request, 0);
        ["${system.sha}", "${prefix.sha}", "${request.sha}"].map(|name| replace(name, &scene, Place::Text).unwrap())
    };
    let mut first = sample();
    first.cache_mark = Some(3);
    let mut next = first.clone();
    next.messages.push(assistant("more"));
    next.meta.attempt = 9;
    let (one, two) = (hashes(&first), hashes(&next));
    assert_eq!(one[..2], two[..2]);
    assert_ne!(one[2], two[2]);
    assert!(one.iter().all(|hash| hash.len() == 12));
    next.messages[0] = user("changed");
    assert_ne!(hashes(&next)[1], one[1]);
    first.meta.attempt = 1;
    assert_eq!(hashes(&first), one);
}
