//! The text of an SVG file. XML declares its encoding (XML 1.0, section 4.3.3 and appendix F): editors write UTF-8, UTF-16
//! and Latin-1. A document type without definitions is left out.

use std::borrow::Cow;

use super::super::RejectionReason;

/// Where an encoding is declared: `<?xml version="1.0" encoding="…"?>` has fewer bytes.
const DECLARATION_BYTES: usize = 200;

/// Decodes a file by its byte order mark or its declaration.
///
/// # Errors
/// [`RejectionReason::Mislabeled`] for bytes that are not of the encoding, [`RejectionReason::Unsupported`] for any encoding
/// other than UTF-8, UTF-16, ASCII, ISO-8859-1 and windows-1252.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, RejectionReason> {
    match bytes {
        [0xef, 0xbb, 0xbf, text @ ..] => utf8(text),
        [0xff, 0xfe, text @ ..] => utf16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => utf16(text, u16::from_be_bytes),
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes),
        _ => match declared(bytes).as_deref() {
            // Files that were converted to UTF-8 often keep the declaration of UTF-16.
            None | Some("utf-8" | "utf8" | "us-ascii" | "ascii" | "utf-16") => utf8(bytes),
            // The first 256 characters of Unicode are those of Latin-1. windows-1252 differs only in characters that no name,
            // number or keyword of an SVG contains.
            Some("iso-8859-1" | "latin1" | "windows-1252" | "cp1252") => {
                Ok(Cow::Owned(bytes.iter().copied().map(char::from).collect()))
            }
            Some(_) => Err(RejectionReason::Unsupported),
        },
    }
}

fn utf8(text: &[u8]) -> Result<Cow<'_, str>, RejectionReason> {
    std::str::from_utf8(text).map(Cow::Borrowed).map_err(|_| RejectionReason::Mislabeled)
}

fn utf16(text: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, str>, RejectionReason> {
    let (pairs, []) = text.as_chunks::<2>() else { return Err(RejectionReason::Mislabeled) };
    let text: Result<String, _> = char::decode_utf16(pairs.iter().copied().map(unit)).collect();
    text.map(Cow::Owned).map_err(|_| RejectionReason::Mislabeled)
}

/// The declared encoding, in lower case.
fn declared(bytes: &[u8]) -> Option<String> {
    let start = bytes.get(..DECLARATION_BYTES).unwrap_or(bytes);
    let start: String = start.trim_ascii_start().iter().copied().map(char::from).collect();
    let (declaration, _) = start.strip_prefix("<?xml")?.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next()?;
    Some(value.strip_prefix(quote)?.split(quote).next()?.to_ascii_lowercase())
}

/// The SVG without its document type, which the parser does not accept.
///
/// # Errors
/// [`RejectionReason::ActiveContent`] for a document type with definitions: entities could hide content.
pub(super) fn without_document_type(text: &str) -> Result<Cow<'_, str>, RejectionReason> {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let end = match rest {
            _ if rest.starts_with("<?") => rest.find("?>"),
            _ if rest.starts_with("<!--") => rest.find("-->"),
            _ if rest.starts_with("<!DOCTYPE") => {
                let end = rest.find('>').ok_or(RejectionReason::Damaged)?;
                let (document_type, after) = rest.split_at(end + 1);
                if document_type.contains('[') {
                    return Err(RejectionReason::ActiveContent);
                }
                let before = text.strip_suffix(rest).unwrap_or_default();
                return Ok(Cow::Owned([before, after].concat()));
            }
            _ => return Ok(Cow::Borrowed(text)),
        };
        // What follows the end's first character cannot be the start of any of these.
        rest = end.and_then(|end| rest.get(end + 1..)).unwrap_or_default();
        rest = rest.trim_start_matches(['-', '>']);
    }
}
