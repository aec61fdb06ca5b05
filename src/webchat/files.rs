//! The embedded files, and answers that a browser may keep: each has an entity tag and is not sent twice.

use std::borrow::Cow;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::Embed;
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorCode, Result};

#[derive(Embed)]
#[folder = "web/dist/"]
struct Dist;

/// Names in `assets/` carry a hash of their content, so that what they name never changes.
pub const FOR_EVER: &str = "public, max-age=31536000, immutable";
pub const FOR_A_DAY: &str = "public, max-age=86400";
pub const ASK_AGAIN: &str = "no-cache";

/// One file of the page, by its path in `web/dist`.
pub fn read(path: &str) -> Result<Cow<'static, [u8]>> {
    let file = Dist::get(path);
    file.map(|f| f.data).ok_or_else(|| Error::new(ErrorCode::NotFound, "The page has no such file"))
}

/// The bytes, or 304 when the browser has them already.
pub fn answer(
    request: &HeaderMap,
    bytes: Cow<'static, [u8]>,
    content_type: &'static str,
    cache: &'static str,
) -> Result<Response> {
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..8]));
    let headers = [
        (header::ETAG, HeaderValue::from_str(&tag).map_err(Error::internal)?),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    if is_known(request, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, [(header::CONTENT_TYPE, content_type)], bytes).into_response())
}

/// RFC 9110, section 13.1.2: a list of tags, compared weakly, or a star.
fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let sent = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    sent.flat_map(|v| v.split(',')).map(str::trim).any(|t| t == "*" || t.trim_start_matches("W/") == tag)
}
