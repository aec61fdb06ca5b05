//! Tables `runs`, `run_steps` and `run_events`.

pub mod event;
pub mod run;
pub mod step;
