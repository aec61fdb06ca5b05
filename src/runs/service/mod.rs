//! Rules and SQL of runs: reading them, the queue with its leases, and the writes of the turn loop.

mod processes;
mod queue;
mod read;
mod retention;
mod write;

pub use processes::{forget_process, note_process, processes};
pub use queue::{
    Load, any_waiting, cancel_requests, claim, expire_all_leases, load, past_expiry, release, renew, request_cancel,
    take_over,
};
pub use read::{
    Described, OpenRuns, RunFilter, all_steps, count_steps, describe, events_after, find, find_by_idempotency_key, get,
    list, lock_open, newest_ended, oldest_queued, open, open_runs, queue_positions, running_model_calls, steps,
};
pub use retention::{delete_ended, trim_events};
pub use write::{
    append_events, cancel_open_steps, end_from_outside, erase_agent, erase_session, insert, insert_steps, save,
    save_partial, save_step,
};
