//! Secrets that the server keeps for its operators, such as provider keys: encrypted in the database under a master key
//! that lies beside it. No route shows one; the parts that need a secret ask the store by its name.

mod entity;
mod key_entity;
mod master_key;
pub mod service;

pub use master_key::{KeyError, MasterKey, Place};
pub use service::{SecretStore, Standing};
