//! Table `run_steps`.

use sea_orm::entity::prelude::*;

use crate::{
    ids::Id,
    runs::{StepFault, StepKind, StepState, Tokens, Verdict},
    time::Ts,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "run_steps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    pub run_id: Id,
    /// Dense from 1.
    pub idx: i32,
    pub kind: StepKind,
    pub state: StepState,
    pub attempt: i32,
    /// Calls of one answer share a batch; 0 for other steps.
    pub batch: i32,
    pub call_id: Option<String>,
    pub tool: Option<String>,
    /// Arguments of a tool call, purpose of a model call.
    pub input: Json,
    /// SHA-256 of the canonical JSON of the arguments.
    pub input_hash: Option<String>,
    pub effect: Option<String>,
    /// What a takeover does with it: `repeat`, `tx`, `child` or `interrupt`.
    pub resume: Option<String>,
    pub verdict: Option<Verdict>,
    pub output: Option<Json>,
    pub is_error: bool,
    pub artifact_id: Option<String>,
    pub child_run_id: Option<Id>,
    pub approval_id: Option<Id>,
    pub provider: Option<String>,
    pub model: Option<String>,
    /// Text received so far of a running model call.
    pub partial: Option<String>,
    pub request_hash: Option<String>,
    /// Last message of the session that the request held.
    pub context_to_seq: Option<i64>,
    pub error: Option<StepFault>,
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cached_tokens: i64,
    pub cache_write_tokens: i64,
    pub reasoning_tokens: i64,
    pub cost_micro_usd: Option<i64>,
    /// Sequence number of its `step.started`; ids of its deltas begin there.
    pub event_seq: i64,
    pub lease_epoch: i32,
    pub created_at: Ts,
    pub started_at: Option<Ts>,
    pub ended_at: Option<Ts>,
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
