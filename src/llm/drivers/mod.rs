//! The model providers: the one compiled in, and the remote ones.

pub mod builtin;
pub mod remote;
