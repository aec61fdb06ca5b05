//! An address as it will be connected to: parsed once by the rules of browsers, so that nobody reads it differently.

use std::net::IpAddr;

use url::Url;

use super::{OutboundError, refused};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// Lower case, ASCII, without a final dot.
    Name(String),
    /// In whatever spelling it was written.
    Ip(IpAddr),
}

/// A URL that may be looked at further (S1 to S5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    url: Url,
    host: Host,
    port: u16,
}

impl Address {
    pub fn parse(text: &str) -> Result<Self, OutboundError> {
        match Url::parse(text) {
            Ok(url) => Self::of(url),
            Err(error) => refused("S2", format!("The address cannot be read: {error}")),
        }
    }

    /// The address that a `Location` header names.
    pub fn join(&self, location: &str) -> Result<Self, OutboundError> {
        match self.url.join(location) {
            Ok(url) => Self::of(url),
            Err(error) => refused("S2", format!("The address of the redirect cannot be read: {error}")),
        }
    }

    fn of(mut url: Url) -> Result<Self, OutboundError> {
        if !matches!(url.scheme(), "http" | "https") {
            return refused("S1", format!("Only http and https are spoken, not {}", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refused("S3", "An address must not carry a user name or password");
        }
        let host = match url.host() {
            Some(url::Host::Ipv4(ip)) => Host::Ip(ip.into()),
            Some(url::Host::Ipv6(ip)) => Host::Ip(ip.into()),
            Some(url::Host::Domain(name)) => Host::Name(checked_name(name)?),
            None => return refused("S4", "The address names no host"),
        };
        if let Host::Name(name) = &host
            && url.set_host(Some(name)).is_err()
        {
            return refused("S4", "The host is not a name");
        }
        url.set_fragment(None);
        let Some(port) = url.port_or_known_default() else { return refused("S13", "The address names no port") };
        Ok(Self { url, host, port })
    }

    pub fn url(&self) -> &Url {
        &self.url
    }

    pub fn host(&self) -> &Host {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Same scheme, host and port: whoever gets a header there gets it here.
    pub fn same_origin(&self, other: &Self) -> bool {
        (self.is_https(), &self.host, self.port) == (other.is_https(), &other.host, other.port)
    }

    /// The grant that a request there needs: `net:host:port`.
    pub fn grant(&self) -> String {
        match &self.host {
            Host::Name(name) => format!("net:{name}:{}", self.port),
            Host::Ip(IpAddr::V4(ip)) => format!("net:{ip}:{}", self.port),
            Host::Ip(IpAddr::V6(ip)) => format!("net:[{ip}]:{}", self.port),
        }
    }
}

fn checked_name(name: &str) -> Result<String, OutboundError> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    match name.chars().all(plain) && name.split('.').all(|label| !label.is_empty()) {
        true => Ok(name.to_owned()),
        false => refused("S4", "The host is not a name of letters, digits, hyphens and dots"),
    }
}
