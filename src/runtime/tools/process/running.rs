//! Programs that go on while the agent does something else. They belong to an agent and a session, and live in this
//! process: after a restart they are gone.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::ChildStdin,
    sync::{Notify, mpsc, watch},
};

use super::{
    super::{ToolError, ToolErrorCode},
    group::{Ended, GRACE, Group, Streams},
};
use crate::ids::Id;

/// Bytes of each stream that wait to be read.
const RING: usize = 1024 * 1024;
/// One that nobody asks for is ended, and an ended one forgotten.
const IDLE: Duration = Duration::from_secs(3600);

/// All of them; clones are the same.
#[derive(Clone, Default)]
pub struct Processes(Arc<Mutex<HashMap<String, Arc<Running>>>>);

pub struct Running {
    pub id: String,
    pub agent: Id,
    pub session: Id,
    pub program: String,
    /// With its arguments, for lists.
    pub command: String,
    pub started: Instant,
    touched: Mutex<Instant>,
    input: tokio::sync::Mutex<ChildStdin>,
    output: Mutex<Ring>,
    errors: Mutex<Ring>,
    /// Something was printed, or it ended.
    news: Notify,
    ended: watch::Receiver<Option<Ended>>,
    /// Wishes to end it, with the time it may take.
    stop: mpsc::UnboundedSender<Duration>,
}

#[derive(Default)]
struct Ring {
    bytes: VecDeque<u8>,
    dropped: u64,
}

impl Ring {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        let over = self.bytes.len().saturating_sub(RING);
        self.bytes.drain(..over);
        self.dropped += over as u64;
    }

    fn take(&mut self, max: usize) -> (Vec<u8>, u64) {
        let taken = self.bytes.drain(..max.min(self.bytes.len())).collect();
        (taken, std::mem::take(&mut self.dropped))
    }
}

/// What a program printed since the last time.
pub struct News {
    pub output: Vec<u8>,
    pub errors: Vec<u8>,
    pub dropped: u64,
    pub ended: Option<Ended>,
}

impl Processes {
    /// Takes a started program in; from here on it is watched.
    pub fn add(
        &self,
        owner: (Id, Id),
        program: String,
        command: String,
        group: Group,
        streams: Streams,
    ) -> Arc<Running> {
        let (ended_sender, ended) = watch::channel(None);
        let (stop, wishes) = mpsc::unbounded_channel();
        let running = Arc::new(Running {
            id: format!("proc_{}", Id::new()),
            agent: owner.0,
            session: owner.1,
            program,
            command,
            started: Instant::now(),
            touched: Mutex::new(Instant::now()),
            input: tokio::sync::Mutex::new(streams.input),
            output: Mutex::default(),
            errors: Mutex::default(),
            news: Notify::new(),
            ended,
            stop,
        });
        lock(&self.0).insert(running.id.clone(), running.clone());
        tokio::spawn(read(running.clone(), streams.output, |running| &running.output));
        tokio::spawn(read(running.clone(), streams.errors, |running| &running.errors));
        tokio::spawn(watch_over(self.clone(), running.clone(), group, wishes, ended_sender));
        running
    }

    /// A process of this agent in this session; others do not exist for it.
    pub fn find(&self, id: &str, agent: Id, session: Id) -> Result<Arc<Running>, ToolError> {
        let found =
            lock(&self.0).get(id).filter(|running| running.agent == agent && running.session == session).cloned();
        found.ok_or_else(|| {
            ToolError::new(ToolErrorCode::NotFound, format!("There is no process {id}"))
                .with_hint("Processes end when the server restarts; process_list shows what there is")
        })
    }

    /// The program behind an id, whoever asks: for the rules only.
    pub fn program_of(&self, id: &str) -> Option<String> {
        lock(&self.0).get(id).map(|running| running.program.clone())
    }

    /// Oldest first.
    pub fn of(&self, agent: Id, session: Option<Id>) -> Vec<Arc<Running>> {
        let all = lock(&self.0);
        let own = all.values().filter(|r| r.agent == agent && session.is_none_or(|session| session == r.session));
        let mut own: Vec<_> = own.cloned().collect();
        own.sort_by_key(|running| running.started);
        own
    }

    /// Ends all processes of an agent, or of everybody. Returns when they are gone.
    pub async fn stop_all(&self, agent: Option<Id>) {
        let all: Vec<_> =
            lock(&self.0).values().filter(|r| agent.is_none_or(|agent| agent == r.agent)).cloned().collect();
        futures::future::join_all(all.iter().map(|running| running.stop(GRACE))).await;
    }
}

impl Running {
    pub fn ended(&self) -> Option<Ended> {
        *self.ended.borrow()
    }

    fn touch(&self) {
        *lock(&self.touched) = Instant::now();
    }

    /// Waits for something new, but not longer than this.
    pub async fn news(&self, wait: Duration, max_bytes: usize) -> News {
        self.touch();
        let news = self.news.notified();
        let nothing = lock(&self.output).bytes.is_empty() && lock(&self.errors).bytes.is_empty();
        if nothing && self.ended().is_none() && !wait.is_zero() {
            let _ = tokio::time::timeout(wait, news).await;
        }
        let (output, dropped) = lock(&self.output).take(max_bytes);
        let (errors, dropped_errors) = lock(&self.errors).take(max_bytes);
        News { output, errors, dropped: dropped + dropped_errors, ended: self.ended() }
    }

    pub async fn write(&self, bytes: &[u8]) -> Result<(), ToolError> {
        self.touch();
        let ended = || ToolError::new(ToolErrorCode::Conflict, "The program has ended");
        if self.ended().is_some() {
            return Err(ended());
        }
        let mut input = self.input.lock().await;
        input.write_all(bytes).await.and(input.flush().await).map_err(|_| ended())
    }

    /// Asks it to end and waits until it has.
    pub async fn stop(&self, grace: Duration) -> Ended {
        self.touch();
        let _ = self.stop.send(grace);
        let mut ended = self.ended.clone();
        let seen = ended.wait_for(Option::is_some).await.map(|ended| *ended);
        seen.ok().flatten().unwrap_or_default()
    }
}

async fn read<R: AsyncRead + Unpin>(running: Arc<Running>, mut stream: R, ring: fn(&Running) -> &Mutex<Ring>) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read) = stream.read(&mut buffer).await {
        if read == 0 {
            break;
        }
        lock(ring(&running)).push(&buffer[..read]);
        running.news.notify_waiters();
    }
}

async fn watch_over(
    all: Processes,
    running: Arc<Running>,
    mut group: Group,
    mut wishes: mpsc::UnboundedReceiver<Duration>,
    sender: watch::Sender<Option<Ended>>,
) {
    let ended = loop {
        let idle = IDLE.saturating_sub(lock(&running.touched).elapsed());
        tokio::select! {
            ended = group.wait() => break ended,
            Some(grace) = wishes.recv() => break group.stop(grace).await,
            () = tokio::time::sleep(idle) => {
                if lock(&running.touched).elapsed() >= IDLE {
                    break group.stop(GRACE).await;
                }
            }
        }
    };
    group.close().await;
    let _ = sender.send(Some(ended));
    running.news.notify_waiters();
    // Its last words can be read for a while.
    loop {
        let idle = IDLE.saturating_sub(lock(&running.touched).elapsed());
        if idle.is_zero() {
            break;
        }
        tokio::time::sleep(idle).await;
    }
    lock(&all.0).remove(&running.id);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
