//! Appends entries. Entries that arrive while one transaction commits share the next one, so the cost of a busy server is
//! one write for many requests; each request still waits until its own entry is stored.

use sea_orm::{ActiveValue::Set, EntityTrait};
use tokio::sync::{mpsc, oneshot};

use super::entity;
use crate::{caller::CallerKind, db::Db, ids::Id, time::Ts};

const QUEUE: usize = 4096;
const BATCH: usize = 200;

/// A request as the log keeps it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub request_id: Option<Id>,
    pub operation_id: String,
    pub caller_kind: Option<CallerKind>,
    pub caller_id: Option<Id>,
    pub caller_name: Option<String>,
    pub ip: Option<String>,
    pub target: String,
}

struct Job {
    row: entity::ActiveModel,
    stored: oneshot::Sender<()>,
}

/// Handle on the writer task, which ends when the last handle is gone.
#[derive(Clone)]
pub struct Recorder(mpsc::Sender<Job>);

impl Recorder {
    pub fn start(db: Db) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(write_all(db, receiver));
        Self(sender)
    }

    /// Queues an entry. The receiver fires when it is stored; an error means that it could not be.
    pub fn submit(&self, entry: Entry, status: u16) -> oneshot::Receiver<()> {
        let (stored, receiver) = oneshot::channel();
        let row = entity::ActiveModel {
            id: Set(Id::new()),
            at: Set(Ts::now()),
            request_id: Set(entry.request_id),
            operation_id: Set(entry.operation_id),
            caller_kind: Set(entry.caller_kind.map(|k| k.as_str().to_owned())),
            caller_id: Set(entry.caller_id),
            caller_name: Set(entry.caller_name),
            ip: Set(entry.ip),
            target: Set(entry.target),
            status: Set(i32::from(status)),
        };
        if self.0.try_send(Job { row, stored }).is_err() {
            tracing::error!("the audit queue is full; an entry is lost");
        }
        receiver
    }
}

async fn write_all(db: Db, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        let (rows, waiting): (Vec<_>, Vec<_>) = batch.drain(..).map(|job| (job.row, job.stored)).unzip();
        match entity::Entity::insert_many(rows).exec_without_returning(db.write()).await {
            Ok(_) => waiting.into_iter().for_each(|stored| {
                let _ = stored.send(());
            }),
            Err(error) => tracing::error!(%error, entries = waiting.len(), "audit entries could not be stored"),
        }
    }
}
