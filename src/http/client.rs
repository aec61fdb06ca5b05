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
        let hops: Vec<IpAddr> = hops.filter_map(|h| h.trim().parse().ok()).collect();
        let ip = hops.iter().rev().find(|ip| !config.trusts_proxy(**ip)).or(hops.first()).copied();
        let https = headers.get("x-forwarded-proto").is_some_and(|v| v == "https");
        Self {
            ip: ip.unwrap_or(peer).to_canonical(),
            is_local: peer.is_loopback() && !forwarded,
            is_https: https || config.tls_enabled(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Self>().copied().ok_or_else(|| Error::internal("the client address was not determined"))
    }
}
