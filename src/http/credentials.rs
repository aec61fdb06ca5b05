//! Where a credential may stand in a request. The first place that has one decides.

use axum::http::{HeaderMap, Method, Uri, header};

pub const SESSION_COOKIE: &str = "openfang_session";

/// A credential as sent, and whether a browser adds it by itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Credential {
    pub token: String,
    pub from_cookie: bool,
}

/// `Authorization: Bearer`, then `X-API-Key`, then `?token=` (reads and upgrades only), then the cookie.
pub fn find(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Credential> {
    let plain = |token: &str| Some(Credential { token: token.trim().to_owned(), from_cookie: false });
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().unwrap_or_default();
        let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
        // Another scheme is a credential that cannot be right.
        return plain(if scheme.eq_ignore_ascii_case("bearer") { token } else { "" });
    }
    if let Some(value) = headers.get("x-api-key") {
        return plain(value.to_str().unwrap_or_default());
    }
    if method == Method::GET
        && let Some((_, token)) =
            form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).find(|(name, _)| name == "token")
    {
        return plain(&token);
    }
    cookie(headers).map(|token| Credential { token, from_cookie: true })
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    all.filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == SESSION_COOKIE)
        .map(|(_, v)| v.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, Method, Uri};

    use super::find;

    #[test]
    fn the_first_place_decides() {
        let uri: Uri = "/api/agents?token=query".parse().unwrap();
        let mut headers = HeaderMap::new();
        assert_eq!(find(&Method::POST, &uri, &headers), None);
        headers.insert("cookie", HeaderValue::from_static("a=b; openfang_session=cookie"));
        assert!(find(&Method::POST, &uri, &headers).unwrap().from_cookie);
        assert_eq!(find(&Method::GET, &uri, &headers).unwrap().token, "query");
        headers.insert("x-api-key", HeaderValue::from_static("key"));
        assert_eq!(find(&Method::GET, &uri, &headers).unwrap().token, "key");
        headers.insert("authorization", HeaderValue::from_static("bearer  bearer"));
        assert_eq!(find(&Method::GET, &uri, &headers).unwrap().token, "bearer");
        headers.insert("authorization", HeaderValue::from_static("Basic abc"));
        assert_eq!(find(&Method::GET, &uri, &headers).unwrap().token, "");
    }
}
