//! Settings that operations change while the server runs. They stand above file and environment, and survive a restart.

mod entity;
pub mod service;
