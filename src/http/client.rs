//! The address a request comes from, and whether it may be taken for this machine.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, HeaderMap, request::Parts},
};

use crate::{config::Config, error::Error};

/// The client as far as it can be believed.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    pub ip: IpAddr,
    /// The peer itself is this machine and nobody forwarded.
    pub is_local: bool,
    /// The client spoke TLS, with us or with a trusted proxy.
    pub is_https: bool,
}

impl Client {
    /// `X-Forwarded-For` counts only from trusted proxies: the last address in it that is not one of them.
    pub fn of(extensions: &Extensions, headers: &HeaderMap, config: &Config) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_canonical());
        let Some(peer) = peer else {
            // Without a peer address nothing may be trusted.
            return Self { ip: IpAddr::from([0, 0, 0, 0]), is_local: false, is_https: false };
        };
        let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
        if !config.trusts_proxy(peer) {
            return Self { ip: peer, is_local: peer.is_loopback() && !forwarded, is_https: config.tls_enabled() };
        }
        let hops = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
        let mut ip = peer;
        for hop in hops.collect::<Vec<_>>().into_iter().rev() {
            // Past a hop that cannot be read stands only what the client wrote.
            let Some(next) = address_of(hop) else { break };
            ip = next;
            if !config.trusts_proxy(ip) {
                break;
            }
        }
        let https = headers.get("x-forwarded-proto").is_some_and(|v| v == "https");
        Self {
            ip: ip.to_canonical(),
            is_local: peer.is_loopback() && !forwarded,
            is_https: https || config.tls_enabled(),
        }
    }
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn address_of(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let plain = hop.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(hop);
    plain.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|a| a.ip()))
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Self>().copied().ok_or_else(|| Error::internal("the client address was not determined"))
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::{
        extract::ConnectInfo,
        http::{Extensions, HeaderMap, HeaderValue},
    };

    use super::Client;
    use crate::config::Config;

    #[test]
    fn only_trusted_proxies_say_who_the_client_is() {
        let mut config = Config::default();
        config.server.trusted_proxies = vec!["127.0.0.1".into()];
        for (peer, forwarded, ip, is_local) in [
            ("127.0.0.1:1", None, "127.0.0.1", true),
            ("127.0.0.1:1", Some("1.2.3.4, 5.5.5.8"), "5.5.5.8", false),
            ("127.0.0.1:1", Some("1.2.3.4, 5.5.5.8:123"), "5.5.5.8", false),
            ("127.0.0.1:1", Some("1.2.3.4, [2001:db8::1]:80"), "2001:db8::1", false),
            ("127.0.0.1:1", Some("1.2.3.4, 5.5.5.8, 127.0.0.1"), "5.5.5.8", false),
            ("127.0.0.1:1", Some("1.2.3.4, nonsense"), "127.0.0.1", false),
            ("9.9.9.9:1", Some("127.0.0.1"), "9.9.9.9", false),
        ] {
            let (mut extensions, mut headers) = (Extensions::new(), HeaderMap::new());
            extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
            if let Some(forwarded) = forwarded {
                headers.insert("x-forwarded-for", HeaderValue::from_static(forwarded));
            }
            let client = Client::of(&extensions, &headers, &config);
            assert_eq!((client.ip.to_string().as_str(), client.is_local), (ip, is_local), "{peer} {forwarded:?}");
        }
    }
}
