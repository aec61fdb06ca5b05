//! The tests of the API and the engines, in one binary, since linking is what costs.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod agents;
mod approvals;
mod architecture;
mod auth;
mod budget;
mod contract;
mod credentials;
mod golden;
mod graph;
mod http;
mod idempotency;
mod llm;
mod memory;
mod messages;
mod migrations;
mod retention;
mod rights;
mod runs;
mod secrets;
mod sessions;
mod support;
mod system;
mod templates;
mod tls;
mod tools;
mod usage;
mod webchat;
mod websocket;
mod websocket_raw;
