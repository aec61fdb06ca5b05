//! Credentials: API keys, logins, roles. This is the slice to imitate; `CONTRIBUTING.md` walks through it.

mod entity;
mod login_entity;
pub mod password;
mod routes;
pub mod schema;
pub mod service;
mod sessions;

pub use routes::router;
