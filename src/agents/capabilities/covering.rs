//! Whether one grant allows everything that another one does, so that a child never gets more than its parent. Where that
//! cannot be told from the patterns, the answer is no.

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use ipnet::IpNet;

use super::{
    Grant, Kind,
    matching::{amount, split_port},
    wildcard::{absorbs, absorbs_ignore_case},
};

pub(super) fn covers(parent: &Grant, child: &Grant) -> bool {
    if parent.kind != child.kind {
        return false;
    }
    let (p, c) = (parent.pattern(), child.pattern());
    match parent.kind {
        Kind::Tool => absorbs_ignore_case(p, c),
        Kind::Net => net(p, c),
        Kind::FsRead | Kind::FsWrite => path(p, c),
        Kind::MemoryRead | Kind::MemoryWrite => memory(p, c),
        Kind::Shell => shell(p, c),
        Kind::AgentMessage | Kind::AgentKill => agent(p, c),
        Kind::Channel => channel(p, c),
        Kind::Model => model(p, c),
        Kind::Spend => amount(c).is_some_and(|asked| amount(p).is_some_and(|held| asked <= held)),
        Kind::Env if cfg!(windows) => absorbs_ignore_case(p, c),
        Kind::Env | Kind::Schedule | Kind::Workflow | Kind::Hand | Kind::A2a | Kind::OfpConnect => absorbs(p, c),
        Kind::AgentSpawn | Kind::OfpDiscover => true,
    }
}

fn net(parent: &str, child: &str) -> bool {
    let (Some((host, ports)), Some((child_host, child_ports))) = (split_port(parent), split_port(child)) else {
        return false;
    };
    let ports_fit = match (ports, child_ports) {
        (Some("*"), _) | (None, None | Some("80" | "443")) => true,
        (Some(port), Some(asked)) => port == asked,
        _ => false,
    };
    ports_fit && host_covers(host, child_host)
}

fn host_covers(parent: &str, child: &str) -> bool {
    if parent == "*" {
        return true;
    }
    match (network(parent), network(child)) {
        (Some(held), Some(asked)) => return held.contains(&asked),
        (None, None) => {}
        // Names do not match numbers, nor numbers names.
        _ => return false,
    }
    match (parent.strip_prefix("*."), child.strip_prefix("*.")) {
        (Some(rest), Some(asked)) => absorbs_ignore_case(rest, asked) || below(rest, asked),
        (Some(rest), None) => below(rest, child),
        (None, _) => absorbs_ignore_case(parent, child),
    }
}

/// At least one label of the child stands in front of what the parent's pattern covers.
fn below(rest: &str, child: &str) -> bool {
    let mut dots = child.char_indices().filter(|(at, c)| *c == '.' && *at > 0);
    dots.any(|(at, _)| absorbs_ignore_case(rest, &child[at + 1..]))
}

fn network(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Segment by segment; only `**` covers `**`.
fn path(parent: &str, child: &str) -> bool {
    let whole = |pattern: &str| if pattern.ends_with('/') { format!("{pattern}**") } else { pattern.to_owned() };
    let (parent, child) = (whole(parent), whole(child));
    let child: Vec<&str> = child.split('/').collect();
    let mut fits = vec![false; child.len() + 1];
    fits[0] = true;
    for part in parent.split('/') {
        let mut next = vec![false; child.len() + 1];
        if part == "**" {
            let mut seen = false;
            for (at, fit) in fits.iter().enumerate() {
                seen |= fit;
                next[at] = seen;
            }
        } else {
            for (at, segment) in child.iter().enumerate() {
                next[at + 1] = fits[at] && *segment != "**" && absorbs(part, segment);
            }
        }
        fits = next;
    }
    fits[child.len()]
}

/// `*` is the three name spaces of the agent, and `self.*` includes `user.*`.
fn memory(parent: &str, child: &str) -> bool {
    let within = |spaces: &[&str]| spaces.iter().any(|space| child.starts_with(space));
    match (parent, child) {
        _ if child.starts_with("agent:") => parent.starts_with("agent:") && absorbs(parent, child),
        ("*", "*" | "self.*") | ("self.*", "self.*") => true,
        (_, "*" | "self.*") => false,
        ("*", _) => within(&["self.", "user.", "shared."]),
        ("self.*", _) => within(&["self.", "user."]),
        _ => absorbs(parent, child),
    }
}

fn shell(parent: &str, child: &str) -> bool {
    let (program, rest) = child.split_once(' ').map_or((child, None), |(program, rest)| (program, Some(rest)));
    if !parent.contains(' ') {
        // A star in the child's program may reach beyond it.
        let reach = match (rest, program.find('*')) {
            (Some(_), Some(at)) => &program[..=at],
            _ => program,
        };
        return absorbs(parent, reach);
    }
    let bare = parent.strip_suffix(" *");
    let covers_bare = |line: &str| absorbs(parent, line) || bare.is_some_and(|bare| absorbs(bare, line));
    match (rest, child.strip_suffix(" *")) {
        // The program alone and with any arguments.
        (None, _) => bare.is_some_and(|bare| absorbs(bare, child)) && absorbs(parent, &format!("{child} *")),
        (Some(_), Some(child_bare)) => absorbs(parent, child) && covers_bare(child_bare),
        (Some(_), None) => absorbs(parent, child),
    }
}

fn agent(parent: &str, child: &str) -> bool {
    match (parent.starts_with('@'), child.starts_with('@')) {
        (false, true) => parent == "*",
        (true, _) => parent == child,
        (false, false) => absorbs_ignore_case(parent, child),
    }
}

/// Parts that are missing on the right are any.
fn channel(parent: &str, child: &str) -> bool {
    let mut child = child.splitn(3, ':');
    parent.splitn(3, ':').all(|part| absorbs(part, child.next().unwrap_or("*")))
}

/// Without `/` a pattern is about the model, whoever provides it.
fn model(parent: &str, child: &str) -> bool {
    match (parent.contains('/'), child.split_once('/')) {
        (true, Some(_)) => absorbs(parent, child),
        (true, None) => absorbs(parent, &format!("*/{child}")),
        (false, Some((provider, _))) if provider.contains('*') => parent == "*",
        (false, Some((_, model))) => absorbs(parent, model),
        (false, None) => absorbs(parent, child),
    }
}
