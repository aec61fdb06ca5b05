//! A server of its own for each test, and a client that holds the server to its document.

pub mod app;
pub mod chat;
pub mod client;
pub mod database;
pub mod document;
pub mod engine;
pub mod outcome;
pub mod process;

pub use app::TestApp;
