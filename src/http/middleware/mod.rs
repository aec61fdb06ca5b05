//! The layers around every handler, one file each. `router.rs` puts them in order.

pub mod audit;
pub mod headers;
pub mod host;
pub mod idempotency;
pub mod identify;
pub mod limits;
pub mod operation;
pub mod panic;
pub mod rate_limit;
pub mod request_id;
