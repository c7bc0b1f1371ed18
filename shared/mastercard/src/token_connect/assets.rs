//! The response of `getAsset` (steps 3 and 4).

use std::fmt;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use percent_encoding::percent_decode_str;

use crate::{error::MastercardError, json::Fields, response::ApiResponse};

/// Reads base64 with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// One format of an asset. SVG and HTML can contain scripts: sanitize them before they are shown.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaContent {
    /// The media type: `image/svg+xml`, `image/png`, `application/pdf`, `text/plain` and others.
    pub media_type: String,
    /// The decoded content; `None` if it was neither base64, nor a data URI, nor markup.
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
        data: decode(&fields.text("data")?),
        // Mastercard sends width and height as strings.
        width: fields.parsed("width"),
        height: fields.parsed("height"),
    })
}

/// The content of a form. Documented is base64; assets that issuers uploaded themselves also come as data URIs (RFC 2397) and
/// as the text of an SVG.
fn decode(data: &str) -> Option<Vec<u8>> {
    let data = data.trim();
    let is_data_uri = data.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    if is_data_uri {
        let (media_type, content) = data.split_once(',')?;
        let content: Vec<u8> = percent_decode_str(content).collect();
        let is_base64 = media_type.to_ascii_lowercase().ends_with(";base64");
        return if is_base64 { decode_base64(&content) } else { Some(content) };
    }
    // Base64 has no such character.
    if data.starts_with('<') { Some(data.into()) } else { decode_base64(data.as_bytes()) }
}

/// Base64 of any kind: in lines (RFC 2045), without padding, or with the alphabet for URLs (RFC 4648, section 5).
fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    let standard = |byte: &u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        byte => *byte,
    };
    let text: Vec<u8> = text.iter().filter(|byte| !byte.is_ascii_whitespace()).map(standard).collect();
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_decoded_from_each_form_that_it_comes_in() {
        let content = b"<svg>\xfb\xff\xfe</svg>".as_slice();
        for data in [
            "PHN2Zz77//48L3N2Zz4=",
            "PHN2Zz77//48L3N2Zz4",
            "PHN2Zz77__48L3N2Zz4",
            "PHN2Zz77\r\n//48\r\nL3N2Zz4=\n",
            "data:image/svg+xml;base64,PHN2Zz77//48L3N2Zz4=",
            "DATA:image/svg+xml;charset=utf-8;BASE64,PHN2Zz77%2F%2F48L3N2Zz4%3D",
            "data:image/svg+xml,%3Csvg%3E%FB%FF%FE%3C/svg%3E",
        ] {
            assert_eq!(decode(data).as_deref(), Some(content), "{data}");
        }
        assert_eq!(decode(" <svg/>\n").as_deref(), Some(b"<svg/>".as_slice()));
    }

    #[test]
    fn anything_else_has_no_content() {
        for data in ["not base64", "a", "data:image/png;base64", "data:image/png;base64,***", "iVBOR=w=="] {
            assert_eq!(decode(data), None, "{data}");
        }
    }
}
