//! Decompresses responses.

use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::Value;

/// The JSON of a gzip body.
pub(crate) fn decompress(body: &[u8]) -> Value {
    let mut text = String::new();
    GzDecoder::new(body).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}
