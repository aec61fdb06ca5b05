//! How long a provider may take. Every limit counts, so a provider that never answers cannot hold a run.

use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallLimits {
    /// Until the connection stands, TLS included.
    pub connect: Duration,
    /// From the start of the call to the first event.
    pub first_event: Duration,
    /// The same when the model is asked to think.
    pub first_event_reasoning: Duration,
    /// Between two events.
    pub silence: Duration,
    /// The whole call.
    pub total: Duration,
}

impl CallLimits {
    pub const CONNECT: Duration = Duration::from_secs(10);
    pub const REMOTE: Self = Self {
        connect: Self::CONNECT,
        first_event: Duration::from_secs(90),
        first_event_reasoning: Duration::from_secs(180),
        silence: Duration::from_secs(60),
        total: Duration::from_secs(600),
    };
    /// A local provider may have to load the model first.
    pub const LOCAL: Self = Self {
        first_event: Duration::from_secs(300),
        first_event_reasoning: Duration::from_secs(300),
        silence: Duration::from_secs(120),
        ..Self::REMOTE
    };
}
