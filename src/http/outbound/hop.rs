//! One request of a chain, and what a redirect makes of it (S12). Pure.

use bytes::Bytes;
use reqwest::{
    Method, StatusCode,
    header::{CONTENT_TYPE, HeaderMap},
};

use super::{Address, OutboundError, refused};

const MAX_REDIRECTS: usize = 5;

#[derive(Clone, Debug)]
pub struct Hop {
    pub address: Address,
    pub method: Method,
    /// Given by the caller; they do not follow to another origin.
    pub headers: HeaderMap,
    pub body: Option<Bytes>,
    /// Addresses left behind.
    pub redirects: Vec<String>,
}

impl Hop {
    pub fn is_redirect(status: StatusCode) -> bool {
        matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
    }

    /// The request that the answer asks for. The address is not admitted yet.
    pub fn follow(mut self, status: StatusCode, location: &str) -> Result<Self, OutboundError> {
        if self.redirects.len() >= MAX_REDIRECTS {
            return refused("S12", format!("More than {MAX_REDIRECTS} redirects"));
        }
        let next = self.address.join(location)?;
        if self.address.is_https() && !next.is_https() {
            return refused("S12", "A redirect from https to http is not followed");
        }
        let becomes_get = status == StatusCode::SEE_OTHER && self.method != Method::HEAD
            || matches!(status.as_u16(), 301 | 302) && self.method == Method::POST;
        if becomes_get {
            self.method = Method::GET;
            self.body = None;
            self.headers.remove(CONTENT_TYPE);
        }
        if !self.address.same_origin(&next) {
            self.headers.clear();
        }
        self.redirects.push(self.address.url().to_string());
        Ok(Self { address: next, ..self })
    }
}
