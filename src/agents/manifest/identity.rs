//! How an agent looks. Never a permission.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the agent looks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AgentIdentity {
    /// A sign for lists.
    #[schema(max_length = 16, example = "🦊")]
    pub emoji: Option<String>,
    /// Picture: an `http(s)` address (2,048 characters) or a `data:image/…` URI (256 KiB).
    #[schema(max_length = 262_144, pattern = r"^(https?://[^\s]+|data:image/.+)$")]
    pub avatar_url: Option<String>,
    /// Colour as `#RGB`, `#RRGGBB` or `#RRGGBBAA`.
    #[schema(pattern = r"^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$", example = "#2b6cb0")]
    pub color: Option<String>,
    /// Kind of worker, such as researcher, coder, assistant, writer, devops, support, analyst.
    #[schema(max_length = 64)]
    pub archetype: Option<String>,
    /// Manner, such as professional, friendly, technical, creative, concise, mentor.
    #[schema(max_length = 64)]
    pub vibe: Option<String>,
    /// Manner of greeting, such as warm, formal, playful, brief.
    #[schema(max_length = 64)]
    pub greeting_style: Option<String>,
}
