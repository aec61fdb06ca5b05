//! The contract machine: what must hold for every operation, whoever wrote it.

mod access;
mod coverage;
mod limits;
mod lints;
mod operations;
mod restart;
mod things;
