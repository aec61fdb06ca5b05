//! openfang: an agent operating system behind an HTTP API. `docs/architecture.md` shows the tree and the life of a request.

pub mod agents;
pub mod artifacts;
pub mod caller;
pub mod db;
pub mod error;
pub mod ids;
pub mod llm;
pub mod messages;
pub mod runs;
pub mod runtime;
pub mod scopes;
pub mod sessions;
pub mod time;
pub mod usage;
