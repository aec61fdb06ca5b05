//! The in-process event bus. What must survive a crash is a row; an event only says that one changed.

use serde::Serialize;
use serde_json::Value;
use tokio::sync::broadcast;

use crate::time::Ts;

/// Events a slow listener may lag behind before it loses some.
const BUFFER: usize = 1024;

/// Something that happened, published after commit.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// Dotted name, such as `agent.spawned`.
    pub name: &'static str,
    pub at: Ts,
    pub payload: Value,
}

#[derive(Clone, Debug)]
pub struct EventBus(broadcast::Sender<Event>);

impl EventBus {
    pub fn new() -> Self {
        Self(broadcast::Sender::new(BUFFER))
    }

    pub fn publish(&self, name: &'static str, payload: Value) {
        // Nobody listening is fine.
        let _ = self.0.send(Event { name, at: Ts::now(), payload });
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}

impl Default for EventBus {
    fn default() -> Self {
        Self::new()
    }
}
