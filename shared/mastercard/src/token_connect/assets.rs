//! The response of `getAsset` (steps 3 and 4).

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

use crate::{error::MastercardError, lenient, response::ApiResponse};

/// One format of an asset. SVG and HTML can contain scripts: sanitize them before they are shown.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaContent {
    /// The media type: `image/svg+xml`, `image/png`, `application/pdf`, `text/plain` and others.
    pub media_type: String,
    /// The decoded content; `None` if it was not base64.
    pub data: Option<Vec<u8>>,
    /// Pixels; only for raster images.
    pub width: Option<u32>,
    /// Pixels; only for raster images.
    pub height: Option<u32>,
}

impl fmt::Debug for MediaContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.data.as_ref().map(Vec::len);
        write!(f, "MediaContent({}, {bytes:?} bytes)", self.media_type)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssetResponse {
    #[serde(default, deserialize_with = "lenient::valid_elements")]
    media_contents: Option<Vec<MediaItem>>,
}

#[derive(Deserialize)]
struct MediaItem {
    #[serde(rename = "type")]
    media_type: String,
    data: String,
    /// Mastercard sends width and height as strings.
    #[serde(default, deserialize_with = "lenient::from_str")]
    width: Option<u32>,
    #[serde(default, deserialize_with = "lenient::from_str")]
    height: Option<u32>,
}

pub(super) fn parse_response(response: ApiResponse) -> Result<Vec<MediaContent>, MastercardError> {
    let response = response.into_success()?;
    let parsed: Option<AssetResponse> = serde_json::from_slice(&response.body).ok();
    let contents = parsed.and_then(|parsed| parsed.media_contents).ok_or_else(|| response.invalid())?;
    Ok(contents.into_iter().map(MediaItem::decode).collect())
}

impl MediaItem {
    fn decode(self) -> MediaContent {
        let Self { media_type, data, width, height } = self;
        MediaContent { media_type, data: STANDARD.decode(data).ok(), width, height }
    }
}
