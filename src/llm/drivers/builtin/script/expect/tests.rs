//! Every expectation, met and missed.

use crate::llm::{
    ChatBlock, ChatMessage, ChatRequest, Content, ErrorClass, Mark, Purpose, Role,
    drivers::builtin::{
        sample::{assistant, image, marked, request, text, tool, user},
        tests::{call, scripted, text_of},
    },
};

fn expectation(what: &str) -> ChatMessage {
    user(&format!("please\n@@expect {what}\n@@reply fine"))
}

fn holds(request: ChatRequest) -> bool {
    let (chunks, error) = call(&scripted(), request);
    match error {
        None => text_of(&chunks) == "fine",
        Some(error) => {
            assert_eq!(error.class, ErrorClass::BadRequest);
            assert!(error.message.starts_with("expect failed: "), "{}", error.message);
            false
        }
    }
}

/// A request that meets some expectations and fails others.
fn full(what: &str) -> ChatRequest {
    let thought = Content::Thinking { text: "hm".into(), signature: None };
    let thinking =
        ChatMessage { role: Role::Assistant, blocks: vec![ChatBlock { content: thought, mark: Mark::None }] };
    let mut said = expectation(what);
    said.blocks.push(image("a.png", 3));
    let mut full = request("script", vec![user("earlier words"), thinking, said]);
    full.tools = vec![tool("file_read")];
    full.options.temperature = Some(0.2);
    full.options.max_tokens = 500;
    full.meta.purpose = Purpose::Repair;
    full
}

fn bare(what: &str) -> ChatRequest {
    request("script", vec![expectation(what)])
}

#[test]
fn each_expectation_holds_in_one_request_and_fails_in_the_other() {
    let in_full = [
        "tool file_read",
        "history has \"earlier words\"",
        "messages 3",
        "temperature 0.2",
        "max_tokens 500",
        "purpose repair",
        "image",
        "thinking kept",
    ];
    let in_bare = [
        "no-tool file_read",
        "tools none",
        "history lacks \"earlier words\"",
        "messages 1",
        "max_tokens 0",
        "purpose turn",
        "thinking absent",
    ];
    for what in in_full {
        assert!(holds(full(what)), "{what}");
        assert!(!holds(bare(what)), "{what}");
    }
    for what in in_bare {
        assert!(holds(bare(what)), "{what}");
        assert!(!holds(full(what)), "{what}");
    }
}

#[test]
fn system_text_and_model() {
    for what in ["system has \"You are\"", "system lacks \"secret\"", "model script", "model builtin/script"] {
        assert!(holds(bare(what)), "{what}");
    }
    for what in ["system lacks \"You are\"", "system has \"secret\"", "model echo"] {
        assert!(!holds(bare(what)), "{what}");
    }
}

#[test]
fn a_script_does_not_find_its_own_lines_in_the_history() {
    assert!(holds(bare("history lacks \"rare word\"")));
    assert!(holds(bare("history has \"please\"")));
}

#[test]
fn last_role() {
    let result = Content::ToolResult { id: "1".into(), name: "t".into(), text: "r".into(), is_error: false };
    let tool_message = ChatMessage { role: Role::Tool, blocks: vec![ChatBlock { content: result, mark: Mark::None }] };
    let mixed = ChatMessage { role: Role::User, blocks: vec![text("x")] };
    let endings = [("tool", tool_message), ("user", mixed), ("notice", marked(Mark::Notice, "go on"))];
    for (role, _) in &endings {
        for (last, message) in &endings {
            let script = expectation(&format!("last role {role}"));
            let asked = request("script", vec![script, message.clone()]);
            assert_eq!(holds(asked), role == last, "{role} {last}");
        }
        let asked = request("script", vec![expectation(&format!("last role {role}")), assistant("a")]);
        let (_, error) = call(&scripted(), asked);
        assert_eq!(error, None, "turn 2 expects nothing");
    }
}
