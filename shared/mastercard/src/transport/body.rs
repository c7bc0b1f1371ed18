//! Reads the body of a response: size limit, content coding, charset.

use std::io::Read;

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use reqwest::{
    Response,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName},
};

/// Of a body, before and after it is decompressed.
pub(super) const MAX_BYTES: usize = 8 * 1024 * 1024;

/// The first two bytes of gzip (RFC 1952 §2.3.1). No JSON document begins with them.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The body, decompressed, in UTF-8. What exceeds [`MAX_BYTES`] is cut off, so that it is not JSON any more.
///
/// # Errors
/// If the connection ends before the body does.
pub(super) async fn read(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BYTES {
            body.truncate(MAX_BYTES);
            break;
        }
    }
    Ok(in_utf8(&headers, decompressed(&headers, body)))
}

/// Compression is not requested. Intermediaries compress nevertheless, with and without declaring it. A body that cannot be
/// decompressed is returned as it is: it must not pass for an empty one.
fn decompressed(headers: &HeaderMap, body: Vec<u8>) -> Vec<u8> {
    let content = if body.starts_with(&GZIP) {
        content_of(MultiGzDecoder::new(&*body))
    } else if declares(headers, CONTENT_ENCODING, &["deflate"]) {
        content_of(ZlibDecoder::new(&*body))
    } else {
        None
    };
    content.unwrap_or(body)
}

fn content_of(compressed: impl Read) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    compressed.take(u64::try_from(MAX_BYTES).ok()?).read_to_end(&mut content).ok()?;
    Some(content)
}

/// Both APIs document UTF-8. Intermediaries write their errors in Latin-1.
fn in_utf8(headers: &HeaderMap, body: Vec<u8>) -> Vec<u8> {
    let latin1 = ["iso-8859-1", "latin1", "windows-1252"];
    if std::str::from_utf8(&body).is_err() && declares(headers, CONTENT_TYPE, &latin1) {
        // Code points up to U+00FF are those of Latin-1.
        return body.into_iter().map(char::from).collect::<String>().into_bytes();
    }
    body
}

/// Whether the header contains one of these lowercase words.
fn declares(headers: &HeaderMap, name: HeaderName, words: &[&str]) -> bool {
    headers.get_all(name).iter().any(|value| {
        let value = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
        words.iter().any(|word| value.contains(word))
    })
}
