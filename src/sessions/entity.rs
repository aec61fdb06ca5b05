//! Table `sessions`.

use sea_orm::entity::prelude::*;

use super::SessionKind;
use crate::{ids::Id, time::Ts};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub agent_id: Id,
    /// Held by the session that gets its owner's next message; null for the owner's other sessions.
    pub key: Option<String>,
    /// The key that it may hold, also while another session holds it.
    pub owner: String,
    pub kind: SessionKind,
    /// Channel conversation or caller it belongs to, for display.
    pub conversation: Option<String>,
    pub label: Option<String>,
    /// Number of messages.
    pub last_seq: i64,
    /// Number of runs ever accepted.
    pub queue_seq: i64,
    pub summary_message_id: Option<Id>,
    /// Estimate of what the next call would send.
    pub context_tokens: i64,
    pub created_at: Ts,
    pub updated_at: Ts,
    pub last_active: Ts,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
