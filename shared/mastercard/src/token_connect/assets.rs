//! `getAsset` on the wire (steps 3 and 4).

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

use crate::{error::MastercardError, transport::ApiResponse, wire};

/// One form of an asset. SVG is active content: it is Mastercard's, yet to be treated with care.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaContent {
    /// `image/svg+xml`, `image/png`, `application/pdf`, `text/plain` …
    pub media_type: String,
    /// The content itself; `None` if it was not base64.
    pub data: Option<Vec<u8>>,
    /// Pixels, for images that have any.
    pub width: Option<u32>,
    /// Pixels, for images that have any.
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
struct Answered {
    #[serde(default, deserialize_with = "wire::readable")]
    media_contents: Option<Vec<Wire>>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type")]
    media_type: String,
    data: String,
    /// Texts on the wire.
    #[serde(default, deserialize_with = "wire::parsed")]
    width: Option<u32>,
    #[serde(default, deserialize_with = "wire::parsed")]
    height: Option<u32>,
}

pub(super) fn parse_response(answer: ApiResponse) -> Result<Vec<MediaContent>, MastercardError> {
    let answer = answer.accepted()?;
    let answered: Option<Answered> = serde_json::from_slice(&answer.body).ok();
    let contents =
        answered.and_then(|answered| answered.media_contents).ok_or_else(|| answer.unreadable())?;
    Ok(contents.into_iter().map(Wire::decode).collect())
}

impl Wire {
    fn decode(self) -> MediaContent {
        let Self { media_type, data, width, height } = self;
        MediaContent { media_type, data: STANDARD.decode(data).ok(), width, height }
    }
}
