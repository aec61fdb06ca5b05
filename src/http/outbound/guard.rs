//! Whether an address may be connected to, and to which of its numbers: the only lookup of a request is here.

use std::{
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::Arc,
    time::Duration,
};

use futures::future::BoxFuture;
use ipnet::IpNet;

use super::{
    Address, Host, OutboundError,
    networks::{is_metadata, is_metadata_name, is_public},
    refused,
};

const LOOKUP_TIME: Duration = Duration::from_secs(5);

/// Ports of services that a web request must not be tricked into speaking to (S13).
const NEVER_PORTS: [u16; 22] = [
    110, 143, 389, 445, 465, 587, 993, 995, 1433, 1521, 2049, 2375, 2376, 3306, 3389, 5432, 5900, 6379, 6443, 9200,
    11211, 27017,
];

/// Asks the resolver of the system, or of a test, for all numbers of a name.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

pub fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    })
}

/// One entry of `web.fetch.ssrf_allowed_hosts` (S11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    Name(String),
    /// `*.domain`, without the star.
    Below(String),
    Any,
    Network(IpNet),
}

impl Listed {
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if text == "*" {
            return Some(Self::Any);
        }
        if let Ok(network) = text.parse::<IpNet>() {
            return Some(Self::Network(network));
        }
        let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(&text);
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return Some(Self::Network(ip.into()));
        }
        let (below, name) = text.strip_prefix("*.").map_or((false, text.as_str()), |rest| (true, rest));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let fine = !name.is_empty() && name.chars().all(plain) && name.split('.').all(|label| !label.is_empty());
        fine.then(|| if below { Self::Below(format!(".{name}")) } else { Self::Name(name.to_owned()) })
    }

    fn names(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::Any, _) => true,
            (Self::Name(listed), Host::Name(name)) => listed == name,
            (Self::Below(rest), Host::Name(name)) => name.ends_with(rest),
            (Self::Network(network), Host::Ip(ip)) => network.contains(&ip.to_canonical()),
            _ => false,
        }
    }

    /// A name lifts the ranges for the numbers that it has now, but loopback only if it is the word for it.
    fn lifts(&self, host: &Host, ip: IpAddr) -> bool {
        match self {
            Self::Network(network) => network.contains(&ip),
            Self::Name(listed) => self.names(host) && (!ip.is_loopback() || listed == "localhost"),
            Self::Below(_) | Self::Any => self.names(host) && !ip.is_loopback(),
        }
    }
}

/// How this server itself is reached (S18).
#[derive(Clone, Debug, Default)]
pub struct Own {
    pub listens: Option<SocketAddr>,
    /// Names under which it is known, in lower case.
    pub names: Vec<String>,
}

impl Own {
    fn is(&self, address: &Address, ip: IpAddr) -> bool {
        let by_name = matches!(address.host(), Host::Name(name) if self.names.contains(name));
        let by_number = self.listens.is_some_and(|own| {
            own.port() == address.port() && (own.ip() == ip || own.ip().is_unspecified() && is_of_this_machine(ip))
        });
        by_name || by_number
    }
}

/// A socket that is connected there has the same number here. No packet is sent.
fn is_of_this_machine(ip: IpAddr) -> bool {
    let any: SocketAddr = if ip.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
    let here = UdpSocket::bind(any).and_then(|socket| {
        socket.connect((ip, 9))?;
        socket.local_addr()
    });
    here.is_ok_and(|here| here.ip() == ip)
}

/// The rules for addresses that are not the operator's.
#[derive(Clone)]
pub struct Guard {
    pub listed: Vec<Listed>,
    pub own: Own,
    pub lookup: Lookup,
}

impl Guard {
    /// Checks what does not need a lookup: special names and ports.
    pub fn check(&self, address: &Address) -> Result<(), OutboundError> {
        let listed = self.is_listed(address.host());
        match address.host() {
            Host::Name(name) => {
                if is_metadata_name(name) {
                    return refused("S10", "Addresses of cloud metadata are never allowed");
                }
                if !listed && is_local_name(name) {
                    return refused("S11", format!("{name} is a name of a local network"));
                }
            }
            Host::Ip(ip) => self.check_number(address, *ip)?,
        }
        let port = address.port();
        let service = (port < 80 || NEVER_PORTS.contains(&port)) && !listed;
        if service {
            return refused("S13", format!("Port {port} is not one of the web"));
        }
        Ok(())
    }

    /// The numbers to connect to; every one of them is allowed.
    pub async fn admit(&self, address: &Address) -> Result<Vec<IpAddr>, OutboundError> {
        self.check(address)?;
        let name = match address.host() {
            Host::Ip(ip) => return Ok(vec![*ip]),
            Host::Name(name) => name,
        };
        let found = tokio::time::timeout(LOOKUP_TIME, (self.lookup)(name.clone())).await;
        let Ok(Ok(numbers)) = found else { return Err(OutboundError::Dns(name.clone())) };
        if numbers.is_empty() {
            return Err(OutboundError::Dns(name.clone()));
        }
        let some_are_fine = numbers.iter().any(|ip| self.check_number(address, *ip).is_ok());
        for ip in &numbers {
            self.check_number(address, *ip).map_err(|error| match error {
                OutboundError::Refused { rule: "S9", message } if some_are_fine => {
                    OutboundError::Refused { rule: "S6", message }
                }
                other => other,
            })?;
        }
        Ok(numbers)
    }

    fn check_number(&self, address: &Address, ip: IpAddr) -> Result<(), OutboundError> {
        if is_metadata(ip) {
            return refused("S10", "Addresses of cloud metadata are never allowed");
        }
        let canonical = ip.to_canonical();
        let lifted = self.listed.iter().any(|entry| entry.lifts(address.host(), canonical));
        if self.own.is(address, canonical) && !lifted {
            return refused("S18", "This is the address of the server itself");
        }
        if !is_public(ip) && !lifted {
            return refused("S9", "The address is not one of the public internet");
        }
        Ok(())
    }

    fn is_listed(&self, host: &Host) -> bool {
        self.listed.iter().any(|entry| entry.names(host))
    }
}

fn is_local_name(name: &str) -> bool {
    let endings = [".localhost", ".local", ".internal", ".home.arpa"];
    !name.contains('.') || endings.iter().any(|ending| name.ends_with(ending))
}
