//! The one way out. Addresses that a model, an agent or a page names go through `Outbound::fetch`, which checks every
//! address of every hop and connects to no other; addresses of the operator only stay clear of cloud metadata.

mod address;
mod client;
mod guard;
mod headers;
mod hop;
mod networks;

#[cfg(test)]
mod tests;

pub use address::{Address, Host};
pub use client::{Outbound, Outgoing, Received, check_operator_url, operator_client};
pub use guard::{Guard, Listed, Lookup, Own, system_lookup};
pub use headers::given_headers;
pub use hop::Hop;
pub use networks::{is_metadata, is_public};

/// Why a request was not sent or brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// By a numbered rule (S1 to S20).
    #[error("{message}")]
    Refused { rule: &'static str, message: String },
    /// A redirect leads to a host that the agent holds no grant for.
    #[error("The agent does not hold {0}")]
    NotGranted(String),
    #[error("The address of {0} could not be found")]
    Dns(String),
    #[error("{0}")]
    Timeout(String),
    #[error("The answer has more than {0} bytes")]
    TooLarge(usize),
    /// Connection, TLS, or an answer that is no HTTP.
    #[error("{0}")]
    Broken(String),
}

fn refused<T>(rule: &'static str, message: impl Into<String>) -> Result<T, OutboundError> {
    Err(OutboundError::Refused { rule, message: message.into() })
}
