//! Keyset paging: list parameters, opaque cursors, and the page that a service hands back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use validator::Validate;

use crate::error::{Error, ErrorCode, Result};

const DEFAULT_LIMIT: i32 = 100;

/// Paging of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Rows of a page.
    #[serde(default)]
    #[validate(range(min = 1, max = 500))]
    #[param(minimum = 1, maximum = 500, default = 100)]
    pub limit: Option<i32>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[param(max_length = 1024, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}

impl ListParams {
    pub fn limit(&self) -> u64 {
        self.limit.unwrap_or(DEFAULT_LIMIT).unsigned_abs().into()
    }

    /// Key of the last row of the page before, if this is not the first one. `list` names the list and its order.
    pub fn after<K: DeserializeOwned>(&self, list: &str) -> Result<Option<K>> {
        self.cursor.as_deref().map(|text| decode(list, text)).transpose()
    }
}

/// Rows of one page, the number of all rows, and where the next page begins.
#[derive(Debug)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub total: u64,
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Cuts `rows`, read with one row more than `limit`, and makes the cursor from the last row that stays.
    pub fn cut<K: Serialize>(mut rows: Vec<T>, limit: u64, total: u64, list: &str, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|last| cursor(list, &key(last)));
        Self { rows, total, next_cursor }
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(f).collect(), total: self.total, next_cursor: self.next_cursor }
    }

    /// `total` as it goes over the wire.
    pub fn total(&self) -> i64 {
        i64::try_from(self.total).unwrap_or(i64::MAX)
    }
}

fn checksum(body: &[u8]) -> [u8; 4] {
    let digest = Sha256::digest(body);
    [digest[0], digest[1], digest[2], digest[3]]
}

/// An opaque cursor for `ListParams::after` of this list.
pub fn cursor<K: Serialize>(list: &str, key: &K) -> String {
    let mut bytes = serde_json::to_vec(&(list, key)).unwrap_or_default();
    bytes.extend(checksum(&bytes));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode<K: DeserializeOwned>(list: &str, text: &str) -> Result<K> {
    let read = || -> Option<K> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
        let (of, key): (String, K) = serde_json::from_slice(body).ok()?;
        (sum == checksum(body) && of == list).then_some(key)
    };
    read().ok_or_else(|| {
        Error::new(ErrorCode::InvalidCursor, "The cursor is damaged or belongs to another list; start without one")
            .with_detail("cursor", "not a next_cursor of this list")
    })
}

#[cfg(test)]
mod tests {
    use super::{cursor, decode};

    #[test]
    fn cursors_only_fit_their_list() {
        let cursor = cursor("keys", &(7, "name"));
        assert_eq!(decode::<(i32, String)>("keys", &cursor).unwrap(), (7, "name".to_owned()));
        assert!(decode::<(i32, String)>("agents", &cursor).is_err());
        assert!(decode::<(i32, String)>("keys", &cursor[1..]).is_err());
        assert!(decode::<(i32, String)>("keys", "").is_err());
        let mut damaged = cursor.into_bytes();
        damaged[3] ^= 1;
        assert!(decode::<(i32, String)>("keys", std::str::from_utf8(&damaged).unwrap()).is_err());
    }
}
