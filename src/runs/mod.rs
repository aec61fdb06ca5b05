//! Runs: one turn of an agent each, from an accepted message to exactly one terminal event; with their steps and events.

mod entity;
mod facts;
mod routes;
pub mod schema;
pub mod service;
mod state;
pub mod stream;
pub mod views;

pub use entity::{
    event::Model as EventRow, process::Model as ProcessRow, run::Model as RunRow, step::Model as StepRow,
};
pub use facts::{
    Directives, LimitFacts, ModelAnswer, ModelCall, RunCaller, RunFailure, RunInput, RunOptions, StepFault, TextList,
    ThinkingWish, ToolCall, Verdict,
};
pub use routes::router;
pub use state::{Door, ModelOutcome, RunState, StepKind, StepState, StopReason, Tokens};
pub use views::approval_required;
