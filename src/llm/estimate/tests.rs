//! Prices of texts, blocks and whole requests.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{block, message, request, text, tool};
use crate::llm::{ChatBlock, ChatMessage, ChatRequest, Content, Mark, Role, ToolSpec};

#[test]
fn text_counts_ascii_by_four_and_other_scalars_singly() {
    let cases = [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("日本", 2), ("Grüß Gott", 4), ("👍🏽", 2), ("a日", 2)];
    for (given, expected) in cases {
        assert_eq!(text(given), expected, "{given}");
    }
}

#[test]
fn every_block_has_its_price() {
    let cases = [
        (Content::Text { text: "hello".into() }, 2),
        (Content::Thinking { text: "hello".into(), signature: None }, 2),
        (Content::RedactedThinking { data: "hello".into() }, 2),
        (Content::Image { media_type: "image/png".into(), data: "AAAA".into(), name: "a.png".into(), size: 3 }, 1_100),
        // 8 + est(file_read) + est({"path":"a.txt"})
        (Content::ToolCall { id: "1".into(), name: "file_read".into(), arguments: json!({"path": "a.txt"}) }, 15),
        (Content::ToolResult { id: "1".into(), name: "file_read".into(), text: "alpha".into(), is_error: false }, 10),
    ];
    for (content, expected) in cases {
        assert_eq!(block(&content), expected, "{content:?}");
    }
}

#[test]
fn a_picture_costs_by_its_pixels() {
    // Signature and header of a PNG: width and height, 8 bits, RGB.
    let png = |width: u32, height: u32| {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
        Content::Image { media_type: "image/png".into(), data: STANDARD.encode(bytes), name: "a.png".into(), size: 33 }
    };
    assert_eq!(block(&png(10, 10)), 85);
    assert_eq!(block(&png(1_000, 751)), 1_002);
    assert_eq!(block(&png(9_000, 9_000)), 1_600);
}

#[test]
fn a_request_is_system_text_tools_and_messages() {
    let hello = ChatMessage {
        role: Role::User,
        blocks: vec![ChatBlock { content: Content::Text { text: "hello".into() }, mark: Mark::None }],
    };
    let read = ToolSpec { name: "file_read".into(), description: "Reads.".into(), schema: json!({"type": "object"}) };
    assert_eq!(message(&hello), 6);
    assert_eq!(tool(&read), 8 + 3 + 2 + 6);
    let whole =
        ChatRequest { system: "You are Desk.".into(), messages: vec![hello], tools: vec![read], ..Default::default() };
    assert_eq!(request(&whole), 4 + 6 + 19);
}
