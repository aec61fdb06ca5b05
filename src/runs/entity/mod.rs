//! Tables `runs`, `run_steps`, `run_events` and `processes`.

pub mod event;
pub mod process;
pub mod run;
pub mod step;
