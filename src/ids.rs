//! The one identifier type: a UUIDv7, so that insertion order is key order.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::{Error, ErrorCode};

/// Identifier of a stored thing: a UUIDv7 (RFC 9562) in lower case.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, sea_orm::DeriveValueType,
)]
#[schema(value_type = String, format = Uuid, example = "0192f0c4-9b7a-7c3e-8f21-5d1f0a6b7c8d")]
#[serde(transparent)]
pub struct Id(pub Uuid);

impl Id {
    /// A fresh identifier; later ones sort behind earlier ones of this process.
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// Reads a path or body value. Anything but a UUID is `invalid_id`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Uuid::parse_str(text).map(Self).map_err(|_| {
            Error::new(ErrorCode::InvalidId, format!("'{}' is not an id: a UUID is expected", truncate(text)))
        })
    }
}

fn truncate(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// SeaORM asks this of every primary key; there are no number keys here.
impl sea_orm::TryFromU64 for Id {
    fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
        Err(sea_orm::DbErr::ConvertFromU64("Id"))
    }
}

impl Default for Id {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Id {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}
