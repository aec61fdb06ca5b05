//! Rules and SQL of sessions. The session that holds its owner's key gets the owner's next message.

mod change;
mod read;
mod turn;

pub use change::{
    KEY_TRIES, NewSession, check_label, clear, create, delete, erase_all, lock, lock_all, reset, set_label, switch,
};
pub use read::{
    Described, SessionFilter, active_of_agents, any_of_others, count, describe, find, find_active, find_by_label,
    find_of_agent, get, list, own_among, owner_key,
};
pub use turn::{Which, advance, give_back, insert, note_context, release_key, start_turn};
