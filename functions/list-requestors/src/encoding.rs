//! Compression, and what a body weighs on its way through Lambda.

use std::io::{self, Write as _};

use flate2::{Compression, write::GzEncoder};
use lambda_http::{
    Body,
    http::{HeaderMap, header},
};

/// Whether `Accept-Encoding` takes gzip, and likes it no less than no compression at all.
pub(crate) fn wants_gzip(headers: &HeaderMap) -> bool {
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

/// `gzip;q=0.5` as name and weight. A weight that is none makes the coding unwanted.
fn weight(coding: &str) -> Option<(String, f32)> {
    let mut parts = coding.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_lowercase();
    let given = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = given.map_or(1.0, |raw| raw.parse().unwrap_or(0.0));
    Some((name, weight))
}

/// Compressed; the same text always gives the same bytes.
pub(crate) fn gzip(text: &str) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

/// Bytes of the body in the JSON that Lambda hands to API Gateway: text is escaped there, bytes travel in base64.
pub(crate) fn size_to_lambda(body: &Body) -> usize {
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

    fn wants(fields: &[&str]) -> bool {
        let headers = fields.iter().map(|field| (header::ACCEPT_ENCODING, field.parse().unwrap()));
        wants_gzip(&headers.collect())
    }

    #[test]
    fn an_app_gets_gzip_when_it_takes_it() {
        let takes = ["gzip", "br, gzip", "GZIP", "x-gzip", "*", "gzip;q=0.1", "deflate;q=1.0, gzip ; q=0.8"];
        assert_eq!(takes.into_iter().filter(|field| !wants(&[field])).collect::<Vec<_>>(), [""; 0]);
        assert!(wants(&["br", "gzip"]));
    }

    #[test]
    fn an_app_that_does_not_take_gzip_reads_plain_text() {
        let refuses = [
            "",
            "br",
            "identity",
            "gzip;q=0",
            "gzip;q=0.0, *",
            "*;q=0",
            "gzip;q=much",
            "gzip;q=0.3, identity",
        ];
        assert_eq!(refuses.into_iter().filter(|field| wants(&[field])).collect::<Vec<_>>(), [""; 0]);
        assert!(!wants(&[]));
    }

    #[test]
    fn a_body_weighs_what_lambda_sends_of_it() {
        assert_eq!(size_to_lambda(&Body::Text(r#"{"a":"\n"}"#.into())), 15);
        assert_eq!(size_to_lambda(&Body::Binary(vec![0; 4])), 8);
    }
}
