//! Headers that a model may give to a request (S16).

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::{OutboundError, refused};

/// What belongs to the connection or to whoever is in between.
const NOT_GIVEN: [&str; 11] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "forwarded",
    "keep-alive",
    "accept-encoding",
];
const NOT_GIVEN_STARTS: [&str; 3] = ["proxy-", "sec-", "x-forwarded-"];

pub fn given_headers(given: &BTreeMap<String, String>) -> Result<HeaderMap, OutboundError> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let shown: String = name.chars().filter(|c| c.is_ascii_graphic()).take(64).collect();
        let Ok(name) = HeaderName::try_from(name.as_str()) else {
            return refused("S16", format!("'{shown}' is not the name of a header"));
        };
        let own = name.as_str();
        if NOT_GIVEN.contains(&own) || NOT_GIVEN_STARTS.iter().any(|start| own.starts_with(start)) {
            return refused("S16", format!("The header {own} cannot be given"));
        }
        let Ok(mut value) = HeaderValue::try_from(value.as_str()) else {
            return refused("S16", format!("The value of {own} has characters that a header cannot have"));
        };
        value.set_sensitive(is_credential(own));
        headers.insert(name, value);
    }
    Ok(headers)
}

/// A header by which a request says who it is.
pub fn is_credential(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("cookie")
}
