//! What a stored message consists of.

use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::ids::Id;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum MessageRole {
    User,
    Assistant,
    Tool,
    /// Replaces older messages for the model.
    Summary,
    /// A word of the server to the model.
    Notice,
}

/// A part of a message. Files are references, never bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    Text {
        text: String,
    },
    Image {
        file_id: Id,
        media_type: String,
    },
    File {
        file_id: Id,
        filename: String,
        media_type: String,
    },
    Audio {
        file_id: Id,
        media_type: String,
    },
    ToolUse {
        id: String,
        name: String,
        input: Value,
    },
    ToolResult {
        tool_use_id: String,
        tool_name: String,
        content: String,
        is_error: bool,
    },
    Thinking {
        thinking: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    RedactedThinking {
        data: String,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Blocks(pub Vec<Block>);

impl Blocks {
    /// All text blocks joined by line breaks.
    pub fn text(&self) -> String {
        let texts = self.0.iter().filter_map(|block| match block {
            Block::Text { text } => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}

/// A remark on a stored message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageFlag {
    /// The run was cancelled or failed in the middle of this text.
    Truncated,
    /// The agent chose not to answer.
    Silent,
    /// The next assistant message goes on with this text.
    Continued,
    /// A summary made without a model.
    Degraded,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct MessageFlags(pub Vec<MessageFlag>);

impl MessageFlags {
    pub fn has(&self, flag: MessageFlag) -> bool {
        self.0.contains(&flag)
    }
}
