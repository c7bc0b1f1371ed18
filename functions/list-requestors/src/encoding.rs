//! Compression of bodies, and their size in the response of a Lambda function.

use std::io::{self, Write as _};

use flate2::{Compression, write::GzEncoder};
use lambda_http::{
    Body,
    http::{HeaderMap, header},
};

/// Whether `Accept-Encoding` accepts gzip, with a weight not below that of `identity` (RFC 9110 section 12.5.3).
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let fields = headers.get_all(header::ACCEPT_ENCODING);
    let fields: Vec<&str> = fields.iter().filter_map(|field| field.to_str().ok()).collect();
    let weights: Vec<(String, f32)> =
        fields.iter().flat_map(|field| field.split(',')).filter_map(weight).collect();
    let of = |names: &[&str]| {
        weights.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, weight)| *weight)
    };
    let gzip = of(&["gzip", "x-gzip"]).or_else(|| of(&["*"])).unwrap_or(0.0);
    gzip > 0.0 && gzip >= of(&["identity"]).unwrap_or(0.0)
}

/// The name and weight of a coding such as `gzip;q=0.5`. An invalid weight counts as 0, which rejects the coding.
fn weight(coding: &str) -> Option<(String, f32)> {
    let mut parts = coding.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
    let given = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = given.map_or(1.0, |raw| raw.parse().unwrap_or(0.0));
    Some((name, weight))
}

/// Compresses a text. Equal texts give equal bytes.
pub(crate) fn gzip(text: &str) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

/// Size in bytes of the body within the JSON response of the function: quotes and backslashes are escaped, binary bodies
/// are base64.
pub(crate) fn size_in_lambda_response(body: &Body) -> usize {
    match body {
        Body::Text(text) => {
            let escaped = text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
            text.len().saturating_add(escaped)
        }
        Body::Binary(bytes) => bytes.len().div_ceil(3).saturating_mul(4),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(fields: &[&str]) -> bool {
        let headers = fields.iter().map(|field| (header::ACCEPT_ENCODING, field.parse().unwrap()));
        accepts_gzip(&headers.collect())
    }

    #[test]
    fn an_app_that_accepts_gzip_gets_gzip() {
        let accepted =
            ["gzip", "br, gzip", "GZIP", "x-gzip", "*", "gzip;q=0.1", "deflate;q=1.0, gzip ; q=0.8"];
        assert_eq!(accepted.into_iter().filter(|field| !accepts(&[field])).collect::<Vec<_>>(), [""; 0]);
        assert!(accepts(&["br", "gzip"]));
    }

    #[test]
    fn an_app_that_does_not_accept_gzip_gets_plain_text() {
        let rejected = [
            "",
            "br",
            "identity",
            "gzip;q=0",
            "gzip;q=0.0, *",
            "*;q=0",
            "gzip;q=much",
            "gzip;q=0.3, identity",
        ];
        assert_eq!(rejected.into_iter().filter(|field| accepts(&[field])).collect::<Vec<_>>(), [""; 0]);
        assert!(!accepts(&[]));
    }

    #[test]
    fn the_size_of_a_body_is_its_size_in_lambdas_response() {
        assert_eq!(size_in_lambda_response(&Body::Text(r#"{"a":"\n"}"#.into())), 15);
        assert_eq!(size_in_lambda_response(&Body::Binary(vec![0; 4])), 8);
    }
}
