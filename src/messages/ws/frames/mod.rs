//! The frames of the chat socket: what clients may send, and what they get.

mod client;
mod server;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use client::{ApprovalDecision, BadFrame, ClientApproval, ClientCancel, ClientCommand, ClientFrame, ClientResume};
pub use server::{
    AgentsUpdatedFrame, ApprovalRequiredFrame, CommandResultFrame, ConnectedFrame, ErrorFrame, FrameMark, MessageFrame,
    MessageSource, PhaseFrame, PongFrame, ResponseFrame, RetryFrame, RunFrame, RunPhase, ServerFrame,
    SilentCompleteFrame, StepDiscardedFrame, TextDeltaFrame, ThinkingDeltaFrame, ThinkingFrame, ToolEndFrame,
    ToolResultFrame, ToolStartFrame, TypingFrame, TypingState, WarningFrame,
};

/// How much of tool calls a connection sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verbosity {
    Off,
    On,
    #[default]
    Full,
}

impl Verbosity {
    pub fn next(self) -> Self {
        match self {
            Self::Off => Self::On,
            Self::On => Self::Full,
            Self::Full => Self::Off,
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        serde_json::from_value(Value::String(word.to_lowercase())).ok()
    }
}
