//! Live events of runs inside this process. Publishing never waits: a follower that is too slow is let go.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::{mpsc, watch};

use super::{
    super::event::{EventBody, RunEvent},
    lock,
};
use crate::{ids::Id, runs::RunRow};

/// Events a follower may lag behind before it is closed.
const BUFFER: usize = 1_024;

/// The end of a run, for callers who waited.
#[derive(Debug)]
pub struct Finished {
    pub run: RunRow,
    pub event: RunEvent,
}

/// Channels of the runs that somebody follows or drives here.
#[derive(Debug, Default)]
pub struct Hub(Mutex<HashMap<Id, Arc<Channel>>>);

#[derive(Debug)]
pub struct Channel {
    state: Mutex<State>,
    finished: watch::Sender<Option<Arc<Finished>>>,
}

#[derive(Debug, Default)]
struct State {
    followers: Vec<Follower>,
    /// Pieces of the model step that streams now; a late follower gets them first.
    streaming: Vec<Arc<RunEvent>>,
}

#[derive(Debug)]
struct Follower {
    sender: mpsc::Sender<Arc<RunEvent>>,
    too_slow: Arc<AtomicBool>,
}

/// What a new follower starts with.
pub struct Joined {
    pub streaming: Vec<Arc<RunEvent>>,
    pub events: mpsc::Receiver<Arc<RunEvent>>,
    too_slow: Arc<AtomicBool>,
    /// A channel that nobody holds is swept away.
    _channel: Arc<Channel>,
}

impl Joined {
    /// Why no more events come: it lagged behind, or the channel was given up.
    pub fn is_too_slow(&self) -> bool {
        self.too_slow.load(Ordering::Relaxed)
    }
}

impl Hub {
    pub fn channel(&self, run: Id) -> Arc<Channel> {
        lock(&self.0).entry(run).or_insert_with(|| Arc::new(Channel::new())).clone()
    }

    pub fn existing(&self, run: Id) -> Option<Arc<Channel>> {
        lock(&self.0).get(&run).cloned()
    }

    /// The run ended, or nobody here has to do with it any more.
    pub fn forget(&self, run: Id) {
        lock(&self.0).remove(&run);
    }

    /// Forgets channels that only this map knows.
    pub fn sweep(&self) {
        lock(&self.0).retain(|_, channel| Arc::strong_count(channel) > 1);
    }
}

impl Channel {
    fn new() -> Self {
        Self { state: Mutex::default(), finished: watch::Sender::new(None) }
    }

    pub fn join(self: &Arc<Self>) -> Joined {
        let (sender, events) = mpsc::channel(BUFFER);
        let too_slow = Arc::new(AtomicBool::new(false));
        let mut state = lock(&self.state);
        state.followers.push(Follower { sender, too_slow: too_slow.clone() });
        Joined { streaming: state.streaming.clone(), events, too_slow, _channel: self.clone() }
    }

    pub fn publish(&self, event: RunEvent) {
        let event = Arc::new(event);
        let mut state = lock(&self.state);
        match event.body {
            EventBody::TextDelta { .. } | EventBody::ThinkingDelta { .. } => state.streaming.push(event.clone()),
            EventBody::ToolInputDelta { .. } => {}
            // A stored event ends the streaming of a step: its text is in rows now.
            _ => state.streaming.clear(),
        }
        state.followers.retain(|follower| {
            let sent = follower.sender.try_send(event.clone());
            if matches!(sent, Err(mpsc::error::TrySendError::Full(_))) {
                follower.too_slow.store(true, Ordering::Relaxed);
            }
            sent.is_ok()
        });
        if event.body.is_terminal() {
            state.followers.clear();
        }
    }

    pub fn finish(&self, finished: Finished) {
        self.finished.send_replace(Some(Arc::new(finished)));
    }

    /// Waits for the end of the run in this process.
    pub async fn finished(&self) -> Option<Arc<Finished>> {
        let mut receiver = self.finished.subscribe();
        let finished = receiver.wait_for(Option::is_some).await.ok()?;
        finished.clone()
    }
}
