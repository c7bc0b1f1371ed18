//! Digital assets of token requestors, such as logos.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The id of an asset: 1 to 64 characters, often a UUID. The content of an id never changes.
///
/// ```
/// use push_provisioning_client::asset::AssetId;
///
/// let id: AssetId = "3789637f-32a1-4810-a138-4bf34501c509".parse()?;
/// assert_eq!(id.as_str().len(), 36);
/// # Ok::<(), push_provisioning_client::asset::InvalidAssetId>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AssetId(String);

impl AssetId {
    /// The id as Mastercard sent it.
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

/// The text is not an asset id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an asset id must have 1 to 64 characters")]
pub struct InvalidAssetId;

/// An asset whose content was fetched, checked and stored. It is written once, because the content of an asset id never
/// changes.
///
/// A *form* is one element of `mediaContents` in the response of `getAsset`: a media type and a file. An asset may have
/// several forms of one logo, such as an SVG and a PNG.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asset {
    /// Its id, from the token requestor's `imageAssetId`.
    pub asset_id: AssetId,
    /// The forms that can be shown as a logo.
    pub logos: Vec<Logo>,
    /// The forms that are kept and never shown: PDF, text, HTML. Object keys, `kept/<sha-256 of the content>`.
    #[serde(default)]
    pub kept: Vec<String>,
    /// The forms that were not stored.
    #[serde(default)]
    pub refused: Vec<RejectedForm>,
    /// The time of Mastercard's response.
    pub fetched_at: Timestamp,
}

/// A form of an asset that was not stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RejectedForm {
    /// The media type that Mastercard declared, up to 32 characters.
    pub media_type: String,
    /// The reason, as a stable code: `active_content`, `animated`, `blank`, `damaged`, `empty`, `mislabeled`,
    /// `not_base64`, `too_complex`, `too_large`, `too_many_forms`, `unknown_type`, `unsupported`.
    pub reason: String,
}

/// One form of a logo, as kept in the bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Logo {
    /// `image/png` or `image/svg+xml`.
    pub media_type: String,
    /// Object key in the logo bucket, and path under which the logo is public: `logos/<sha-256 of the content>.<png|svg>`.
    pub key: String,
    /// Pixels; absent for SVG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels; absent for SVG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}
