//! Persona documents.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::time::Ts;

/// All persona documents, those that do not exist included.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentFileList {
    /// In a fixed order.
    pub files: Vec<AgentFileInfo>,
    /// Always 8.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Always null: there is one page.
    pub next_cursor: Option<String>,
}

/// A persona document without its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentFileInfo {
    /// One of the eight names.
    #[schema(example = "SOUL.md")]
    pub name: String,
    /// Whether it has been written.
    pub exists: bool,
    /// Bytes of its text.
    #[schema(minimum = 0)]
    pub size_bytes: i64,
    /// When it was written last.
    pub updated_at: Option<Ts>,
}

/// A persona document.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentFile {
    /// One of the eight names.
    #[schema(example = "SOUL.md")]
    pub name: String,
    /// Its text.
    pub content: String,
    /// Bytes of its text.
    #[schema(minimum = 0)]
    pub size_bytes: i64,
    /// When it was written last.
    pub updated_at: Ts,
}

/// The new text of a persona document.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[schema(example = json!({"content": "Be honest, calm and useful.\n"}))]
pub struct SetAgentFile {
    /// Up to 32,768 bytes; more is 413.
    #[schema(max_length = 32_768)]
    pub content: String,
}

/// A persona document that was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentFileWritten {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub status: String,
    /// One of the eight names.
    #[schema(example = "SOUL.md")]
    pub name: String,
    /// Bytes of its text.
    #[schema(minimum = 0)]
    pub size_bytes: i64,
    /// When it was written.
    pub updated_at: Ts,
}
