//! What every endpoint shares on the wire: layers, extractors, responses. No slice knows more of axum than its routes.

pub mod access;
pub mod client;
pub mod connection;
pub mod credentials;
pub mod extract;
pub mod gather;
pub mod middleware;
pub mod operations;
pub mod origin;
pub mod outbound;
pub mod respond;
pub mod server;
pub mod sse;
pub mod ws;
