//! How stored rows are folded for display.

use serde_json::json;

use super::{folded, raw};
use crate::{
    ids::Id,
    messages::{
        Block, Blocks, MessageFlag, MessageFlags, MessageRole, MessageRow,
        schema::{ContentBlock, MessageKind, Role},
    },
    time::Ts,
};

fn row(seq: i64, run: Id, role: MessageRole, blocks: Vec<Block>) -> MessageRow {
    MessageRow {
        id: Id::new(),
        session_id: Id::new(),
        seq,
        run_id: Some(run),
        step_id: None,
        role,
        blocks: Blocks(blocks),
        tokens: 0,
        replaces_from: None,
        replaces_to: None,
        flags: MessageFlags::default(),
        sender_id: None,
        sender_name: None,
        model: None,
        usage: None,
        metadata: json!({}),
        created_at: Ts(0),
    }
}

fn text(text: &str) -> Block {
    Block::Text { text: text.into() }
}

fn continued(row: MessageRow) -> MessageRow {
    MessageRow { flags: MessageFlags(vec![MessageFlag::Continued]), ..row }
}

#[test]
fn results_stand_with_their_calls() {
    let run = Id::new();
    let call = |id: &str| Block::ToolUse { id: id.into(), name: "file_read".into(), input: json!({}) };
    let result = |id: &str, content: &str| Block::ToolResult {
        tool_use_id: id.into(),
        tool_name: "file_read".into(),
        content: content.into(),
        is_error: id == "b",
    };
    let rows = vec![
        row(
            1,
            run,
            MessageRole::User,
            vec![text("read"), Block::Image { file_id: Id::new(), media_type: "image/png".into() }],
        ),
        row(2, run, MessageRole::Assistant, vec![text("Reading"), call("a"), call("b"), call("c")]),
        row(3, run, MessageRole::Tool, vec![result("a", "alpha")]),
        row(4, run, MessageRole::Tool, vec![result("b", "no")]),
    ];
    let shown = folded(rows, false);
    assert_eq!(shown.iter().map(|m| m.content.as_str()).collect::<Vec<_>>(), ["read\n[Image]", "Reading"]);
    let tools = shown[1].tools.as_ref().unwrap();
    let outcome: Vec<_> = tools.iter().map(|t| (t.result.as_deref(), t.is_error, t.running)).collect();
    assert_eq!(outcome, [(Some("alpha"), Some(false), false), (Some("no"), Some(true), false), (None, None, true)]);
}

#[test]
fn pieces_of_a_cut_answer_are_one_message() {
    let (run, other) = (Id::new(), Id::new());
    let rows = vec![
        continued(row(1, run, MessageRole::Assistant, vec![text("one ")])),
        continued(row(2, run, MessageRole::Assistant, vec![text("two ")])),
        row(3, run, MessageRole::Assistant, vec![text("three")]),
        continued(row(4, other, MessageRole::Assistant, vec![text("never ended")])),
        row(5, Id::new(), MessageRole::User, vec![text("go on")]),
    ];
    let shown = folded(rows, false);
    let said: Vec<_> = shown.iter().map(|m| (m.seq, m.content.as_str())).collect();
    assert_eq!(said, [(3, "one two three"), (4, "never ended"), (5, "go on")]);
}

#[test]
fn words_of_the_server_come_on_request() {
    let run = Id::new();
    let rows = || {
        let summary = row(1, run, MessageRole::Summary, vec![text("Facts: none")]);
        vec![MessageRow { replaces_to: Some(7), ..summary }, row(2, run, MessageRole::User, vec![text("hi")])]
    };
    assert_eq!(folded(rows(), false).len(), 1);
    let shown = folded(rows(), true);
    assert_eq!(
        (shown[0].role, shown[0].kind, shown[0].replaces_up_to_seq),
        (Role::System, MessageKind::Summary, Some(7))
    );
}

#[test]
fn a_raw_message_shows_its_parts_but_no_secrets_of_the_provider() {
    let thinking = Block::Thinking { thinking: "hm".into(), signature: Some("sig".into()) };
    let hidden = Block::RedactedThinking { data: "opaque".into() };
    let shown = raw(row(1, Id::new(), MessageRole::Assistant, vec![thinking, hidden, text("so")]));
    let wire = serde_json::to_value(&shown).unwrap();
    assert_eq!(
        wire["blocks"],
        json!([
            {"type": "thinking", "thinking": "hm"},
            {"type": "redacted_thinking"},
            {"type": "text", "text": "so"}
        ])
    );
    assert_eq!(shown.content, "so");
    assert!(matches!(shown.blocks.unwrap()[2], ContentBlock::Text(_)));
}
