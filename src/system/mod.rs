//! The server as a whole: health, status, version, metrics, shutdown, and the list of running servers.

mod entity;
mod routes;
pub mod schema;
pub mod service;
pub mod upkeep;

pub use entity::Model as ReplicaRow;
pub use routes::router;
