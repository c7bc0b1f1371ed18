//! The response of `getAsset` (steps 3 and 4).

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{error::MastercardError, json::Fields, response::ApiResponse};

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

pub(super) fn parse_response(response: ApiResponse) -> Result<Vec<MediaContent>, MastercardError> {
    let response = response.into_success()?;
    let contents = response.read(|fields| {
        let content = |content| fields.nested(content).and_then(media_content);
        fields.list_or_null("mediaContents")?;
        Some(fields.elements("mediaContents", content).unwrap_or_default())
    });
    contents.ok_or_else(|| response.invalid())
}

/// `None` without media type or data.
fn media_content(fields: Fields<'_>) -> Option<MediaContent> {
    Some(MediaContent {
        media_type: fields.text("type")?,
        data: STANDARD.decode(fields.text("data")?).ok(),
        // Mastercard sends width and height as strings.
        width: fields.parsed("width"),
        height: fields.parsed("height"),
    })
}
