//! The tests of the API and the engines, in one binary, since linking is what costs.

mod auth;
mod llm;
mod support;
mod system;
mod templates;
