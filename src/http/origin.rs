//! Same-origin checks for browsers: a page elsewhere must not act with the cookie or the open mode of this machine.

use axum::http::{HeaderMap, HeaderValue, Uri, header};

use crate::{
    config::Config,
    error::{Error, ErrorCode, Result},
};

/// The host that is asked for must be this server, and `Origin`, when present, must be one of ours. A host in
/// the address, where HTTP/2 has it, counts before the header (RFC 9112, 3.2.2).
pub fn check(uri: &Uri, headers: &HeaderMap, config: &Config) -> Result<()> {
    let refused = |message: String| Err(Error::new(ErrorCode::OriginNotAllowed, message));
    let header = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let host = uri.authority().map(|a| a.as_str()).or(header).unwrap_or_default();
    if !host_allowed(host, config) {
        return refused(format!("Host '{}' is not this server; add it to server.allowed_hosts", clean(host)));
    }
    match headers.get(header::ORIGIN) {
        Some(origin) if !origin_allowed(origin, config) => {
            let origin = String::from_utf8_lossy(origin.as_bytes());
            refused(format!("Origin '{}' may not use this server; add it to cors.allowed_origins", clean(&origin)))
        }
        _ => Ok(()),
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}

/// The listen address, a name of the loopback with the listening port, or a configured host.
fn host_allowed(host: &str, config: &Config) -> bool {
    let host = host.to_ascii_lowercase();
    is_listen_host(&host, config)
        || config.server.allowed_hosts.iter().any(|allowed| {
            let allowed = allowed.to_ascii_lowercase();
            host == allowed || host.rsplit_once(':').is_some_and(|(name, _)| name == allowed)
        })
}

/// The server under its own address, where it speaks one scheme only.
fn is_listen_host(host: &str, config: &Config) -> bool {
    let host = host.to_ascii_lowercase();
    let port = config.api_listen.rsplit(':').next().unwrap_or_default();
    let local = |name: &str| host == format!("{name}:{port}") || (matches!(port, "80" | "443") && host == name);
    host == config.api_listen.to_ascii_lowercase() || ["localhost", "127.0.0.1", "[::1]"].into_iter().any(local)
}

/// An allowed host with its scheme; configured hosts lie behind a proxy that speaks TLS.
/// CORS answers exactly these and the configured origins.
pub fn origin_allowed(origin: &HeaderValue, config: &Config) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    if config.cors.allowed_origins.iter().any(|allowed| allowed.trim_end_matches('/').eq_ignore_ascii_case(origin)) {
        return true;
    }
    match origin.split_once("://") {
        Some(("https", host)) => (config.tls_enabled() || !is_listen_host(host, config)) && host_allowed(host, config),
        Some(("http", host)) => !config.tls_enabled() && is_listen_host(host, config),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, Uri, header};

    use super::check;
    use crate::config::Config;

    #[test]
    fn hosts_and_origins() {
        let mut config = Config::default();
        config.server.allowed_hosts = vec!["fang.example".into()];
        config.cors.allowed_origins = vec!["https://console.example".into()];
        for (host, origin, allowed) in [
            ("127.0.0.1:4200", None, true),
            ("localhost:4200", Some("http://localhost:4200"), true),
            ("[::1]:4200", None, true),
            ("fang.example", Some("https://fang.example"), true),
            ("fang.example:8443", None, true),
            ("localhost:4200", Some("https://console.example"), true),
            ("localhost:9999", None, false),
            ("evil.example:4200", None, false),
            ("", None, false),
            ("localhost:4200", Some("https://evil.example"), false),
            ("localhost:4200", Some("null"), false),
            ("localhost:4200", Some("https://localhost:4200"), false),
            ("fang.example", Some("http://fang.example"), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(check(&Uri::from_static("/"), &headers, &config).is_ok(), allowed, "{host} {origin:?}");
        }
    }

    #[test]
    fn a_host_in_the_address_counts_before_the_header() {
        let config = Config::default();
        let of = |uri: &'static str| check(&Uri::from_static(uri), &HeaderMap::new(), &config).is_ok();
        assert!(of("http://localhost:4200/api/health"));
        assert!(!of("http://evil.example/api/health"));
        assert!(!of("/api/health"));
        let header = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("localhost:4200"))]);
        assert!(check(&Uri::from_static("http://evil.example/api/health"), &header, &config).is_err());
    }
}
