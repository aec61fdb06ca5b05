//! How a process is found again after its server died: by numbers that the kernel does not use twice.

use super::super::ledger::{Birth, ProcessMark};
use crate::ids::Id;

/// What became of the processes of a dead server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Killed {
    /// It is not of this machine, or its server lives.
    NotOurs,
    Gone,
    Killed,
}

impl ProcessMark {
    /// None where the system does not tell.
    pub fn of(pid: u32, id: Id, agent_id: Id) -> Option<Self> {
        let group = Birth::of(i32::try_from(pid).ok()?)?;
        let server = Birth::of(i32::try_from(std::process::id()).ok()?)?;
        Some(Self { id, agent_id, host: host()?, server, group })
    }

    /// Ends the group if its server is dead.
    pub fn kill_if_orphaned(&self) -> Killed {
        if host().as_deref() != Some(&self.host) || self.server.is_alive() {
            return Killed::NotOurs;
        }
        // A group keeps its number from being used again; a process with another birth took it after the group was gone.
        if Birth::of(self.group.pid).is_some_and(|now| now != self.group) {
            return Killed::Gone;
        }
        kill(self.group.pid)
    }
}

impl Birth {
    fn is_alive(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    #[cfg(target_os = "linux")]
    fn of(pid: i32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in brackets may hold anything.
        let at = stat.rsplit_once(") ")?.1.split(' ').nth(19)?.parse().ok()?;
        Some(Self { pid, at })
    }

    #[cfg(not(target_os = "linux"))]
    fn of(_pid: i32) -> Option<Self> {
        None
    }
}

#[cfg(target_os = "linux")]
fn host() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let space = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", boot.trim(), space.display()))
}

#[cfg(not(target_os = "linux"))]
fn host() -> Option<String> {
    None
}

#[cfg(target_os = "linux")]
fn kill(group: i32) -> Killed {
    let pid = rustix::process::Pid::from_raw(group);
    match pid.map(|pid| rustix::process::kill_process_group(pid, rustix::process::Signal::KILL)) {
        Some(Ok(())) => Killed::Killed,
        _ => Killed::Gone,
    }
}

#[cfg(not(target_os = "linux"))]
fn kill(_group: i32) -> Killed {
    Killed::Gone
}
