//! Digital assets of token requestors: logos, immutable under their id.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Names an asset in MDES' repository: 1 to 64 characters, often a UUID. Artwork never changes under an id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AssetId(String);

impl AssetId {
    /// The id as Mastercard wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AssetId {
    type Err = InvalidAssetId;

    fn from_str(raw: &str) -> Result<Self, InvalidAssetId> {
        let printable = !raw.chars().any(char::is_control);
        if printable && (1..=64).contains(&raw.chars().count()) {
            Ok(Self(raw.into()))
        } else {
            Err(InvalidAssetId)
        }
    }
}

impl TryFrom<String> for AssetId {
    type Error = InvalidAssetId;

    fn try_from(raw: String) -> Result<Self, InvalidAssetId> {
        raw.parse()
    }
}

impl From<AssetId> for String {
    fn from(id: AssetId) -> Self {
        id.0
    }
}

impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Not an asset id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an asset id has 1 to 64 characters")]
pub struct InvalidAssetId;

/// One form of a logo, as kept in the bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Logo {
    /// `image/png` or `image/svg+xml`.
    pub media_type: String,
    /// Object key in the logo bucket: `<sha-256 of the content>.<png|svg>`.
    pub key: String,
    /// Pixels; absent for SVG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels; absent for SVG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}
