//! What a grant's pattern means, kind by kind.

use std::net::IpAddr;

use super::{
    Grant, Kind,
    wildcard::{wildcard, wildcard_ignore_case},
};

/// Whether the grant allows this value of its own kind.
pub(super) fn matches(grant: &Grant, value: &str) -> bool {
    let pattern = grant.pattern();
    match grant.kind {
        Kind::Tool => wildcard_ignore_case(pattern, value),
        Kind::Net => net(pattern, value),
        Kind::FsRead | Kind::FsWrite => path(pattern, value),
        Kind::MemoryRead | Kind::MemoryWrite => memory(pattern, value),
        Kind::Shell => shell(pattern, value),
        Kind::AgentMessage | Kind::AgentKill => !pattern.starts_with('@') && wildcard_ignore_case(pattern, value),
        Kind::Channel => channel(pattern, value),
        Kind::Model => model(pattern, value),
        Kind::Spend => amount(value).is_some_and(|asked| amount(pattern).is_some_and(|held| asked <= held)),
        Kind::Env if cfg!(windows) => wildcard_ignore_case(pattern, value),
        Kind::Env | Kind::Schedule | Kind::Workflow | Kind::Hand | Kind::A2a | Kind::OfpConnect => {
            wildcard(pattern, value)
        }
        Kind::AgentSpawn | Kind::OfpDiscover => true,
    }
}

pub(super) fn amount(text: &str) -> Option<f64> {
    text.parse().ok().filter(|amount: &f64| amount.is_finite())
}

/// Another agent, as seen by patterns of `agent.message` and `agent.kill`.
#[derive(Clone, Debug, Default)]
pub struct AgentTarget {
    pub name: String,
    pub id: String,
    pub tags: Vec<String>,
    /// Spawned by the agent that asks.
    pub is_child: bool,
    /// The agent that spawned the one that asks.
    pub is_parent: bool,
}

impl AgentTarget {
    pub(super) fn matched_by(&self, pattern: &str) -> bool {
        match pattern.strip_prefix('@') {
            Some("children") => self.is_child,
            Some("parent") => self.is_parent,
            Some(tag) => self.tags.iter().any(|t| t == tag),
            None => pattern.eq_ignore_ascii_case(&self.id) || wildcard_ignore_case(pattern, &self.name),
        }
    }
}

/// `*` and `?` stay inside one segment, `**` crosses segments, `dir/` means `dir/**`, which includes `dir` itself.
fn path(pattern: &str, value: &str) -> bool {
    let pattern = if pattern.ends_with('/') { format!("{pattern}**") } else { pattern.to_owned() };
    let parts: Vec<&str> = pattern.split('/').collect();
    let value: Vec<&str> = value.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    // Paths are resolved before they come here; one that still climbs is never allowed.
    !value.contains(&"..") && segments(&parts, &value)
}

/// Row by row: `fits[i]` says whether the pattern read so far fits the first `i` segments. A pattern has at most 512.
fn segments(pattern: &[&str], value: &[&str]) -> bool {
    let mut fits = vec![false; value.len() + 1];
    fits[0] = true;
    for part in pattern {
        let mut next = vec![false; value.len() + 1];
        if *part == "**" {
            let mut seen = false;
            for (i, fit) in fits.iter().enumerate() {
                seen |= fit;
                next[i] = seen;
            }
        } else {
            for (i, segment) in value.iter().enumerate() {
                next[i + 1] = fits[i] && wildcard(part, segment);
            }
        }
        fits = next;
    }
    fits[value.len()]
}

/// `*` alone is everything but other agents' memories; `self.*` includes what is kept about the user.
fn memory(pattern: &str, value: &str) -> bool {
    if value.starts_with("agent:") && !pattern.starts_with("agent:") {
        return false;
    }
    match pattern {
        "*" => ["self.", "user.", "shared."].iter().any(|namespace| value.starts_with(namespace)),
        "self.*" => value.starts_with("self.") || value.starts_with("user."),
        _ => wildcard(pattern, value),
    }
}

/// One word is that program with any arguments; with spaces it is a glob over the whole line, and a final ` *` also
/// stands for no argument at all.
fn shell(pattern: &str, value: &str) -> bool {
    let (program, rest) = value.split_once(' ').map_or((value, None), |(program, rest)| (program, Some(rest)));
    let program = program.rsplit('/').next().unwrap_or(program);
    if !pattern.contains(' ') {
        return wildcard(pattern, program);
    }
    let line = rest.map_or_else(|| program.to_owned(), |rest| format!("{program} {rest}"));
    wildcard(pattern, &line) || pattern.strip_suffix(" *").is_some_and(|bare| wildcard(bare, &line))
}

/// `kind:account:recipient`; parts missing on the right of the pattern stand for any.
fn channel(pattern: &str, value: &str) -> bool {
    let mut value = value.splitn(3, ':');
    pattern.splitn(3, ':').all(|part| value.next().is_some_and(|given| wildcard(part, given)))
}

/// A pattern without `/` is about the model, whoever provides it.
fn model(pattern: &str, value: &str) -> bool {
    let name = if pattern.contains('/') { value } else { value.split_once('/').map_or(value, |(_, model)| model) };
    wildcard(pattern, name)
}

/// `host` alone means the ports 80 and 443.
fn net(pattern: &str, value: &str) -> bool {
    let (Some((host_pattern, ports)), Some((host, Some(port)))) = (split_port(pattern), split_port(value)) else {
        return false;
    };
    let port_fits = match ports {
        None => matches!(port, "80" | "443"),
        Some("*") => true,
        Some(wanted) => wanted == port,
    };
    port_fits && host_fits(host_pattern, host)
}

fn host_fits(pattern: &str, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    if pattern == "*" {
        return true;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return match pattern.parse::<ipnet::IpNet>() {
            Ok(network) => network.contains(&address),
            Err(_) => pattern.parse::<IpAddr>().is_ok_and(|wanted| wanted == address),
        };
    }
    match pattern.strip_prefix("*.") {
        // At least one label before the rest, and no bare glob: `*.example.com` must not fit `evilexample.com`.
        Some(rest) => host
            .char_indices()
            .filter(|(i, c)| *c == '.' && *i > 0)
            .any(|(i, _)| wildcard_ignore_case(rest, &host[i + 1..])),
        None => wildcard_ignore_case(pattern, host),
    }
}

/// `host[:port]` into its parts; an IPv6 address with a port is in brackets.
pub(super) fn split_port(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        return match rest {
            "" => Some((host, None)),
            _ => rest.strip_prefix(':').map(|port| (host, Some(port))),
        };
    }
    match text.matches(':').count() {
        0 => Some((text, None)),
        1 => text.split_once(':').map(|(host, port)| (host, Some(port))),
        _ => Some((text, None)),
    }
}

/// Whether a text can be a pattern for hosts.
pub(super) fn is_host_pattern(pattern: &str) -> bool {
    let Some((host, port)) = split_port(pattern) else { return false };
    let port_is_fine = port.is_none_or(|port| port == "*" || port.parse::<u16>().is_ok_and(|p| p > 0));
    let address = host.parse::<IpAddr>().is_ok() || host.parse::<ipnet::IpNet>().is_ok();
    let name = !host.is_empty()
        && !host.contains(|c: char| c.is_whitespace() || matches!(c, '/' | ':' | '@' | '[' | ']' | '\\'));
    port_is_fine && (address || name)
}
