//! Table `runs`.

use sea_orm::entity::prelude::*;

use crate::{
    ids::Id,
    runs::{Directives, Door, RunCaller, RunFailure, RunInput, RunOptions, RunState, StopReason, TextList, Tokens},
    time::Ts,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub agent_id: Id,
    pub manifest_version: i32,
    /// Stays when the session is deleted.
    pub session_id: Id,
    pub door: Door,
    pub caller: RunCaller,
    /// The person behind the run.
    pub origin_user: Option<String>,
    pub parent_run_id: Option<Id>,
    pub parent_step_id: Option<Id>,
    pub root_run_id: Id,
    pub depth: i32,
    /// Order between sessions: time of arrival less a minute per level of priority, so waiting raises a run by itself.
    pub rank: i64,
    /// Order inside the session.
    pub queue_seq: i64,
    /// Runs of this agent at the same time.
    pub max_concurrent: i32,
    /// Started by the server itself.
    pub background: bool,
    pub state: RunState,
    pub stop_reason: Option<StopReason>,
    pub error: Option<RunFailure>,
    pub input: RunInput,
    pub options: RunOptions,
    /// Names the stored-answer record that this run belongs to.
    pub idempotency_key: Option<String>,
    /// 1 when first claimed; one more each time a worker takes it over from a dead one.
    pub attempts: i32,
    /// Takeovers since a step last ended.
    pub stalled_attempts: i32,
    pub lease_owner: Option<String>,
    /// Raised by every claim; a write that names an older one changes nothing.
    pub lease_epoch: i32,
    pub lease_until: Option<Ts>,
    pub wake_at: Option<Ts>,
    /// Time spent waiting for people or retries; does not count for the time limit.
    pub waited_ms: i64,
    /// End of its life in the queue.
    pub expires_at: Option<Ts>,
    pub cancel_requested_at: Option<Ts>,
    pub cancel_reason: Option<String>,
    pub cancel_by: Option<String>,
    pub provider: Option<String>,
    pub model: Option<String>,
    /// Set when another than the first model answered.
    pub fallback_model: Option<String>,
    pub iterations: i32,
    pub tool_calls: i32,
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cached_tokens: i64,
    pub cache_write_tokens: i64,
    pub reasoning_tokens: i64,
    /// Null before the first model call.
    pub cost_micro_usd: Option<i64>,
    pub response: Option<String>,
    pub silent: bool,
    pub directives: Option<Directives>,
    pub warnings: TextList,
    pub reply_message_id: Option<Id>,
    /// Number of stored events.
    pub event_seq: i64,
    pub created_at: Ts,
    pub started_at: Option<Ts>,
    pub ended_at: Option<Ts>,
    /// Since then only the events are left that a replay needs.
    pub trimmed_at: Option<Ts>,
}

impl Model {
    pub fn tokens(&self) -> Tokens {
        Tokens {
            input: self.input_tokens,
            output: self.output_tokens,
            cached: self.cached_tokens,
            cache_write: self.cache_write_tokens,
            reasoning: self.reasoning_tokens,
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
