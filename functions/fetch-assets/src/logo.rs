//! Which forms of an asset are fit to be a logo. The declared type has to agree with the content, and an SVG that
//! could act is refused: the PNG serves alone then.

use shared::{asset::Logo, digest::sha256_hex, mastercard::token_connect::MediaContent};

/// No logo is larger, in bytes.
const LARGEST: usize = 1024 * 1024;
/// Words without which an SVG is only a drawing. Looked for in any case and anywhere, so that what is in doubt
/// is refused.
const ACTIVE: [&str; 10] = [
    "<script",
    "<!entity",
    "<!doctype",
    "<foreignobject",
    "<iframe",
    "<image",
    "javascript:",
    "href",
    "@import",
    "url(",
];

/// Why a form of an asset is no logo.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// PDF, text and HTML are not logos.
    #[error("the media type is not that of a logo")]
    MediaType,
    /// Larger than a mebibyte, or empty.
    #[error("the size is not that of a logo")]
    Size,
    /// The content is something else than it says.
    #[error("the content is not of its media type")]
    Mislabelled,
    /// An SVG with more in it than a drawing.
    #[error("the drawing has active content or references")]
    Active,
}

/// The logo that a form of an asset makes; its key is made of the content.
pub(crate) fn accept(content: &MediaContent) -> Result<Logo, Refused> {
    if content.data.is_empty() || content.data.len() > LARGEST {
        return Err(Refused::Size);
    }
    let (extension, size) = match content.media_type.as_str() {
        "image/png" => ("png", Some(png_size(&content.data).ok_or(Refused::Mislabelled)?)),
        "image/svg+xml" => svg(&content.data).map(|()| ("svg", None))?,
        _ => return Err(Refused::MediaType),
    };
    let (width, height) = size.unzip();
    let key = format!("{}.{extension}", sha256_hex(&content.data));
    Ok(Logo { media_type: content.media_type.clone(), key, width, height })
}

/// Width and height from the header chunk, which a PNG begins with.
fn png_size(data: &[u8]) -> Option<(u32, u32)> {
    let header = data.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")?;
    let (width, rest) = header.split_first_chunk()?;
    let (height, _) = rest.split_first_chunk()?;
    let size = (u32::from_be_bytes(*width), u32::from_be_bytes(*height));
    ((1..=4096).contains(&size.0) && (1..=4096).contains(&size.1)).then_some(size)
}

fn svg(data: &[u8]) -> Result<(), Refused> {
    let text = std::str::from_utf8(data).map_err(|_| Refused::Mislabelled)?.to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('<') || !text.contains("<svg") {
        return Err(Refused::Mislabelled);
    }
    if ACTIVE.iter().any(|word| text.contains(word)) || has_event_handler(text) || text.contains("&#") {
        return Err(Refused::Active);
    }
    Ok(())
}

/// An attribute whose name begins with `on`, as in `onload=`.
fn has_event_handler(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || "\"'/<>".contains(c)).any(|word| word.starts_with("on"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(media_type: &str, data: &[u8]) -> MediaContent {
        MediaContent { media_type: media_type.into(), data: data.into(), width: None, height: None }
    }

    #[test]
    fn a_drawing_is_a_logo_under_the_name_of_its_content() {
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><rect width="2" height="2"/></svg>"#;
        let logo = accept(&content("image/svg+xml", svg)).unwrap();
        assert_eq!((logo.key.len(), logo.width), (64 + 4, None));
    }

    #[test]
    fn a_drawing_that_could_act_is_refused() {
        for svg in [
            "<svg><script>1</script></svg>",
            "<svg ONLOAD='x()'/>",
            "<svg><rect\nonclick=\"x\"/></svg>",
            "<svg><a xlink:href='https://elsewhere.example'/></svg>",
            "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>",
            "<svg><style>@import 'x'</style></svg>",
        ] {
            assert_eq!(accept(&content("image/svg+xml", svg.as_bytes())), Err(Refused::Active), "{svg}");
        }
    }

    #[test]
    fn what_is_not_what_it_says_is_refused() {
        assert_eq!(accept(&content("image/png", b"<svg/>")), Err(Refused::Mislabelled));
        assert_eq!(accept(&content("image/svg+xml", b"\x89PNG\r\n")), Err(Refused::Mislabelled));
        assert_eq!(accept(&content("application/pdf", b"%PDF-1.7")), Err(Refused::MediaType));
        assert_eq!(accept(&content("image/png", b"")), Err(Refused::Size));
    }
}
