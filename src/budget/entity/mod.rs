//! Tables of budgets.

pub mod event;
pub mod reservation;
pub mod scope;
