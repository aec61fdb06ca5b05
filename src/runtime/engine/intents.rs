//! Work that tools name and only the engine can do. Writes happen in the transaction that ends the step: after a crash
//! either both are there or neither, and then the call is made again.

use sea_orm::{ConnectionTrait, DatabaseTransaction, TransactionTrait};
use serde_json::{Value, json};

use super::{
    super::tools::{Intent, ToolError, ToolErrorCode, result::Overflow},
    knowledge,
    turn::{Changes, Step, Turn},
};
use crate::artifacts;

impl Intent {
    /// It changes something, so that it belongs in a transaction.
    pub(super) fn writes(&self) -> bool {
        match self {
            Self::ArtifactRead { .. } => false,
            Self::Knowledge(knowledge) => knowledge.writes(),
            Self::Memory(memory) => memory.writes(),
        }
    }

    /// What becomes of the part of its answer that is too long to show.
    pub(super) fn overflow(&self) -> Overflow {
        match self {
            Self::ArtifactRead { .. } => Overflow::Drop,
            Self::Knowledge(_) | Self::Memory(_) => Overflow::Store,
        }
    }
}

impl Turn {
    /// A write in `tx`. What it refuses leaves nothing behind in it.
    pub(super) async fn write(
        &self,
        tx: &DatabaseTransaction,
        intent: Intent,
        changes: &mut Changes,
    ) -> Step<Result<Value, ToolError>> {
        let part = tx.begin().await?;
        let done = self.carry_out(&part, intent, changes).await?;
        match done {
            Ok(_) => part.commit().await?,
            Err(_) => part.rollback().await?,
        }
        Ok(done)
    }

    /// Server data, which tools themselves never touch.
    pub(super) async fn carry_out<C: ConnectionTrait>(
        &self,
        db: &C,
        intent: Intent,
        changes: &mut Changes,
    ) -> Step<Result<Value, ToolError>> {
        match intent {
            Intent::ArtifactRead { id, offset, length } => self.read_artifact(db, &id, offset, length).await,
            Intent::Memory(memory) if memory.writes() => self.write_memory(db, memory, changes).await,
            Intent::Memory(memory) => self.read_memory(memory).await,
            Intent::Knowledge(knowledge) => {
                let done = knowledge::carry_out(db, self.run.agent_id, knowledge).await?;
                Ok(done.map(|(value, event)| {
                    changes.announcements.extend(event.map(|payload| ("graph.changed", payload)));
                    value
                }))
            }
        }
    }

    async fn read_artifact<C: ConnectionTrait>(
        &self,
        db: &C,
        id: &str,
        offset: u64,
        length: u64,
    ) -> Step<Result<Value, ToolError>> {
        let found = artifacts::service::find(db, self.run.agent_id, self.run.session_id, id).await?;
        let Some(artifact) = found else {
            return Ok(Err(ToolError::new(ToolErrorCode::NotFound, format!("There is no artifact {id}"))));
        };
        let size = artifact.bytes.len();
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(size);
        let to = from.saturating_add(usize::try_from(length).unwrap_or(usize::MAX)).min(size);
        let text = String::from_utf8_lossy(artifact.bytes.get(from..to).unwrap_or_default());
        Ok(Ok(json!({
            "artifact": id, "media_type": artifact.media_type, "size": size, "offset": from,
            "content": text, "next_offset": (to < size).then_some(to),
        })))
    }
}
