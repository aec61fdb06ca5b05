//! The golden cases of the turn loop, each a test named after it.

mod answers;
mod approvals;
mod chaos;
mod crash;
mod failures;
mod killed;
mod knowledge;
mod money;
mod programs;
mod queue;
mod statements;
mod tools;
